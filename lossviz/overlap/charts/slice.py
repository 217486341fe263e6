"""Value and slope of the measures along a line through the present place."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Protocol, runtime_checkable

import numpy as np

from lossviz.core.text import Text
from lossviz.figures.theme import DASH, MEASURE, QUIET, ceiling
from lossviz.figures.traces import Trace, broken
from lossviz.overlap.charts.surface import outer


@runtime_checkable
class Slice(Protocol):
    """A measure and its slope along a line, at the rising places ``along``."""

    @property
    def measure(self) -> str:
        """Return the short name of the measure."""

    @property
    def along(self) -> np.ndarray:
        """Return the places on the line."""

    @property
    def values(self) -> np.ndarray:
        """Return the values of the measure at the places."""

    @property
    def slope(self) -> np.ndarray:
        """Return the slope of the measure along the line, at the places."""


def slice_figure(
    slices: Sequence[Slice], *, along: Literal["x", "y", "w", "h"], here: float, names: Mapping[str, str], text: Text
) -> Mapping[str, Any]:
    """Return the measures along a line above, their slopes below, the present place marked in both."""
    data: list[Trace] = []
    for one in slices:
        colour, dash = MEASURE[one.measure], DASH[one.measure]
        for values, axis in ((one.values, "y"), (one.slope, "y2")):
            on = {"type": "scatter", "name": names[one.measure], "legendgroup": one.measure, "yaxis": axis}
            xs, ys = broken(one.along, values)
            line = {"mode": "lines", "x": xs, "y": ys, "line": {"color": colour, "width": 2.2, "dash": dash}}
            now = {
                "mode": "markers",
                "x": [here],
                "y": [float(np.interp(here, one.along, values))],
                "hoverinfo": "skip",
            }
            dot = {"marker": {"color": colour, "size": 8, "line": {"color": "#ffffff", "width": 1.2}}}
            hover = {"hovertemplate": "%{x:.2f}: %{y:.4f}<extra>" + names[one.measure] + "</extra>"}
            data += [on | line | hover | {"showlegend": axis == "y"}, on | now | dot | {"showlegend": False}]
    return {"data": data, "layout": slice_layout(slices, along, here, text)}


def slice_layout(slices: Sequence[Slice], along: str, here: float, text: Text) -> Mapping[str, Any]:
    """Return two panels over one axis; the slope's axis ends at round numbers, so that they seldom move."""
    several = len(slices) > 1
    low = 0.0 if {one.measure for one in slices} == {"iou"} else min(-1.0, *(float(one.values.min()) for one in slices))
    steepest = ceiling(max(float(np.abs(one.slope).max()) for one in slices)) * 1.06
    place = {"type": "line", "x0": here, "x1": here, "yref": "paper", "y0": 0, "y1": 1}
    zero = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "yref": "y2", "y0": 0, "y1": 0}
    still = {"fixedrange": True, "zeroline": False, "nticks": 5}
    return {
        "showlegend": several,
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        "margin": {"l": 56, "r": 12, "t": 30 if several else 8, "b": 44},
        "shapes": [
            zero | {"line": {"color": QUIET, "width": 1.5}, "layer": "below"},
            place | {"line": {"color": QUIET, "width": 1.5, "dash": "dot"}, "layer": "below"},
        ],
        "xaxis": still
        | {
            "range": outer(slices[0].along),
            "anchor": "y2",
            "nticks": 8,
            "title": {"text": text(f"surface_{along}"), "standoff": 6},
        },
        "yaxis": still
        | {"domain": [0.56, 1], "range": [low - 0.05, 1.05], "title": {"text": text("surface_value"), "standoff": 4}},
        "yaxis2": still
        | {
            "domain": [0, 0.44],
            "range": [-steepest, steepest],
            "title": {"text": text("surface_slope"), "standoff": 4},
        },
    }
