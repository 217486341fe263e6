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
    """By what each reduction multiplies a row before all rows are added up."""
    weight = torch.tensor([row.weight for row in state.rows], dtype=torch.float64)
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
    """Work it out, in float64."""
    z, t, _ = torch.tensor(state.rows, dtype=torch.float64).unbind(-1)
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


WAYS = ("sum", "mean", "two_means", "scaled", "positives")
"""The sum of all; its mean over all; a mean over positives and one over negatives; the same with noobj_scale; the sum over
the number of positives."""


Share = tuple[float, int]
"""A factor as it is written: so much, divided by so many."""


@dataclass(frozen=True)
class Trap:
    """By what one way multiplies the slope of a positive and of a negative."""

    way: str
    one: Share
    other: Share

    @property
    def positive(self) -> float:
        """Of a positive."""
        return self.one[0] / self.one[1]

    @property
    def negative(self) -> float:
        """Of a negative."""
        return self.other[0] / self.other[1]

    @property
    def worth(self) -> float:
        """As many negatives pull as hard as one positive, each as wrong as it."""
        return self.positive / self.negative


def traps(state: FunctionsState) -> tuple[Trap, ...]:
    """Every way, for so many objects among all predictors of the network."""
    positives, negatives = state.objects, state.net - state.objects
    return (
        Trap("sum", (1, 1), (1, 1)),
        Trap("mean", (1, state.net), (1, state.net)),
        Trap("two_means", (1, positives), (1, negatives)),
        Trap("scaled", (1, positives), (state.noobj, negatives)),
        Trap("positives", (1, positives), (1, positives)),
    )


def even_scale(state: FunctionsState) -> float:
    """The noobj_scale with which a positive pulls no harder than a negative: the ratio of the counts."""
    return (state.net - state.objects) / state.objects
