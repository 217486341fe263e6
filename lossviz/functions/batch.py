"""A small batch under every reduction, and the trap of two means. Plain numbers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from lossviz.engine.reductions import by_avg_factor, coefficients, mean, none, per_sample, total
from lossviz.functions.state import FunctionsState
from lossviz.losses import LOSSES

REDUCTIONS = ("none", "sum", "mean", "weighted", "avg_factor")


@dataclass(frozen=True)
class Reduced:
    """What a reduction makes of the rows: one number, None where it keeps them apart; and each row's gradient."""

    name: str
    total: float | None
    slopes: tuple[float, ...]


@dataclass(frozen=True)
class Batch:
    """Loss and slope of each row, unreduced; and every reduction."""

    losses: tuple[float, ...]
    slopes: tuple[float, ...]
    reduced: Mapping[str, Reduced]


def factors(state: FunctionsState) -> dict[str, list[float]]:
    """Return the factors by which each reduction multiplies a row before all rows are added up."""
    weight = torch.tensor([row.weight for row in state.rows], dtype=torch.float64, device="cpu")
    ways: tuple[Callable[[Tensor], Tensor], ...] = (
        none,
        total,
        mean,
        lambda loss: mean(per_sample(loss, weight)),
        lambda loss: by_avg_factor(per_sample(loss, weight), state.factor),
    )
    return {name: coefficients(way, len(state.rows)).tolist() for name, way in zip(REDUCTIONS, ways, strict=True)}


@torch.inference_mode()
def batch_of(state: FunctionsState) -> Batch:
    """Return loss and slope of each row of the state's batch, and every reduction, in float64."""
    z, t, _ = torch.tensor(state.rows, dtype=torch.float64, device="cpu").unbind(-1)
    function = LOSSES[state.loss]
    losses, slopes = (side(z, t, **function.usual).tolist() for side in (function.value, function.slope))
    found = {}
    for name, each in factors(state).items():
        whole = sum(factor * loss for factor, loss in zip(each, losses, strict=True))
        found[name] = Reduced(
            name,
            None if name == "none" else whole,
            tuple(factor * slope for factor, slope in zip(each, slopes, strict=True)),
        )
    return Batch(tuple(losses), tuple(slopes), found)


Share = tuple[float, int]
"""A factor as it is written: so much, divided by so many."""


@dataclass(frozen=True)
class Trap:
    """The factors by which one way multiplies the slope of a positive and of a negative."""

    way: str
    """How the losses of all predictors become one number.

    "sum" adds them all up; "mean" divides by all; "two_means" adds a mean over positives to one over negatives, "scaled" the
    same with noobj_scale; "positives" divides the sum by the number of positives.
    """
    one: Share
    other: Share

    @property
    def positive(self) -> float:
        """Return the factor of a positive."""
        return self.one[0] / self.one[1]

    @property
    def negative(self) -> float:
        """Return the factor of a negative."""
        return self.other[0] / self.other[1]

    @property
    def worth(self) -> float:
        """Return how many negatives pull as hard as one positive, each as wrong as it."""
        return self.positive / self.negative


def traps(state: FunctionsState) -> tuple[Trap, ...]:
    """Return every way for so many objects among all predictors of the network."""
    positives, negatives = state.objects, state.net - state.objects
    return (
        Trap("sum", (1, 1), (1, 1)),
        Trap("mean", (1, state.net), (1, state.net)),
        Trap("two_means", (1, positives), (1, negatives)),
        Trap("scaled", (1, positives), (state.noobj, negatives)),
        Trap("positives", (1, positives), (1, positives)),
    )


def even_scale(state: FunctionsState) -> float:
    """Return the noobj_scale with which a positive pulls no harder than a negative: the ratio of the counts."""
    return (state.net - state.objects) / state.objects
