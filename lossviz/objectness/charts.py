"""Losses of one output for the plot component: value above, slope below; and the race of two logits."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch

from lossviz.core.text import Text, four, minus
from lossviz.figures.theme import PREDICTION, QUIET
from lossviz.figures.traces import sampled
from lossviz.objectness.descent import Run
from lossviz.objectness.view import Fastest, Line, Numbers, ObjectnessView

COLOURS = {
    "bce": "#0072B2",
    "squared": "#D55E00",
    "linear": "#009E73",
    "darknet_v2": "#E69F00",
    "darknet_v3": "#56B4E9",
    "focal": "#CC79A7",
}
DASHES = {
    "bce": "solid",
    "squared": "dash",
    "linear": "dot",
    "darknet_v2": "longdash",
    "darknet_v3": "6px,6px",
    "focal": "dashdot",
}
"""Dash of each loss' line, so that colour is never alone.

Where two lines lie on one another, the second shows the first between its dashes.
"""
HIGHEST = {"z": math.inf, "p": 8.0}
STEEPEST = {"z": math.inf, "p": 6.0}
"""Largest slope that is drawn; as functions of the probability cross-entropy and its slope know no bound."""
Way = tuple[tuple[float, ...], tuple[float, ...]]
"""Places on a curve: all x in order, and all y."""
SPOT = 5
"""Radius of a dot, in pixels."""
FEW = 6
"""Significant digits of the numbers of the curve that a grip runs on."""


def name_of(loss: str, text: Text) -> str:
    """Return what a loss is called."""
    return text(f"objectness_loss_{loss}")


def spread(low: float, high: float) -> tuple[float, float]:
    """Return the ends of an axis with some air around the numbers; 0 is always there."""
    low, high = min(low, 0.0), max(high, 0.0)
    air = 0.06 * (high - low) or 0.1
    return low - air, high + air


def ranges(view: ObjectnessView) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the ends of the two upright axes; they do not depend on the point."""
    axis = view.state.axis
    top = min(HIGHEST[axis], max(float(line.values.max()) for line in view.lines))
    end = STEEPEST[axis]
    low = max(-end, min(float(line.slopes.min()) for line in view.lines))
    high = min(end, max(float(line.slopes.max()) for line in view.lines))
    return spread(0.0, top), spread(low, high)


def runs_along(view: ObjectnessView) -> tuple[Way, Way]:
    """Return the curves of the first loss, on which the grip runs."""
    first, (loss, slope) = view.lines[0], ranges(view)
    xs = rounded(view.places)
    return (
        (xs, rounded(first.values.clamp(*loss))),
        (xs, rounded(first.slopes.clamp(*slope))),
    )


def rounded(values: torch.Tensor) -> tuple[float, ...]:
    """Return numbers with a few digits each: every drag carries them."""
    return tuple(float(f"{value:.{FEW}g}") for value in values.tolist())


def losses_figure(view: ObjectnessView, text: Text) -> Mapping[str, Any]:
    """Return the losses alone and the present place, without what can be read there: no slopes, dots or numbers."""
    figure = curves_figure(view, text)
    layout = {key: part for key, part in figure["layout"].items() if key not in ("yaxis2", "annotations")}
    silent = {"hoverinfo": "skip", "hovertemplate": None}
    return {
        "data": [line | silent for line in figure["data"] if line["yaxis"] == "y"],
        "layout": layout
        | {
            "shapes": [upright(view.here, PREDICTION)],
            "xaxis": layout["xaxis"] | {"anchor": "y"},
            "yaxis": layout["yaxis"] | {"domain": [0.0, 1.0]},
        },
    }


