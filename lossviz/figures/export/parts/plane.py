"""The plane on which boxes meet: axes in its units, boxes, arrows, labels."""

from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import SubFigure
from matplotlib.patches import FancyArrowPatch, Rectangle

from lossviz.figures.export.parts.look import Look, Rect, axes_in, font, plain, widest
from lossviz.plane import LOW, SIDE
from lossviz.state import Four

DASHED: Any = (0, (4, 2))
HIGH = LOW + SIDE
TICKS = range(int(LOW), int(HIGH) + 1)


def plane_axes(figure: SubFigure, place: Rect, look: Look, *, numbers: bool = True) -> Axes:
    """The largest square there, y downwards; with ``numbers`` there is room for them at the left and below."""
    small = look.size.small / 72
    room = place.within(widest(["15"], look.size.small) + small, 1.9 * small, 0.6 * small) if numbers else place
    side = min(room.w, room.h)
    axes = axes_in(figure, Rect(room.x, room.y + room.h - side, side, side), look)
    axes.set(xlim=(LOW, HIGH), ylim=(HIGH, LOW), xticks=TICKS, yticks=TICKS)
    axes.grid(color=look.rule, linewidth=look.line / 4, zorder=0)
    axes.set_axisbelow(True)
    axes.tick_params(length=0, labelbottom=numbers, labelleft=numbers)
    plain(axes, look)
    return axes


def draw_box(axes: Axes, box: Four, colour: str, look: Look, *, dashed: bool = False, **more: Any) -> None:
    """Its outline on a casing of paper."""
    x, y, w, h = box
    corner, style = (x - w / 2, y - h / 2), DASHED if dashed else "solid"
    common = {"fill": False, "zorder": 4} | more
    axes.add_patch(Rectangle(corner, w, h, edgecolor=look.paper, linewidth=1.7 * look.line, **common))
    axes.add_patch(Rectangle(corner, w, h, edgecolor=colour, linewidth=0.9 * look.line, linestyle=style, **common))


def draw_arrow(
    axes: Axes, start: tuple[float, float], end: tuple[float, float], colour: str, look: Look, **more: Any
) -> None:
    """With a filled head, on a casing of paper."""
    head = 5.5 * look.line
    for paint, wide, order in ((look.paper, 2.1, 6), (colour, 1.0, 7)):
        common: dict[str, Any] = {"arrowstyle": "-|>", "mutation_scale": head, "shrinkA": 0, "shrinkB": 0}
        common |= {"color": paint, "linewidth": wide * look.line * 0.8, "zorder": order, "joinstyle": "miter"}
        axes.add_patch(FancyArrowPatch(start, end, **common | (more if paint == colour else {})))


def draw_label(axes: Axes, at: tuple[float, float], words: str, colour: str, look: Look, **more: Any) -> None:
    """Words on a plate of paper."""
    plate = {"facecolor": look.paper, "edgecolor": "none", "alpha": 0.85, "pad": look.size.small / 8}
    place: dict[str, Any] = {"ha": "center", "va": "center", "zorder": 8, "clip_on": True} | more
    axes.text(*at, words, fontproperties=font(look.size.small), color=colour, bbox=plate, **place)
