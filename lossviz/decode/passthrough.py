"""The passthrough of YOLOv2: which pixel each number of the smaller, deeper output reads, in three programs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from lossviz.engine.reorg import (
    depth_to_space,
    image_patches,
    image_patches_back,
    reorg,
    reorg_back,
    space_to_depth,
)

Numbers = npt.NDArray[np.int64]
STRIDE = 2
SIZES = {"toy": (4, 4, 4), "real": (64, 26, 26)}
"""Channels, rows, columns of the input: one that can be drawn whole, and YOLOv2's."""
WAYS: Mapping[str, tuple[Callable[[Tensor, int], Tensor], Callable[[Tensor, int], Tensor]]] = {
    "darknet": (reorg, reorg_back),
    "space_to_depth": (space_to_depth, depth_to_space),
    "darkflow": (image_patches, image_patches_back),
}
"""How each program does it: forward, and back for the gradient."""
OFFERED = 3
"""How many pixels one can guess from."""
KINDS = ("own", "above", "below", "far")
"""Where the pixel that an output reads lies: in its own 2x2 block, in the one above or below, farther away."""


class Cell(NamedTuple):
    """A number of a tensor, counted from 0."""

    channel: int
    row: int
    column: int


def output_shape(size: str) -> tuple[int, int, int]:
    """Return the shape of the output: c s^2 channels, h/s rows, w/s columns."""
    channels, rows, columns = SIZES[size]
    return channels * STRIDE**2, rows // STRIDE, columns // STRIDE


def flat(cell: Cell, shape: tuple[int, int, int]) -> int:
    """Return the place of a number in memory: (channel h + row) w + column."""
    _, rows, columns = shape
    return (cell.channel * rows + cell.row) * columns + cell.column


