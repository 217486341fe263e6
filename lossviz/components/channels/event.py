"""Messages of the list of channels, read at the border: a valid event, or nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, cast, get_args

from lossviz.components.message import inside, is_number, is_whole

EventKind = Literal["move", "end", "cancel", "select"]

FIELD = (-120.0, 120.0)
"""The lowest and the highest value one may type, unless the page says otherwise."""


@dataclass(frozen=True)
class Channel:
    """One raw output: a row with a slider from ``low`` to ``high``, what the number becomes, and its gradient.

    ``index`` is its place in the raw tensor and names the row. ``gradient`` is dL/dz, or None where no term reads the
    channel; ``shown`` is that number as text.
    """

    index: int
    label: str
    raw: float
    output: str
    target: str
    gradient: float | None
    shown: str
    low: float = -12.0
    high: float = 12.0


@dataclass(frozen=True)
class ChannelEvent:
    """What the visitor did to one channel; ``value`` is the raw output from then on, None when it was only chosen."""

    kind: EventKind
    seq: int
    rev: int
    channel: int
    value: float | None


def read(
    message: object, *, channels: Sequence[Channel], rev: int, seq: int, field: tuple[float, float] = FIELD
) -> ChannelEvent | None:
    """Read a message as a valid event, or None: malformed, made before ``rev`` was raised, or already handled."""
    if not isinstance(message, Mapping) or not all(is_whole(message.get(name)) for name in ("seq", "rev", "channel")):
        return None
    kind, channel, value = message.get("kind"), message["channel"], message.get("value")
    if kind not in get_args(EventKind) or message["seq"] <= seq or message["rev"] != rev:
        return None
    if channel not in {row.index for row in channels}:
        return None
    number = inside(value, *field) if is_number(value) else None
    if (kind == "select") != (value is None) or (kind != "select" and number is None):
        return None
    return ChannelEvent(cast(EventKind, kind), message["seq"], rev, channel, number)
