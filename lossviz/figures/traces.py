"""What charts have in common: scales, colours of states, dots, thinned curves."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

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
Numbers = npt.NDArray[np.floating[Any]]
NEAR, JUMP = 1e-6, 1e-4
"""Two places of a curve are next to one another within the first part of its axis; a jump is more than the second part
of its largest height."""
MOST_POINTS = 300
"""Most points a curve is drawn with."""


def sampled(count: int) -> list[int]:
    """Return steps from 0 to count, close together at first, as a log axis shows them; the last one always."""
    if count <= MOST_POINTS:
        return list(range(count + 1))
    spread = {round(math.exp(math.log(count) * k / MOST_POINTS)) for k in range(MOST_POINTS + 1)}
    return sorted({0, count, *spread})


def broken(places: Numbers, heights: Numbers) -> tuple[Numbers, Numbers]:
    """Return a curve with the pen lifted (nan) where it jumps: where two places are next to one another, the heights not.

    A curve that has a jump is known on either side of it.
    """
    jumps = np.abs(np.diff(heights)) > JUMP * np.nanmax(np.abs(heights), initial=0.0)
    at = 1 + np.flatnonzero(jumps & (np.diff(places) < NEAR * (places[-1] - places[0])))
    return np.insert(places, at, places[at]), np.insert(heights, at, np.nan)


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
