"""A cross-entropy as it is written down and as libraries compute it, over logits from -1000 to 1000, with its breaks."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from lossviz.core.text import Text
from lossviz.figures.theme import PREDICTION, TERM
from lossviz.figures.traces import decades
from lossviz.functions.stability import FARTHEST, WAYS, Break, Strained
from lossviz.functions.view import Numbers
from lossviz.functions.words import spelled

LOOK = {"stable": (TERM, "solid", 5.0), "naive": (PREDICTION, "dash", 2.4)}
LEAST, MOST = 1e-4, 1e5
"""Least and largest loss that is drawn."""
FOOT = [math.log10(LEAST) - 0.6, math.log10(MOST)]
"""The ends of the upright axis as powers of ten: below the least loss there is room for a cross."""
POINTS = 500
BESIDE = (3.5, 0.1)
"""Where words about a cross at the foot of the picture begin: how far from 0, and how high; the curve passes nearer to 0."""
TICKS = (-1000, -100, -10, -1, 0, 1, 10, 100, 1000)


def place(z: Any) -> Any:
    """Return where a logit stands on an axis that is logarithmic both ways: its sign times log10(1 + |z|)."""
    return np.sign(z) * np.log10(1 + np.abs(z))


def some(zs: Numbers) -> np.ndarray:
    """Return indices that are evenly spread on the axis."""
    wanted = np.linspace(place(-FARTHEST), place(FARTHEST), POINTS)
    return np.unique(np.searchsorted(place(zs), wanted).clip(0, len(zs) - 1))


def breaks_figure(found: Mapping[str, Strained], text: Text) -> Mapping[str, Any]:
    """Return the naive and the stable form in one precision; a cross where one breaks, with what it becomes."""
    data: list[dict[str, Any]] = []
    notes: list[dict[str, Any]] = []
    for way in sorted(WAYS, reverse=True):  # the stable line is broad and lies below
        one, (colour, dash, width) = found[way], LOOK[way]
        rows = some(one.zs)
        values = one.values[rows]
        drawn = np.where(np.isfinite(values) & (values >= LEAST), values, np.nan)
        data.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": text(f"breaks_{way}"),
                "x": place(one.zs[rows]).astype(np.float32),
                "y": drawn.astype(np.float32),
                "customdata": one.zs[rows].astype(np.float32),
                "line": {"color": colour, "width": width, "dash": dash},
                "opacity": 0.55 if way == "stable" else 1,
                "hovertemplate": "z = %{customdata:.4g}: %{y:.4g}<extra>" + text(f"breaks_{way}") + "</extra>",
            }
        )
        for side in (one.below, one.above):
            if side:
                height = height_at(found["stable"], side.z)
                data.append(cross(side, height, colour))
                notes.append(said(side, height, text))
    return {"data": data, "layout": layout(notes, text)}


def height_at(one: Strained, z: float) -> float:
    """Return the height of the stable line at a logit, inside the picture."""
    value = float(one.values[int(np.abs(one.zs - z).argmin())])
    return min(max(value, LEAST), MOST) if np.isfinite(value) else MOST


def cross(side: Break, height: float, colour: str) -> dict[str, Any]:
    """Return a cross where a way breaks."""
    mark = {"symbol": "x", "size": 12, "color": colour, "line": {"width": 1, "color": "#ffffff"}}
    quiet = {"showlegend": False, "hoverinfo": "skip", "cliponaxis": False}
    return {"type": "scatter", "mode": "markers", "x": [float(place(side.z))], "y": [height], "marker": mark} | quiet


def said(side: Break, height: float, text: Text) -> dict[str, Any]:
    """Return the words for what a way becomes, and from where on: beside the curve, also where the picture is narrow.

    The curve rises outwards, so there is room on the side of 0; at the foot of the picture there is room farther out.
    """
    words = spelled(side, text).replace(text("list_comma"), f"{text('list_comma').rstrip()}<br>")
    at = {"x": float(place(side.z)), "y": float(np.log10(height))}
    inwards, outwards = ("left", "right") if side.z < 0 else ("right", "left")
    if height > LEAST:
        where = {"showarrow": False, "yshift": 28 if side.then else 20, "xshift": -8 if side.z < 0 else 8}
        return at | where | {"text": words, "xanchor": inwards}
    out, high = BESIDE
    there = {"axref": "x", "ax": float(place(np.copysign(out, side.z))), "ayref": "y", "ay": float(np.log10(high))}
    return at | there | {"text": words, "xanchor": outwards, "arrowhead": 0, "arrowwidth": 1, "standoff": 8}


def layout(notes: list[dict[str, Any]], text: Text) -> dict[str, Any]:
    """Return the layout of axes that are logarithmic both ways."""
    return {
        "showlegend": True,
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        "margin": {"l": 62, "r": 14, "t": 34, "b": 42},
        "annotations": notes,
        "xaxis": {
            "fixedrange": True,
            "zeroline": True,
            "range": [float(place(-FARTHEST)) - 0.05, float(place(FARTHEST)) + 0.05],
            "tickvals": [float(place(tick)) for tick in TICKS],
            "ticktext": [f"{tick}".replace("-", "−") for tick in TICKS],
            "title": {"text": text("breaks_axis"), "standoff": 4},
        },
        "yaxis": decades(LEAST, MOST)
        | {"fixedrange": True, "range": FOOT, "title": {"text": text("loss"), "standoff": 4}},
    }
