"""How the numbers of two boxes are written and drawn, on the page and in figures: formulas, pulls, arrows.

And which sentences hold: each that depends on the state has a condition of its own here, or is a ``situation`` of the view.
"""

import math
from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from lossviz.core.text import Text, four, minus, paragraph
from lossviz.engine.boxes import XYWH
from lossviz.overlap.checks import Law, common_corners, corners, hull_corners
from lossviz.overlap.state import MEASURES
from lossviz.overlap.view import EDGES, OverlapView

Place = tuple[float, float]
REACH, LONGEST, SHORTEST = 0.9, 0.22, 1e-6
"""Length of an arrow for a slope of 1, and at most, as parts of the window; the slope below which there is none."""
SINGLE = 1e-6
"""Rounding of a loss in single precision."""
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


# ---- which sentences hold ----


def touch_along_an_edge(found: OverlapView) -> bool:
    """Return whether the boxes touch along a stretch of an edge: one overlap length is 0, the other is above 0."""
    return min(found.overlap) == 0 < max(found.overlap)


def shares_an_edge(found: OverlapView) -> bool:
    """Return whether an edge lies on an edge where one box is inside the other.

    Along an axis the overlap is as long as the shorter side; an edge is shared where the centres are as far apart as half
    of what the longer side is longer.
    """
    pairs = zip(
        found.state.moving[:2], found.state.target[:2], found.state.moving[2:], found.state.target[2:], strict=True
    )
    return any(round(abs(a - b) - abs(w - v) / 2, EDGES) == 0 for a, b, w, v in pairs)


def centred(found: OverlapView) -> bool:
    """Return whether the centres coincide."""
    return found.state.moving[:2] == found.state.target[:2]


def situation_keys(found: OverlapView) -> tuple[str, ...]:
    """Return the keys of the sentences that are true of how the boxes lie."""
    keys = [found.situation]
    if found.situation == "touching" and touch_along_an_edge(found):
        keys.append("touching_edge")
    if found.situation == "contained":
        inner = "contained_centred" if centred(found) else "contained_off"
        keys.append("contained_edge" if shares_an_edge(found) else inner)
    return tuple(f"situation_{key}_says" for key in keys)


def situation(found: OverlapView, text: Text) -> str:
    """Say how the boxes lie, and what follows for the measures."""
    return paragraph([text(key) for key in situation_keys(found)])


def board_says(found: OverlapView, shown: Iterable[str], text: Text) -> str:
    """Say for a screen reader how the boxes lie, and which parts are drawn between them."""
    parts = text("list_nouns").join(text(f"part_{name}") for name in shown) or text("board_nothing")
    return text("board_description", situation=text(f"situation_{found.situation}"), shown=parts)


def aspect_slopes(found: OverlapView) -> bool:
    """Return whether v has a slope: dv/dw = -8/pi^2 gap h/(w^2 + h^2) is 0 only for equal aspect ratios and empty boxes."""
    return any(found.aspect_slope)


def aspect_printed(found: OverlapView, text: Text) -> str:
    """Say what the slopes of v are, and that the paper prints them with the other sign."""
    w, h = (pull(slope) for slope in found.aspect_slope)
    return text("aspect_printed", w=w, h=h)


def nan_by_alpha(losses: Mapping[str, Mapping[str, float]]) -> bool:
    """Return whether mmdetection's CIoU is nan: v = 0 and I / (U + eps) is exactly 1 in single precision."""
    return math.isnan(losses["mmdetection"]["ciou"])


def nan_by_shape(losses: Mapping[str, Mapping[str, float]]) -> bool:
    """Return whether torchvision's CIoU is nan: a box has w = h = 0."""
    return math.isnan(losses["torchvision"]["ciou"])


