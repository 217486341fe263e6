"""The plane on which two boxes meet: x and y from 5 to 15, as in the Distance-IoU paper, whose targets lie at (10, 10).

States, links and numbers are in its units; the canvas, as everywhere, speaks in shares of its picture.
"""

from collections.abc import Sequence

from lossviz.core.link import Reader, decimals, ends, six
from lossviz.core.refused import RefusedError
from lossviz.engine.boxes import XYWH

LOW, SIDE = 5.0, 10.0
CENTRE = LOW + SIDE / 2
SMALLEST, LARGEST = 0.0, 10.0
"""Sides of a box; 0 is allowed: what becomes of empty boxes is a question people ask."""
BOUNDS = ((LOW, LOW + SIDE), (LOW, LOW + SIDE), (SMALLEST, LARGEST), (SMALLEST, LARGEST))
"""Lowest and highest x, y, w and h of a box, in units of the plane."""
THINNEST = 0.01
"""A side that is not 0 is at least this long."""


def to_shares(box: XYWH) -> XYWH:
    """Return a box of the plane in shares of the picture; centre, width and height."""
    x, y, w, h = box
    return (x - LOW) / SIDE, (y - LOW) / SIDE, w / SIDE, h / SIDE


def from_shares(box: XYWH) -> XYWH:
    """Return a box given in shares of the picture in units of the plane; centre, width and height."""
    x, y, w, h = box
    return LOW + x * SIDE, LOW + y * SIDE, w * SIDE, h * SIDE


def inside(box: Sequence[float], bounds: Sequence[tuple[float, float]] = BOUNDS) -> XYWH:
    """Return the box moved within its bounds, in six digits as a link spells it; too thin a side becomes 0."""
    x, y, w, h = (six(min(max(value, low), high)) for value, (low, high) in zip(box, bounds, strict=True))
    return x, y, w if w >= THINNEST else 0.0, h if h >= THINNEST else 0.0


def box_reader(bounds: Sequence[tuple[float, float]] = BOUNDS) -> Reader:
    """Return a reader of a box in a link: within bounds, no side too thin unless 0; else it raises RefusedError."""

    def parse(text: str) -> tuple[float, ...]:
        box = decimals(bounds)(text)
        for side, said, (_, longest) in zip(box[2:], text.split("_")[2:], bounds[2:], strict=True):
            if 0 < side < THINNEST:
                raise RefusedError("thin", ends(THINNEST, longest), said)
        return box

    return parse
