"""The published simulation's hand-written gradients against the true ones, and properties of the four measures."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import torch

from lossviz.core.plane import BOUNDS, CENTRE, inside
from lossviz.engine.box_losses import LIBRARY_RULES, MMDET, TORCHVISION, LibraryRule
from lossviz.engine.boxes import XYWH, Boxes
from lossviz.engine.overlap import MEASURES, Pair
from lossviz.engine.published import ALL_DEFECTS, Defect, PublishedPair
from lossviz.overlap.state import OverlapState
from lossviz.overlap.view import OverlapView, boxes_of, four, one

ALIKE = 1e-12
"""Difference below which two slopes count as the same."""
SMALL = 0.5
"""Shortest side of boxes that are still drawn together: a link's digits would not hold shorter ones."""
COMPARED = ("giou", "diou", "ciou")
"""Names of the losses that several libraries have."""


@dataclass(frozen=True)
class Verdict:
    """The verdict on one measure: its true slope, the published one, and the defects that make them differ here."""

    name: str
    true: XYWH
    published: XYWH
    acting: tuple[Defect, ...]

    @property
    def same(self) -> bool:
        """Return whether the published slope is the true one here."""
        return alike(self.true, self.published)


def alike(one: XYWH, other: XYWH) -> bool:
    """Return whether two slopes are equal but for rounding."""
    return all(abs(a - b) <= ALIKE * max(1.0, abs(a)) for a, b in zip(one, other, strict=True))


def verdicts(state: OverlapState) -> tuple[Verdict, ...]:
    """Return the verdict on each of the four measures.

    A defect acts where mending it alone changes the slope, or where it alone spoils it.
    """
    a, b = boxes_of(state.moving), boxes_of(state.target)
    pair = cache(lambda defects: PublishedPair(a, b, defects))  # the measures share what they have in common

    def slope(name: str, defects: frozenset[Defect]) -> XYWH:
        return four(MEASURES[name].slope(pair(defects)))

    found = []
    for name in MEASURES:
        true, published = slope(name, frozenset()), slope(name, ALL_DEFECTS)
        acting = tuple(
            defect
            for defect in Defect
            if not alike(slope(name, ALL_DEFECTS - {defect}), published)
            or not alike(slope(name, frozenset({defect})), true)
        )
        found.append(Verdict(name, true, published, acting))
    return tuple(found)


@dataclass(frozen=True)
class Law:
    """A property of the measures with this state's numbers: its left side, its right side, and whether it holds."""

    name: str
    left: tuple[float, ...]
    right: tuple[float, ...]
    holds: bool


def laws(found: OverlapView) -> tuple[Law, ...]:
    """Return the properties of the measures with the numbers of these two boxes.

    Symmetry, no scale, bounds (CIoU may fall below -1, not to -1.5), GIoU <= IoU, the triangle inequality by way of a
    third box.
    """
    state = found.state
    here = values(state.moving, state.target)
    swapped = values(state.target, state.moving)
    scaled = values(*(tripled(box) for box in (state.moving, state.target)))
    third: XYWH = tuple((a + b) / 2 for a, b in zip(state.moving, state.target, strict=True))  # type: ignore[assignment]
    direct = 1 - here[0]
    detour = (1 - values(state.moving, third)[0]) + (1 - values(third, state.target)[0])
    return (
        Law("symmetry", here, swapped, close(here, swapped)),
        Law("scale", here, scaled, close(here, scaled)),
        Law("bounds", here[:3], here[3:], bounded(here)),
        Law("below", (here[1],), (here[0],), here[1] <= here[0] + ALIKE),
        Law("triangle", (direct,), (detour,), direct <= detour + ALIKE),
    )


def bounded(here: tuple[float, ...]) -> bool:
    """Return whether each measure keeps its bounds: IoU 0 to 1, GIoU and DIoU -1 to 1, CIoU above -1.5 to 1.

    1 - IoU + alpha v = s + v^2 / (s + v) rises with s = 1 - IoU, so that it is at most 1 + v^2 / (1 + v) <= 3/2 for v <= 1,
    and rho^2/c^2 < 1 comes on top.
    """
    iou, giou, diou, ciou = here
    least = min(iou, giou + 1, diou + 1) >= -ALIKE and ciou > -1.5
    return least and max(here) <= 1 + ALIKE


def values(moving: XYWH, target: XYWH) -> tuple[float, ...]:
    """Return IoU, GIoU, DIoU and CIoU of two boxes."""
    pair = Pair(boxes_of(moving), boxes_of(target))
    return tuple(one(measure.value(pair)) for measure in MEASURES.values())


def close(here: tuple[float, ...], there: tuple[float, ...]) -> bool:
    """Return whether two numbers are equal but for rounding."""
    return all(abs(a - b) <= 1e-9 for a, b in zip(here, there, strict=True))


def tripled(box: XYWH) -> XYWH:
    """Return the box three times as large, as if the plane were."""
    x, y, w, h = box
    return 3 * x, 3 * y, 3 * w, 3 * h


def swapped(state: OverlapState) -> OverlapState:
    """Return the state with each box in the other's place."""
    return state.with_box("moving", state.target).with_box("target", state.moving)


def shrinkable(state: OverlapState) -> bool:
    """Return whether boxes of half the size can still be spelled in a link."""
    return min(state.moving[2:] + state.target[2:]) >= SMALL


def shrunk(state: OverlapState) -> OverlapState:
    """Return both boxes at half the size, drawn together towards the centre of the plane: only the scale changes."""
    halved: Callable[[XYWH], XYWH] = lambda box: inside(  # noqa: E731
        (CENTRE + (box[0] - CENTRE) / 2, CENTRE + (box[1] - CENTRE) / 2, box[2] / 2, box[3] / 2), BOUNDS
    )
    return state.with_box("moving", halved(state.moving)).with_box("target", halved(state.target))


def corners(box: XYWH) -> XYWH:
    """Return left, top, right and bottom of a box."""
    x, y, w, h = box
    return x - w / 2, y - h / 2, x + w / 2, y + h / 2


def common_corners(a: XYWH, b: XYWH) -> XYWH:
    """Return the corners of the intersection, where there is one: the inner ones of each pair of edges."""
    (l1, t1, r1, b1), (l2, t2, r2, b2) = corners(a), corners(b)
    return max(l1, l2), max(t1, t2), min(r1, r2), min(b1, b2)


def hull_corners(a: XYWH, b: XYWH) -> XYWH:
    """Return the corners of the smallest enclosing box: the outer ones of each pair of edges."""
    (l1, t1, r1, b1), (l2, t2, r2, b2) = corners(a), corners(b)
    return min(l1, l2), min(t1, t2), max(r1, r2), max(b1, b2)


def rules() -> dict[str, LibraryRule]:
    """Return how each library counts an edge on an edge and boxes that touch."""
    return {rule.library: rule for rule in LIBRARY_RULES}


def libraries(state: OverlapState) -> dict[str, dict[str, float]]:
    """Return the loss of these boxes as each library computes it, in single precision: library, measure, loss."""
    a, b = (Boxes.of(torch.tensor([box], dtype=torch.float32, device="cpu")) for box in (state.moving, state.target))
    ours = {name: float(1 - MEASURES[name].value(Pair(a, b))) for name in COMPARED}
    tables = {"torchvision": TORCHVISION, "mmdetection": MMDET}
    return {"lossviz": ours} | {
        library: {name: float(table[name].value(a, b, table[name].eps)) for name in COMPARED}
        for library, table in tables.items()
    }
