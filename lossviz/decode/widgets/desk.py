"""The Decode page at work: what was guessed, beside what every page's desk does."""

from dataclasses import dataclass

from lossviz.core.desk import Desk
from lossviz.decode.passthrough import Cell
from lossviz.decode.state import DecodeState


@dataclass
class DecodeDesk(Desk[DecodeState]):
    """The desk of the Decode page: raw numbers, tensor and passthrough, and what was guessed about them."""

    guess: tuple[str, DecodeState] | None = None
    """What was guessed of a raw number, and the state that shows whether it was right."""
    channel: tuple[int, DecodeState] | None = None
    """The channel that was guessed, and the state that shows the right one."""
    pixel: tuple[Cell, DecodeState] | None = None
    """The pixel that was guessed, and the state that shows the right one."""
