"""What becomes of a raw number, as a curve with this state's points: the centre's sigmoid, the size's exponential."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from lossviz.core.text import Text, four, minus
from lossviz.decode.state import CHANNELS
from lossviz.decode.view import Curve, DecodeView, curve_of
from lossviz.figures.theme import OTHER, PREDICTION, QUIET, TERM


class Squash(NamedTuple):
    """A chart of what becomes of a raw number: which ones it takes, its two curves, its axes for one and for both."""

    first: int
    usual: str
    later: str
    along: tuple[float, float]
    high: tuple[float, float]
    wide: tuple[float, float]
    tall: tuple[float, float]

    def ends(self, *, later: bool) -> tuple[tuple[float, float], tuple[float, float]]:
        """Return the ends of the axis of t and of the axis of the result."""
        return (self.wide, self.tall) if later else (self.along, self.high)

    def curve(self, name: str, *, later: bool) -> Curve:
        """Return that curve over the whole axis of t."""
        return curve_of(name, *self.ends(later=later)[0])


SQUASHES = {
    "centre": Squash(0, "sigmoid", "later_centre", (-8, 8), (-0.04, 1.04), (-8, 8), (-0.6, 1.6)),
    "size": Squash(2, "exp", "later_size", (-3, 2.2), (0, 8), (-6, 6), (0, 8)),
}
NAMES = {"sigmoid": "σ(t)", "exp": "e<sup>t</sup>", "later_centre": "2σ(t) − 0.5", "later_size": "(2σ(t))²"}
"""How each curve is written in the chart's legend."""
BORDERS = {"centre": (0.0, 1.0), "size": (1.0,)}
"""Heights that mean something: the borders of the cell, the anchor itself."""
CEILING = 4.0
"""Most anchors that a side of a box can have in the later form."""


def squash_figure(found: DecodeView, name: str, hand: int, text: Text, *, later: bool) -> Mapping[str, Any]:
    """Return the curve and the point of the raw number that is not in hand.

    The point in hand is the chart's grip.
    """
    squash = SQUASHES[name]
    (low, high), (bottom, top) = squash.ends(later=later)
    lines = [line(squash.curve(squash.usual, later=later), TERM, "solid", NAMES[squash.usual])]
    if later:
        lines.append(line(squash.curve(squash.later, later=later), PREDICTION, "dash", NAMES[squash.later]))
    return {
        "data": [*lines, resting(found, squash, hand, later=later)],
        "layout": {
            "showlegend": later,
            "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
            "margin": {"l": 58, "r": 10, "t": 28 if later else 8, "b": 40},
            "shapes": [*rulers(name, later=later), *marked(found, squash, hand, later=later)],
            "xaxis": axis(f"t<sub>{CHANNELS[chosen(squash, hand)]}</sub>", [low, high]),
            "yaxis": axis(text(f"decode_axis_{name}"), [bottom, top]),
        },
    }


def chosen(squash: Squash, hand: int) -> int:
    """Return the raw number of this chart that is on the same axis as the one in hand."""
    return squash.first + hand % 2


def axis(title: str, ends: list[float]) -> dict[str, Any]:
    """Return an axis that one cannot zoom."""
    return {"range": ends, "fixedrange": True, "zeroline": False, "nticks": 5, "title": {"text": title, "standoff": 4}}


def line(curve: Curve, colour: str, dash: str, name: str) -> dict[str, Any]:
    """Return a curve as a line of the chart."""
    look = {"color": colour, "width": 2.5, "dash": dash}
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": single(curve[0]),
        "y": single(curve[1]),
        "line": look,
    } | {"hovertemplate": "%{x:.3g}: %{y:.4g}<extra></extra>"}


def single(numbers: Sequence[float]) -> npt.NDArray[np.float32]:
    """Return numbers in single precision, which every drag carries; a curve on the screen needs no more."""
    return np.asarray(numbers, np.float32)


def resting(found: DecodeView, squash: Squash, hand: int, *, later: bool) -> dict[str, Any]:
    """Return the point of the other axis, with its name."""
    other = squash.first + 1 - hand % 2
    value = (found.later if later else found.usual)[other].value
    marker = {"size": 9, "color": "rgba(0,0,0,0)", "line": {"color": QUIET, "width": 2}}
    return {
        "type": "scatter",
        "mode": "markers+text",
        "showlegend": False,
        "cliponaxis": True,
        "x": [found.raw[other]],
        "y": [value],
        "text": [f"t<sub>{CHANNELS[other]}</sub>"],
        "textposition": "bottom right",
        "marker": marker,
        "hoverinfo": "x+y",
    }


def rulers(name: str, *, later: bool) -> list[dict[str, Any]]:
    """Return lines across at the heights that mean something."""
    heights = (*BORDERS[name], CEILING) if later and name == "size" else BORDERS[name]
    dotted = {"color": QUIET, "width": 1, "dash": "dot"}
    across = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "line": dotted}
    return [across | {"y0": height, "y1": height} for height in heights]


def marked(found: DecodeView, squash: Squash, hand: int, *, later: bool) -> list[dict[str, Any]]:
    """Return the lines from the point in hand down to t and across to what it becomes."""
    mine = chosen(squash, hand)
    (low, high), (bottom, top) = squash.ends(later=later)
    value = (found.later if later else found.usual)[mine].value
    x, y = min(max(found.raw[mine], low), high), min(max(value, bottom), top)
    thin = {"type": "line", "line": {"color": OTHER, "width": 1.5}}
    return [thin | {"x0": x, "x1": x, "y0": bottom, "y1": y}, thin | {"x0": low, "x1": x, "y0": y, "y1": y}]


def described(found: DecodeView, name: str, hand: int, text: Text, *, later: bool) -> str:
    """Return the chart in words, for those who do not see it."""
    squash = SQUASHES[name]
    mine = chosen(squash, hand)
    both = [found.usual[mine].value, *([found.later[mine].value] if later else [])]
    values = minus(text("list_comma").join(map(four, both)))
    return text("decode_curve_description", raw=f"t_{CHANNELS[mine]}", t=minus(four(found.raw[mine])), values=values)
