"""A building block of losses: what it is, how steep it is, how it is written, and what libraries call it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from torch import Tensor

Variable = Literal["output", "size", "probability", "logit", "classes", "distribution"]
"""What x is: a plain number; a width; a probability; a logit; one logit a class; one probability a class."""

Curve = Callable[..., Tensor]
"""A function of (x, t, **knobs), x what is said, t what is wanted; it returns one number each, or each row."""


LETTERS: Mapping[Variable, str] = {
    "output": "y",
    "size": "w",
    "probability": "p",
    "logit": "z",
    "classes": "z",
    "distribution": "p",
}
"""The letter that formulas have for x, by what x is; what is wanted is t."""


@dataclass(frozen=True)
class Knob:
    """A number that bends the curve, within its bounds. ``letter``: what the formula calls it, if not by its name."""

    name: str
    usual: float
    low: float
    high: float
    step: float
    letter: str = ""


@dataclass(frozen=True)
class Function:
    """One loss function ``value(x, t, **knobs)`` with d value / d x = ``slope(x, t, **knobs)``; not weighted, not summed.

    ``latex`` and ``slope_latex`` are what the page prints; the tests read them and hold them against the two functions.
    In formulas of classes and distributions k is the column; one slope a column. ``span``: where x is worth drawing.
    ``target``: t on opening. ``torch``, ``tensorflow``: the call that computes it there. ``sources``: papers, or
    repository, file and commit.
    """

    key: str
    variable: Variable
    latex: str
    slope_latex: str
    value: Curve
    slope: Curve
    span: tuple[float, float]
    target: float = 0.0
    knobs: tuple[Knob, ...] = ()
    torch: tuple[str, ...] = ()
    tensorflow: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()

    @property
    def letter(self) -> str:
        """Return the letter that the formula has for x."""
        return LETTERS[self.variable]

    @property
    def usual(self) -> Mapping[str, float]:
        """Return the knobs' values on opening, by name."""
        return {knob.name: knob.usual for knob in self.knobs}
