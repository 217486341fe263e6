"""The passthrough's input and output as tiles, one a channel, for the plot component."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from lossviz.core.text import Text
from lossviz.decode.charts.tensor import INK, frame, hovering, tiled
from lossviz.decode.passthrough import (
    SIZES,
    STRIDE,
    Cell,
    block_of,
    flat,
    kinds,
    output_shape,
    readers,
    siblings,
    source_of,
    sources,
)
from lossviz.figures.theme import PREDICTION, TRUTH

HIDDEN = "#fafafa"
"""Colour of an output that one is asked to predict."""
SIGNS = {"own": "", "above": "↑", "below": "↓", "far": "⇅"}
COLOURS = {"own": "#d9d9d9", "above": "#9fd0f0", "below": "#f3c566", "far": "#e88a52"}
PLAIN, OWN, READ, CHOSEN = "#ececec", "#a8dcc9", "#f6cdb0", "#e88a52"
"""Colours of pixels: others; of the block the output stands for; that its four read; that it reads."""


@dataclass(frozen=True)
class Board:
    """Some channels of a tensor laid out in tiles, ``across`` of them in a row, a line free between them."""

    shape: tuple[int, int, int]
    channels: tuple[int, ...]
    across: int

    @property
    def extent(self) -> tuple[int, int]:
        """Return the rows and columns of the picture."""
        _, rows, columns = self.shape
        return -(-len(self.channels) // self.across) * (rows + 1), self.across * (columns + 1) - 1

    def at(self, cell: Cell) -> tuple[int, int]:
        """Return the row and column of the picture where a number stands.

        Above each tile a line is free for its name.
        """
        _, rows, columns = self.shape
        down, right = divmod(self.channels.index(cell.channel), self.across)
        return down * (rows + 1) + 1 + cell.row, right * (columns + 1) + cell.column

    def cell(self, point: tuple[int, int]) -> Cell | None:
        """Return the number at a place of the picture, if there is one."""
        return self.places.get(point)

    @cached_property
    def places(self) -> Mapping[tuple[int, int], Cell]:
        """Return every number of the tensor by its place in the picture."""
        _, rows, columns = self.shape
        every = (Cell(n, row, column) for n in self.channels for row in range(rows) for column in range(columns))
        return {self.at(cell): cell for cell in every}


def input_board(size: str, way: str, output: Cell) -> Board:
    """Return all channels of the small input; of the large one only that which is read."""
    shape = SIZES[size]
    return Board(shape, tuple(range(shape[0])), 2) if size == "toy" else one(shape, source_of(way, size, output))


def output_board(size: str, output: Cell) -> Board:
    """Return all channels of the small output, as many in a row as the input has; of the large one the chosen."""
    shape = output_shape(size)
    return Board(shape, tuple(range(shape[0])), SIZES[size][0]) if size == "toy" else one(shape, output)


def one(shape: tuple[int, int, int], cell: Cell) -> Board:
    """Return a board of the cell's single channel."""
    return Board(shape, (cell.channel,), 1)


@dataclass(frozen=True)
class Pair:
    """An output and the pixel it reads: by which way, at which size; ``back``: whose gradient a pixel gets.

    ``sparse``: numbers only in the cells in hand, for large letters. ``hidden``: a row of outputs that is yet to be
    predicted.
    """

    way: str
    size: str
    output: Cell
    back: bool = False
    sparse: bool = False
    hidden: int | None = None

    @property
    def read(self) -> tuple[Cell, ...]:
        """Return the pixels that the four outputs of its block read."""
        return tuple(source_of(self.way, self.size, one) for one in siblings(self.size, self.output))

    @property
    def source(self) -> Cell:
        """Return the pixel that the output reads."""
        return source_of(self.way, self.size, self.output)


class Frame(NamedTuple):
    """A frame around cells that lie together; ``firm``: on a light casing."""

    cells: tuple[Cell, ...]
    colour: str
    width: float
    dash: str = "solid"
    firm: bool = False


@dataclass(frozen=True)
class Drawing:
    """Tiles with their colours, what stands in them, and frames: for the page and for files."""

    board: Board
    colours: Mapping[Cell, str]
    words: Mapping[Cell, str]
    frames: tuple[Frame, ...]


def input_drawing(pair: Pair) -> Drawing:
    """Return the drawing of the pixels.

    The block the output stands for is dotted, what its four outputs read and what it reads are framed.
    """
    board, block = input_board(pair.size, pair.way, pair.output), block_of(pair.size, pair.output)
    colours = dict.fromkeys(board.places.values(), PLAIN)
    for pixels, colour in ((block, OWN), (pair.read, READ), ((pair.source,), CHOSEN)):
        colours |= {pixel: colour for pixel in pixels if pixel in colours}
    words = numbers(board, readers(pair.way, pair.size) if pair.back else None) if pair.size == "toy" else {}
    frames = [Frame((pixel,), PREDICTION, 1) for pixel in pair.read]
    frames += [Frame(block, TRUTH, 3, dash="dot"), Frame((pair.source,), PREDICTION, 3, firm=True)]
    return Drawing(board, colours, words, tuple(frames))


def unpaired(pair: Pair) -> tuple[Drawing, Drawing]:
    """Return pixels and outputs without what tells which belong together: of the output only which one is in hand."""
    toy, first = pair.size == "toy", Cell(0, 0, 0)  # of a large input the first channel stands for all
    pixels = input_board(pair.size, pair.way, pair.output) if toy else one(SIZES[pair.size], first)
    outputs = output_board(pair.size, pair.output)
    plain, blank = (dict.fromkeys(board.places.values(), PLAIN) for board in (pixels, outputs))
    words = numbers(pixels, None) if toy else {}
    chosen = Frame((pair.output,), PREDICTION, 3, firm=True)
    return Drawing(pixels, plain, words, ()), Drawing(outputs, blank, {}, (chosen,))


