"""The address bar: completed in place when a page is opened, never a new entry in a frame; keys that turn a list.

And where the page goes on when its server is gone, what a screen reader is told, and the focus of whoever uses keys.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlencode

import streamlit as st

if TYPE_CHECKING:
    from streamlit.components.v2.types import ComponentRenderer

__all__ = ["Heard", "Told", "address"]


@dataclass(frozen=True)
class Told:
    """What a run tells the browser beside the address."""

    lang: str = "en"
    """The tag of the language in which the page is written."""
    place: str = ""
    """Which page is open in which language: a new one is not announced, its reader reads it."""
    deed: tuple[str, str] = ("", "")
    """The number of the visitor's last deed that is announced, and the sentence that does so."""
    words: Mapping[str, str] = field(default_factory=dict)
    """What the strip says when the connection is lost: ``lost`` and ``again``."""
    staged: bool = False
    """Whether the page is set for a projector, which a phone should not show."""


class Heard(NamedTuple):
    """What the browser says."""

    again: bool
    """Whether the page was open before this session began."""
    narrow: bool
    """Whether a page that is set for a projector was opened on a phone."""


def address(came: Mapping[str, str] | None, wanted: Mapping[str, str], *, framed: bool, told: Told) -> Heard:
    """Write ``wanted`` in place of ``came`` where the browser still says that; ``framed`` replaces any address."""
    completed = "" if came is None else urlencode(wanted)
    data = {"came": urlencode(came or {}), "wanted": completed, "framed": framed, **vars(told)}
    said = _component()(key="address", data=data, on_again_change=lambda: None, on_narrow_change=lambda: None)
    return Heard(said.again is not None, said.narrow is not None)


@cache
def _component() -> "ComponentRenderer":
    """Register the component once Streamlit runs and knows the folder."""
    return st.components.v2.component("lossviz.address", js="address/address.js", isolate_styles=False)
