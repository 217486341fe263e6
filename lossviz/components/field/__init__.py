"""A number that follows a drag and can be typed.

Not ``st.number_input``: that one shows the number of the last run, and reports it again while the next one is under way.

    def hear(desk, visit, message):
        typed = read(message.said, low=0.0, high=1.0, rev=desk.rev, seq=desk.number("height"))
        if typed:
            desk.heard["height"] = typed.seq
            desk.put(after(typed.value, desk.state))

    def parts(desk, visit):
        return {"height": lambda: Field(label=..., value=desk.state.height, low=0.0, high=1.0, step=0.1, rev=desk.rev)}

Whatever is being typed stays until one presses Enter or leaves the field.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import isfinite
from typing import TYPE_CHECKING

import streamlit as st

from lossviz.components.message import inside, is_number, is_whole
from lossviz.core.parts import Data, Stamp

if TYPE_CHECKING:
    from streamlit.components.v2.types import ComponentRenderer

__all__ = ["Field", "Typed", "read"]


@dataclass(frozen=True, kw_only=True)
class Field:
    """A field as a part of a page: a number between ``low`` and ``high``, with as many significant digits as ``digits``."""

    label: str
    value: float
    low: float
    high: float
    step: float
    rev: int
    digits: int = 6
    testid: str | None = None

    def data(self) -> Data:
        """Return what the browser gets to draw the field."""
        return {**vars(self), "value": self.value if isfinite(self.value) else None}

    def place(self, key: str, data: Data, stamp: Stamp, *, width: int = 190) -> None:
        """Draw the field where the script stands."""
        _component()(key=key, data=stamp.on(data), width=width, on_event_change=lambda: None)


@dataclass(frozen=True)
class Typed:
    """A number that was typed, inside the field's limits."""

    value: float
    seq: int


def read(message: object, *, low: float, high: float, rev: int, seq: int) -> Typed | None:
    """Read a message as a typed number, or None: malformed, made before ``rev`` was raised, or already handled."""
    if not isinstance(message, Mapping) or message.get("kind") != "end":
        return None
    number, value = message.get("seq"), message.get("value")
    if not (is_whole(number) and is_number(value)) or number <= seq or message.get("rev") != rev:
        return None
    return Typed(inside(value, low, high), number)


@cache
def _component() -> "ComponentRenderer":
    """Register the component once Streamlit runs and knows the folder."""
    return st.components.v2.component("lossviz.field", js="field/field.js", css="field/field.css")
