r"""From four raw numbers to a box and back, on a grid of 3 x 3 cells; other forms; where arithmetic ends. Plain numbers.

One predictor, in the middle cell, with one anchor. Lengths are shares of the network's input, as everywhere; the same in
cells and pixels where a reader asks for them.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import NamedTuple

import torch
from torch import Tensor

from lossviz.decode.state import DecodeState
from lossviz.engine.boxes import XYWH, Boxes
from lossviz.engine.heads import REACH, Head, Predictor, encode, predicted_boxes
from lossviz.scenes.limits import Limits, limits_of, shown_box

CELLS = 3
"""How many columns, and how many rows, the grid has."""
CELL = 1
"""Column and row of the predictor's cell, counted from 0."""
STRIDE = 32
NET = CELLS * STRIDE
"""Side of the network's input, in pixels."""
ANCHOR = 1.25, 1.0
"""Width and height of the anchor in cells, as YOLOv2 keeps it."""
PHOTO = 480
"""Side of the photograph, in pixels."""
MIDDLE = (CELL + 0.5) / CELLS
"""Middle of the predictor's cell in x and in y, in shares of the input."""
SHARES = ANCHOR[0] / CELLS, ANCHOR[1] / CELLS
"""Width and height of the anchor, in shares of the input."""
STILL = 2e-6
"""A part of the box that moved less has not been moved: the browser's numbers and ours differ by rounding."""
MOVES = (2, 86.0), (2, 89.0), (3, -104.0)
"""Three moves that lead to nan: which raw number becomes what."""

FORMULAS = {
    "centre": r"b_x = \frac{c_x + \sigma(t_x)}{W}",
    "size": r"b_w = \frac{p_w \cdot e^{t_w}}{W}",
    "size_pixels": r"b_w = \frac{p_w \cdot e^{t_w}}{n_w}",
    "photo": r"X = b_x \cdot N",
    "free": r"x = t_x \cdot w_a + x_a",
    "back_centre": r"t_x = \ln \frac{b_x \cdot W - c_x}{1 - (b_x \cdot W - c_x)}",
    "back_size": r"t_w = \ln \frac{b_w}{p_w}",
    "bounded_centre": r"b_x = \frac{c_x + 2 \sigma(t_x) - 0.5}{W}",
    "bounded_size": r"b_w = \frac{p_w \cdot (2 \sigma(t_w))^2}{W}",
}
"""Each formula along x as LaTeX.

p_w is in cells, in pixels where the net's n_w stands below; in the inverse a share.
"""
TURNED = {"x": "y", "w": "h", "W": "H", "X": "Y"}
LETTERS = re.compile(r"(?<![A-Za-z\\])[xwWX](?![A-Za-z])")


def turned(latex: str, axis: int) -> str:
    """Return the formula along y where ``axis`` is 1."""
    return LETTERS.sub(lambda found: TURNED[found[0]], latex) if axis else latex


def filled(latex: str, values: Mapping[str, float]) -> str:
    """Return the right side of a formula with numbers for its letters, to four digits."""
    names = "|".join(re.escape(name) for name in sorted(values, key=len, reverse=True))

    def number(found: re.Match[str]) -> str:
        shown = tex(values[found[0]])
        alone = found.string[found.start() - 1] in "{(" or not shown.startswith("-")
        return shown if alone else f"({shown})"

    right = latex.partition("=")[2]
    return re.sub(rf"(?<![A-Za-z\\])(?:{names})(?![A-Za-z])", number, right)


def tex(value: float) -> str:
    """Return a number as LaTeX spells it, to four digits."""
    if not math.isfinite(value):
        return rf"\mathrm{{{value}}}".replace(r"\mathrm{inf}", r"\infty").replace(r"\mathrm{-inf}", r"-\infty")
    digits, _, power = f"{value:.4g}".partition("e")
    return rf"{digits} \cdot 10^{{{int(power)}}}" if power else digits


