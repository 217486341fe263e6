"""The two boxes on the plane, what lies between them, and where measures pull the moving one."""

from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import SubFigure
from matplotlib.patches import Rectangle

from lossviz.core.text import Text, four
from lossviz.engine.boxes import XYWH
from lossviz.figures.look import Look, Rect
from lossviz.figures.plane import draw_arrow, draw_box, draw_label, name_box, plane_axes, side_of
from lossviz.figures.theme import PREDICTION, QUIET, TRUTH
from lossviz.overlap.checks import common_corners, hull_corners
from lossviz.overlap.figures.parts.content import OverlapContent
from lossviz.overlap.words import arrows_along

SHARED = "////"
"""Hatch of the intersection."""


def board(figure: SubFigure, place: Rect, content: OverlapContent, text: Text, look: Look) -> Axes:
    """Draw the target solid, the moving box dashed, each with its name; the enclosing box, the line of the centres."""
    state = content.state
    axes = plane_axes(figure, place, [state.moving, state.target], look)
    draw_box(axes, state.target, TRUTH, look)
    draw_box(axes, state.moving, PREDICTION, look, dashed=True, zorder=5)
    above = state.moving[1] - state.moving[3] / 2 <= state.target[1] - state.target[3] / 2
    name_box(axes, state.moving, text("box_moving"), PREDICTION, look, above=above)
    name_box(axes, state.target, text("box_target"), TRUTH, look, above=not above)
    left, top, right, bottom = hull_corners(state.moving, state.target)
    thin: dict[str, Any] = {"edgecolor": look.quiet, "linewidth": 0.5 * look.line, "linestyle": (0, (6, 3))}
    axes.add_patch(Rectangle((left, top), right - left, bottom - top, fill=False, zorder=3, **thin))
    centres = [(box[0], box[1]) for box in (state.moving, state.target)]
    axes.plot(*zip(*centres, strict=True), color=look.ink, linewidth=0.5 * look.line, zorder=5)
    for centre, colour in zip(centres, (PREDICTION, TRUTH), strict=True):
        axes.plot(*centre, "o", color=colour, markeredgecolor=look.paper, markersize=2.8 * look.line, zorder=9)
    return axes


def between(axes: Axes, content: OverlapContent, look: Look) -> None:
    """Draw what lies between the boxes, each part with its letter and number.

    The union is shaded, the intersection hatched, the diagonal goes through the free corners.
    """
    state, found = content.state, content.view
    for x, y, w, h in (state.moving, state.target):
        axes.add_patch(Rectangle((x - w / 2, y - h / 2), w, h, facecolor=QUIET, alpha=0.16, linewidth=0, zorder=1))
    if found.intersection:
        left, top, right, bottom = common_corners(state.moving, state.target)
        area = Rectangle((left, top), right - left, bottom - top, fill=False, hatch=SHARED, zorder=2)
        area.set(edgecolor=look.quiet, linewidth=0)
        axes.add_patch(area)
    left, top, right, bottom = hull_corners(state.moving, state.target)
    (ax, ay, *_), (bx, by, *_) = state.moving, state.target
    start, end, sides = (
        (right, left, ("right", "left")) if (ax - bx) * (ay - by) > 0 else (left, right, ("left", "right"))
    )
    axes.plot([start, end], [top, bottom], color=look.quiet, linewidth=0.4 * look.line, linestyle=(0, (1, 2)), zorder=3)
    draw_label(axes, (start, top), f"C {four(found.hull_area)}", look.quiet, look, va="bottom", ha=sides[0])
    draw_label(axes, (end, bottom), f"c {four(found.diagonal)}", look.quiet, look, va="top", ha=sides[1])
    if found.distance > 0.14 * side_of(axes):
        draw_label(axes, ((ax + 2 * bx) / 3, (ay + 2 * by) / 3), f"ρ {four(found.distance)}", look.ink, look)


def arrows(
    axes: Axes, box: XYWH, slope: XYWH, colour: str, look: Look, wide: float = 1.0, *, sides: bool = True
) -> None:
    """Draw the arrows along a slope."""
    for start, end in arrows_along(box, slope, side_of(axes), sides=sides):
        draw_arrow(axes, start, end, colour, look, wide)
