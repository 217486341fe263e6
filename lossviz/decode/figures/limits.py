"""What 32 bits make of the raw numbers: each quantity with its value, beside the box."""

from matplotlib.figure import SubFigure

from lossviz.core.text import Text, four, labelled, minus, paragraph
from lossviz.decode.figures.decoded import grid
from lossviz.decode.figures.parts.content import DecodeContent, on_box
from lossviz.decode.view import HIGHEST, overflow_of
from lossviz.decode.words import kind_of_number
from lossviz.figures.content import ExportFigure, Table
from lossviz.figures.look import Look, split, whole
from lossviz.figures.prose import prose, prose_tall
from lossviz.figures.table import Row, draw_table, table_tall

GAP = 0.15
"""Inches between grid, sentence, table and words."""


def draw(figure: SubFigure, content: DecodeContent, text: Text, look: Look) -> None:
    """Draw grid and numbers, side by side in a post."""
    area = whole(figure)
    picture, words = split(area, look, area.w, GAP)
    grid(figure, picture, content, text, look)
    rest = prose(figure, words, [broken(content, text)], points(look), look).within(top=GAP)
    found = rows(content, text)
    draw_table(figure, rest, found, points(look), look)
    rest = rest.within(top=table_tall(found, points(look)) + GAP)
    prose(figure, rest, notes(text), look.size.small, look, quiet=True)


def points(look: Look) -> float:
    """Return the font size of sentence and numbers."""
    return look.size.body if look.wide else look.size.small


def broken(content: DecodeContent, text: Text) -> str:
    """Return how far the arithmetic is broken."""
    return text(f"decode_broken_{overflow_of(content.state.raw).situation}")


def rows(content: DecodeContent, text: Text) -> list[Row]:
    """Return each quantity with its value in 32 bits and what kind of number that is, as rows of a table."""
    found = [Row((text("decode_over_quantity"), text("decode_over_value"), ""), quiet=True)]
    for name, value in overflow_of(content.state.raw)._asdict().items():
        kind = text(f"decode_is_{kind_of_number(value)}")
        found.append(Row((text(f"decode_over_{name}"), minus(four(value)), kind)))
    return found


def notes(text: Text) -> list[str]:
    """Return what is compared, and where exp ends."""
    return [text("figure_over_about"), text("decode_highest", highest=f"{HIGHEST:.2f}")]


def tall(content: DecodeContent, text: Text, look: Look) -> float:
    """Return the inches of the figure in a column: a square, a sentence, a table, words."""
    inches = look.size.width - 2 * look.size.margin
    words = prose_tall([broken(content, text)], points(look), inches) + prose_tall(notes(text), look.size.small, inches)
    return inches + words + table_tall(rows(content, text), points(look)) + 4 * GAP


def table(content: DecodeContent) -> Table:
    """Return a row for each quantity: its value in 32 bits, and what kind of number that is."""
    found: Table = [["quantity", "float32", "kind"]]
    found += [[name, value, kind_of_number(value)] for name, value in overflow_of(content.state.raw)._asdict().items()]
    return found


def says(content: DecodeContent, text: Text) -> str:
    """Return how far the arithmetic is broken, and every quantity in words."""
    said = (labelled(name, value, text) for name, value, _ in (row.words for row in rows(content, text)[1:]))
    return paragraph([broken(content, text), text("list_semicolon").join(said) + text("list_end")])


FIGURE = ExportFigure(
    "decode_limits",
    subject="decode",
    order=6,
    applies=on_box,
    draw=draw,
    table=table,
    says=says,
    tall=tall,
    seen=lambda content, level: level == "3" and content.state.edge == "overflow",
)
