"""Where the names of boxes stand on the input: beside their box, on no line and no other name where that can be."""

from collections.abc import Iterator, Sequence

from lossviz.engine.boxes import XYWH
from lossviz.figures.look import Rect

EDGE = 0.005
"""Least distance of a name from the picture's edge, in shares."""
COVERED = 10
"""How many lines crossed are as bad as another name covered."""


def spot(box: XYWH, size: tuple[float, float], boxes: Sequence[XYWH], taken: Sequence[Rect], *, below: bool) -> Rect:
    """Return the place of a name so wide and high, in shares, y downwards: the best of those beside its box.

    ``boxes`` are all boxes of the picture, ``taken`` the places of names that stand already.
    """
    return min(places(box, *size, below=below), key=lambda place: faults(place, boxes, taken))


def places(box: XYWH, wide: float, high: float, *, below: bool) -> Iterator[Rect]:
    """Return places outside the box, then inside, each in the middle, at the left, at the right; those wished first."""
    x, y, w, h = box
    gap = 0.15 * high
    over, under = (y - h / 2 - gap - high, y - h / 2 + gap), (y + h / 2 + gap, y + h / 2 - gap - high)
    tops = (under[0], over[0], under[1], over[1]) if below else (over[0], under[0], over[1], under[1])
    lefts = (x - wide / 2, x - w / 2 + gap, x + w / 2 - wide - gap)
    for top in tops:
        for left in lefts:
            yield Rect(within(left, wide), within(top, high), wide, high)


def within(start: float, long: float) -> float:
    """Return the start moved so that the whole length lies in the picture."""
    return min(max(EDGE, start), 1 - EDGE - long)


def faults(place: Rect, boxes: Sequence[XYWH], taken: Sequence[Rect]) -> int:
    """Return how many lines of boxes a name crosses; names covered count as several."""
    covered = sum(meets(place, other) for other in taken)
    return COVERED * covered + sum(meets(place, edge) for box in boxes for edge in edges(box))


def edges(box: XYWH) -> Iterator[Rect]:
    """Return the four edges of a box, as places without width or height."""
    x, y, w, h = box
    for side in (-1, 1):
        yield Rect(x - w / 2, y + side * h / 2, w, 0)
        yield Rect(x + side * w / 2, y - h / 2, 0, h)


def meets(one: Rect, other: Rect) -> bool:
    """Return whether two places have something in common."""
    across = one.x < other.x + other.w and other.x < one.x + one.w
    return bool(across and one.y < other.y + other.h and other.y < one.y + one.h)