def output_drawing(pair: Pair) -> Drawing:
    """Return the drawing of the outputs, coloured by where their pixel lies.

    The four that stand for one block are framed, the chosen one thickly.
    """
    board, four = output_board(pair.size, pair.output), siblings(pair.size, pair.output)
    found = kinds(pair.way, pair.size)
    signs = {cell: str(found[cell]) for cell in board.places.values()}
    mine = numbers(board, None if pair.back else sources(pair.way, pair.size)) if pair.size == "toy" else {}
    colours = {cell: COLOURS[sign] for cell, sign in signs.items()}
    words = {cell: f"{mine.get(cell, '')}{SIGNS[sign]}" for cell, sign in signs.items()}
    if pair.sparse:
        words |= {cell: mine[cell] if cell in four else SIGNS[signs[cell]] for cell in mine}
    veiled = [cell for cell in colours if cell.row == pair.hidden]
    colours |= dict.fromkeys(veiled, HIDDEN)
    words |= dict.fromkeys(veiled, "?")
    frames = [Frame((one,), PREDICTION, 1.5) for one in four] + [Frame((pair.output,), PREDICTION, 3, firm=True)]
    return Drawing(board, colours, words, tuple(frames))


def numbers(board: Board, table: npt.NDArray[np.int64] | None) -> dict[Cell, str]:
    """Return what stands in each cell: its own place in memory, or the place the table says."""
    cells = board.places.values()
    return {cell: str(flat(cell, board.shape) if table is None else int(table[cell])) for cell in cells}


def ends_of(board: Board, frame: Frame) -> tuple[float, float, float, float] | None:
    """Return left, top, right and bottom of a frame; None where its channel is not shown."""
    places = [board.at(cell) for cell in frame.cells if cell.channel in board.channels]
    if not places:
        return None
    rows, columns = zip(*places, strict=True)
    return min(columns) - 0.5, min(rows) - 0.5, max(columns) + 0.5, max(rows) + 0.5


def framed(board: Board, one: Frame) -> list[dict[str, Any]]:
    """Return a frame as shapes for the page."""
    ends = ends_of(board, one)
    if not ends:
        return []
    under, line = frame(*ends, one.colour)
    line["line"] |= {"width": one.width, "dash": one.dash}
    return [under, line] if one.firm else [line]


def picture(drawing: Drawing, letters: int, text: Text, digits: int | None = None) -> Mapping[str, Any]:
    """Return tiles with their names above; ``letters``: pixels of a name, ``digits``: of a number, else as large as fits."""
    board = drawing.board
    down, right = board.extent
    known = list(dict.fromkeys(drawing.colours.values()))
    z, said, hover = np.full((down, right), np.nan), *([[""] * right for _ in range(down)] for _ in range(2))
    for (row, column), cell in board.places.items():
        z[row, column] = known.index(drawing.colours[cell])
        said[row][column] = drawing.words.get(cell, "")
        hover[row][column] = text("reorg_place", channel=cell.channel, row=cell.row, column=cell.column)
    axis = {"visible": False, "fixedrange": True, "constrain": "domain"}
    shapes = [shape for one in drawing.frames for shape in framed(board, one)]
    return {
        "data": [tiled(z, said, known, digits) | hovering(hover)],
        "layout": {
            "showlegend": False,
            "margin": {"l": 4, "r": 4, "t": letters + 4 if digits else 4, "b": 4},
            "plot_bgcolor": "rgba(0,0,0,0)",
            "shapes": [*blocks(board), *shapes],
            "annotations": [title(board, channel, letters, text) for channel in board.channels],
            "xaxis": axis | {"range": [-0.6, right - 0.4]},
            "yaxis": axis | {"range": [down - 0.4, -0.6], "scaleanchor": "x"},
        },
    }


def name_of(board: Board, channel: int, text: Text) -> str:
    """Return the name of a tile: the channel's number, with the word where there is room."""
    return text("reorg_channel", channel=channel) if board.shape[1] > STRIDE else f"{channel}"


def title(board: Board, channel: int, letters: int, text: Text) -> dict[str, Any]:
    """Return the channel's number above its tile; with its name where there is room."""
    row, column = board.at(Cell(channel, 0, 0))
    words = name_of(board, channel, text)
    place = {"x": column - 0.5, "y": row - 0.5, "xanchor": "left", "yanchor": "bottom"}
    return place | {"text": words, "showarrow": False, "font": {"size": letters}, "borderpad": 1}


def blocks(board: Board) -> list[dict[str, Any]]:
    """Return the lines between the 2x2 blocks of an input's tile."""
    _, rows, columns = board.shape
    if rows <= STRIDE or rows % STRIDE:
        return []
    found = []
    for channel in board.channels:
        top, left = board.at(Cell(channel, 0, 0))
        ends = {"x0": left - 0.5, "x1": left + columns - 0.5, "y0": top - 0.5, "y1": top + rows - 0.5}
        for step in range(STRIDE, rows, STRIDE):
            found.append(ends | {"y0": top + step - 0.5, "y1": top + step - 0.5})
        for step in range(STRIDE, columns, STRIDE):
            found.append(ends | {"x0": left + step - 0.5, "x1": left + step - 0.5})
    return [{"type": "line", **line, "line": {"color": INK, "width": 0.8}} for line in found]
