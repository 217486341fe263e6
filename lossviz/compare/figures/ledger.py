"""The table: what differs, or all of it, as numbers."""

from collections.abc import Sequence

from matplotlib.figure import SubFigure

from lossviz.compare.figures.parts.content import CompareContent
from lossviz.compare.view import Cell, Row
from lossviz.core.text import Text, four, listed, minus
from lossviz.figures.content import Cell as Entry
from lossviz.figures.content import ExportFigure, Table, always
from lossviz.figures.look import Look, Rect, whole, widest
from lossviz.figures.table import HIGH, draw_table, table_tall
from lossviz.figures.table import Row as Line
from lossviz.programs.words import sentence

DRAWN = ("who", "count", "excess", "gradient", "loss", "floor", "number")
"""Kinds of rows that a figure has room for; the CSV has all."""
SHORT = 2
"""Most numbers that stand in a cell; of more, their length does."""
NAMED = 1
"""How many predictors of a cell are named."""
SMALLEST = 7.0
"""Smallest font size, in points."""
APART = 0.8
"""Distance between two columns of a table, in font sizes."""
ALL = slice(None)
GROUPS = ("decode", "answers", "ignored", "sums", "printed")


def lines(content: CompareContent, text: Text, columns: slice = ALL) -> list[Line]:
    """Return head and rows of some of the programs."""
    view = content.view
    head = Line(("", *(text(f"short_{column.key}") for column in view.applied[columns])), quiet=True)
    rows = [row for row in view.shown if row.what in DRAWN]
    return [head, *(Line((label(row, text), *(words(cell, row, text) for cell in row.cells[columns]))) for row in rows)]


def blocks(content: CompareContent, text: Text, points: float, inches: float) -> list[list[Line]]:
    """Return as many programs side by side as the width takes, the others in blocks below."""
    wide = [widest(column, points) for column in zip(*(line.words for line in lines(content, text)), strict=True)]
    gap, found, first = APART * points / 72, [], 0
    while first < len(wide) - 1:
        end, room = first + 1, inches - wide[0] - gap - wide[first + 1]
        while end < len(wide) - 1 and room >= gap + wide[end + 1]:
            room -= gap + wide[end + 1]
            end += 1
        found.append(lines(content, text, slice(first, end)))
        first = end
    return found


def stacked_tall(stack: Sequence[Sequence[Line]], points: float) -> float:
    """Return the inches of tables one below the other."""
    return sum(table_tall(block, points) for block in stack) + (len(stack) - 1) * HIGH * points / 72


def label(row: Row, text: Text) -> str:
    """Return the name of a row: group and quantity."""
    group = text(f"ledger_group_{row.group}" if row.group in GROUPS else f"term_{row.group}")
    if row.what == "number":
        return group
    return text("ledger_figure_row", group=group, what=text(f"ledger_row_{row.what}"))


def words(cell: Cell, row: Row, text: Text) -> str:
    """Return what stands in a cell."""
    if cell.predictors:
        more = [text("ledger_more", count=len(cell.predictors) - NAMED)] if len(cell.predictors) > NAMED else []
        return text("list_nouns").join([*map(str, cell.predictors[:NAMED]), *more])
    if not cell.numbers:
        return "–"
    if row.what == "count":
        return f"{cell.numbers[0]:.0f}"
    return minus(" ".join(map(four, cell.numbers)) if len(cell.numbers) <= SHORT else f"|{four(cell.size)}|")


def draw(figure: SubFigure, content: CompareContent, text: Text, look: Look) -> None:
    """Draw the table as large as there is room."""
    place = whole(figure)
    points = SMALLEST if not look.wide else max(SMALLEST, fitting(content, text, look, place))
    for block in blocks(content, text, points, place.w):
        draw_table(figure, place, block, points, look)
        place = place._replace(h=place.h - table_tall(block, points) - HIGH * points / 72)


def fitting(content: CompareContent, text: Text, look: Look, place: Rect) -> float:
    """Return the largest font size with which everything fits."""
    sizes = [look.size.body - step / 4 for step in range(40)]
    fit = (size for size in sizes if stacked_tall(blocks(content, text, size, place.w), size) <= place.h)
    return next(fit, SMALLEST)


def tall(content: CompareContent, text: Text, look: Look) -> float:
    """Return the inches of the figure in a column: all rows of all programs."""
    inches = look.size.width - 2 * look.size.margin
    return stacked_tall(blocks(content, text, SMALLEST, inches), SMALLEST)


def table(content: CompareContent) -> Table:
    """Return a line for each cell: number or length, every number, who answers, the sentence."""
    rows: Table = [["row", "recipe", "differs", "value", "values", "predictors", "sentence"]]
    for row in content.view.shown:
        for cell in row.cells:
            several = " ".join(f"{number:.12g}" for number in cell.numbers) if len(cell.numbers) > 1 else ""
            said = sentence(cell.key, row.group, "en") if cell.words else ""
            found: list[Entry] = [row.name, cell.key, int(row.differs), cell.size, several]
            rows.append([*found, " ".join(map(str, cell.predictors)), said])
    return rows


def says(content: CompareContent, text: Text) -> str:
    """Return the words for how much differs, and for the losses."""
    view = content.view
    differ = sum(row.differs for row in view.rows)
    names = listed([text(f"short_{column.key}") for column in view.applied], text)
    losses = text("list_comma").join(
        text("ledger_figure_loss", name=text(f"short_{column.key}"), loss=four(column.view.loss))
        for column in view.applied
        if column.view
    )
    return f"{text('ledger_sentence', names=names, differ=differ, rows=len(view.rows))} {losses}{text('list_end')}"


FIGURE = ExportFigure(
    "ledger",
    subject="ledger",
    order=1,
    applies=always,
    draw=draw,
    table=table,
    says=says,
    tall=tall,
)
