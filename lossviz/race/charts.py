"""Curves of a race and of the experiment for the plot component."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from lossviz.core.text import Text
from lossviz.figures.theme import DASH, MEASURE
from lossviz.figures.traces import SCALE, decades
from lossviz.race.results import DIGITISED, Results, binned, paper
from lossviz.race.view import Run

LEAST = 1e-6
"""Least error that is drawn, in place of all below it: a logarithm has no 0."""


def line(name: str) -> dict[str, Any]:
    """Return the style of a contender's line, the same everywhere."""
    return {"color": MEASURE[name], "width": 2.2, "dash": DASH[name]}


def race_curves(runs: Sequence[Run], names: Mapping[str, str], text: Text) -> Mapping[str, Any]:
    """Return IoU above, error below on a logarithmic axis, against the step."""
    data: list[dict[str, Any]] = []
    for run in runs:
        for values, axis in ((run.iou, "y"), (np.maximum(run.error, LEAST), "y2")):
            data.append(
                {
                    "type": "scatter",
                    "mode": "lines",
                    "name": names[run.name],
                    "legendgroup": run.name,
                    "showlegend": axis == "y",
                    "x": np.arange(len(values)),
                    "y": np.where(np.isfinite(values), values, np.nan),
                    "yaxis": axis,
                    "line": line(run.name),
                    "hovertemplate": "%{x}: %{y:.4g}<extra>" + names[run.name] + "</extra>",
                }
            )
    errors = np.concatenate([run.error[np.isfinite(run.error)] for run in runs])
    steps = len(runs[0].error) - 1
    return {
        "data": data,
        "layout": {
            "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
            "margin": {"l": 58, "r": 12, "t": 30, "b": 40},
            "xaxis": {
                "fixedrange": True,
                "range": [0, steps],
                "nticks": 6,
                "anchor": "y2",
                "title": {"text": text("race_step_axis"), "standoff": 4},
            },
            "yaxis": {
                "fixedrange": True,
                "range": [-0.03, 1.03],
                "domain": [0.56, 1],
                "tickvals": [0, 0.5, 1],
                "title": {"text": text("iou"), "standoff": 4},
            },
            "yaxis2": decades(max(LEAST, float(errors.min())), float(np.clip(errors.max(), 1e-3, 1e6)))
            | {"fixedrange": True, "domain": [0, 0.47], "title": {"text": text("race_error"), "standoff": 4}},
        },
    }


def experiment_curves(found: Results, names: Mapping[str, str], text: Text) -> Mapping[str, Any]:
    """Return the mean error per case against the step, with the paper's figure as marks.

    The middle half of the points is shaded.
    """
    steps = np.arange(1, found.steps + 1)
    data: list[dict[str, Any]] = []
    for name, curve in found.curves.items():
        colour = MEASURE[name]
        band = np.concatenate([found.high[name], found.low[name][::-1]])
        quiet = {"hoverinfo": "skip", "showlegend": False, "legendgroup": name}
        shade = {"fill": "toself", "fillcolor": f"rgba({rgb(colour)},0.14)", "line": {"width": 0}, "mode": "lines"}
        around = np.concatenate([steps, steps[::-1]])
        data.append({"type": "scatter", "x": around, "y": np.maximum(band, LEAST)} | shade | quiet)
        hover = "%{x}: %{y:.4g}<extra>" + names[name] + "</extra>"
        drawn = {"mode": "lines", "line": line(name), "hovertemplate": hover, "legendgroup": name}
        data.append({"type": "scatter", "name": names[name], "x": steps, "y": np.maximum(curve, LEAST)} | drawn)
    read = paper()
    for name, values in read.curves.items():
        known = np.isfinite(values)
        mark = {"color": MEASURE[name], "size": 7, "symbol": SYMBOLS[name], "line": {"width": 1.3}}
        label = text("experiment_paper", name=names[name])
        bars = {"type": "percent", "value": 100 * DIGITISED, "thickness": 1, "width": 2}
        shown = {"mode": "markers", "marker": mark, "error_y": bars, "showlegend": False, "legendgroup": name}
        hover = "%{x}: %{y:.4g}<extra>" + label + "</extra>"
        data.append({"type": "scatter", "x": read.steps[known], "y": values[known], "hovertemplate": hover} | shown)
    lowest = min(float(curve.min()) for curve in found.curves.values())
    return {
        "data": data,
        "layout": {
            "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
            "margin": {"l": 62, "r": 12, "t": 30, "b": 42},
            "xaxis": {
                "fixedrange": True,
                "range": [0, found.steps],
                "nticks": 9,
                "title": {"text": text("race_step_axis"), "standoff": 4},
            },
            "yaxis": decades(max(LEAST, min(lowest, 1e-2)), 9.9)
            | {"fixedrange": True, "title": {"text": text("experiment_mean"), "standoff": 4}},
        },
    }


