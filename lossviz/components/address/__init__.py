"""The address bar: completed in place when a page is opened, never a new entry in a frame; keys that turn a list.

And where the page goes on when its server is gone.
"""

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import streamlit as st

if TYPE_CHECKING:
    from streamlit.components.v2.types import ComponentRenderer

__all__ = ["address"]


def address(came: Mapping[str, str] | None, wanted: Mapping[str, str], *, framed: bool, lang: str) -> bool:
    """Write ``wanted`` in place of ``came`` where the browser still says that; ``framed`` replaces any address.

    ``lang`` is the tag of the language in which the page is written.

    Return whether the browser says that the page was open before this session began.
    """
    completed = "" if came is None else urlencode(wanted)
    data = {"came": urlencode(came or {}), "wanted": completed, "framed": framed, "lang": lang}
    said = _component()(key="address", data=data, on_again_change=lambda: None)
    return said.again is not None


@cache
def _component() -> "ComponentRenderer":
    """Register the component once Streamlit runs and knows the folder."""
    return st.components.v2.component("lossviz.address", js="address/address.js", isolate_styles=False)
