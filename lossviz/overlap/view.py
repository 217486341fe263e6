"""Two boxes meet: what they share, and what IoU, GIoU, DIoU and CIoU make of it, with their slopes."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from lossviz.engine.boxes import XYWH, Boxes
from lossviz.engine.overlap import MEASURES, Pair
from lossviz.overlap.state import OverlapState

EDGES = 9
"""Decimals to which edges are rounded: a link's numbers have fewer."""
SITUATIONS = ("empty", "identical", "apart", "touching", "contained", "overlapping")
"""Names of the ways in which two boxes can lie."""


@dataclass(frozen=True)
class Measured:
    """One measure of the two boxes: its value, and its slope in the moving box's x, y, w, h."""

    name: str
    value: float
    slope: XYWH

    @property
    def loss(self) -> float:
        """Return the loss, 1 - measure."""
        return 1 - self.value

    @property
    def moves(self) -> bool:
        """Return whether the measure would move the box at all."""
        return any(self.slope)

    @property
    def centres(self) -> bool:
        """Return whether the measure would move the box's centre."""
        return any(self.slope[:2])


@dataclass(frozen=True)
class OverlapView:
    """Everything about two boxes that is drawn and numbered; lengths in units of the plane."""

    state: OverlapState
    overlap: tuple[float, float]
    """Signed lengths of the overlap along x and y: negative is a gap."""
    intersection: float
    areas: tuple[float, float]
    union: float
    hull: tuple[float, float]
    distance: float
    """Distance between the centres."""
    aspect: float
    """The term v of CIoU, the difference of the aspect ratios."""
    aspect_slope: tuple[float, float]
    """The slope of v in the moving box's w and h."""
    trade_off: float
    """The factor alpha of CIoU, with which v is weighted."""
    measures: dict[str, Measured]

    @property
    def hull_area(self) -> float:
        """Return |C|, the area of the smallest enclosing box."""
        return self.hull[0] * self.hull[1]

    @property
    def diagonal(self) -> float:
        """Return the diagonal of the smallest enclosing box."""
        return math.hypot(*self.hull)

    @property
    def log_loss(self) -> float:
        """Return -ln IoU; infinite where the boxes are apart."""
        iou = self.measures["iou"].value
        return -math.log(iou) if iou > 0 else math.inf

    @property
    def contained(self) -> bool:
        """Return whether one box lies inside the other."""
        return any(
            math.isclose(side, box[2]) and math.isclose(other, box[3])
            for side, other in [self.hull]
            for box in (self.state.moving, self.state.target)
        )

    @property
    def situation(self) -> str:
        """Return how the boxes lie: one of ``SITUATIONS``."""
        if not all(self.areas):
            return "empty"
        if self.state.moving == self.state.target:
            return "identical"
        if min(self.overlap) <= 0:
            return "apart" if min(self.overlap) < 0 else "touching"
        return "contained" if self.contained else "overlapping"


def boxes_of(*boxes: XYWH) -> Boxes:
    """Return boxes as columns in double precision.

    Edges that meet in decimals meet exactly, whatever halves and sums round to.
    """
    found = Boxes.of(torch.tensor(boxes, dtype=torch.float64, device="cpu"))
    edges = {name: getattr(found, name).round(decimals=EDGES) for name in ("left", "right", "top", "bottom")}
    vars(found).update(edges)
    return found


def view_of(state: OverlapState) -> OverlapView:
    """Return what two boxes share and what each measure makes of it."""
    pair = Pair(boxes_of(state.moving), boxes_of(state.target))
    return OverlapView(
        state=state,
        overlap=(one(pair.overlap_widths[0]), one(pair.overlap_widths[1])),
        intersection=one(pair.intersection),
        areas=(state.moving[2] * state.moving[3], state.target[2] * state.target[3]),
        union=one(pair.union),
        hull=(one(pair.hull[0]), one(pair.hull[1])),
        distance=math.hypot(state.moving[0] - state.target[0], state.moving[1] - state.target[1]),
        aspect=one(pair.aspect),
        aspect_slope=(one(pair.aspect_slope[0]), one(pair.aspect_slope[1])),
        trade_off=one(pair.aspect_trade_off),
        measures={
            name: Measured(name, one(measure.value(pair)), four(measure.slope(pair)))
            for name, measure in MEASURES.items()
        },
    )


def one(numbers: Tensor) -> float:
    """Return the only number of a tensor, without a minus before a zero."""
    return float(numbers) + 0.0


def four(slope: Boxes) -> XYWH:
    """Return the only row of a slope as x, y, w, h."""
    x, y, w, h = (one(side) for side in slope)
    return x, y, w, h
