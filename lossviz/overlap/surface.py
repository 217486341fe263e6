"""A measure over all places or sizes of the moving box, with its slopes, which the arrows follow; slices through it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from lossviz.core.plane import LOW, SIDE
from lossviz.engine.boxes import XYWH, Boxes
from lossviz.engine.device import device_for, remembered
from lossviz.engine.host import to_host
from lossviz.engine.overlap import MEASURES, Pair
from lossviz.overlap.state import OverlapState

SIDES = (0.05, 8.0)
"""Lowest and highest width and height over which a surface is drawn."""


@dataclass(frozen=True)
class Terrain:
    """A measure over the moving box's x, y or w, h: values and slopes, rows along the second axis."""

    measure: str
    xs: np.ndarray
    ys: np.ndarray
    values: np.ndarray
    slope_x: np.ndarray
    slope_y: np.ndarray

    @property
    def flat(self) -> np.ndarray:
        """Return where both slopes are exactly 0."""
        still: np.ndarray = (self.slope_x == 0) & (self.slope_y == 0)
        return still


def terrain_of(state: OverlapState, names: Sequence[str], count: int) -> list[Terrain]:
    """Return each measure on a grid of count x count, in single precision.

    The place of the moving box does not matter where places are drawn, nor its size where sizes are.
    """
    return [*_terrains(state.axes, fixed(state), state.target, tuple(names), count)]


def fixed(state: OverlapState) -> tuple[float, float]:
    """Return what the surface does not run over: the moving box's sides, or its place."""
    return state.moving[2:] if state.axes == "place" else state.moving[:2]


@remembered("surface", 2)  # a pair keeps some forty tables
def _pair(axes: str, own: tuple[float, float], target: XYWH, count: int) -> tuple[Tensor, Pair]:
    """Return the axis, and the boxes of all its places; the measures share what they have in common."""
    low, high = (LOW, LOW + SIDE) if axes == "place" else SIDES
    kind: dict[str, Any] = {"dtype": torch.float32, "device": device_for("surface")}
    along = torch.linspace(low, high, count, **kind)
    first, second = (torch.tensor(number, **kind) for number in own)
    across, down = along[None, :], along[:, None]
    moving = Boxes(across, down, first, second) if axes == "place" else Boxes(first, second, across, down)
    return along, Pair(moving, columns(target, **kind))


@remembered("surface", 16)
def _terrains(
    axes: str, own: tuple[float, float], target: XYWH, names: tuple[str, ...], count: int
) -> tuple[Terrain, ...]:
    along, pair = _pair(axes, own, target, count)
    tables = [along]
    for name in names:
        slope = MEASURES[name].slope(pair)
        pulls = (slope.x, slope.y) if axes == "place" else (slope.w, slope.h)
        tables += [numbers.expand(count, count) for numbers in (MEASURES[name].value(pair), *pulls)]
    xs, *home = to_host(*tables)
    return tuple(Terrain(name, xs, xs, *home[3 * n : 3 * n + 3]) for n, name in enumerate(names))


def columns(box: XYWH, dtype: torch.dtype, device: str) -> Boxes:
    """Return one box as columns, to be met by many."""
    return Boxes(*torch.tensor(box, dtype=dtype, device=device).unbind())


BESIDE = 1e-7
"""Distance from a corner of a curve at which it is known on either side, in units of the plane."""


@dataclass(frozen=True)
class Cut:
    """A measure and its slope along one axis through the moving box, at rising places.

    Where edges of the boxes coincide it has a corner, and its slope may jump: there it is known on both sides.
    """

    measure: str
    along: np.ndarray
    values: np.ndarray
    slope: np.ndarray


def corners_of(state: OverlapState, index: int) -> list[float]:
    """Return where edges coincide while the moving box's x, y, w or h (0 to 3) changes: x ± w/2 = x_t ± w_t/2."""
    axis = index % 2
    place, side = state.moving[axis], state.moving[axis + 2]
    target, wide = state.target[axis], state.target[axis + 2]
    edges = [target - wide / 2, target + wide / 2]
    if index < 2:
        return [edge + half for edge in edges for half in (-side / 2, side / 2)]
    return [2 * abs(edge - place) for edge in edges]


def cuts_of(state: OverlapState, names: Sequence[str], count: int = 401) -> list[Cut]:
    """Return each measure along the cut axis, through the moving box's present place or sides."""
    index = ["first", "second"].index(state.cut) + 2 * (state.axes == "size")
    low, high = (LOW, LOW + SIDE) if state.axes == "place" else SIDES
    even = torch.linspace(low, high, count, dtype=torch.float64, device="cpu")  # a line is too short for a GPU
    sides = [place + side for place in corners_of(state, index) for side in (-BESIDE, BESIDE)]
    beside = torch.tensor([place for place in sides if low < place < high], dtype=torch.float64, device="cpu")
    along = torch.cat([even, beside]).unique()
    own: list[Tensor] = [*columns(state.moving, torch.float64, "cpu")]
    own[index] = along
    target = columns(state.target, torch.float64, "cpu")
    pair = Pair(Boxes(*own), target)
    return [
        Cut(
            name,
            along.numpy(),
            MEASURES[name].value(pair).expand(len(along)).numpy(),
            tuple(MEASURES[name].slope(pair))[index].expand(len(along)).numpy(),
        )
        for name in names
    ]
