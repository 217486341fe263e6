"""The box on its grid with the anchor, beside the formulas with their numbers."""

from matplotlib.axes import Axes
from matplotlib.figure import SubFigure
from matplotlib.patches import Rectangle

from lossviz.core.text import Text, four, minus
from lossviz.decode.figures.parts.content import DecodeContent, formulas, on_box
from lossviz.decode.state import CHANNELS
from lossviz.decode.view import ANCHOR, CELL, CELLS
from lossviz.engine.boxes import XYWH
from lossviz.figures.content import ExportFigure, Table
from lossviz.figures.look import INK, Look, Rect, axes_in, split, whole
from lossviz.figures.plane import draw_box, draw_label
from lossviz.figures.prose import prose, prose_tall
from lossviz.figures.table import Row, draw_table, table_tall
from lossviz.figures.theme import OTHER, PREDICTION

GAP = 0.15
"""Inches between grid and words."""


def draw(figure: SubFigure, content: DecodeContent, text: Text, look: Look) -> None:
    """Draw grid and words, side by side in a post."""
    area = whole(figure)
    picture, words = split(area, look, area.w, GAP)
    grid(figure, picture, content, text, look)
    rest = prose(figure, words, formulas(content.found), points(look), look).within(top=GAP)
    draw_table(figure, rest, rows(content, text), points(look), look)


def points(look: Look) -> float:
    """Return the font size of the words."""
    return look.size.body if look.wide else look.size.small


def grid(figure: SubFigure, place: Rect, content: DecodeContent, text: Text, look: Look) -> Axes:
    """Draw the cells, the predictor's own shaded; the anchor; the box and its centre."""
    axes = axes_in(figure, place.square(), look)
    axes.set(xlim=(0, CELLS), ylim=(CELLS, 0), xticks=[], yticks=[])
    for border in range(1, CELLS):
        axes.axhline(border, color=look.rule, linewidth=look.line / 3, zorder=1)
        axes.axvline(border, color=look.rule, linewidth=look.line / 3, zorder=1)
    axes.add_patch(Rectangle((CELL, CELL), 1, 1, facecolor=PREDICTION, alpha=0.13, linewidth=0, zorder=0.5))
    anchor: XYWH = (CELL + 0.5, CELL + 0.5, *ANCHOR)
    x, y, w, h = content.found.shown()
    box: XYWH = (x * CELLS, y * CELLS, w * CELLS, h * CELLS)
    draw_box(axes, anchor, OTHER, look)
    draw_box(axes, box, PREDICTION, look, dashed=True)
    axes.plot(*box[:2], "o", color=PREDICTION, markeredgecolor=look.paper, markersize=3 * look.line, zorder=9)
    above = text("decode_box"), PREDICTION, box[1] - box[3] / 2
    below = text("decode_anchor"), OTHER, anchor[1] + anchor[3] / 2
    name(axes, box[0], *above, look, "bottom")
    name(axes, anchor[0], *below, look, "top")
    return axes


def name(axes: Axes, x: float, words: str, colour: str, y: float, look: Look, side: str) -> None:
    """Write a box' name at its edge, where that is in the picture."""
    if 0.15 < y < CELLS - 0.15 and 0 < x < CELLS:
        draw_label(axes, (x, y), words, look.either(colour, INK[1]), look, va=side)


def rows(content: DecodeContent, text: Text) -> list[Row]:
    """Return a row of a table for each raw number."""
    found = content.found
    heads = ("", text("decode_row_raw"), text("decode_row_output"), text("decode_row_target"))
    became = [f"σ = {four(value)}" for value in found.sigmas] + [f"exp = {four(value)}" for value in found.factors]
    lines = zip(CHANNELS, found.raw, became, found.cells, strict=True)
    return [
        Row(heads, quiet=True),
        *(Row((f"t_{channel}", minus(f"{raw:.4g}"), output, four(cell))) for channel, raw, output, cell in lines),
    ]


def tall(content: DecodeContent, text: Text, look: Look) -> float:
    """Return the inches of the figure in a column: a square, words, a table."""
    inches = look.size.width - 2 * look.size.margin
    words = prose_tall(formulas(content.found), points(look), inches)
    return inches + words + table_tall(rows(content, text), points(look)) + 3 * GAP


def table(content: DecodeContent) -> Table:
    """Return a row for each raw number."""
    found = content.found
    rows: Table = [["channel", "raw", "becomes", "box_share", "box_cells", "cells_per_unit", "faster_rcnn_share"]]
    columns = zip(CHANNELS, found.raw, found.usual, found.box, found.cells, found.slopes, found.free, strict=True)
    rows += [[f"t_{name}", raw, usual.value, *rest] for name, raw, usual, *rest in columns]
    return rows


def says(content: DecodeContent, text: Text) -> str:
    """Return the formulas in words."""
    return text("list_comma").join(formulas(content.found)) + text("list_end")


FIGURE = ExportFigure(
    "decoded",
    subject="decode",
    order=1,
    applies=on_box,
    draw=draw,
    table=table,
    says=says,
    tall=tall,
    seen=lambda content, level: content.state.tab == "box" and level == "1",
)
