"""Tiles of the passthrough and channels of an output tensor, drawn for files."""

from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import SubFigure
from matplotlib.patches import Rectangle

from lossviz.core.text import Text
from lossviz.decode.charts.passthrough import Drawing, ends_of, name_of
from lossviz.decode.charts.tensor import ACROSS, COLOURS, INK, around, edges_of, line_of
from lossviz.decode.passthrough import Cell
from lossviz.decode.tensor import Output, attribute_of, class_of
from lossviz.decode.words import attributes
from lossviz.figures.look import Look, Rect, axes_in, font
from lossviz.figures.theme import PREDICTION

DASHES = {"solid": "solid", "dot": (0, (1.2, 1.2))}
SMALLEST = 7
"""Least font size of letters, in points; where a cell has no room for them it stays empty."""
TALL, BROAD = 0.86, 0.62
"""Part of a cell's height that letters take; a digit's width over its height."""


def canvas(figure: SubFigure, place: Rect, wide: float, high: float, look: Look) -> Axes:
    """Return axes without ticks over a picture of so many cells, rows downwards, cells of one size."""
    axes = axes_in(figure, place, look)
    axes.set(xlim=(-0.55, wide - 0.45), ylim=(high - 0.45, -0.55), xticks=[], yticks=[])
    axes.spines[:].set_visible(False)
    return axes


def draw_tiles(figure: SubFigure, place: Rect, drawing: Drawing, text: Text, look: Look) -> None:
    """Draw tiles as large as there is room, from the upper left."""
    board = drawing.board
    down, right = board.extent
    cell = min(place.w / (right + 0.1), place.h / (down + 0.1))
    room = Rect(place.x, place.y + place.h - cell * (down + 0.1), cell * (right + 0.1), cell * (down + 0.1))
    axes = canvas(figure, room, right, down, look)
    for (row, column), one in board.places.items():
        box(axes, (column - 0.5, row - 0.5, column + 0.5, row + 0.5), drawing.colours[one], look)
        lettered(axes, (column, row), drawing.words.get(one, ""), cell, look)
    for channel in board.channels:
        row, column = board.at(Cell(channel, 0, 0))
        words, points = name_of(board, channel, text), min(look.size.small, 72 * cell * TALL)
        style: dict[str, Any] = {"fontproperties": font(max(SMALLEST, points)), "color": look.quiet}
        axes.text(column - 0.5, row - 0.55, words, ha="left", va="bottom", **style)
    for frame in drawing.frames:
        ends = ends_of(board, frame)
        if ends:
            width, dash = frame.width * look.line / 3, DASHES[frame.dash]
            outline(axes, ends, frame.colour, width, dash)


def tiles_high(drawing: Drawing, inches: float) -> float:
    """Return the height of tiles in a picture so wide, in inches."""
    down, right = drawing.board.extent
    return inches * (down + 0.1) / (right + 0.1)


def box(axes: Axes, ends: tuple[float, float, float, float], colour: str, look: Look) -> None:
    """Draw a filled cell."""
    left, top, right, bottom = ends
    size: dict[str, Any] = {"facecolor": colour, "edgecolor": look.paper, "linewidth": look.line / 4}
    axes.add_patch(Rectangle((left, top), right - left, bottom - top, **size))


def outline(axes: Axes, ends: tuple[float, float, float, float], colour: str, width: float, dash: object) -> None:
    """Draw a frame."""
    left, top, right, bottom = ends
    size: dict[str, Any] = {
        "fill": False,
        "edgecolor": colour,
        "linewidth": width,
        "linestyle": dash,
        "zorder": 5,
        "clip_on": False,
    }
    axes.add_patch(Rectangle((left, top), right - left, bottom - top, **size))


def lettered(axes: Axes, at: tuple[float, float], words: str, inches: float, look: Look) -> None:
    """Write words into a cell so wide, where they fit."""
    if not words:
        return
    points = min(look.size.small, 72 * inches * TALL / max(1.0, BROAD * len(words)))
    if points >= SMALLEST:
        axes.text(*at, words, fontproperties=font(points), color=INK, ha="center", va="center_baseline")


def draw_strip(figure: SubFigure, place: Rect, output: Output, channel: int, text: Text, look: Look) -> None:
    """Draw the channels of one cell, a block an anchor, the chosen one framed."""
    edges, names = edges_of(output), attributes(text)
    axes = axes_in(figure, place, look)
    axes.set(xlim=(-0.05, ACROSS + 0.05), ylim=(edges[-1] + 0.05, -0.05), xticks=[], yticks=[])
    axes.spines[:].set_visible(False)
    for one in range(output.channels):
        anchor, entry = divmod(one, output.entries)
        left, top, right, bottom = around(output, anchor, entry)
        attribute = attribute_of(entry)
        box(axes, (left, top, right, bottom), COLOURS[attribute], look)
        words = names.get(attribute) or str(class_of(entry))
        room = min(place.h / edges[-1], place.w / ACROSS * (right - left) / max(1.0, BROAD * len(words)))
        points = min(look.size.small, 72 * room * TALL)
        if points >= SMALLEST:
            style: dict[str, Any] = {
                "fontproperties": font(points),
                "color": INK,
                "ha": "center",
                "va": "center_baseline",
            }
            axes.text((left + right) / 2, (top + bottom) / 2, words, **style)
    outline(axes, around(output, *divmod(channel, output.entries)), PREDICTION, look.line, "solid")


def anchors_at(output: Output, place: Rect) -> list[float]:
    """Return the inches from below of the first line of each anchor."""
    edges = edges_of(output)
    tops = (edges[line_of(output, anchor, 0)] for anchor in range(output.anchors))
    return [place.y + place.h * (1 - (top + 0.5) / edges[-1]) for top in tops]
