"""Anchors on a truth's shape, and maps of predictors, drawn with boxes of a page and without words."""

from collections.abc import Iterable, Sequence
from html import escape

import numpy as np
import numpy.typing as npt

from lossviz.assignment.view import STATES, AssignmentView, Bits
from lossviz.engine.boxes import XYWH

AROUND = 1.12
"""Side of the picture of shapes, as a multiple of the largest side in it."""
DOTS = 500
"""Most dots on one map."""


def reach(box: XYWH) -> float:
    """Return twice how far a box goes from the middle."""
    x, y, w, h = box
    return max(2 * abs(x) + w, 2 * abs(y) + h)


def common(one: XYWH, other: XYWH) -> XYWH:
    """Return what two boxes share; without area where they are apart."""
    (left, right), (top, bottom) = (
        (
            max(one[n] - one[n + 2] / 2, other[n] - other[n + 2] / 2),
            min(one[n] + one[n + 2] / 2, other[n] + other[n + 2] / 2),
        )
        for n in (0, 1)
    )
    return (left + right) / 2, (top + bottom) / 2, max(0.0, right - left), max(0.0, bottom - top)


def layers(view: AssignmentView) -> list[tuple[str, XYWH]]:
    """Return the truth in hand and what each anchor holds against it, from below, in pixels from its centre."""
    truth: XYWH = (0.0, 0.0, *view.pixels)
    best, *others = (view.judged(one) for one in view.ranked)
    drawn = [("other", box) for box in reversed(others[1:])]
    drawn += [("truth", truth), *(("second", box) for box in others[:1])]
    return [*drawn, ("shared", common(truth, best)), ("best", best)]


def window_of(drawn: Sequence[tuple[str, XYWH]]) -> float:
    """Return the pixels along a side of the picture: the truth and its two best anchors fit in.

    What is larger is cut off.
    """
    return AROUND * max(reach(box) for name, box in drawn if name != "other")


def shapes(view: AssignmentView, description: str) -> str:
    """Return the picture of the shapes: the truth filled, best anchor dashed, second dotted, the others thin."""
    drawn = layers(view)
    side = window_of(drawn)
    parts = (
        place(f"lz-{name}", 0.5 + (x - w / 2) / side, 0.5 + (y - h / 2) / side, w / side, h / side)
        for name, (x, y, w, h) in drawn
    )
    return f'<div class="lz-shapes" role="img" aria-label="{escape(description)}">{"".join(parts)}</div>'


def state_map(bits: Bits, truths: Iterable[XYWH], description: str, marks: npt.NDArray[np.bool_] | None = None) -> str:
    """Return the map of one anchor's predictors, a cell each: plain negative, hatched ignored, filled positive.

    Those in ``marks`` are dotted.
    """
    rows, columns = bits.shape
    names = ("ignored", "positive")
    parts = [part for name in names for part in runs(bits == STATES[name], f"lz-{name}")]
    parts += dots(marks) if marks is not None else []
    parts += [place("lz-outline", x - w / 2, y - h / 2, w, h) for x, y, w, h in truths]
    size = f"background-size:{100 / columns:.4f}% {100 / rows:.4f}%"
    return f'<div class="lz-states" role="img" aria-label="{escape(description)}" style="{size}">{"".join(parts)}</div>'


def runs(mask: npt.NDArray[np.bool_], name: str) -> list[str]:
    """Return the marked cells, those side by side in a row as one piece: even a whole head is few."""
    rows, columns = mask.shape
    edges = np.diff(np.pad(mask.astype(np.int8), ((0, 0), (1, 1))), axis=1)
    starts, ends = np.argwhere(edges == 1).tolist(), np.argwhere(edges == -1).tolist()
    return [
        place(name, start / columns, row / rows, (end - start) / columns, 1 / rows)
        for (row, start), (_, end) in zip(starts, ends, strict=True)
    ]


def dots(mask: npt.NDArray[np.bool_]) -> list[str]:
    """Return a dot for each marked cell; where a whole head is marked, none: there a number says it."""
    rows, columns = mask.shape
    cells = np.argwhere(mask).tolist() if mask.sum() <= DOTS else []
    return [place("lz-differs", column / columns, row / rows, 1 / columns, 1 / rows) for row, column in cells]


def place(name: str, x: float, y: float, w: float, h: float) -> str:
    """Return something at a place of the picture, in shares of it."""
    sides = f"left:{100 * x:.3f}%;top:{100 * y:.3f}%;width:{100 * w:.3f}%;height:{100 * h:.3f}%"
    return f'<i class="{name}" style="{sides}"></i>'
