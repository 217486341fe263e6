"""Two boxes with all that lies between them, beside the four measures in numbers."""

from matplotlib.figure import SubFigure

from lossviz.core.text import Text, four, minus, paragraph
from lossviz.figures.content import ExportFigure, Table, always
from lossviz.figures.look import Look, Rect, split, whole
from lossviz.figures.plane import plane_tall
from lossviz.figures.prose import prose, prose_tall
from lossviz.figures.table import draw_table, table_tall
from lossviz.figures.theme import MEASURE
from lossviz.overlap.figures.parts.board import arrows, between, board
from lossviz.overlap.figures.parts.content import OverlapContent
from lossviz.overlap.figures.parts.numbers import measure_rows
from lossviz.overlap.words import formulas, situation

GAP = 0.12
"""Inches between board and numbers."""


def draw(figure: SubFigure, content: OverlapContent, text: Text, look: Look) -> None:
    """Draw board and numbers, side by side in a post."""
    area = whole(figure)
    picture, numbers = split(area, look, plane_tall(look), GAP)
    draw_board(figure, picture, content, text, look)
    points = number_points(look)
    rest = prose(figure, numbers, [*formulas(content.view).values()], formula_points(look), look)
    rest = prose(figure, rest, notes(content, text), look.size.small, look, quiet=True)
    draw_table(figure, rest.within(top=GAP), measure_rows(content, text), points, look)


def draw_board(figure: SubFigure, place: Rect, content: OverlapContent, text: Text, look: Look) -> None:
    """Draw everything between the boxes, and arrows of what is shown; for all four measures only the centre's."""
    axes = board(figure, place, content, text, look)
    between(axes, content, look)
    for measured in content.shown:
        alone = len(content.shown) == 1
        arrows(axes, content.state.moving, measured.slope, look.colour(MEASURE[measured.name]), look, sides=alone)


def number_points(look: Look) -> float:
    """Return the font size of the numbers."""
    return look.size.body * 0.85 if look.wide else look.size.small


def formula_points(look: Look) -> float:
    """Return the font size of the formulas."""
    return look.size.body if look.wide else look.size.small


def notes(content: OverlapContent, text: Text) -> list[str]:
    """Return the lines that explain letters and arrows."""
    return [text("formulas_letters"), text("figure_arrows", measure=content.measure(text)) + text("list_end")]


def tall(content: OverlapContent, text: Text, look: Look) -> float:
    """Return the inches of the figure in a column: a square, words, a table."""
    inches, points = look.size.width - 2 * look.size.margin, number_points(look)
    words = prose_tall([*formulas(content.view).values()], points, inches) + prose_tall(
        notes(content, text), look.size.small, inches
    )
    return plane_tall(look) + words + table_tall(measure_rows(content, text), points) + 3 * GAP


def table(content: OverlapContent) -> Table:
    """Return every number of the picture by its name, then value, loss and slopes of each measure."""
    found = content.view
    rows: Table = [["name", "value", "loss", "slope_x", "slope_y", "slope_w", "slope_h"]]
    for box in ("moving", "target"):
        sides = zip("xywh", getattr(content.state, box), strict=True)
        rows += [[f"{box}_{side}", number, *[None] * 5] for side, number in sides]
    for name in ("intersection", "union", "hull_area", "distance", "diagonal", "aspect", "trade_off"):
        rows.append([name, getattr(found, name), *[None] * 5])
    rows += [[m.name, m.value, m.loss, *m.slope] for m in found.measures.values()]
    return rows


def says(content: OverlapContent, text: Text) -> str:
    """Return the words for how the boxes lie, and for each measure with its loss."""
    parts = [
        text("figure_boxes_alt", measure=text(m.name), value=four(m.value), loss=four(m.loss))
        for m in content.view.measures.values()
    ]
    return paragraph([situation(content.view, text), f"{minus(text('list_semicolon').join(parts))}{text('list_end')}"])


FIGURE = ExportFigure(
    "boxes",
    subject="overlap",
    order=1,
    applies=always,
    draw=draw,
    table=table,
    says=says,
    tall=tall,
    seen=lambda content, level: level == "1",
)
