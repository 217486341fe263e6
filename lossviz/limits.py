"""How far boxes can go."""

import math

from lossviz.engine.heads import REACH, Head
from lossviz.state import EDGE, LARGEST, LARGEST_LABEL, REACH_SIZE, SMALLEST, Four, Predictor

Pair = tuple[float, float]
Limits = tuple[Pair, Pair, Pair, Pair]
"""Lowest and highest x, y, w, h."""

TRUTH_LIMITS: Limits = ((EDGE, 1 - EDGE), (EDGE, 1 - EDGE), (SMALLEST, LARGEST_LABEL), (SMALLEST, LARGEST_LABEL))
"""How far a truth can be moved."""


def limits_of(head: Head, predictor: Predictor) -> Limits:
    """How far a predicted box can go: its centre within its own cell (|t| at most REACH), its sides as a link may carry."""
    low, high = (1 / (1 + math.exp(sign * REACH)) for sign in (1, -1))
    columns, rows = head.grid
    width, height = (
        (max(SMALLEST, side * math.exp(-REACH_SIZE)), min(LARGEST, side * math.exp(REACH_SIZE)))
        for side in head.own_anchors[predictor.anchor].tolist()
    )
    return (
        ((predictor.column + low) / columns, (predictor.column + high) / columns),
        ((predictor.row + low) / rows, (predictor.row + high) / rows),
        width,
        height,
    )


def shown_box(xywh: Four, limits: Limits) -> Four:
    """The box as the picture can show it: what ran off to infinity stops at its limit."""
    x, y, w, h = (
        min(max(value, low), high) if math.isfinite(value) else high
        for value, (low, high) in zip(xywh, limits, strict=True)
    )
    return x, y, w, h
