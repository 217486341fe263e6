"""The channels of an output tensor as blocks, one an anchor, and one channel over the cells: for the plot component."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from lossviz.core.text import Text
from lossviz.decode.tensor import ATTRIBUTES, Output, attribute_of, class_of, plane_of
from lossviz.figures.theme import PREDICTION
from lossviz.figures.traces import SCALE

ACROSS = 20
"""How many classes stand in a line."""
GAP = 0.45
"""Gap between two anchors, as part of a line's height."""
LINE = 22
"""Height of a line, in pixels."""
COLOURS = {"x": "#9fd0f0", "y": "#9fd0f0", "w": "#f3c566", "h": "#f3c566", "objectness": "#e88a52", "class": "#d9d9d9"}
"""Colours of the cells, light enough for black letters.

The names stand in the cells, so that colour is never alone.
"""
INK = "#111111"
LOW = "#e9e9e9"
"""Colour of cells without numbers."""


def lines_of(output: Output) -> int:
    """Return the number of lines of one anchor: its five first numbers, then the classes."""
    return 1 + -(-output.classes // ACROSS)


def edges_of(output: Output) -> list[float]:
    """Return where the lines begin and end, with a gap between two anchors."""
    edges = [0.0]
    for anchor in range(output.anchors):
        edges += [edges[-1] + GAP] if anchor else []
        edges += [edges[-1] + 1 + line for line in range(lines_of(output))]
    return edges


def line_of(output: Output, anchor: int, entry: int) -> int:
    """Return the line of a number, gaps counted as lines."""
    within = 0 if entry < len(ATTRIBUTES) else 1 + class_of(entry) // ACROSS
    return anchor * (lines_of(output) + 1) + within


def entry_at(output: Output, curve: int, point: tuple[int, int]) -> int | None:
    """Return the channel of a cell that was clicked, in the first trace or that of the classes; None between."""
    (line, column), high = point, lines_of(output) + 1
    anchor, within = divmod(line, high)
    entry = column if curve == 0 else len(ATTRIBUTES) + (within - 1) * ACROSS + column
    good = anchor < output.anchors and (within == 0 if curve == 0 else 0 < within < high - 1) and entry < output.entries
    return anchor * output.entries + entry if good else None


def strip(
    output: Output, channel: int, names: Mapping[str, str], text: Text, letters: int | None = None
) -> Mapping[str, Any]:
    """Return all channels of one cell, in reading order; the chosen one framed.

    ``names``: of the first five numbers; ``letters``: pixels of a name, else as large as fits.
    """
    edges = edges_of(output)
    anchor, entry = divmod(channel, output.entries)
    frames = frame(*around(output, anchor, entry))
    middles = [edges[line_of(output, n, 0)] + lines_of(output) / 2 for n in range(output.anchors)]
    ticks = [
        f"{text('anchor_one', anchor=n)}<br>{n * output.entries}–{(n + 1) * output.entries - 1}"
        for n in range(output.anchors)
    ]
    return {
        "data": [firsts(output, edges, names, text, letters), classes(output, edges, text, letters)],
        "layout": {
            "showlegend": False,
            "margin": {"l": 66, "r": 4, "t": 4, "b": 4},
            "plot_bgcolor": "rgba(0,0,0,0)",
            "shapes": frames,
            "xaxis": {"range": [0, ACROSS], "visible": False, "fixedrange": True},
            "yaxis": {
                "range": [edges[-1], 0],
                "fixedrange": True,
                "showgrid": False,
                "zeroline": False,
                "ticks": "outside",
                "ticklen": 4,
                "tickcolor": "rgba(0,0,0,0)",
                "tickvals": middles,
                "ticktext": ticks,
            },
        },
    }


def around(output: Output, anchor: int, entry: int) -> tuple[float, float, float, float]:
    """Return left, top, right and bottom of a number's cell."""
    line = line_of(output, anchor, entry)
    top = edges_of(output)[line]
    if entry < len(ATTRIBUTES):
        broad = ACROSS / len(ATTRIBUTES)
        return entry * broad, top, (entry + 1) * broad, top + 1
    column = class_of(entry) % ACROSS
    return column, top, column + 1, top + 1


def frame(left: float, top: float, right: float, bottom: float, colour: str = PREDICTION) -> list[dict[str, Any]]:
    """Return a coloured frame with a light casing."""
    place = {"type": "rect", "x0": left, "x1": right, "y0": top, "y1": bottom}
    casing = {"color": "#ffffff", "width": 6}
    return [place | {"line": casing}, place | {"line": {"color": colour, "width": 3}}]


def tiled(
    z: npt.NDArray[np.float64], said: list[list[str]], colours: list[str], letters: int | None = None
) -> dict[str, Any]:
    """Return a heat map of few colours with letters in its cells, as large as fits; nan leaves a place free."""
    count = len(colours)
    scale = [[edge, colour] for n, colour in enumerate(colours) for edge in (n / count, (n + 1) / count)]
    return {
        "type": "heatmap",
        "z": z,
        "zmin": -0.5,
        "zmax": count - 0.5,
        "colorscale": scale,
        "showscale": False,
        "xgap": 1,
        "ygap": 1,
        "hoverongaps": False,
        "text": said,
        "texttemplate": "%{text}",
        "textfont": {"color": INK} | ({"size": letters} if letters else {}),
    }


def firsts(
    output: Output, edges: list[float], names: Mapping[str, str], text: Text, letters: int | None
) -> dict[str, Any]:
    """Return x, y, w, h and objectness of each anchor as five broad cells."""
    lines, broad = len(edges) - 1, ACROSS / len(ATTRIBUTES)
    z, hover = np.full((lines, len(ATTRIBUTES)), np.nan), [[""] * len(ATTRIBUTES) for _ in range(lines)]
    said = [[""] * len(ATTRIBUTES) for _ in range(lines)]
    colours = list(dict.fromkeys(COLOURS[name] for name in ATTRIBUTES))
    for anchor in range(output.anchors):
        line = line_of(output, anchor, 0)
        z[line] = [colours.index(COLOURS[name]) for name in ATTRIBUTES]
        said[line] = [names[name] for name in ATTRIBUTES]
        hover[line] = [
            text("tensor_hover", channel=anchor * output.entries + n, name=names[name])
            for n, name in enumerate(ATTRIBUTES)
        ]
    places = [broad * n for n in range(len(ATTRIBUTES) + 1)]
    return tiled(z, said, colours, letters) | {"x": places, "y": edges} | hovering(hover)


def classes(output: Output, edges: list[float], text: Text, letters: int | None) -> dict[str, Any]:
    """Return the classes by number, twenty in a line."""
    lines = len(edges) - 1
    z, hover = np.full((lines, ACROSS), np.nan), [[""] * ACROSS for _ in range(lines)]
    said = [[""] * ACROSS for _ in range(lines)]
    for channel in range(output.channels):
        anchor, entry = divmod(channel, output.entries)
        if attribute_of(entry) != "class":
            continue
        kind = class_of(entry)
        line, column = line_of(output, anchor, entry), kind % ACROSS
        z[line, column], said[line][column] = 0, str(kind)
        hover[line][column] = text("tensor_hover", channel=channel, name=text.kind(output.names, kind))
    places = [float(n) for n in range(ACROSS + 1)]
    return tiled(z, said, [COLOURS["class"]], letters) | {"x": places, "y": edges} | hovering(hover)


def hovering(words: list[list[str]]) -> dict[str, Any]:
    """Return what is said of a cell under the pointer."""
    return {"hovertext": words, "hovertemplate": "%{hovertext}<extra></extra>"}


def grid(output: Output, channel: int, cell: tuple[int, int], text: Text) -> Mapping[str, Any]:
    """Return the cells, coloured by the raw number of the channel where there is one; the chosen one framed."""
    plane, (row, column) = plane_of(output, channel), cell
    place = text("map_place", row="%{y}", column="%{x}")
    if plane is None:
        blank = [[""] * output.side for _ in range(output.side)]
        heat = tiled(np.zeros((output.side, output.side)), blank, [LOW]) | {"hovertemplate": f"{place}<extra></extra>"}
    else:
        heat = {
            "type": "heatmap",
            "z": plane,
            "colorscale": SCALE,
            "xgap": 1,
            "ygap": 1,
            "hovertemplate": f"{place}: %{{z:.4g}}<extra></extra>",
            "colorbar": {"thickness": 10, "outlinewidth": 0, "nticks": 5},
        }
    framed = frame(column - 0.5, row - 0.5, column + 0.5, row + 0.5)
    return {"data": [heat], "layout": square(output.side) | {"shapes": framed}}


def square(side: int) -> dict[str, Any]:
    """Return the axes of square cells, rows downwards."""
    axis = {"fixedrange": True, "showgrid": False, "zeroline": False, "nticks": 8, "constrain": "domain"}
    return {
        "showlegend": False,
        "margin": {"l": 28, "r": 4, "t": 6, "b": 26},
        "xaxis": axis | {"range": [-0.5, side - 0.5]},
        "yaxis": axis | {"range": [side - 0.5, -0.5], "scaleanchor": "x"},
    }
