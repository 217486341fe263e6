"""Messages of a chart, read at the border: a valid click or drag, or nothing."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeGuard, cast, get_args

from lossviz.components.message import inside, is_number, is_whole

Number = int | float
Scalar = str | int | float | bool | None
DragKind = Literal["move", "end", "cancel"]
Curve = tuple[tuple[float, ...], tuple[float, ...]]
"""Two rows of finite numbers, as many x as y; x grows."""


@dataclass(frozen=True)
class PlotClick:
    """The point that was clicked: which trace, which point of it, where, and what the figure attached to it.

    ``point`` is a row and a column for a heat map and one number for everything else.
    """

    curve: int
    point: int | tuple[int, int]
    x: str | Number
    y: str | Number
    customdata: Scalar | tuple[Scalar, ...] = None


@dataclass(frozen=True)
class Handle:
    """A grip at (x, y), in the data coordinates of the first subplot, that moves between ``low`` and ``high``.

    ``label`` is its name and ``words`` its place in words, with {x} and {y}: the browser side knows no language.
    ``step`` is what an arrow key moves, a tenth of it with Shift and ten with PageUp and PageDown. A ``locked``
    coordinate stays as it is. With ``subplots`` every subplot shows the grip at the same place. ``along``: the curve of
    each subplot, as places in order of x, on which its grip runs; lock "y" then.
    """

    x: float
    y: float
    label: str
    low: tuple[float, float]
    high: tuple[float, float]
    rev: int
    step: float = 0.1
    words: str = "{x}, {y}"
    locked: Literal["none", "x", "y"] = "none"
    subplots: bool = False
    along: tuple[Curve, ...] = ()


@dataclass(frozen=True)
class PlotDrag:
    """Where the visitor put the handle, inside its limits; ``"cancel"`` brings the place from before."""

    kind: DragKind
    x: float
    y: float
    seq: int
    rev: int


def read_click(value: object, traces: int) -> PlotClick | None:
    """Return the click a browser reported, or None unless it is one on a figure of so many traces."""
    if not isinstance(value, Mapping):
        return None
    curve, point, x, y = (value.get(name) for name in ("curve", "point", "x", "y"))
    custom = value.get("customdata")
    if isinstance(point, list):
        point = tuple(point)
    if isinstance(custom, list):
        custom = tuple(custom)
    if not (_is_index(curve) and curve < traces and _is_point(point)):
        return None
    if not (_is_place(x) and _is_place(y) and all(map(_is_scalar, custom if isinstance(custom, tuple) else (custom,)))):
        return None
    return PlotClick(curve, point, x, y, custom)


def read_drag(message: object, *, handle: Handle, seq: int) -> PlotDrag | None:
    """Read a message as a valid drag, or None: malformed, made before ``rev`` was raised, or already handled."""
    if not isinstance(message, Mapping):
        return None
    kind, number, rev, x, y = (message.get(name) for name in ("kind", "seq", "rev", "x", "y"))
    if kind not in get_args(DragKind) or not (is_whole(number) and is_whole(rev) and is_number(x) and is_number(y)):
        return None
    if number <= seq or rev != handle.rev:
        return None
    inside_x = handle.x if handle.locked == "x" else inside(x, handle.low[0], handle.high[0])
    inside_y = handle.y if handle.locked == "y" else inside(y, handle.low[1], handle.high[1])
    return PlotDrag(cast(DragKind, kind), inside_x, inside_y, number, rev)


def _is_index(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_point(value: object) -> TypeGuard[int | tuple[int, int]]:
    return _is_index(value) or (isinstance(value, tuple) and len(value) == 2 and all(map(_is_index, value)))


def _is_place(value: object) -> TypeGuard[str | Number]:
    return isinstance(value, str | int | float) and not isinstance(value, bool) and _is_scalar(value)


def _is_scalar(value: object) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return value is None or isinstance(value, str | int | bool)
