"""Every predictor of a head on a map: what it costs, or its state."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from lossviz.core.text import Text, four
from lossviz.figures.theme import PREDICTION
from lossviz.figures.traces import SCALE, STATE_COLOURS, STATE_NUMBERS
from lossviz.lab.predictors import MapView, state_name
from lossviz.lab.state import State

LOWEST, HIGHEST = -6, 2
"""Powers of ten at the ends of the costs' scale: the same for every map."""


def logarithms(found: MapView) -> np.ndarray:
    """Return the map's costs as powers of ten within the scale; nan where the term does not apply."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(np.isnan(found.values), np.nan, np.clip(np.log10(found.values), LOWEST, HIGHEST))


def state_numbers(found: MapView) -> np.ndarray:
    """Return the state of each cell as a number: 0 negative, 1 ignored, 2 positive."""
    names = np.vectorize(lambda bits: STATE_NUMBERS.get(state_name(int(bits)), np.nan), otypes=[float])
    numbers: np.ndarray = names(found.states)
    return numbers


def grey(state: State, found: MapView, text: Text) -> str:
    """Return what the grey cells of the map are; nothing where there are none."""
    if state.map == "term":
        return text("map_grey_pooled" if state.pooled else "map_grey") if found.blank else ""
    return text("map_grey_states") if found.stateless else ""


def term_map(found: MapView, here: tuple[int, int] | None, text: Text) -> Mapping[str, Any]:
    """Return a map of the cost of each cell, on a logarithmic scale whose ends never move."""
    powers = list(range(LOWEST, HIGHEST + 1, 2))
    heat = {
        "type": "heatmap",
        "z": logarithms(found),
        "zmin": LOWEST,
        "zmax": HIGHEST,
        "colorscale": SCALE,
        "xgap": 1,
        "ygap": 1,
        "hoverongaps": False,
        "customdata": found.values,
        "hovertemplate": text("map_hover", row="%{y}", column="%{x}", value="%{customdata:.4g}") + "<extra></extra>",
        "colorbar": {
            "tickvals": powers,
            "ticktext": [power(n) for n in powers],
            "thickness": 12,
            "outlinewidth": 0,
            "title": {"text": text("map_slopes" if found.slopes else "excess"), "side": "top"},
        },
    }
    return drawn(heat, found, here)


def power(n: int) -> str:
    """Return the label of 10 to the n."""
    return {0: "1", 2: "100"}.get(n, f"10⁻{'⁰¹²³⁴⁵⁶'[-n]}")


def state_map(found: MapView, here: tuple[int, int] | None, text: Text) -> Mapping[str, Any]:
    """Return a map of who answers, who is ignored, and who is a negative."""
    colours = list(STATE_COLOURS.values())
    scale = [[edge, colour] for n, colour in enumerate(colours) for edge in (n / 3, (n + 1) / 3)]
    heat = {
        "type": "heatmap",
        "z": state_numbers(found),
        "zmin": -0.5,
        "zmax": 2.5,
        "colorscale": scale,
        "xgap": 1,
        "ygap": 1,
        "hovertemplate": text("map_place", row="%{y}", column="%{x}") + "<extra></extra>",
        "colorbar": {
            "tickvals": [0, 1, 2],
            "ticktext": [text(f"state_{name}") for name in STATE_COLOURS],
            "thickness": 12,
            "outlinewidth": 0,
        },
    }
    return drawn(heat, found, here)


def drawn(heat: Mapping[str, Any], found: MapView, here: tuple[int, int] | None) -> Mapping[str, Any]:
    """Return the map with the chosen cell framed and, early in training, the pull on the centres."""
    rows, columns = found.states.shape
    frame = []
    if here:
        column, row = here
        edges = {"x0": column - 0.5, "x1": column + 0.5, "y0": row - 0.5, "y1": row + 0.5}
        frame = [{"type": "rect", **edges, "line": {"color": PREDICTION, "width": 2.5}}]
    return {
        "data": [heat, *pull(found)],
        "layout": {
            "showlegend": False,
            "margin": {"l": 30, "r": 8, "t": 8, "b": 30},
            "shapes": frame,
            "plot_bgcolor": "rgba(128,128,128,0.13)",
            "xaxis": {
                "fixedrange": True,
                "range": [-0.5, columns - 0.5],
                "constrain": "domain",
                "nticks": 14,
                "showgrid": False,
                "zeroline": False,
            },
            "yaxis": {
                "fixedrange": True,
                "range": [rows - 0.5, -0.5],
                "nticks": 14,
                "showgrid": False,
                "zeroline": False,
                "scaleanchor": "x",
                "constrain": "domain",
            },
        },
    }


def pull(found: MapView) -> list[Mapping[str, Any]]:
    """Return the early pull as small arrows: lines with a point at their head, the longest four fifths of a cell."""
    if found.pull is None:
        return []
    dx, dy = found.pull
    longest = np.nanmax(np.hypot(dx, dy)) if np.isfinite(dx).any() else 0
    if not longest > 0:
        return []
    row, column = np.nonzero(np.isfinite(dx))
    ex, ey = (column + 0.8 * dx[row, column] / longest, row + 0.8 * dy[row, column] / longest)
    gap = [None] * len(row)
    lines_x = [x for three in zip(column.tolist(), ex.tolist(), gap, strict=True) for x in three]
    lines_y = [y for three in zip(row.tolist(), ey.tolist(), gap, strict=True) for y in three]
    line = {"color": "#222222", "width": 1.6}
    turn = np.degrees(np.arctan2(dx[row, column], -dy[row, column]))
    head = {"size": 7, "color": "#222222", "symbol": "triangle-up", "angle": turn}
    return [
        {"type": "scatter", "mode": "lines", "x": lines_x, "y": lines_y, "line": line, "hoverinfo": "skip"},
        {"type": "scatter", "mode": "markers", "x": ex, "y": ey, "marker": head, "hoverinfo": "skip"},
    ]


def described(found: MapView, text: Text) -> str:
    """Return the words that describe the map to a screen reader: which predictor of the head has the largest number."""
    best = found.rows[0] if found.rows else None
    if best is None or best.value is None:
        return text("map_alt_none", head=found.head)
    key = "map_alt_slopes" if found.slopes else "map_alt"
    return text(key, head=found.head, value=four(best.value), place=str(best.predictor))
