"""The table: what differs, or all of it, as numbers; what it leaves out is counted."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.figure import SubFigure

from lossviz.compare.figures.parts.content import CompareContent
from lossviz.compare.view import Cell, Row
from lossviz.core.text import Text, four, listed, minus
from lossviz.figures.content import Cell as Entry
from lossviz.figures.content import ExportFigure, Table, always
from lossviz.figures.look import Look, Rect, whole, widest
from lossviz.figures.prose import prose, prose_tall
from lossviz.figures.table import HIGH, draw_table, table_tall
from lossviz.figures.table import Row as Line
from lossviz.programs.words import sentence

FIRST = ("who", "count", "excess", "gradient", "loss", "floor", "number")
"""Kinds of rows that are drawn where a post has no room for all."""
SHORT = 2
"""Most numbers that stand in a cell; of more, their length does."""
NAMED = 1
"""How many predictors of a cell are named."""
SMALLEST = 7.0
"""Smallest font size, in points."""
APART = 0.8
"""Distance between two columns of a table, in font sizes."""
BESIDE = 0.35
"""Inches between two parts of the table that stand side by side."""
PARTS = (1, 2, 3)
"""Into how many parts side by side the rows may be split in a post."""
ALL = slice(None)
GROUPS = ("decode", "answers", "ignored", "sums", "printed")
Block = list[Line]


def lines(content: CompareContent, text: Text, rows: Sequence[Row], columns: slice = ALL) -> Block:
    """Return a head and the rows of some of the programs."""
    head = Line(("", *(text(f"short_{column.key}") for column in content.view.applied[columns])), quiet=True)
    return [head, *(Line((label(row, text), *(words(cell, row, text) for cell in row.cells[columns]))) for row in rows)]


def numbered(content: CompareContent) -> list[Row]:
    """Return the rows of the page that can stand in a figure: all but the rules in words."""
    return [row for row in content.view.shown if row.what]


def blocks(content: CompareContent, text: Text, rows: Sequence[Row], points: float, inches: float) -> list[Block]:
    """Return as many programs side by side as the width takes, the others in blocks below."""
    wide = [widest(column, points) for column in zip(*(line.words for line in lines(content, text, rows)), strict=True)]
    gap, found, first = APART * points / 72, [], 0
    while first < len(wide) - 1:
        end, room = first + 1, inches - wide[0] - gap - wide[first + 1]
        while end < len(wide) - 1 and room >= gap + wide[end + 1]:
            room -= gap + wide[end + 1]
            end += 1
        found.append(lines(content, text, rows, slice(first, end)))
        first = end
    return found


@dataclass(frozen=True)
class Setting:
    """How the rows are set: those that are drawn, in parts side by side, each in blocks one below the other."""

    rows: Sequence[Row]
    points: float
    parts: list[list[Block]]

    @property
    def tall(self) -> float:
        """Return the inches that the highest part takes."""
        return max((stacked_tall(part, self.points) for part in self.parts), default=0.0)


def setting(
    content: CompareContent, text: Text, rows: Sequence[Row], points: float, inches: float, count: int
) -> Setting:
    """Return the rows in so many parts side by side."""
    each, room = -(-len(rows) // count), (inches - (count - 1) * BESIDE) / count
    parts = [blocks(content, text, rows[n : n + each], points, room) for n in range(0, len(rows), each or 1)]
    return Setting(rows, points, parts)


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
        return note_of(cell, text)
    if row.what == "count":
        return f"{cell.numbers[0]:.0f}"
    return minus(" ".join(map(four, cell.numbers)) if len(cell.numbers) <= SHORT else f"|{four(cell.size)}|")


def note_of(cell: Cell, text: Text) -> str:
    """Return why a cell has no number; a dash where there is nothing to say."""
    if not cell.note:
        return "–"
    return text(cell.note if cell.note.startswith("state_") else f"ledger_{cell.note}")


def draw(figure: SubFigure, content: CompareContent, text: Text, look: Look) -> None:
    """Draw the rows as large as there is room, and say how many of the page's rows they are."""
    place = whole(figure)
    said = left_out(content, numbered(content), text)
    low = prose_tall(said, look.size.small, place.w)
    found = fitting(content, text, look, place.within(bottom=low + 0.5 * look.size.small / 72))
    width = (place.w - (len(found.parts) - 1) * BESIDE) / max(1, len(found.parts))
    for n, part in enumerate(found.parts):
        room = place._replace(x=place.x + n * (width + BESIDE), w=width)
        for block in part:
            draw_table(figure, room, block, found.points, look)
            room = room.within(top=table_tall(block, found.points) + HIGH * found.points / 72)
    prose(figure, place._replace(h=low), left_out(content, found.rows, text), look.size.small, look, quiet=True)


def left_out(content: CompareContent, rows: Sequence[Row], text: Text) -> list[str]:
    """Return the words for how many of the page's rows are drawn, where those are not all."""
    count = len(content.view.shown)
    return [] if len(rows) == count else [text("ledger_figure_rows", shown=len(rows), rows=count)]


def fitting(content: CompareContent, text: Text, look: Look, place: Rect) -> Setting:
    """Return the rows in the largest font with which all fit; where none does, as many rows as do in the smallest.

    In a column all rows stand one below the other.
    """
    rows = numbered(content)
    if not look.wide:
        return setting(content, text, rows, SMALLEST, place.w, 1)
    sizes = [look.size.body - step / 4 for step in range(40) if look.size.body - step / 4 >= SMALLEST]
    first = [row for row in rows if row.what in FIRST]
    tries = [(rows, size) for size in sizes] + [(first, size) for size in sizes]
    tries += [(first[:count], SMALLEST) for count in range(len(first) - 1, -1, -1)]
    found = (
        setting(content, text, some, size, place.w, count)
        for some, size in tries
        for count in PARTS
        if suits(some, count)
    )
    return next(made for made in found if fits(made, place))


def suits(rows: Sequence[Row], count: int) -> bool:
    """Return whether the rows can be split into so many parts."""
    return count == 1 or len(rows) >= 2 * count


def fits(made: Setting, place: Rect) -> bool:
    """Return whether nothing runs off the place."""
    room = (place.w - (len(made.parts) - 1) * BESIDE) / max(1, len(made.parts))
    return bool(made.tall <= place.h) and all(
        table_wide(block, made.points) <= room for part in made.parts for block in part
    )


def table_wide(block: Block, points: float) -> float:
    """Return the inches that a table needs in width."""
    columns = [widest(column, points) for column in zip(*(line.words for line in block), strict=True)]
    return sum(columns) + (len(columns) - 1) * APART * points / 72


def tall(content: CompareContent, text: Text, look: Look) -> float:
    """Return the inches of the figure in a column: all rows of all programs that have numbers."""
    inches = look.size.width - 2 * look.size.margin
    rows = numbered(content)
    said = prose_tall(left_out(content, rows, text), look.size.small, inches)
    return setting(content, text, rows, SMALLEST, inches, 1).tall + said + 0.5 * SMALLEST / 72


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
    seen=lambda content, level: True,
)
