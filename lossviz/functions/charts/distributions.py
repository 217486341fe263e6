"""Two distributions as bars, and their cross-entropies as entropy and divergence on top of one another."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from lossviz.core.text import Text, four
from lossviz.figures.theme import OTHER, PREDICTION, QUIET, TERM, TRUTH, ceiling
from lossviz.functions.distributions import TwoDistributions
from lossviz.functions.state import FunctionsState

COLOURS = {"p": TRUTH, "q": PREDICTION}
PATTERN = {"p": "", "q": "/"}
"""Pattern of the bars of p and of q, so that colour is never alone."""
ASIDE, WIDE = 0.2, 0.36
"""Distance of a bar from the middle of its outcome, and its width."""
OUTCOMES = "ABCD"
LEAST_END = 2.0
"""Least end of the axis of entropies, in nats."""


def place_of(bar: int) -> float:
    """Return where a bar stands: those of p to the left of their outcome, those of q to the right."""
    count = len(OUTCOMES)
    return bar % count + (ASIDE if bar >= count else -ASIDE)


def nearest(x: float) -> int:
    """Return the bar that stands nearest."""
    return min(range(2 * len(OUTCOMES)), key=lambda bar: abs(place_of(bar) - x))


def bars_figure(state: FunctionsState, text: Text) -> Mapping[str, Any]:
    """Return p and q side by side, with the bar in hand framed."""
    count = len(OUTCOMES)
    data = []
    for line, (name, colour) in enumerate(COLOURS.items()):
        chances = getattr(state, name)
        edges = [3 if state.bar == line * count + n else 0 for n in range(count)]
        data.append(
            {
                "type": "bar",
                "name": text(f"chances_{name}"),
                "x": [place_of(line * count + n) for n in range(count)],
                "y": list(chances),
                "width": WIDE,
                "marker": {
                    "color": colour,
                    "pattern": {"shape": PATTERN[name], "fgcolor": "#ffffff", "fillmode": "overlay", "size": 7},
                    "line": {"width": edges, "color": QUIET},
                },
                "hovertemplate": "%{y:.4g}<extra>" + text(f"chances_{name}") + "</extra>",
            }
        )
    return {"data": data, "layout": bars_layout(text) | {"annotations": labels(state)}}


def labels(state: FunctionsState) -> list[dict[str, Any]]:
    """Return every bar's height above it, and above the grip where there is one."""
    return [
        {
            "x": place_of(bar),
            "y": height,
            "text": f"{height:.3g}",
            "showarrow": False,
            "yshift": 22 if bar == state.bar else 9,
        }
        for bar, height in enumerate(heights(state))
    ]


def bars_layout(text: Text) -> dict[str, Any]:
    """Return the layout of the bars, from 0 to 1."""
    still = {"fixedrange": True, "zeroline": False}
    return {
        "bargap": 0,
        "barmode": "overlay",
        "showlegend": True,
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
        "margin": {"l": 48, "r": 12, "t": 34, "b": 42},
        "xaxis": still
        | {
            "range": [-0.5, len(OUTCOMES) - 0.5],
            "tickvals": list(range(len(OUTCOMES))),
            "ticktext": list(OUTCOMES),
            "title": {"text": text("chances_outcome"), "standoff": 4},
        },
        "yaxis": still | {"range": [0, 1.12], "nticks": 6, "title": {"text": text("chances_chance"), "standoff": 4}},
    }


def stacks_figure(found: TwoDistributions, text: Text) -> Mapping[str, Any]:
    """Return H(p, q) = H(p) + KL(p || q) as a stack, and with p and q exchanged below.

    What has no bound ends in an arrow's sign.
    """
    end = end_of(found)
    lengths = [(own, min(more, end - own)) for own, more in zip(found.entropies, found.divergences, strict=True)]
    data = []
    looks = ((TERM, "", "chances_entropy"), (OTHER, "/", "chances_divergence"))
    for part, (colour, pattern, name) in enumerate(looks):
        said = [(found.entropies, found.divergences)[part][row] for row in (0, 1)]
        data.append(
            {
                "type": "bar",
                "orientation": "h",
                "name": text(name),
                "y": [1, 0],
                "x": [row[part] for row in lengths],
                "width": 0.55,
                "text": [four(value) if value >= end / 12 else "" for value in said],
                "textposition": "inside",
                "insidetextanchor": "middle",
                "textangle": 0,
                "textfont": {"color": "#000000" if part else "#ffffff"},
                "marker": {
                    "color": colour,
                    "pattern": {"shape": pattern, "fgcolor": "#ffffff", "fillmode": "overlay", "size": 9},
                },
                "hovertemplate": "%{x:.4g}<extra>" + text(name) + "</extra>",
            }
        )
    return {"data": data, "layout": stacks_layout(end, text)}


def end_of(found: TwoDistributions) -> float:
    """Return a round number beyond both stacks, or beyond the one that ends."""
    known = [value for value in found.crossed if math.isfinite(value)]
    return max(LEAST_END, ceiling(max(known, default=0.0)))


def stacks_layout(end: float, text: Text) -> dict[str, Any]:
    """Return the layout of two bars over one axis in nats."""
    still = {"fixedrange": True, "zeroline": False}
    return {
        "barmode": "stack",
        "showlegend": True,
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "traceorder": "normal"},
        "margin": {"l": 64, "r": 12, "t": 34, "b": 40},
        "xaxis": still | {"range": [0, end], "nticks": 6, "title": {"text": text("chances_nats"), "standoff": 4}},
        "yaxis": still | {"range": [-0.5, 1.5], "tickvals": [1, 0], "ticktext": ["H(p, q)", "H(q, p)"]},
    }


def heights(state: FunctionsState) -> Sequence[float]:
    """Return the heights of all bars, those of p first."""
    return (*state.p, *state.q)
