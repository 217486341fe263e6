"""How the numbers of two boxes are written and drawn, on the page and in figures: formulas, pulls, arrows."""

import math
from collections.abc import Iterator

from lossviz.core.text import four, minus
from lossviz.engine.boxes import XYWH
from lossviz.overlap.state import MEASURES
from lossviz.overlap.view import OverlapView

Place = tuple[float, float]
REACH, LONGEST, SHORTEST = 0.9, 0.22, 1e-6
"""Length of an arrow for a slope of 1, and at most, as parts of the window; the slope below which there is none."""
ROUND = 12
"""Decimals of a difference of areas beyond which there is only rounding."""


def pull(slope: float) -> str:
    """Return a slope as it is written; one that is exactly 0 says so."""
    return "0" if slope == 0 else minus(f"{slope:+.3g}")


def empty_area(found: OverlapView) -> float:
    """Return C - U, without the rounding that is left where the union fills the hull."""
    return max(0.0, round(found.hull_area - found.union, ROUND))


def formulas(found: OverlapView) -> dict[str, str]:
    """Return each measure's formula with its parts and this state's numbers."""
    iou, giou, diou, ciou = (four(found.measures[name].value) for name in MEASURES)
    squares = f"{four(found.distance**2)} / {four(found.diagonal**2)}"
    lines = {
        "iou": f"IoU = I / U = {four(found.intersection)} / {four(found.union)} = {iou}",
        "giou": f"GIoU = IoU − (C − U) / C = {iou} − {four(empty_area(found))} / {four(found.hull_area)} = {giou}",
        "diou": f"DIoU = IoU − ρ² / c² = {iou} − {squares} = {diou}",
        "ciou": f"CIoU = DIoU − α v = {diou} − {four(found.trade_off)} × {four(found.aspect)} = {ciou}",
    }
    return {name: minus(line) for name, line in lines.items()}


def arrows_along(box: XYWH, slope: XYWH, window: float, *, sides: bool = True) -> Iterator[tuple[Place, Place]]:
    """Return arrows along a slope, in the unit of the box: of the centre, of the right edge, of the lower one."""
    x, y, w, h = box
    starts = [((x, y), slope[0], slope[1])]
    if sides:
        starts += [((x + w / 2, y), slope[2], 0.0), ((x, y + h / 2), 0.0, slope[3])]
    for start, dx, dy in starts:
        length = math.hypot(dx, dy)
        if SHORTEST < length < math.inf:
            reach = window * min(LONGEST, REACH * length) / length
            yield start, (start[0] + dx * reach, start[1] + dy * reach)
