"""A small table: names at the left, numbers in columns that end at the same place."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.figure import SubFigure

from lossviz.core.text import Text
from lossviz.figures.look import LEADING, Look, Rect, widest, write
from lossviz.figures.measures import SAMPLE, sample
from lossviz.figures.prose import prose

HIGH = 1.75
"""Height of a row, in font sizes."""
BROAD = 8
"""Inches from which on words and numbers stand side by side."""
LEAST, CLOSEST = 7.0, 0.5 / 72
"""Least font size, and least distance of two columns in font sizes."""
NEAR = 1.4
"""Most that two columns stand apart beside what they need, in font sizes."""


@dataclass(frozen=True)
class Row:
    """A row of a table: its words; ``measure``: whose line stands before them; ``quiet``: whether it is a head."""

    words: tuple[str, ...]
    measure: str = ""
    quiet: bool = False


def table_tall(rows: Sequence[Row], points: float) -> float:
    """Return the inches that a table takes in height."""
    return len(rows) * HIGH * points / 72


def draw_table(
    figure: SubFigure, place: Rect, rows: Sequence[Row], points: float, look: Look, high: float = HIGH
) -> None:
    """Draw a table from the top of the place downwards, no wider than the place; rows are ``high`` font sizes high.

    Where its words would be wider than the place it is set smaller.
    """
    points = fitting(rows, points, place.w)
    before = (SAMPLE + 0.6) * points / 72 if any(row.measure for row in rows) else 0.0
    columns = [widest(column, points) for column in zip(*(row.words for row in rows), strict=True)]
    spare = (place.w - before - sum(columns)) / max(1, len(columns) - 1)
    gap = min(spare, (NEAR + 1) * points / 72)
    for n, row in enumerate(rows):
        y = place.y + place.h - (n + 0.5) * high * points / 72
        if row.measure:
            sample(figure, (place.x, y), row.measure, points, look)
        colour = look.quiet if row.quiet else look.ink
        write(figure, (place.x + before, y), row.words[0], points, colour, va="center")
        x = place.x + before + columns[0]
        for words, wide in zip(row.words[1:], columns[1:], strict=True):
            x += gap + wide
            write(figure, (x, y), words, points, colour, ha="right", va="center")


def fitting(rows: Sequence[Row], points: float, inches: float) -> float:
    """Return the largest font size, at most ``points``, in which a table is no wider than that."""
    columns = [*zip(*(row.words for row in rows), strict=True)]
    drawn = (SAMPLE + 0.6) / 72 * any(row.measure for row in rows)
    while (
        points > LEAST
        and sum(widest(column, points) for column in columns) + points * (drawn + CLOSEST * (len(columns) - 1)) > inches
    ):
        points -= 0.2
    return max(points, LEAST)


def draw_rows(figure: SubFigure, place: Rect, rows: Sequence[Row], points: float, look: Look, text: Text) -> None:
    """Draw a table with a head as far down as there is room, and say so where not all of its rows are drawn."""
    room = int(place.h * 72 / points / HIGH)
    shown = rows if len(rows) <= room else rows[: max(1, room - 1)]
    if len(shown) > 1:
        draw_table(figure, place, shown, points, look)
    if len(shown) < len(rows):
        below = place.within(top=table_tall(shown, points) + (HIGH - LEADING) / 2 * points / 72)
        prose(figure, below, [rows_said(len(shown) - 1, len(rows) - 1, text)], points, look, quiet=True)


def rows_said(shown: int, count: int, text: Text) -> str:
    """Return the words for how many of how many rows are drawn."""
    return text("figure_rows", shown=shown, rows=f"{count:,}")


def words_and_table(
    figure: SubFigure, place: Rect, words: Sequence[str], rows: Sequence[Row], points: float, look: Look
) -> None:
    """Draw words and a table, side by side where there is the width, else one below the other."""
    if place.w > BROAD:
        half = place.w * 0.56
        prose(figure, place._replace(w=half), words, points, look)
        draw_table(figure, place.within(half + 0.5), rows, points, look)
    else:
        rest = prose(figure, place, words, points, look)
        draw_table(figure, rest.within(top=0.1), rows, points, look)
