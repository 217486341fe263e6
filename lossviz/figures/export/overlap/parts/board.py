"""The two boxes on the plane, what lies between them, and where measures pull the moving one."""

import math
from collections.abc import Iterator
from typing import Any

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from lossviz.figures.export.overlap.parts.content import OverlapContent
from lossviz.figures.export.parts.look import Look
from lossviz.figures.export.parts.plane import HIGH, draw_arrow, draw_box, draw_label
from lossviz.figures.theme import PREDICTION, QUIET, TRUTH
from lossviz.plane import LOW
from lossviz.referee import common_corners, hull_corners
from lossviz.state import Four
from lossviz.text import Text, four

Place = tuple[float, float]
REACH, LONGEST, SHORTEST = 9.0, 2.2, 1e-6
"""Length of an arrow in units of the plane for a slope of 1, at most, and the slope below which there is none."""
SHARED = "////"
"""Hatch of the intersection."""


def boxes(axes: Axes, content: OverlapContent, text: Text, look: Look) -> None:
    """The target solid, the moving box dashed; their names at the edges that look away from one another."""
    state = content.state
    draw_box(axes, state.target, TRUTH, look)
    draw_box(axes, state.moving, PREDICTION, look, dashed=True, zorder=5)
    above = state.moving[1] < state.target[1]
    name_box(axes, state.moving, text("box_moving"), PREDICTION, look, above=above)
    name_box(axes, state.target, text("box_target"), TRUTH, look, above=not above)


def name_box(axes: Axes, box: Four, name: str, colour: str, look: Look, *, above: bool) -> None:
    """Above or below it, inside the plane."""
    x, y, _, h = box
    away = 0.35 if look.wide else 0.5
    at = y - h / 2 - away if above else y + h / 2 + away
    draw_label(axes, (min(max(x, LOW + 1.4), HIGH - 1.4), min(max(at, LOW + 0.4), HIGH - 0.4)), name, colour, look)


def between(axes: Axes, content: OverlapContent, look: Look) -> None:
    """Union shaded, intersection hatched, the smallest enclosing box with its diagonal, the line of the centres."""
    state, found = content.state, content.meeting
    for x, y, w, h in (state.moving, state.target):
        axes.add_patch(Rectangle((x - w / 2, y - h / 2), w, h, facecolor=QUIET, alpha=0.16, linewidth=0, zorder=1))
    if found.intersection:
        left, top, right, bottom = common_corners(state.moving, state.target)
        size = (right - left, bottom - top)
        area = Rectangle((left, top), *size, fill=False, hatch=SHARED, edgecolor=look.quiet, linewidth=0, zorder=2)
        axes.add_patch(area)
    hull(axes, content, look)
    left, top, right, bottom = hull_corners(state.moving, state.target)
    axes.plot(
        [left, right], [top, bottom], color=look.quiet, linewidth=0.4 * look.line, linestyle=(0, (1, 2)), zorder=3
    )
    letters = {(right, bottom): f"c {four(found.diagonal)}", (left, top): f"C {four(found.hull_area)}"}
    for (x, y), words in letters.items():
        place = (min(max(x, LOW + 1.1), HIGH - 1.1), min(max(y, LOW + 0.4), HIGH - 0.4))
        draw_label(axes, place, words, look.quiet, look)


def hull(axes: Axes, content: OverlapContent, look: Look) -> None:
    """The smallest enclosing box and the line of the centres."""
    state = content.state
    left, top, right, bottom = hull_corners(state.moving, state.target)
    thin: dict[str, Any] = {
        "edgecolor": look.quiet,
        "linewidth": 0.5 * look.line,
        "linestyle": (0, (6, 3)),
        "zorder": 3,
    }
    axes.add_patch(Rectangle((left, top), right - left, bottom - top, fill=False, **thin))
    centres = [(box[0], box[1]) for box in (state.moving, state.target)]
    axes.plot(*zip(*centres, strict=True), color=look.ink, linewidth=0.5 * look.line, zorder=5)
    for centre, colour in zip(centres, (PREDICTION, TRUTH), strict=True):
        axes.plot(*centre, "o", color=colour, markeredgecolor=look.paper, markersize=2.6 * look.line, zorder=6)


def pulls(box: Four, slope: Four, *, sides: bool = True) -> Iterator[tuple[Place, Place]]:
    """Arrows along a slope: of the centre, of the right edge, of the lower one."""
    x, y, w, h = box
    starts = [((x, y), slope[0], slope[1])]
    if sides:
        starts += [((x + w / 2, y), slope[2], 0.0), ((x, y + h / 2), 0.0, slope[3])]
    for start, dx, dy in starts:
        length = math.hypot(dx, dy)
        if SHORTEST < length < math.inf:
            reach = min(LONGEST, REACH * length) / length
            yield start, (start[0] + dx * reach, start[1] + dy * reach)


def arrows(axes: Axes, box: Four, slope: Four, colour: str, look: Look, *, sides: bool = True, **more: Any) -> None:
    """Draw them."""
    for start, end in pulls(box, slope, sides=sides):
        draw_arrow(axes, start, end, colour, look, **more)
