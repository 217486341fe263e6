"""The line Darknet prints for each head while it trains: averages over the truths assigned in it."""

import math
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from lossviz.engine.assign import Match


@dataclass(frozen=True)
class Averages:
    """The numbers of one line of the log; nan where Darknet divides 0 by 0."""

    iou: float
    kind: float
    objectness: float
    no_objectness: float
    """Mean objectness over all predictors, those with objects included."""
    above_half: float
    above_three_quarters: float
    count: int

    def region(self) -> str:
        """Return the line that the v2 layer prints."""
        return (
            f"Region Avg IOU: {c_float(self.iou)}, Class: {c_float(self.kind)}, Obj: {c_float(self.objectness)}, "
            f"No Obj: {c_float(self.no_objectness)}, Avg Recall: {c_float(self.above_half)},  count: {self.count}"
        )

    def yolo(self, number: int) -> str:
        """Return the line that the v3 layer prints."""
        return (
            f"Region {number} Avg IOU: {c_float(self.iou)}, Class: {c_float(self.kind)}, Obj: {c_float(self.objectness)}, "
            f"No Obj: {c_float(self.no_objectness)}, .5R: {c_float(self.above_half)}, "
            f".75R: {c_float(self.above_three_quarters)},  count: {self.count}"
        )


def c_float(number: float) -> str:
    """Return a number as C's %f prints it on the machines Darknet ran on: 0/0 is -nan."""
    return "-nan" if math.isnan(number) else f"{number:f}"


def mean(numbers: Float[Tensor, " n"], count: int) -> float:
    """Return sum over count; nan for 0/0."""
    return float(numbers.sum()) / count if count else float("nan")


def averages(
    match: Match,
    objectness: Float[Tensor, "*grid"],
    kind: Float[Tensor, " k"],
    kinds: int,
) -> Averages:
    """Return the averages that a log line states.

    ``objectness`` is activated, of all predictors; ``kind`` holds the probabilities that enter "Class", and ``kinds``
    is their divisor. "Obj" counts each truth, also where two share a predictor.
    """
    count = len(match.slot)
    return Averages(
        mean(match.iou, count),
        mean(kind, kinds),
        mean(torch.take(objectness, match.slot), count),
        float(objectness.mean()),
        mean((match.iou > 0.5).to(objectness.dtype), count),
        mean((match.iou > 0.75).to(objectness.dtype), count),
        count,
    )
