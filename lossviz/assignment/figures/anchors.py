"""Who answers for the truth in hand, and how every anchor fits it."""

from matplotlib.figure import SubFigure

from lossviz.assignment.figures.parts.content import AssignmentContent
from lossviz.assignment.figures.parts.fits import bars_tall, draw_bars, draw_input, draw_shapes
from lossviz.assignment.words import spoken
from lossviz.core.text import Text
from lossviz.figures.content import ExportFigure, Table, always
from lossviz.figures.look import Look, split, whole
from lossviz.figures.prose import prose, prose_tall

GAP = 0.15
"""Inches between the input, the shapes and the bars."""
SHAPES = 0.38
"""Part of the width beside the bars that the shapes take."""


def draw(figure: SubFigure, content: AssignmentContent, text: Text, look: Look) -> None:
    """Draw the input, the shapes, and the bars; words above the bars."""
    area = whole(figure)
    board, rest = split(area, look, area.w, GAP)
    draw_input(figure, board, content, text, look)
    below = prose(figure, rest, words(content, text), look.size.body, look).within(top=GAP / 2)
    high = bars_tall(content, look.size.body)
    side = min(SHAPES * below.w, high)
    left = below._replace(w=side, h=side, y=below.y + below.h - (high + side) / 2)
    draw_shapes(figure, left, content, look)
    draw_bars(figure, below.within(side + GAP), content, look.size.body, look)


def words(content: AssignmentContent, text: Text) -> list[str]:
    """Return the lines for who answers, what the bars are, and what the dot means."""
    return [spoken(content.view, text), text("export_dot")]


def tall(content: AssignmentContent, text: Text, look: Look) -> float:
    """Return the inches of the figure in a column: a square, words, bars."""
    inches = look.size.width - 2 * look.size.margin
    return (
        inches + prose_tall(words(content, text), look.size.body, inches) + bars_tall(content, look.size.body) + 2 * GAP
    )


def table(content: AssignmentContent) -> Table:
    """Return a row for each anchor: every fit, and whether it answers."""
    view = content.view
    names = list(view.candidates[0].fits)
    rows: Table = [["anchor", "width", "height", "head", "row", "column", *names, "answers"]]
    for one in view.candidates:
        place = one.predictor
        fits = [one.fits[name] for name in names]
        answers = int(one.answers or one.number in view.strays)
        rows.append([one.number, *one.pixels, place.head, place.row, place.column, *fits, answers])
    return rows


def says(content: AssignmentContent, text: Text) -> str:
    """Return the words for who answers."""
    return spoken(content.view, text)


FIGURE = ExportFigure(
    "anchors",
    subject="assignment",
    order=1,
    applies=always,
    draw=draw,
    table=table,
    says=says,
    tall=tall,
    seen=lambda content, level: level == "1",
)
