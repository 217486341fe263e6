"""A function that also knows its LaTeX, its slope and the least value it can take."""

from collections.abc import Callable
from dataclasses import dataclass

from jaxtyping import Float
from torch import Tensor

Rows = Float[Tensor, "n k"]
"""One row a predictor, one column a raw channel."""

Elementwise = Callable[[Rows, Rows], Rows]
"""(raw outputs, targets) to one number a channel: neither weighted nor summed."""


def nothing(t: Rows) -> Rows:
    """The floor of a loss that a perfect prediction brings to 0."""
    return t.new_zeros(()).expand(t.shape)


@dataclass(frozen=True)
class Formula:
    """A loss ``value(z, t)`` of raw outputs z and targets t, with d value / d z = ``slope(z, t)``.

    ``value`` is None where a program passes back slopes that are the gradient of no function.
    ``floor(t)`` is the least value over all z: what a perfect prediction still costs.
    """

    name: str
    latex: str
    value: Elementwise | None
    slope: Elementwise
    floor: Callable[[Rows], Rows] = nothing

    def __call__(self, z: Rows, t: Float[Tensor, "n j"]) -> Float[Tensor, "n i"]:
        """The value."""
        if self.value is None:
            raise ValueError(f"{self.name} is a slope without a loss")
        return self.value(z, t)


def formula(
    latex: str, slope: Elementwise, floor: Callable[[Rows], Rows] = nothing
) -> Callable[[Elementwise], Formula]:
    """Decorate the value of a loss with the LaTeX that the page prints, its slope and its floor."""
    return lambda value: Formula(value.__name__, latex, value, slope, floor)