class Worked(NamedTuple):
    """A formula along one axis, the same with this state's numbers, and what it comes to."""

    latex: str
    numbers: str
    value: float


class Way(NamedTuple):
    """One raw number from its box: what the logit or the log is taken of, and the raw number in 64 and in 32 bits."""

    of: float
    raw: float
    short: float


class Factor(NamedTuple):
    """What a raw number becomes in both forms, and how much one more unit would add."""

    value: float
    slope: float


@dataclass(frozen=True)
class DecodeView:
    """The raw numbers t_x, t_y, t_w, t_h, and all that follows from them."""

    raw: XYWH

    # ---- the box ----

    @cached_property
    def sigmas(self) -> tuple[float, float]:
        """Return s(t_x) and s(t_y): where in its cell the centre lies."""
        x, y = self._raw[:2].sigmoid().tolist()
        return x, y

    @cached_property
    def factors(self) -> tuple[float, float]:
        """Return e to t_w and to t_h: how many anchors wide and high the box is."""
        w, h = self._raw[2:].exp().tolist()
        return w, h

    @cached_property
    def box(self) -> XYWH:
        """Return the box as the engine decodes it, in shares."""
        return decoded(self._raw)

    @property
    def cells(self) -> XYWH:
        """Return the box in cells."""
        x, y, w, h = (CELLS * part for part in self.box)
        return x, y, w, h

    @property
    def pixels(self) -> XYWH:
        """Return the box in pixels of the photograph."""
        x, y, w, h = (PHOTO * part for part in self.box)
        return x, y, w, h

    @cached_property
    def slopes(self) -> XYWH:
        """Return the cells by which each part of the box grows for one more unit of its raw number.

        They are s(1 - s) of the centre and p e^t of the sizes.
        """
        sigma = self._raw[:2].sigmoid()
        x, y = (sigma * (-self._raw[:2]).sigmoid()).tolist()
        w, h = (factor * side for factor, side in zip(self.factors, ANCHOR, strict=True))
        return x, y, w, h

    def shown(self) -> XYWH:
        """Return the box as far as a picture shows it."""
        return shown_box(self.box, LIMITS)

    # ---- other forms of the same raw numbers ----

    @cached_property
    def free(self) -> XYWH:
        r"""Return the box decoded without a sigmoid, as in Faster R-CNN: the centre may go anywhere.

        $$ x = t_x w_a + x_a, \quad w = w_a e^{t_w} $$

        Source: Ren et al. 2015, arXiv:1506.01497, section 3.1.2 (solved for x).
        """
        t_x, t_y, _, _ = self.raw
        w, h = (factor * side for factor, side in zip(self.factors, SHARES, strict=True))
        return t_x * SHARES[0] + MIDDLE, t_y * SHARES[1] + MIDDLE, w, h

    @cached_property
    def bounded(self) -> XYWH:
        r"""Return the box decoded in the later form: half a cell beyond each border, at most four anchors wide.

        $$ b_x = \frac{c_x + 2 \sigma(t_x) - 0.5}{W}, \quad b_w = p_w (2 \sigma(t_w))^2 $$

        Source: ultralytics/yolov5, models/yolo.py (Detect).
        """
        x, y, w, h = (factor.value for factor in self.later)
        return (CELL + x) / CELLS, (CELL + y) / CELLS, SHARES[0] * w, SHARES[1] * h

    @cached_property
    def usual(self) -> tuple[Factor, ...]:
        """Return what the raw numbers become in the usual form: s of the centre, e to the power of the sizes."""
        return tuple(map(Factor, (*self.sigmas, *self.factors), (*self.slopes[:2], *self.factors)))

    @cached_property
    def later(self) -> tuple[Factor, ...]:
        """Return what they become in the later form: 2 s - 1/2 of the centre, (2 s)^2 of the sizes.

        The slopes are 2 s (1 - s) and 8 s^2 (1 - s).
        """
        sigma, rest = self._raw.sigmoid(), (-self._raw).sigmoid()
        centre = zip(CURVES["later_centre"](self._raw).tolist()[:2], (2 * sigma * rest).tolist()[:2], strict=True)
        size = zip(CURVES["later_size"](self._raw).tolist()[2:], (8 * sigma.square() * rest).tolist()[2:], strict=True)
        return tuple(Factor(*pair) for pair in (*centre, *size))

    # ---- the way back ----

    @cached_property
    def back(self) -> tuple[Way, ...]:
        """Return each raw number computed from the box alone; infinite where there is none."""
        exact, short = (undone(self._raw.to(kind)) for kind in (torch.float64, torch.float32))
        return tuple(Way(of, raw, poor) for (of, raw), (_, poor) in zip(exact, short, strict=True))

    # ---- formulas ----

    def worked(self, key: str, axis: int) -> Worked:
        """Return a formula along x (0) or y (1), with its numbers."""
        latex = turned(FORMULAS[key], axis)
        return Worked(latex, filled(latex, self.letters(key, axis)), self.answers(key)[axis])

    def letters(self, key: str, axis: int) -> dict[str, float]:
        """Return what the formula's letters stand for."""
        x, w = "xy"[axis], "wh"[axis]
        box_x, box_w = (self.box[part + axis] for part in (0, 2))
        anchor = ANCHOR[axis] * (STRIDE if key == "size_pixels" else 1)
        known = {f"c_{x}": CELL, "WH"[axis]: CELLS, f"n_{w}": NET, "N": PHOTO, f"{x}_a": MIDDLE, f"{w}_a": SHARES[axis]}
        raws = {f"t_{x}": self.raw[axis], f"t_{w}": self.raw[2 + axis]}
        back = {f"b_{x}": box_x, f"b_{w}": box_w, f"p_{w}": SHARES[axis] if key == "back_size" else anchor}
        return known | raws | back

    def answers(self, key: str) -> tuple[float, float]:
        """Return what a formula comes to along x and along y."""
        raws = tuple(way.raw for way in self.back)
        found = {
            "centre": self.box[:2],
            "size": self.box[2:],
            "size_pixels": self.box[2:],
            "photo": self.pixels[:2],
            "free": self.free[:2],
            "back_centre": raws[:2],
            "back_size": raws[2:],
            "bounded_centre": self.bounded[:2],
            "bounded_size": self.bounded[2:],
        }[key]
        return found[0], found[1]

    @property
    def _raw(self) -> Tensor:
        return torch.tensor(self.raw, dtype=torch.float64, device="cpu")


