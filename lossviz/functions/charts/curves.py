"""Curves of loss functions for the plot component: value above, slope below, the present place marked on each."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from lossviz.core.text import Text
from lossviz.figures.theme import QUIET, ceiling
from lossviz.figures.traces import broken, decades, spot
from lossviz.functions.state import SPANS, FunctionsState
from lossviz.functions.view import COUNT, Curve, Numbers, Point

LINES = (
    ("#0072B2", "solid"),
    ("#D55E00", "dash"),
    ("#009E73", "longdash"),
    ("#CC79A7", "dashdot"),
    ("#E69F00", "dot"),
    ("#56B4E9", "longdashdot"),
    ("#7F7F7F", "6px,3px"),
    ("#0072B2", "dot"),
)
"""Colour and dash of the first, the second, ... function that is shown, so that neither is alone."""
LEAST = 1e-5
"""Least number of a logarithmic axis: a logarithm has no 0."""
TIMES = {"value": 2.0, "slope": 6.0}
"""One curve that is so many times as high as all others leaves the picture, so that they keep their shapes."""
NEARLY = 97
"""Percentage of a slope's curve that the panel shows in full height."""
EVERY = 3
"""Distance, in points of the curve, between those of the grip's path."""
PANELS = {"value": ("y", [0.55, 1]), "slope": ("y2", [0, 0.45])}


def reach(curves: Sequence[Curve], points: Sequence[Point], part: str) -> float:
    """Return where the axis ends.

    It is as high as nearly all of the highest curve, unless that is far higher than all others. Next to 0 and 1 the
    slopes in a probability leave any scale; the dots stay on the panel.
    """
    sides = (np.abs(parts_of(curve)[part]) for curve in curves)
    highest = sorted((usual(side[np.isfinite(side)], part) for side in sides if np.isfinite(side).any()), reverse=True)
    if not highest:
        return 1.0
    second = highest[1] if len(highest) > 1 else highest[0]
    here = [abs(getattr(point, part)) for point in points]
    least = max((height for height in here if np.isfinite(height)), default=0.0)
    return max(min(highest[0], TIMES[part] * second), least) or 1.0


def usual(heights: Numbers, part: str) -> float:
    """Return the highest of the heights; of slopes the one that nearly all stay below."""
    return float(np.percentile(heights, NEARLY if part == "slope" else 100))


def shown(numbers: Numbers, part: str, *, log: bool) -> Numbers:
    """Return numbers as they are drawn.

    On a logarithmic axis a slope has no sign, and nothing lies below the axis' beginning.
    """
    sized = np.abs(numbers) if part == "slope" and log else numbers
    return np.maximum(sized, LEAST) if log else sized


def parts_of(curve: Curve) -> dict[str, Numbers]:
    """Return the curve's values and slopes, one for each panel."""
    return {"value": curve.values, "slope": curve.slopes}


def curve_figure(
    curves: Sequence[Curve],
    points: Sequence[Point],
    state: FunctionsState,
    *,
    parts: Sequence[str],
    names: Mapping[str, str],
    text: Text,
) -> Mapping[str, Any]:
    """Return the panels of ``parts``: both, or the values alone."""
    data = []
    for (colour, dash), curve in zip(LINES, curves, strict=False):
        for part in parts:
            xs, ys = broken(curve.xs, shown(parts_of(curve)[part], part, log=state.log))
            look = {"color": colour, "width": 3.4 if curve.key == state.hand else 2.2, "dash": dash}
            data.append(
                {
                    "type": "scatter",
                    "mode": "lines",
                    "name": names[curve.key],
                    "legendgroup": curve.key,
                    "showlegend": part == "value",
                    **places(xs.astype(np.float64)),
                    "y": ys.astype(np.float32),
                    "yaxis": PANELS[part][0],
                    "line": look,
                    "hovertemplate": "%{x:.3g}: %{y:.4g}<extra>" + names[curve.key] + "</extra>",
                }
            )
    return {"data": data, "layout": layout(curves, points, state, parts, text)}


