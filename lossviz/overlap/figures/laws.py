"""Properties of the measures with the numbers of two boxes, beside the boxes."""

from typing import Any

from matplotlib.figure import SubFigure
from matplotlib.lines import Line2D

from lossviz.core.text import Text, paragraph
from lossviz.figures.content import ExportFigure, Table, always
from lossviz.figures.look import LEADING, Look, Rect, split, whole, wrapped, write
from lossviz.figures.plane import plane_tall
from lossviz.figures.prose import fitted
from lossviz.figures.theme import PREDICTION, TRUTH
from lossviz.overlap.checks import laws
from lossviz.overlap.figures.parts.board import between, board
from lossviz.overlap.figures.parts.content import OverlapContent
from lossviz.overlap.words import law_says

GAP = 0.12
"""Inches between board and properties."""
INDENT, APART = 1.7, 0.6
"""Room for the mark before a property, and the distance between two, in font sizes."""
TICK = ((0.1, 0.45), (0.4, 0.15), (0.95, 0.85))
CROSS = ((0.15, 0.15), (0.85, 0.85), (0.5, 0.5), (0.15, 0.85), (0.85, 0.15))
"""The marks of what holds and of what does not, as lines in a square."""


def draw(figure: SubFigure, content: OverlapContent, text: Text, look: Look) -> None:
    """Draw board and properties, side by side in a post."""
    area = whole(figure)
    picture, words = split(area, look, plane_tall(look), GAP)
    between(board(figure, picture, content, text, look), content, look)
    points = look.size.small
    if look.wide:
        points = fitted(lambda size: laws_tall(content, text, size, words.w), words.h, look.size.body)
    top = words.y + words.h
    for law in laws(content.view):
        mark(figure, (words.x, top), law.holds, points, look)
        for line in lines_of(law_says(law, text), points, words.w):
            write(figure, (words.x + INDENT * points / 72, top), line, points, look.ink)
            top -= LEADING * points / 72
        top -= APART * points / 72


def mark(figure: SubFigure, at: tuple[float, float], holds: bool, points: float, look: Look) -> None:
    """Draw a tick or a cross before the first line of a property, whose top is at that point."""
    page, em = whole(figure), points / 72
    shape = Rect(at[0] + 0.15 * em, at[1] - 1.05 * em, 0.9 * em, 0.9 * em)
    xs, ys = zip(*((shape.x + x * shape.w, shape.y + y * shape.h) for x, y in (TICK if holds else CROSS)), strict=True)
    style: dict[str, Any] = {"color": TRUTH if holds else PREDICTION, "linewidth": 0.8 * look.line}
    places = [x / page.w for x in xs], [y / page.h for y in ys]
    figure.add_artist(Line2D(*places, transform=figure.transSubfigure, **style))


def lines_of(words: str, points: float, inches: float) -> list[str]:
    """Return a property in lines that fit behind its mark."""
    return wrapped(words, points, inches - INDENT * points / 72)


def laws_tall(content: OverlapContent, text: Text, points: float, inches: float) -> float:
    """Return the inches of the properties in height."""
    found = [lines_of(law_says(law, text), points, inches) for law in laws(content.view)]
    return sum(len(lines) * LEADING + APART for lines in found) * points / 72


def tall(content: OverlapContent, text: Text, look: Look) -> float:
    """Return the inches of the figure in a column: a square, the properties."""
    inches = look.size.width - 2 * look.size.margin
    return plane_tall(look) + GAP + laws_tall(content, text, look.size.small, inches)


def table(content: OverlapContent) -> Table:
    """Return a row for each number of a property: on which side it stands, and whether the property holds."""
    rows: Table = [["property", "side", "number", "value", "holds"]]
    for law in laws(content.view):
        for side, values in (("left", law.left), ("right", law.right)):
            rows += [[law.name, side, n, value, int(law.holds)] for n, value in enumerate(values, 1)]
    return rows


def says(content: OverlapContent, text: Text) -> str:
    """Return the properties in words."""
    return paragraph(law_says(law, text) for law in laws(content.view))


FIGURE = ExportFigure(
    "overlap_laws",
    subject="overlap",
    order=6,
    applies=always,
    draw=draw,
    table=table,
    says=says,
    tall=tall,
    seen=lambda content, level: level == "3" and content.state.check == "laws",
)