def curves_figure(view: ObjectnessView, text: Text, fast: Fastest | None = None) -> Mapping[str, Any]:
    """Return loss above, slope below, and the present place on each line.

    ``fast``: where squared error learns fastest, if marked.
    """
    state, places = view.state, view.places.numpy()
    data: list[dict[str, Any]] = []
    for line in view.lines:
        data += drawn(line, places, text)
    loss, slope = ranges(view)
    marks = [upright(view.here, PREDICTION)]
    for name, numbers in view.numbers.items():
        marks += spots(name, view.here, numbers, state.axis)
    notes = beyond(view, loss, slope, text)
    if fast and state.axis == "z":
        marks += fast_marks(fast)
        notes += fast_notes(fast, text)
    return {
        "data": data,
        "layout": {
            "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
            "margin": {"l": 56, "r": 12, "t": 30, "b": 40},
            "shapes": marks,
            "annotations": notes,
            "xaxis": {
                "fixedrange": True,
                "range": [float(places[0]), float(places[-1])] if state.axis == "z" else [-0.03, 1.03],
                "anchor": "y2",
                "zeroline": False,
                "title": {"text": text(f"objectness_at_{state.axis}"), "standoff": 4},
            },
            "yaxis": height(loss, [0.54, 1.0], text("objectness_loss_axis")),
            "yaxis2": height(slope, [0.0, 0.46], text(f"objectness_slope_{state.axis}")),
        },
    }


def beyond(
    view: ObjectnessView, loss: tuple[float, float], slope: tuple[float, float], text: Text
) -> list[dict[str, Any]]:
    """Return the numbers that lie outside the picture, beside the edge where they left it."""
    found: list[dict[str, Any]] = []
    for name, numbers in view.numbers.items():
        for axis, ends, value in (("y", loss, numbers.loss), ("y2", slope, numbers.slope(view.state.axis))):
            if not ends[0] <= value <= ends[1]:
                below, right = value < ends[0], view.here > 0.5
                lines = sum(note["yref"] == f"{axis} domain" for note in found)
                words = text("objectness_beyond", name=name_of(name, text), value=minus(four(value)))
                place = {"x": view.here, "yref": f"{axis} domain", "y": 0.02 if below else 0.98, "text": words}
                side = {"xanchor": "right" if right else "left", "yanchor": "bottom" if below else "top"}
                shift = {"xshift": -16 if right else 16, "yshift": (16 if below else -16) * lines}
                found.append(place | side | shift | {"showarrow": False})
    return found


def height(ends: tuple[float, float], domain: list[float], title: str) -> dict[str, Any]:
    """Return an upright axis."""
    return {
        "fixedrange": True,
        "range": list(ends),
        "domain": domain,
        "nticks": 6,
        "zeroline": True,
        "title": {"text": title, "standoff": 4},
    }


def drawn(line: Line, places: Any, text: Text) -> list[dict[str, Any]]:
    """Return the two curves of a line."""
    name = name_of(line.name, text)
    common = {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "legendgroup": line.name,
        "x": places,
        "line": {"color": COLOURS[line.name], "width": 2.4, "dash": DASHES[line.name]},
        "hovertemplate": "%{x:.4g}: %{y:.4g}<extra>" + name + "</extra>",
    }
    return [
        common | {"y": line.values.numpy(), "yaxis": "y"},
        common | {"y": line.slopes.numpy(), "yaxis": "y2", "showlegend": False},
    ]


def spots(name: str, here: float, numbers: Numbers, axis: str) -> list[dict[str, Any]]:
    """Return the dots where a loss stands now, as shapes.

    While only shapes move, Plotly need not work out the curves anew.
    """
    size = {"xsizemode": "pixel", "ysizemode": "pixel", "x0": -SPOT, "x1": SPOT, "y0": -SPOT, "y1": SPOT}
    style = {"type": "circle", "fillcolor": COLOURS[name], "line": {"width": 1.2, "color": "#ffffff"}}
    places = (("y", numbers.loss), ("y2", numbers.slope(axis)))
    return [size | style | {"xanchor": here, "yanchor": height, "yref": ref} for ref, height in places]


def upright(x: float, colour: str) -> dict[str, Any]:
    """Return a line from top to bottom."""
    line = {"color": colour, "width": 1.2, "dash": "dot"}
    return {"type": "line", "x0": x, "x1": x, "yref": "paper", "y0": 0, "y1": 1, "line": line}


