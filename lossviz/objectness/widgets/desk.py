"""The "BCE or MSE?" page at work: what was guessed and unfolded, beside what every page's desk does."""

from dataclasses import dataclass

from lossviz.core.desk import Desk
from lossviz.objectness.state import ObjectnessState


@dataclass
class ObjectnessDesk(Desk[ObjectnessState]):
    """The desk of the "BCE or MSE?" page: one output, and what was guessed about it and its derivations."""

    guess: tuple[bool, tuple[float, ...]] | None = None
    """Whether the answer was right, and the numbers it belongs to."""
    rule: tuple[str, tuple[str, int]] | None = None
    """The rule that was guessed, and the line of a derivation it was for."""
    unfolded: int | None = None
    """The line of the derivation at which a rule was unfolded."""
