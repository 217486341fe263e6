"""Curves for the plot component: the gradient steps, and loss against the place of a label."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from lossviz.core.text import Text, four
from lossviz.figures.theme import PREDICTION, QUIET, TERM
from lossviz.figures.traces import sampled
from lossviz.lab.descent import Walk
from lossviz.lab.dragging import Track


def steps_curve(
    walks: Sequence[Walk], names: Sequence[str], until: int, text: Text, *, objectness: bool
) -> Mapping[str, Any]:
    """Return objectness or loss against the step, on a log axis from step 1 on (step 0 is drawn at .5)."""
    data = []
    for walk, name, colour, dash in zip(walks, names, (TERM, PREDICTION), ("solid", "dash"), strict=False):
        steps = sampled(min(until, walk.done))
        values = [walk.records[n].objectness if objectness else walk.records[n].loss for n in steps]
        data.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": name,
                "x": [max(n, 0.5) for n in steps],
                "y": [value if math.isfinite(value) else None for value in values],
                "line": {"color": colour, "width": 2.5, "dash": dash},
                "hovertext": [
                    text("steps_hover", step=n, value=four(value)) for n, value in zip(steps, values, strict=True)
                ],
                "hoverinfo": "text+name",
            }
        )
    most = max([10, until])
    axis = {"range": [0, 1.02], "tickvals": [0, 0.25, 0.5, 0.75, 1]} if objectness else {"rangemode": "tozero"}
    half = [
        {
            "type": "line",
            "x0": 0.4,
            "x1": most,
            "y0": 0.5,
            "y1": 0.5,
            "line": {"color": QUIET, "width": 1, "dash": "dot"},
        }
    ]
    return {
        "data": data,
        "layout": {
            "showlegend": len(data) > 1,
            "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
            "margin": {"l": 52, "r": 12, "t": 28 if len(data) > 1 else 8, "b": 42},
            "shapes": half if objectness else [],
            "xaxis": {
                "type": "log",
                "range": [math.log10(0.45), math.log10(most * 1.1)],
                "tickvals": [1, 10, 100, 1000, 10000],
                "ticktext": ["1", "10", "100", "1000", "10,000"],
                "fixedrange": True,
                "title": {"text": text("steps_axis"), "standoff": 6},
            },
            "yaxis": axis
            | {"fixedrange": True, "title": {"text": text("objectness" if objectness else "loss"), "standoff": 4}},
        },
    }


def cliff(track: Track, cells: int, text: Text) -> Mapping[str, Any]:
    """Return loss against the place of a label, in cells, with a line at each cell border."""
    along = track.along() if track.points else 0
    points = track.ordered()
    places = [(point.x, point.y)[along] * cells for point in points]
    values = [point.loss for point in points]
    now = track.points[-1] if track.points else None
    low, high = (math.floor(min(places)), math.ceil(max(places))) if places else (0, 1)
    breaks_x: list[float | None] = []
    breaks_y: list[float | None] = []
    for n, (place, value) in enumerate(zip(places, values, strict=True)):
        if n and points[n - 1].answers != points[n].answers:
            breaks_x.append(None)
            breaks_y.append(None)
        breaks_x.append(place)
        breaks_y.append(value)
    here = [] if now is None else [{"x": (now.x, now.y)[along] * cells, "y": now.loss}]
    return {
        "data": [
            {
                "type": "scatter",
                "mode": "lines+markers",
                "x": breaks_x,
                "y": breaks_y,
                "line": {"color": TERM, "width": 2},
                "marker": {"size": 5, "color": TERM},
                "hoverinfo": "x+y",
            },
            {
                "type": "scatter",
                "mode": "markers",
                "x": [point["x"] for point in here],
                "y": [point["y"] for point in here],
                "marker": {"size": 12, "color": PREDICTION, "symbol": "diamond"},
                "hoverinfo": "skip",
            },
        ],
        "layout": {
            "showlegend": False,
            "margin": {"l": 52, "r": 12, "t": 8, "b": 42},
            "shapes": [
                {
                    "type": "line",
                    "x0": border,
                    "x1": border,
                    "yref": "paper",
                    "y0": 0,
                    "y1": 1,
                    "line": {"color": QUIET, "width": 1.5, "dash": "dot"},
                }
                for border in range(low, high + 1)
            ],
            "xaxis": {
                "fixedrange": True,
                "range": [low - 0.05, high + 0.05],
                "title": {"text": text("cliff_axis", axis="xy"[along]), "standoff": 6},
                "nticks": 8,
            },
            "yaxis": {"fixedrange": True, "title": {"text": text("loss"), "standoff": 4}, "nticks": 5},
        },
    }
