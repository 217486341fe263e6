"""The same raw numbers in another form beside their box: without a sigmoid, in other units, or computed back from it."""

from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import SubFigure

from lossviz.core.text import Text, four, labelled, minus
from lossviz.decode.figures.decoded import grid, name
from lossviz.decode.figures.parts.content import DecodeContent, on_box
from lossviz.decode.figures.parts.worked import draw_worked, worked_tall
from lossviz.decode.state import CHANNELS
from lossviz.decode.view import CELLS, DecodeView, Way
from lossviz.decode.words import FORM_FORMULAS, UNITS, landing, units_says, way_back
from lossviz.engine.boxes import XYWH
from lossviz.figures.content import ExportFigure, Table
from lossviz.figures.look import Look, split, whole
from lossviz.figures.plane import draw_box
from lossviz.figures.prose import prose, prose_tall
from lossviz.figures.table import Row, draw_table, table_tall
from lossviz.figures.theme import TRUTH

GAP = 0.15
"""Inches between grid, formulas, table and words."""


def draw(figure: SubFigure, content: DecodeContent, text: Text, look: Look) -> None:
    """Draw grid and words, side by side in a post."""
    area = whole(figure)
    picture, words = split(area, look, area.w, GAP)
    axes = grid(figure, picture, content, text, look)
    if content.state.form == "free":
        free_box(axes, content, text, look)
    rest = draw_worked(figure, words, content, FORM_FORMULAS[content.state.form], points(look), look).within(top=GAP)
    found = rows(content, text)
    draw_table(figure, rest, found, points(look), look)
    rest = rest.within(top=table_tall(found, points(look)) + GAP)
    prose(figure, rest, notes(content, text), look.size.small, look, quiet=True)


def free_box(axes: Axes, content: DecodeContent, text: Text, look: Look) -> None:
    """Draw the box in Faster R-CNN's form, as far as the grid reaches."""
    x, y, w, h = (CELLS * side for side in content.found.free)
    more: dict[str, Any] = {"clip_on": True}
    draw_box(axes, (x, y, w, h), TRUTH, look, **more)
    name(axes, x, text("decode_form_free_box"), TRUTH, y + h / 2, look, "top")


def points(look: Look) -> float:
    """Return the font size of formulas and numbers."""
    return look.size.body * 0.95 if look.wide else look.size.small


def rows(content: DecodeContent, text: Text) -> list[Row]:
    """Return the rows of the chosen form's table."""
    made = {"free": free_rows, "units": unit_rows, "inverse": inverse_rows}
    return made[content.state.form](content.found, text)


def free_rows(found: DecodeView, text: Text) -> list[Row]:
    """Return the centre in YOLO's form and in Faster R-CNN's, in cells, and where the latter lies."""
    heads = ("", text("decode_ours"), text("decode_form_free_box"), text("figure_lands"))
    lines = [Row(heads, quiet=True)]
    for n, axis in enumerate("xy"):
        ours, theirs = found.box[n] * CELLS, found.free[n] * CELLS
        lines.append(Row((f"t_{axis}", four(ours), minus(four(theirs)), text(landing(theirs)))))
    return lines


def unit_rows(found: DecodeView, text: Text) -> list[Row]:
    """Return the box in every unit."""
    lines = [Row(("", *(text(f"decode_unit_{unit}") for unit in UNITS)), quiet=True)]
    for channel, share in zip(CHANNELS, found.box, strict=True):
        lines.append(Row((f"b_{channel}", *(minus(four(share * side)) for side in UNITS.values()))))
    return lines


def inverse_rows(found: DecodeView, text: Text) -> list[Row]:
    """Return each raw number computed back from the box."""
    heads = ("", text("decode_back_of"), text("decode_back_long"), text("decode_back_short"), "")
    lines = [Row(heads, quiet=True)]
    for channel, raw, way in zip(CHANNELS, found.raw, found.back, strict=True):
        numbers = (minus(four(number)) for number in (way.of, way.raw, way.short))
        lines.append(Row((f"t_{channel}", *numbers, verdict(raw, way, text))))
    return lines


def verdict(raw: float, way: Way, text: Text) -> str:
    """Return what 32 bits lose on the way back; nothing where they lose nothing."""
    kind = way_back(raw, way)
    return "" if kind == "same" else text(f"decode_back_{kind}")


def notes(content: DecodeContent, text: Text) -> list[str]:
    """Return what is to be said of the chosen form."""
    said = {
        "free": [text("decode_free_about"), text("decode_free_paper")],
        "units": [units_says(text)],
        "inverse": [text("decode_inverse_about")],
    }
    return said[content.state.form]


def tall(content: DecodeContent, text: Text, look: Look) -> float:
    """Return the inches of the figure in a column: a square, formulas, a table, words."""
    inches = look.size.width - 2 * look.size.margin
    formulas = worked_tall(content, FORM_FORMULAS[content.state.form], points(look), inches)
    words = prose_tall(notes(content, text), look.size.small, inches)
    return inches + formulas + table_tall(rows(content, text), points(look)) + words + 4 * GAP


def table(content: DecodeContent) -> Table:
    """Return a row for each raw number: the box in every unit and form, and the way back."""
    found = content.found
    heads = ("channel", "raw", *(f"box_{unit}" for unit in UNITS), "faster_rcnn_share", "back_of", "back_64", "back_32")
    lines: Table = [[*heads]]
    boxes: tuple[XYWH, XYWH] = (found.box, found.free)
    for channel, raw, share, free, way in zip(CHANNELS, found.raw, *boxes, found.back, strict=True):
        lines.append([channel, raw, *(share * side for side in UNITS.values()), free, way.of, way.raw, way.short])
    return lines


def says(content: DecodeContent, text: Text) -> str:
    """Return the rows of the table in words."""
    found = rows(content, text)
    heads, said = found[0].words[1:], []
    for row in found[1:]:
        pairs = (f"{head} {value}".strip() for head, value in zip(heads, row.words[1:], strict=True) if value)
        said.append(labelled(row.words[0], text("list_comma").join(pairs), text))
    return labelled(text(f"decode_form_{content.state.form}"), text("list_semicolon").join(said), text) + text(
        "list_end"
    )


FIGURE = ExportFigure(
    "decode_forms",
    subject="decode",
    order=5,
    applies=on_box,
    draw=draw,
    table=table,
    says=says,
    tall=tall,
    seen=lambda content, level: level == "2",
)