def view_of(state: DecodeState) -> DecodeView:
    """Return what the state's raw numbers come to."""
    return DecodeView(state.raw)


def head_of(raw: Tensor) -> Head:
    """Return a grid whose middle predictor says this, all others nothing."""
    grid = torch.zeros(1, 1, 5, CELLS, CELLS, dtype=raw.dtype, device="cpu")
    grid[0, 0, :4, CELL, CELL] = raw
    return Head("3", grid, torch.tensor([SHARES], dtype=raw.dtype, device="cpu"), (0,))


LIMITS: Limits = limits_of((CELLS, CELLS), SHARES, Predictor("3", 0, CELL, CELL))
"""How far a hand can drag the box."""


def decoded(raw: Tensor) -> XYWH:
    """Return the middle predictor's box, in shares."""
    x, y, w, h = (float(part[0, 0, CELL, CELL]) for part in predicted_boxes(head_of(raw)))
    return x, y, w, h


def encoded(xywh: Sequence[float]) -> XYWH:
    """Return the raw numbers that draw this box; its centre stays as far inside the cell as a hand can drag it."""
    box, corner = (
        Boxes.of(torch.tensor([four], dtype=torch.float64, device="cpu")) for four in (xywh, (CELL, CELL, *SHARES))
    )
    t_x, t_y, t_w, t_h = encode(box, corner, (CELLS, CELLS))[0].tolist()
    return t_x, t_y, t_w, t_h


