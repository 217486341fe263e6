"""What a page is made of: parts that follow a drag, and messages from a hand. Plain data, no web."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable


@runtime_checkable
class Part(Protocol):
    """Words, a board, bars, a chart, a list of channels: what it shows as plain data, and how a run puts it on the page."""

    def data(self) -> object:
        """Return what the browser gets: plain data, strict JSON or bytes of it."""

    def place(self, key: str, data: object, version: int) -> object:
        """Put the part on the page under this key; ``version`` rises whenever the data changed."""


Make = Callable[[], Part]
"""Makes a part when it is placed: what stands first is on its way to the browser while the next one is made."""
Parts = Mapping[str, Make]
"""The parts of a page by key, which is the same in the browser."""


@dataclass(frozen=True)
class Message:
    """What a hand did on a part, as the browser says it: nothing in it can be trusted before it is read."""

    part: str
    said: Any