def places(xs: npt.NDArray[np.floating[Any]]) -> dict[str, Any]:
    """Return the places of a curve for Plotly: of evenly spaced ones the first and the distance, which is shorter."""
    if len(xs) == COUNT:
        return {"x0": float(xs[0]), "dx": float(xs[1] - xs[0])}
    return {"x": xs.astype(np.float32)}


def bare_figure(
    curves: Sequence[Curve], state: FunctionsState, *, names: Mapping[str, str], text: Text
) -> Mapping[str, Any]:
    """Return the panel of values and the present place, without dots and without numbers under the pointer."""
    figure = curve_figure(curves, (), state, parts=("value",), names=names, text=text)
    silent = {"hoverinfo": "skip", "hovertemplate": None}
    return {"data": [line | silent for line in figure["data"]], "layout": figure["layout"]}


def layout(
    curves: Sequence[Curve], points: Sequence[Point], state: FunctionsState, parts: Sequence[str], text: Text
) -> dict[str, Any]:
    """Return the layout of one panel or two over one axis."""
    alone = len(parts) == 1
    drawn: dict[str, Any] = {
        "showlegend": True,
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        "margin": {"l": 54, "r": 12, "t": 30, "b": 42},
        "shapes": marks(points, state, parts),
        "xaxis": {
            "fixedrange": True,
            "range": list(SPANS[state.by]),
            "zeroline": False,
            "nticks": 8,
            "anchor": PANELS[parts[-1]][0],
            "title": {"text": text(f"zoo_axis_{state.by}"), "standoff": 4},
        },
    }
    for part in parts:
        axis, domain = PANELS[part]
        drawn[f"yaxis{axis[1:]}"] = scale(reach(curves, points, part), part, log=state.log) | {
            "domain": [0, 1] if alone else domain,
            "title": {"text": text(f"zoo_{part}{'_size' if part == 'slope' and state.log else ''}"), "standoff": 4},
        }
    return drawn


def scale(end: float, part: str, *, log: bool) -> dict[str, Any]:
    """Return the upright axis of one panel."""
    still = {"fixedrange": True, "zeroline": False, "nticks": 5}
    if log:
        return decades(LEAST, ceiling(end)) | {"fixedrange": True}
    return still | {"range": [-0.04 * end if part == "value" else -1.06 * end, 1.06 * end]}


def marks(points: Sequence[Point], state: FunctionsState, parts: Sequence[str]) -> list[dict[str, Any]]:
    """Return the place, the line of no slope, and a dot on each curve, as shapes.

    Shapes move without the curves being drawn anew.
    """
    line = {"type": "line", "layer": "below", "line": {"color": QUIET, "width": 1.5, "dash": "dot"}}
    drawn: list[dict[str, Any]] = [line | {"x0": state.x, "x1": state.x, "yref": "paper", "y0": 0, "y1": 1}]
    if "slope" in parts and not state.log:
        level = {"xref": "paper", "x0": 0, "x1": 1, "yref": "y2", "y0": 0, "y1": 0}
        drawn.append(line | level | {"line": {"color": QUIET, "width": 1.5}})
    for (colour, _), point in zip(LINES, points, strict=False):
        for part in parts:
            (height,) = shown(np.array([getattr(point, part)]), part, log=state.log).tolist()
            if np.isfinite(height):
                drawn.append(spot((state.x, height), colour, 9) | {"yref": PANELS[part][0]})
    return drawn


def path(curve: Curve, part: str, *, log: bool) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return the path that the grip runs on."""
    heights = shown(parts_of(curve)[part], part, log=log)
    known = np.flatnonzero(np.isfinite(heights))
    some = known[::EVERY] if len(known) else known
    if not len(some):
        return (float(curve.xs[0]), float(curve.xs[-1])), (LEAST, LEAST)
    return rounded(curve.xs[some]), rounded(heights[some])


def rounded(numbers: Numbers) -> tuple[float, ...]:
    """Return numbers as exact as a screen can show."""
    return tuple(float(f"{number:.4g}") for number in numbers)
