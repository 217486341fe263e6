"""The raw outputs of one predictor, one row each: a slider, a field, what the number becomes, and dL/dz as a bar.

The browser owns the value that one is just changing; all other values are the server's. At most one message is on its
way, and the next one waits until its stamp brings back the ``seq`` of the last, so draw what is slow before this list:

    def hear(desk, visit, message):
        event = read(message.said, channels=rows(desk.state), rev=desk.rev, seq=desk.number("channels"))
        if event:
            desk.hand("channels", event.seq, event.kind, after(event, desk.state))

    def parts(desk, visit):
        return {"channels": lambda: Channels(rows=rows(desk.state), rev=desk.rev, ...)}

Raise ``rev`` for reset, undo, a preset, a link, another scene: then every value from the server counts, also that of the
row one is dragging. ``"move"`` comes during a change; ``"end"``, ``"cancel"`` and ``"select"`` come once: write the link
on those. ``"cancel"`` brings the value from before the change.

The message is component *state*, not a trigger: a run that is interrupted leaves it there for the next one, and
``seq`` keeps it from counting twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import isfinite
from typing import TYPE_CHECKING, Any

import streamlit as st

from lossviz.components.channels.event import FIELD, Channel, ChannelEvent, EventKind, read
from lossviz.components.message import number_of
from lossviz.core.parts import Data, Stamp

if TYPE_CHECKING:
    from streamlit.components.v2.types import ComponentRenderer

__all__ = ["FIELD", "WORDS", "Channel", "ChannelEvent", "Channels", "EventKind", "channels", "channels_event", "read"]

WORDS = (
    *("channel", "raw", "output", "target", "gradient"),  # heads of the columns
    *("slider", "field"),  # names with {label}
)
"""Keys that ``words`` must have: the browser side knows no language."""


@dataclass(frozen=True, kw_only=True)
class Channels:
    """The list as a part of a page; ``rows`` come in this order, ``selected`` is the one whose readings the page shows.

    A bar fills its half when |dL/dz| is ``largest`` or more. It points right when the gradient is positive and descent
    would lower the raw output.
    """

    rows: Sequence[Channel]
    selected: int
    words: Mapping[str, str]
    largest: float
    rev: int
    description: str
    field: tuple[float, float] = FIELD

    def data(self) -> Data:
        """Return what the browser gets to draw the list."""
        return {
            "rows": [_plain(row) for row in self.rows],
            "selected": self.selected,
            "words": {word: self.words[word] for word in WORDS},
            "largest": self.largest if isfinite(self.largest) else 0.0,
            "description": self.description,
            "field": self.field,
            "rev": self.rev,
        }

    def place(self, key: str, data: Data, stamp: Stamp) -> None:
        """Draw the list where the script stands."""
        _component()(key=key, data=stamp.on(data), on_event_change=lambda: None)


def channels(rows: Sequence[Channel], *, key: str, seq: int, **properties: Any) -> None:
    """Draw a list of channels by itself, and acknowledge the last message."""
    part = Channels(rows=rows, **properties)
    part.place(key, part.data(), Stamp(seq=number_of(_message(key), seq)))


def channels_event(
    key: str, *, channels: Sequence[Channel], rev: int, seq: int, field: tuple[float, float] = FIELD
) -> ChannelEvent | None:
    """Return the event waiting for list ``key``, to be read before anything is drawn; each is returned once."""
    return read(_message(key), channels=channels, rev=rev, seq=seq, field=field)


@cache
def _component() -> "ComponentRenderer":
    return st.components.v2.component(
        "lossviz.channels", js="channels/channels.js", css="channels/channels.css", isolate_styles=False
    )


def _plain(row: Channel) -> dict[str, object]:
    """Return a row for the browser, with None for nan and infinity, which JSON does not know."""
    gradient = row.gradient if row.gradient is not None and isfinite(row.gradient) else None
    return vars(row) | {"raw": row.raw if isfinite(row.raw) else None, "gradient": gradient}


def _message(key: str) -> object:
    state = st.session_state.get(key)
    return state.get("event") if isinstance(state, Mapping) else None
