"""How far the boxes of truths and predictions can be moved."""

import math
from collections.abc import Sequence

from lossviz.core.link import decimals
from lossviz.engine.boxes import XYWH
from lossviz.engine.heads import REACH, Predictor

EDGE = 1e-4
"""A moved truth's centre stays this far inside: 0 would end Darknet's list, 1 would leave the grid."""


SMALLEST, LARGEST = 0.002, 4.0
"""Shortest and longest side of a box, in shares of the network input."""


LARGEST_LABEL = 1.4
"""Longest side of a moved truth: with more, its w h could pass 2 and its weight 2 - w h fall below 0."""


REACH_SIZE = 12.0
"""Largest |t_w|, |t_h| to which a box can be dragged."""


WIDEST = 120.0
"""Largest raw output one can type, or a link carry: e to this power no longer fits float32."""

Pair = tuple[float, float]
Limits = tuple[Pair, Pair, Pair, Pair]
"""Lowest and highest x, y, w, h."""

TRUTH_LIMITS: Limits = ((EDGE, 1 - EDGE), (EDGE, 1 - EDGE), (SMALLEST, LARGEST_LABEL), (SMALLEST, LARGEST_LABEL))
"""How far a truth can be moved."""


def limits_of(grid: tuple[int, int], anchor: tuple[float, float], predictor: Predictor) -> Limits:
    """Return how far a predicted box can go: its centre within its own cell, its sides as a link may carry.

    ``anchor`` holds the sides of the predictor's anchor in shares.
    Within the cell means a raw output of the centre with |t| at most ``REACH``.
    """
    low, high = (1 / (1 + math.exp(sign * REACH)) for sign in (1, -1))
    columns, rows = grid
    width, height = (
        (max(SMALLEST, side * math.exp(-REACH_SIZE)), min(LARGEST, side * math.exp(REACH_SIZE))) for side in anchor
    )
    return (
        ((predictor.column + low) / columns, (predictor.column + high) / columns),
        ((predictor.row + low) / rows, (predictor.row + high) / rows),
        width,
        height,
    )


def shown_box(xywh: XYWH, limits: Limits) -> XYWH:
    """Return the box as the picture can show it: what ran off to infinity stops at its limit."""
    x, y, w, h = (
        min(max(value, low), high) if math.isfinite(value) else high
        for value, (low, high) in zip(xywh, limits, strict=True)
    )
    return x, y, w, h


def four_of(texts: Sequence[str]) -> XYWH:
    """Return x, y, w, h of a truth as a link spells them. Raises: RefusedError for a number out of bounds."""
    x, y, w, h = decimals(TRUTH_LIMITS)("_".join(texts))
    return x, y, w, h
