"""IoU or GIoU step by step: the boxes with the parts that are found so far, and each step with its numbers."""

from matplotlib.axes import Axes
from matplotlib.figure import SubFigure
from matplotlib.patches import Rectangle

from lossviz.core.text import Text, minus, paragraph
from lossviz.figures.content import ExportFigure, Table
from lossviz.figures.look import LEADING, Look, Rect, split, whole, wrapped, write
from lossviz.figures.plane import draw_box, name_box, plane_axes, plane_tall
from lossviz.figures.prose import fitted
from lossviz.figures.theme import PREDICTION, QUIET, TRUTH
from lossviz.overlap.checks import common_corners, hull_corners
from lossviz.overlap.figures.parts.board import SHARED
from lossviz.overlap.figures.parts.content import OverlapContent
from lossviz.overlap.state import RECIPE_STEPS
from lossviz.overlap.words import STAGES, step_key, step_lines

GAP = 0.12
"""Inches between board and steps."""
APART = 0.6
"""Distance between two steps, in font sizes."""


def applies(content: OverlapContent) -> bool:
    """Return whether IoU or GIoU is walked through."""
    return content.state.check in STAGES


def reached(content: OverlapContent) -> int:
    """Return how many steps are drawn: those walked; all where nobody has begun."""
    return content.state.step if content.state.step > 1 else RECIPE_STEPS


def steps(content: OverlapContent, text: Text) -> list[tuple[str, str]]:
    """Return each step in words, and its numbers."""
    lines = step_lines(content.view)[: reached(content)]
    return [(f"{n}. {text(step_key(content.view, n))}", minus(line)) for n, line in enumerate(lines, 1)]


def draw(figure: SubFigure, content: OverlapContent, text: Text, look: Look) -> None:
    """Draw board and steps, side by side in a post."""
    area = whole(figure)
    picture, words = split(area, look, plane_tall(look), GAP)
    parts(board(figure, picture, content, text, look), content, look)
    points = look.size.small
    if look.wide:
        points = fitted(lambda size: steps_tall(content, text, size, words.w), words.h, look.size.body)
    write_steps(figure, words, content, text, points, look)


def board(figure: SubFigure, place: Rect, content: OverlapContent, text: Text, look: Look) -> Axes:
    """Draw the target solid and the moving box dashed, each with its name."""
    state = content.state
    axes = plane_axes(figure, place, [state.moving, state.target], look)
    draw_box(axes, state.target, TRUTH, look)
    draw_box(axes, state.moving, PREDICTION, look, dashed=True, zorder=5)
    above = state.moving[1] - state.moving[3] / 2 <= state.target[1] - state.target[3] / 2
    name_box(axes, state.moving, text("box_moving"), PREDICTION, look, above=above)
    name_box(axes, state.target, text("box_target"), TRUTH, look, above=not above)
    return axes


def parts(axes: Axes, content: OverlapContent, look: Look) -> None:
    """Draw what the last step has found: the intersection hatched, the union shaded, the smallest enclosing box dashed."""
    state, shown = content.state, STAGES[content.state.check][reached(content) - 1]
    if "union" in shown:
        for x, y, w, h in (state.moving, state.target):
            axes.add_patch(Rectangle((x - w / 2, y - h / 2), w, h, facecolor=QUIET, alpha=0.2, linewidth=0, zorder=1))
    if "intersection" in shown and content.view.intersection:
        left, top, right, bottom = common_corners(state.moving, state.target)
        area = Rectangle((left, top), right - left, bottom - top, fill=False, hatch=SHARED, zorder=2)
        area.set(edgecolor=look.quiet, linewidth=0)
        axes.add_patch(area)
    if "hull" in shown:
        left, top, right, bottom = hull_corners(state.moving, state.target)
        hull = Rectangle((left, top), right - left, bottom - top, fill=False, edgecolor=look.quiet, zorder=3)
        hull.set(linewidth=0.5 * look.line, linestyle=(0, (6, 3)))
        axes.add_patch(hull)


def steps_tall(content: OverlapContent, text: Text, points: float, inches: float) -> float:
    """Return the inches of the steps in height."""
    found = steps(content, text)
    lines = sum(len(wrapped(part, points, inches)) for step in found for part in step)
    return (lines * LEADING + len(found) * APART) * points / 72


def write_steps(figure: SubFigure, place: Rect, content: OverlapContent, text: Text, points: float, look: Look) -> None:
    """Write the steps, their words standing back behind their numbers."""
    top = place.y + place.h
    for words, numbers in steps(content, text):
        for part, colour in ((words, look.quiet), (numbers, look.ink)):
            for line in wrapped(part, points, place.w):
                write(figure, (place.x, top), line, points, colour)
                top -= LEADING * points / 72
        top -= APART * points / 72


def tall(content: OverlapContent, text: Text, look: Look) -> float:
    """Return the inches of the figure in a column: a square, the steps."""
    inches = look.size.width - 2 * look.size.margin
    return plane_tall(look) + GAP + steps_tall(content, text, look.size.small, inches)


def table(content: OverlapContent) -> Table:
    """Return every number of the steps by its name."""
    found, state = content.view, content.state
    rows: Table = [["name", "value"]]
    boxes = {"moving": state.moving, "target": state.target}
    for name, box in boxes.items():
        rows += [[f"{name}_{side}", value] for side, value in zip("xywh", box, strict=True)]
    rows += [["overlap_width", found.overlap[0]], ["overlap_height", found.overlap[1]]]
    rows += [[f"{name}_area", area] for name, area in zip(boxes, found.areas, strict=True)]
    rows += [[name, getattr(found, name)] for name in ("intersection", "union", "hull_area")]
    rows += [[name, found.measures[name].value] for name in ("iou", "giou")]
    return rows


def says(content: OverlapContent, text: Text) -> str:
    """Return the words and the numbers of the steps."""
    return paragraph(f"{words} {numbers}{text('list_end')}" for words, numbers in steps(content, text))


FIGURE = ExportFigure(
    "overlap_steps",
    subject="overlap",
    order=5,
    applies=applies,
    draw=draw,
    table=table,
    says=says,
    tall=tall,
    seen=lambda content, level: level == "3",
)