def fast_marks(fast: Fastest) -> list[dict[str, Any]]:
    """Return the fastest place as a line, and the part that is asleep as a shade."""
    edge = logit(fast.asleep)
    outer = -99.0 if edge < logit(fast.p) else 99.0
    shade = {"fillcolor": QUIET, "opacity": 0.16, "line": {"width": 0}, "layer": "below"}
    asleep = {"type": "rect", "x0": outer, "x1": edge, "yref": "y2 domain", "y0": 0, "y1": 1} | shade
    line = {"color": COLOURS["squared"], "width": 1.2, "dash": "dashdot"}
    x = logit(fast.p)
    return [asleep, {"type": "line", "x0": x, "x1": x, "yref": "y2 domain", "y0": 0, "y1": 1, "line": line}]


def fast_notes(fast: Fastest, text: Text) -> list[dict[str, Any]]:
    """Return the words for what the two marks are."""
    edge, below = logit(fast.asleep), fast.asleep < fast.p
    common = {"yref": "y2 domain", "y": 1.0, "yanchor": "bottom", "showarrow": False}
    over = {"xanchor": "left", "xshift": -14} if below else {"xanchor": "right", "xshift": 14}
    return [
        common | over | {"x": logit(fast.p), "text": text("objectness_fastest_here")},
        common | {"x": edge, "xanchor": "right" if below else "left", "text": text("objectness_asleep_here")},
    ]


def logit(p: float) -> float:
    """Return the logit ln p / (1 - p) of a probability."""
    return math.log(p / (1 - p))


def described(view: ObjectnessView, text: Text) -> str:
    """Return the chart in words, for those who do not see it."""
    axis = view.state.axis
    said = (
        text(
            "objectness_chart_value",
            name=name_of(name, text),
            loss=four(numbers.loss),
            slope=minus(four(numbers.slope(axis))),
        )
        for name, numbers in view.numbers.items()
    )
    return text("objectness_chart", axis=text(f"objectness_at_{axis}"), values=text("list_semicolon").join(said))


def race_figure(runs: Sequence[Run], target: float, text: Text) -> Mapping[str, Any]:
    """Return probability against the step, on a logarithmic axis from step 1 on (step 0 is drawn at .5)."""
    data: list[dict[str, Any]] = []
    for run in runs:
        steps, name = sampled(run.steps), name_of(run.name, text)
        line = {"color": COLOURS[run.name], "width": 2.4, "dash": DASHES[run.name]}
        common = {"type": "scatter", "name": name, "legendgroup": run.name}
        data.append(
            common
            | {
                "mode": "lines",
                "x": np.maximum(np.array(steps, dtype=np.float64), 0.5),
                "y": run.p[steps],
                "line": line,
                "hovertext": [text("steps_hover", step=f"{n:,}", value=four(float(run.p[n]))) for n in steps],
                "hoverinfo": "text+name",
            }
        )
        if run.passes:
            mark = {"size": 11, "color": COLOURS[run.name], "symbol": "diamond"}
            place = {"x": [run.passes], "y": [float(run.p[run.passes])], "text": [f"{run.passes:,}"]}
            data.append(
                common
                | place
                | {"mode": "markers+text", "marker": mark, "showlegend": False, "hoverinfo": "skip"}
                | {"textposition": "middle left"}
            )
    most = runs[0].steps
    half = {"color": QUIET, "width": 1, "dash": "dot"}
    lines = [{"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": y, "y1": y, "line": half} for y in (0.5, target)]
    return {
        "data": data,
        "layout": {
            "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
            "margin": {"l": 52, "r": 12, "t": 30, "b": 42},
            "shapes": lines,
            "xaxis": {
                "type": "log",
                "range": [math.log10(0.45), math.log10(most * 1.1)],
                "tickvals": [1, 10, 100, 1000, 10000],
                "ticktext": ["1", "10", "100", "1000", "10,000"],
                "fixedrange": True,
                "title": {"text": text("steps_axis"), "standoff": 6},
            },
            "yaxis": {
                "fixedrange": True,
                "range": [-0.02, 1.04],
                "tickvals": [0, 0.25, 0.5, 0.75, 1],
                "title": {"text": text("objectness_at_p"), "standoff": 4},
            },
        },
    }
