"""The difference of two programs at every predictor of one anchor: what the first asks more, what the second."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from lossviz.compare.difference import Difference
from lossviz.core.text import Text, four, minus
from lossviz.lab.predictors import Grid, state_name

LOWEST, HIGHEST = -6, 2
"""Powers of ten at the ends of the map's scale.

What is smaller is no difference to the eye, what is larger has the last colour.
"""
SPAN = HIGHEST - LOWEST
SCALE = [
    [0.0, "#0b2352"],
    [0.2, "#2f7fae"],
    [0.4, "#b5d6e6"],
    [0.5, "#f7f7f2"],
    [0.6, "#f6cfae"],
    [0.8, "#d55e00"],
    [1.0, "#5e1f00"],
]
"""Colours of the map: blue where the second program asks more, orange where the first does."""
TICKS = {-8: "−100", -6: "−1", -4: "−0.01", -2: "−0.0001", 0: "0", 2: "0.0001", 4: "0.01", 6: "1", 8: "100"}
"""Numbers that stand at the colours."""


def signed_powers(values: Grid) -> Grid:
    """Return the difference as powers of ten above the lowest, with its sign.

    0 where it is smaller, nan where nothing is asked.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        powers = np.clip(np.log10(np.abs(values)) - LOWEST, 0, SPAN)
    found: Grid = np.where(np.isnan(values), np.nan, np.sign(values) * powers)
    return found


def difference_map(found: Difference, text: Text) -> Mapping[str, Any]:
    """Return the map in diverging colours on a scale whose ends never move.

    Crosses stand where the two give the predictor another state.
    """
    states = [[[text(f"state_{state_name(int(bit))}") for bit in row] for row in side] for side in found.states]
    pairs = [
        [[*numbers, *names] for numbers, names in zip(zip(*lines, strict=True), zip(*words, strict=True), strict=True)]
        for lines, words in zip(
            zip(*(side.tolist() for side in found.sides), strict=True), zip(*states, strict=True), strict=True
        )
    ]
    place = text("map_place", row="%{y}", column="%{x}")
    sides = [
        text(
            "ledger_map_side",
            name=text(f"short_{key}"),
            value=f"%{{customdata[{n}]:.4g}}",
            state=f"%{{customdata[{n + 2}]}}",
        )
        for n, key in enumerate((found.first, found.second))
    ]
    hover = "<br>".join([place, *sides])
    heat = {
        "type": "heatmap",
        "z": signed_powers(found.values),
        "customdata": pairs,
        "zmin": -SPAN,
        "zmax": SPAN,
        "colorscale": SCALE,
        "xgap": 1,
        "ygap": 1,
        "hoverongaps": False,
        "hovertemplate": hover + "<extra></extra>",
        "colorbar": {"tickvals": list(TICKS), "ticktext": list(TICKS.values()), "thickness": 12, "outlinewidth": 0},
    }
    rows, columns = np.nonzero(found.moved)
    crosses = {
        "type": "scatter",
        "mode": "markers",
        "x": columns,
        "y": rows,
        "marker": {"symbol": "x-thin", "size": 9, "line": {"width": 2, "color": "#111111"}},
        "hoverinfo": "skip",
    }
    return {"data": [heat, crosses], "layout": layout(*found.values.shape)}


def layout(rows: int, columns: int) -> dict[str, Any]:
    """Return the layout of square cells, rows downwards."""
    plain = {"fixedrange": True, "nticks": 14, "showgrid": False, "zeroline": False}
    return {
        "showlegend": False,
        "margin": {"l": 30, "r": 8, "t": 8, "b": 30},
        "plot_bgcolor": "rgba(128,128,128,0.13)",
        "xaxis": {**plain, "range": [-0.5, columns - 0.5], "constrain": "domain", "constraintoward": "right"},
        "yaxis": {**plain, "range": [rows - 0.5, -0.5], "scaleanchor": "x", "constrain": "domain"},
    }


def described(found: Difference, text: Text) -> str:
    """Return the map in words for a screen reader."""
    moved = int(found.moved.sum())
    if np.isnan(found.values).all():
        return text("ledger_map_empty", moved=moved)
    place = int(np.nanargmax(np.abs(found.values)))
    row, column = divmod(place, found.values.shape[1])
    return text(
        "ledger_map_alt", value=minus(four(float(found.values[row, column]))), row=row, column=column, moved=moved
    )
