"""A function that also knows its LaTeX, its slope and the least value it can take."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

Rows = Float[Tensor, "n k"]
"""Numbers with one row a predictor and one column a raw channel."""

Targets = Float[Tensor, "n j"]
"""Targets with one column a raw channel; then, if there are more, what a formula must know of the predictor."""

Comparison = Callable[[Rows, Targets], Float[Tensor, "n i"]]
"""A function of raw outputs and targets: one number a channel, or one for all channels; not weighted, not summed."""


def nothing(t: Rows) -> Rows:
    """Return zeros, the floor of a loss that a perfect prediction brings to 0."""
    return t.new_zeros(()).expand(t.shape)


def sigmoid(z: Rows, t: Targets) -> Rows:
    """Return the sigmoid of the raw outputs, which most losses hold against the target."""
    return torch.sigmoid(z)


@dataclass(frozen=True)
class Formula:
    """A loss ``value(z, t)`` of raw outputs z and targets t, with d value / d z = ``slope(z, t)``.

    ``value`` is None where a program passes back slopes that are the gradient of no function.
    ``floor(t)`` is the least value over all z: what a perfect prediction still costs.
    ``seen(z, t)`` is what the loss holds against the target, a column a channel.
    """

    name: str
    latex: str
    value: Comparison | None
    slope: Comparison
    floor: Callable[[Targets], Targets] = nothing
    seen: Comparison = sigmoid

    def __call__(self, z: Rows, t: Targets) -> Float[Tensor, "n i"]:
        """Return the value of the loss, neither weighted nor summed."""
        if self.value is None:
            raise ValueError(f"{self.name} is a slope without a loss")
        return self.value(z, t)


def formula(
    latex: str,
    slope: Comparison,
    floor: Callable[[Targets], Targets] = nothing,
    seen: Comparison = sigmoid,
) -> Callable[[Comparison], Formula]:
    """Return a decorator that turns the value of a loss into a ``Formula``.

    ``latex`` is what the page prints; ``slope`` is the derivative in z, ``floor`` the least value, ``seen`` what is
    held against the target.
    """
    return lambda value: Formula(value.__name__, latex, value, slope, floor, seen)