SYMBOLS = {"iou": "circle-open", "giou": "square-open", "diou": "diamond-open", "ciou": "triangle-up-open"}


def rgb(colour: str) -> str:
    """Return a colour such as #0072B2 as 0,114,178."""
    return ",".join(str(int(colour[n : n + 2], 16)) for n in (1, 3, 5))


def distance_curves(found: Results, names: Mapping[str, str], text: Text) -> Mapping[str, Any]:
    """Return the final error of the points in rings around the targets."""
    data = []
    for name in found.curves:
        middles, errors = binned(found, name)
        hover = "%{x:.2f}: %{y:.4g}<extra>" + names[name] + "</extra>"
        data.append(
            {
                "type": "scatter",
                "mode": "lines+markers",
                "name": names[name],
                "x": middles,
                "y": np.maximum(errors, LEAST),
                "line": line(name),
                "marker": {"size": 4, "color": MEASURE[name]},
                "hovertemplate": hover,
            }
        )
    lowest = min(float(values.min()) for values in found.finals.values())
    return {
        "data": data,
        "layout": {
            "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
            "margin": {"l": 62, "r": 12, "t": 30, "b": 42},
            "xaxis": {
                "fixedrange": True,
                "range": [0, 3],
                "title": {"text": text("experiment_distance_axis"), "standoff": 4},
            },
            "yaxis": decades(max(LEAST, min(lowest, 1e-2)), 9.9)
            | {"fixedrange": True, "title": {"text": text("experiment_final"), "standoff": 4}},
        },
    }


BASIN = (-4, 1)
"""Powers of ten at the ends of the map's scale: the same for every loss."""


def basin_map(found: Results, name: str, text: Text) -> Mapping[str, Any]:
    """Return each starting point coloured by the mean final error of its cases, on a logarithmic scale."""
    values = np.log10(np.clip(found.finals[name], 10.0 ** BASIN[0], 10.0 ** BASIN[1]))
    size = 5 if found.count > 1000 else 8 if found.count > 200 else 13
    ticks = list(range(BASIN[0], BASIN[1] + 1))
    marker = {
        "size": size,
        "color": values,
        "cmin": BASIN[0],
        "cmax": BASIN[1],
        "colorscale": SCALE,
        "line": {"width": 0.4, "color": "rgba(80,80,80,0.5)"},
        "colorbar": {
            "tickvals": ticks,
            "ticktext": ["0.0001", "0.001", "0.01", "0.1", "1", "10"],
            "thickness": 12,
            "title": {"text": text("experiment_final"), "side": "top"},
        },
    }
    axis = {"fixedrange": True, "range": [6.7, 13.3], "zeroline": False, "nticks": 8, "constrain": "domain"}
    return {
        "data": [
            {
                "type": "scattergl" if found.count > 1000 else "scatter",
                "mode": "markers",
                "x": found.points[:, 0],
                "y": found.points[:, 1],
                "marker": marker,
                "customdata": found.finals[name],
                "hovertemplate": "(%{x:.2f}, %{y:.2f}): %{customdata:.4g}<extra></extra>",
            }
        ],
        "layout": {
            "showlegend": False,
            "margin": {"l": 40, "r": 8, "t": 8, "b": 36},
            "xaxis": axis,
            "yaxis": axis | {"range": [13.3, 6.7], "scaleanchor": "x"},
        },
    }