def cell_of(index: int, shape: tuple[int, int, int]) -> Cell:
    """Return the number at a place in memory, the inverse of ``flat``."""
    _, rows, columns = shape
    return Cell(index // (rows * columns), index // columns % rows, index % columns)


@cache
def sources(way: str, size: str) -> Numbers:
    """Return what each number of the output reads, as places in the input's memory.

    It is the layer, run on 0, 1, 2, ...
    """
    forward, _ = WAYS[way]
    return run(forward, SIZES[size])


@cache
def readers(way: str, size: str) -> Numbers:
    """Return who reads each pixel of the input, as places in the output's memory: the way of the gradient."""
    _, back = WAYS[way]
    return run(back, output_shape(size))


def run(layer: Callable[[Tensor, int], Tensor], shape: tuple[int, int, int]) -> Numbers:
    """Return numbers that count up, after a layer."""
    counting = torch.arange(torch.Size(shape).numel(), dtype=torch.float64, device="cpu").reshape(1, *shape)
    found: Numbers = layer(counting, STRIDE)[0].to(torch.int64).contiguous().numpy()
    return found


def source_of(way: str, size: str, output: Cell) -> Cell:
    """Return the pixel an output reads."""
    return cell_of(int(sources(way, size)[output]), SIZES[size])


def reader_of(way: str, size: str, pixel: Cell) -> Cell:
    """Return the output that reads a pixel; its gradient is the pixel's."""
    return cell_of(int(readers(way, size)[pixel]), output_shape(size))


def kind_of(source: Cell, output: Cell) -> str:
    """Return where the source lies, seen from the block of pixels that the output stands for."""
    away = source.row // STRIDE - output.row, source.column // STRIDE - output.column
    return {(0, 0): "own", (-1, 0): "above", (1, 0): "below"}.get(away, "far")


def kinds(way: str, size: str) -> np.ndarray:
    """Return for every output where its source lies."""
    _, rows, columns = SIZES[size]
    found = sources(way, size)
    down = found // columns % rows // STRIDE - np.arange(rows // STRIDE)[:, None]
    right = found % columns // STRIDE - np.arange(columns // STRIDE)
    choices = [(down == step) & (right == 0) for step in (0, -1, 1)]
    return np.select(choices, KINDS[:3], KINDS[3])


@cache
def counts(way: str, size: str) -> Mapping[str, int]:
    """Return how many outputs read from where; exact."""
    found = kinds(way, size)
    return {kind: int((found == kind).sum()) for kind in KINDS}


def same_permutation(one: str, other: str, size: str) -> bool:
    """Return whether two ways read the same pixel for every output."""
    return bool((sources(one, size) == sources(other, size)).all())


def siblings(size: str, output: Cell) -> tuple[Cell, ...]:
    """Return the four outputs that stand for one block of one channel: c channels apart, at the same place."""
    channels = SIZES[size][0]
    first = output.channel % channels
    return tuple(output._replace(channel=first + number * channels) for number in range(STRIDE**2))


def block_of(size: str, output: Cell) -> tuple[Cell, ...]:
    """Return the 2x2 block that an output and its siblings stand for, where the layer is a space-to-depth."""
    return tuple(source_of("space_to_depth", size, one) for one in siblings(size, output))


@dataclass(frozen=True)
class Steps:
    """Darknet's arithmetic for one output: where its number n lies if the memory is read with other sizes.

    n = (channel h/s + row) w/s + column of the output; k, j, i: the same n in a tensor of the input's sizes;
    offset = k / (c/s^2), q = k mod (c/s^2); it reads x at (s j + offset / s, s i + offset mod s) of channel q of a
    tensor with c/s^2 channels, s h rows, s w columns. ``index`` is that place in memory.
    """

    n: int
    k: int
    j: int
    i: int
    offset: int
    q: int
    wide_row: int
    wide_column: int
    index: int


def steps_of(size: str, output: Cell) -> Steps:
    """Return line by line what ``reorg`` does."""
    channels, rows, columns = SIZES[size]
    n = flat(output, output_shape(size))
    k, j, i = cell_of(n, SIZES[size])
    offset, q = divmod(k, channels // STRIDE**2)
    wide_row, wide_column = STRIDE * j + offset // STRIDE, STRIDE * i + offset % STRIDE
    index = wide_column + STRIDE * columns * (wide_row + STRIDE * rows * q)
    return Steps(n, k, j, i, offset, q, wide_row, wide_column, index)


def darknet_lines(size: str, output: Cell) -> dict[str, str]:
    """Return what ``reorg`` does as equations with their numbers."""
    (channels, rows, columns), (_, high, wide) = SIZES[size], output_shape(size)
    found = steps_of(size, output)
    source = cell_of(found.index, SIZES[size])
    return {
        "place": f"({output.channel}·{high} + {output.row})·{wide} + {output.column} = {found.n}",
        "reread": f"{found.n} = ({found.k}·{rows} + {found.j})·{columns} + {found.i}",
        "split": f"{found.k} = {found.offset}·{channels // STRIDE**2} + {found.q}",
        "row": f"{STRIDE}·{found.j} + {found.offset // STRIDE} = {found.wide_row}",
        "column": f"{STRIDE}·{found.i} + {found.offset % STRIDE} = {found.wide_column}",
        "wide": f"({found.q}·{STRIDE * rows} + {found.wide_row})·{STRIDE * columns} + {found.wide_column} = {found.index}",
        "pixel": f"{found.index} = ({source.channel}·{rows} + {source.row})·{columns} + {source.column}",
    }


def plain_lines(size: str, output: Cell) -> dict[str, str]:
    """Return a space-to-depth as equations with their numbers."""
    channels = SIZES[size][0]
    offset, source = output.channel // channels, plain_source(size, output)
    return {
        "offset": f"{output.channel} = {offset}·{channels} + {source.channel}",
        "row": f"{STRIDE}·{output.row} + {offset // STRIDE} = {source.row}",
        "column": f"{STRIDE}·{output.column} + {offset % STRIDE} = {source.column}",
    }


def plain_source(size: str, output: Cell) -> Cell:
    """Return the pixel that a space-to-depth reads for an output.

    offset = channel / c, then row s + offset / s and column s + offset mod s of channel mod c.
    """
    offset, channel = divmod(output.channel, SIZES[size][0])
    return Cell(channel, STRIDE * output.row + offset // STRIDE, STRIDE * output.column + offset % STRIDE)


def offered(way: str, size: str, output: Cell) -> tuple[Cell, ...]:
    """Return pixels one may take for an output's: what each way reads, and others of the block it stands for."""
    true = {source_of(way, size, output)}
    others = [source_of(other, size, output) for other in WAYS] + list(block_of(size, output))
    for pixel in others:
        true |= {pixel} if len(true) < OFFERED else set()
    return tuple(sorted(true))


@dataclass(frozen=True)
class Layer:
    """One step on the way into YOLOv2's last layers: what it makes, as channels, rows, columns; ``name`` for a text."""

    name: str
    shape: tuple[int, int, int]


PASSED = (
    Layer("taken", (512, 26, 26)),
    Layer("squeezed", (64, 26, 26)),
    Layer("reorg", (256, 13, 13)),
)
"""Layers of the branch that passes through."""
DEEP = (Layer("deep", (1024, 13, 13)),)
"""Layer of the branch that went on through the network."""
JOINED = (Layer("joined", (1280, 13, 13)), Layer("last", (1024, 13, 13)), Layer("output", (125, 13, 13)))
"""Layers from where both branches stand one behind the other: the passthrough's channels come first."""
STAGES = ((224, "imagenet"), (448, "finer"), (416, "detector"))
"""Pixels of the input, and what is trained, in the order of training.

Source: Redmon and Farhadi 2016, arXiv:1612.08242, section 3.
"""