def gated(losses: Mapping[str, Mapping[str, float]]) -> bool:
    """Return whether mmdetection leaves alpha v out, so that its CIoU is written otherwise than torchvision's.

    IoU <= 1/2, v > 0, and the difference alpha v = v^2 / (1 - IoU + v) is seen in four digits.
    """
    ours, theirs = losses["mmdetection"], losses["torchvision"]
    left_out = abs(ours["ciou"] - ours["diou"]) < SINGLE < theirs["ciou"] - theirs["diou"]
    return left_out and four(ours["ciou"]) != four(theirs["ciou"])


def rule_keys(losses: Mapping[str, Mapping[str, float]]) -> tuple[str, ...]:
    """Return the keys of the sentences that are true of the libraries' numbers."""
    holds = {"rules_nan_alpha": nan_by_alpha, "rules_nan_shape": nan_by_shape, "rules_gate": gated}
    return tuple(key for key, condition in holds.items() if condition(losses))


def flat_share(cells: np.ndarray) -> str:
    """Return which part of a picture is flat; 0% and 100% are said of nothing and everything alone."""
    share = float(cells.mean())
    if 0 < share < 0.005:
        return "<1%"
    return ">99%" if 0.995 <= share < 1 else f"{share:.0%}"


# ---- IoU and GIoU step by step ----

STAGES = {
    "iou": ((), ("intersection",), ("intersection",), ("intersection", "union"), ("intersection", "union")),
    "giou": (
        ("intersection", "union"),
        ("union", "hull"),
        ("union", "hull"),
        ("union", "hull"),
        ("intersection", "union", "hull"),
    ),
}
"""The parts that the board shows at each step, by check."""


def step_key(found: OverlapView, step: int) -> str:
    """Return the key of a step's sentence; boxes apart have no intersection whose corners could be named."""
    if (found.state.check, step) == ("iou", 2) and min(found.overlap) < 0:
        return "recipe_iou_2_none"
    return f"recipe_{found.state.check}_{step}"


def point(box: XYWH) -> str:
    """Write a box's two corners, to two decimals."""
    left, top, right, bottom = box
    return f"({left:.2f}, {top:.2f}) – ({right:.2f}, {bottom:.2f})"


def iou_lines(found: OverlapView) -> list[str]:
    """Return the numbers of the five steps to IoU."""
    a, b = found.state.moving, found.state.target
    width, height = found.overlap
    return [
        f"A {point(corners(a))}   B {point(corners(b))}",
        point(common_corners(a, b)),
        f"max(0, {width:.2f}) · max(0, {height:.2f}) = {four(found.intersection)}",
        f"{four(found.areas[0])} + {four(found.areas[1])} − {four(found.intersection)} = {four(found.union)}",
        f"IoU = {four(found.intersection)} / {four(found.union)} = {four(found.measures['iou'].value)}",
    ]


def giou_lines(found: OverlapView) -> list[str]:
    """Return the numbers of each step of the GIoU algorithm."""
    a, b = found.state.moving, found.state.target
    iou, giou = found.measures["iou"].value, found.measures["giou"].value
    empty = empty_area(found)
    share = four(empty / found.hull_area) if found.hull_area else "0"
    return [
        f"I = {four(found.intersection)}   U = {four(found.union)}   IoU = {four(iou)}",
        point(hull_corners(a, b)),
        f"C = {found.hull[0]:.2f} · {found.hull[1]:.2f} = {four(found.hull_area)}",
        f"(C − U) / C = {four(empty)} / {four(found.hull_area)} = {share}",
        f"GIoU = {four(iou)} − {share} = {four(giou)}   1 − GIoU = {four(1 - giou)}",
    ]


def step_lines(found: OverlapView) -> list[str]:
    """Return the numbers of each step of the chosen measure."""
    return iou_lines(found) if found.state.check == "iou" else giou_lines(found)


# ---- properties, libraries ----

SHARES = {0.0: "none", 0.5: "half", 1.0: "full"}
"""The names of the shares of a slope that libraries let through."""


def law_says(law: Law, text: Text) -> str:
    """Return a property of the measures with this state's numbers, in words."""
    left, right = (minus(" ".join(four(number) for number in side)) for side in (law.left, law.right))
    return text(f"law_{law.name}", left=left, right=right)
