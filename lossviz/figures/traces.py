"""What charts have in common: scales, colours of states, dots, thinned curves."""

import math
from collections.abc import Sequence
from typing import Any

Trace = dict[str, Any]
SCALE = [
    [0.0, "#fdfdf0"],
    [0.25, "#d9e7d6"],
    [0.5, "#8cc3c6"],
    [0.75, "#2f7fae"],
    [1.0, "#0b2352"],
]
STATE_COLOURS = {"negative": "#c9c9c9", "ignored": "#e69f00", "positive": "#009e73"}
"""Colours of the predictors' states; their greys differ too: .79, .67, .49."""
STATE_NUMBERS = {"negative": 0, "ignored": 1, "positive": 2}
MOST_POINTS = 300
"""Most points a curve is drawn with."""


def sampled(count: int) -> list[int]:
    """Return steps from 0 to count, close together at first, as a log axis shows them; the last one always."""
    if count <= MOST_POINTS:
        return list(range(count + 1))
    spread = {round(math.exp(math.log(count) * k / MOST_POINTS)) for k in range(MOST_POINTS + 1)}
    return sorted({0, count, *spread})


def decades(low: float, high: float) -> dict[str, Any]:
    """Return a logarithmic axis of a chart with few, plain ticks."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    every = max(1, math.ceil(len(powers) / 5))
    kept = list(powers)[::every]
    ticktext = [f"{10.0**n:.{max(0, -n)}f}" for n in kept]
    return {
        "type": "log",
        "range": [powers[0], max(powers[-1], powers[0] + 1)],
        "tickvals": [10.0**n for n in kept],
        "ticktext": ticktext,
    }


def spot(place: Sequence[float], colour: str, size: int) -> Trace:
    """Return a dot at that place, ``size`` pixels wide."""
    ends = {"x0": -size / 2, "x1": size / 2, "y0": -size / 2, "y1": size / 2}
    at = {"xsizemode": "pixel", "ysizemode": "pixel", "xanchor": place[0], "yanchor": place[1]}
    return {"type": "circle", "fillcolor": colour, "line": {"color": "#ffffff", "width": 1}} | ends | at