def undone(raw: Tensor) -> list[tuple[float, float]]:
    """Return what goes back from the box, decoded in this precision: what is inverted, and the raw number it gives.

    It is the logit of the offset in the cell, and the log of the size over the anchor.
    """
    x, y, w, h = (part[0, 0, CELL, CELL] for part in predicted_boxes(head_of(raw)))
    offsets = torch.stack([x, y]) * CELLS - CELL
    ratios = torch.stack([w, h]) / torch.tensor(SHARES, dtype=raw.dtype, device="cpu")
    pairs = zip((*offsets, *ratios), (*offsets.logit(), *ratios.log()), strict=True)
    return [(float(of), float(back)) for of, back in pairs]


# ---- where arithmetic ends ----


class Overflow(NamedTuple):
    """What 32 bits make of the raw numbers, against a label as large as the anchor at the same centre.

    ``factor``: e to t_w; ``share`` and ``pixels``: the width; ``slope``: of YOLOv3's own size term, t_w less its target 0.
    """

    factor: float
    share: float
    pixels: float
    area: float
    iou: float
    giou: float
    slope: float

    @property
    def situation(self) -> str:
        """Return how far the overflow has come, in what 32 bits compute.

        "lost": IoU is nan, as a side is infinite and another 0; "giou": GIoU alone is nan, as hull and union are infinite;
        "infinite": nothing is nan, the width in pixels is infinite and e to t_w is not; "fine": all is finite.
        """
        if math.isnan(self.iou):
            return "lost"
        if math.isnan(self.giou):
            return "giou"
        return "fine" if all(map(math.isfinite, self)) else "infinite"


def overflow_of(raw: Sequence[float]) -> Overflow:
    """Return what float32 makes of the raw numbers, step by step as one would write it, without any guard."""
    t = torch.tensor(raw, dtype=torch.float32, device="cpu")
    anchor = torch.tensor(SHARES, dtype=torch.float32, device="cpu")
    factor = t[2:].exp()
    side = factor * anchor
    area, label = side.prod(), anchor.prod()
    inter, hull = torch.minimum(side, anchor).prod(), torch.maximum(side, anchor).prod()
    union = area + label - inter
    iou = inter / union
    giou = iou - (hull - union) / hull
    found = (factor[0], side[0], factor[0] * (anchor[0] * NET), area, iou, giou, t[2])
    return Overflow(*map(float, found))


HIGHEST = math.log(torch.finfo(torch.float32).max)
"""The largest t_w whose e to it still fits 32 bits."""


def inner_edge() -> tuple[float, float]:
    """Return where a dragged centre stops: s at the bound of t, and the slope there."""
    sigma = 1 / (1 + math.exp(-REACH))
    return sigma, sigma * (1 - sigma)


# ---- curves ----

Curve = tuple[tuple[float, ...], tuple[float, ...]]
"""Places t in order, and the heights of the curve there."""
CURVES: dict[str, Callable[[Tensor], Tensor]] = {
    "sigmoid": torch.sigmoid,
    "exp": torch.exp,
    "later_centre": lambda t: 2 * t.sigmoid() - 0.5,
    "later_size": lambda t: (2 * t.sigmoid()).square(),
}
"""Curves of what becomes of a raw number: of the centre and of the size, and in the later form."""
POINTS = 241


@cache
def curve_of(name: str, low: float, high: float) -> Curve:
    """Return a curve between two ends."""
    t = torch.linspace(low, high, POINTS, dtype=torch.float64, device="cpu")
    return tuple(t.tolist()), tuple(CURVES[name](t).tolist())


def moved(state: DecodeState, xywh: Sequence[float]) -> DecodeState:
    """Return the state with the raw numbers that draw this box.

    What was not moved keeps its own raw number, however far beyond the picture it is.
    """
    old, new = view_of(state).shown(), encoded(xywh)
    still = [abs(mine - other) < STILL for mine, other in zip(xywh, old, strict=True)]
    return state.with_raw([raw if same else other for raw, other, same in zip(state.raw, new, still, strict=True)])
