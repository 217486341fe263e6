"""A window on the plane on which boxes meet: axes in its units, boxes, arrows, labels."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure
from matplotlib.patches import FancyArrowPatch, Rectangle
from matplotlib.ticker import MaxNLocator

from lossviz.engine.boxes import XYWH
from lossviz.figures.curve import settle
from lossviz.figures.look import Look, Rect, axes_in, font, indexed, widest

DASHED: Any = (0, (4, 2))
EDGE = 0.02
"""How near the upper edge a number stands below its line, as part of the window."""
AROUND, LEAST = 0.16, 3.0
"""Room kept free around the boxes, as part of the window, and the window's least side in units of the plane."""


def plane_axes(figure: SubFigure, place: Rect, boxes: Sequence[XYWH], look: Look) -> Axes:
    """Return axes on the largest square in the place, y downwards, on a window that holds the boxes."""
    left, low = margins(look)
    room = place.within(left, low, 0.5 * look.size.small / 72)
    inches = min(room.w, room.h)
    axes = axes_in(figure, Rect(room.x, room.y + room.h - inches, inches, inches), look)
    x, y, side = window([*boxes, *look.around])
    axes.set(xlim=(x - side / 2, x + side / 2), ylim=(y + side / 2, y - side / 2))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(7, steps=[1, 2, 5, 10]))
    axes.grid(color=look.rule, linewidth=look.line / 4, zorder=0)
    axes.set_axisbelow(True)
    axes.tick_params(length=0)
    axes.spines[:].set_color(look.rule)
    settle(axes, look)
    for label, at in zip(axes.get_yticklabels(), axes.get_yticks(), strict=True):
        if at < y - (0.5 - EDGE) * side:
            label.set_verticalalignment("top")
    return axes


def margins(look: Look) -> tuple[float, float]:
    """Return the inches that the numbers take at the left and below."""
    small = look.size.small / 72
    return widest(["12.5"], look.size.small) + small, 1.9 * small


def plane_tall(look: Look) -> float:
    """Return the inches that the square with its numbers takes in a column."""
    left, low = margins(look)
    return look.size.width - 2 * look.size.margin - left + low


def window(boxes: Sequence[XYWH]) -> tuple[float, float, float]:
    """Return centre and side of the square window that holds the boxes, in units of the plane."""
    places = np.array(boxes)
    low, high = (places[:, :2] - places[:, 2:] / 2).min(0), (places[:, :2] + places[:, 2:] / 2).max(0)
    x, y = (low + high) / 2
    return float(x), float(y), float(max(LEAST, *(high - low) / (1 - 2 * AROUND)))


def side_of(axes: Axes) -> float:
    """Return the side of the axes' window, in units of the plane."""
    low, high = axes.get_xlim()
    return high - low


def draw_box(axes: Axes, box: XYWH, colour: str, look: Look, *, dashed: bool = False, **more: Any) -> None:
    """Draw the outline of a box on a casing of paper."""
    x, y, w, h = box
    corner, style = (x - w / 2, y - h / 2), DASHED if dashed else "solid"
    common = {"fill": False, "zorder": 4} | more
    axes.add_patch(Rectangle(corner, w, h, edgecolor=look.paper, linewidth=1.7 * look.line, **common))
    axes.add_patch(Rectangle(corner, w, h, edgecolor=colour, linewidth=0.9 * look.line, linestyle=style, **common))


def name_box(axes: Axes, box: XYWH, name: str, colour: str, look: Look, *, above: bool) -> None:
    """Write a box's name above or below it."""
    x, y, _, h = box
    draw_label(axes, (x, y - h / 2 if above else y + h / 2), name, colour, look, va="bottom" if above else "top")


def draw_arrow(
    axes: Axes, start: tuple[float, float], end: tuple[float, float], colour: str, look: Look, wide: float = 1.0
) -> None:
    """Draw an arrow with a filled head, on a casing of paper; a ``wide`` one lies below."""
    band = wide > 1
    for paint, factor, order in ((look.paper, 2.1, 6.0), (colour, 1.0, 7.0)):
        lines: dict[str, Any] = {
            "linewidth": wide * factor * look.line * 0.8,
            "zorder": order - 2 * band,
            "color": paint,
        }
        heads: dict[str, Any] = {"arrowstyle": "-|>", "mutation_scale": (5 + 3 * band) * look.line, "shrinkA": 0}
        axes.add_patch(FancyArrowPatch(start, end, shrinkB=0, joinstyle="miter", **heads, **lines))


def draw_label(axes: Axes, at: tuple[float, float], words: str, colour: str, look: Look, **more: Any) -> None:
    """Write words on a plate of paper, a little away from where their edge is."""
    plate = {"facecolor": look.paper, "edgecolor": "none", "alpha": 0.85, "pad": look.size.small / 8}
    place: dict[str, Any] = {"ha": "center", "va": "center", "zorder": 8} | more
    away = {"top": -0.7, "bottom": 0.6, "center": 0}[place["va"]] * look.size.small
    style: dict[str, Any] = {"fontproperties": font(look.size.small), "color": colour, "bbox": plate}
    axes.annotate(indexed(words), at, (0, away), textcoords="offset points", **style, **place)
