"""What a page is made of: parts that follow a drag, and messages from a hand. Plain data, no web."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

Data = Mapping[str, Any]
"""What the browser gets of a part: plain data that strict JSON can hold."""


@dataclass(frozen=True)
class Line:
    """Where the live line of a session is opened, relative to the page, and the unguessable word that opens it."""

    path: str
    token: str = field(repr=False)


@dataclass(frozen=True)
class Stamp:
    """What every part carries beside its data: whose it is, how new it is, which message it answers."""

    page: str = ""
    part: str = ""
    epoch: str = ""
    """The session: versions and messages of another one mean nothing."""
    version: int = 0
    """Rises with every change of the data: a browser ignores what is older than what it shows."""
    seq: int = 0
    """The number of the last message of this part that was answered."""
    line: Line | None = None
    """None: every message goes through a run."""

    def on(self, data: Data) -> Data:
        """Return the data with this stamp on it."""
        return {**data, "stamp": {**vars(self), "line": vars(self.line) if self.line else None}}


@runtime_checkable
class Part(Protocol):
    """Words, a board, bars, a chart, a list of channels: what it shows as plain data, and how a run puts it on the page."""

    def data(self) -> Data:
        """Return what the browser gets."""

    def place(self, key: str, data: Data, stamp: Stamp) -> object:
        """Put the part on the page under this key."""


Make = Callable[[], Part]
"""Makes a part when it is placed: what stands first is on its way to the browser while the next one is made."""
Parts = Mapping[str, Make]
"""The parts of a page by key, which is the same in the browser."""


@dataclass(frozen=True)
class Message:
    """What a hand did on a part, as the browser says it: nothing in it can be trusted before it is read."""

    part: str
    said: Any
