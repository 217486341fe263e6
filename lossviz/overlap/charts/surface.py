"""Overlap measures over a plane, with their slopes: surfaces with a field of arrows."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Protocol, runtime_checkable

import numpy as np

from lossviz.core.text import Text, four, minus
from lossviz.engine.boxes import XYWH
from lossviz.figures.theme import PREDICTION, TRUTH
from lossviz.figures.traces import Trace, spot
from lossviz.overlap.words import flat_share

Axes = Literal["place", "size"]

SCALE = [[0.0, "#fdfdf0"], [0.33, "#d9e7d6"], [0.67, "#8cc3c6"], [1.0, "#2f7fae"]]
"""The lighter part of the maps' scale: the arrows are dark and read on all of it, in every theme."""
INK = "#1a1a1a"
HALVES = [[0, 0.46], [0.54, 1]]
"""The two parts of a side that two by two pictures share."""
BINS = 20
"""How many steps the contour's scale has."""
REACH = 0.9
"""The longest arrow, as part of the distance to the next one."""
ARROWS = {1: 17, 4: 11}
"""How many arrows stand along a side, with one picture and with four."""
HATCH_LINES = {1: 44, 4: 24}
"""How many diagonals the hatching has from edge to edge, by the number of pictures."""
LEVEL = 1e-5
"""Difference of heights that is rounding in single precision."""
SMALL = 0.35
"""Free width, as a share of the picture, below which a flat region is named from outside with a pointer."""


@runtime_checkable
class Surface(Protocol):
    """A measure over a plane: its value, its slope along x and y, and where both slopes are exactly zero.

    ``xs`` are the n columns and ``ys`` the m rows, both rising evenly; the tables have m rows of n numbers.
    """

    @property
    def measure(self) -> str:
        """Return the short name of the measure."""

    @property
    def xs(self) -> np.ndarray:
        """Return the places of the columns, shape (n,)."""

    @property
    def ys(self) -> np.ndarray:
        """Return the places of the rows, shape (m,)."""

    @property
    def values(self) -> np.ndarray:
        """Return the values of the measure, shape (m, n)."""

    @property
    def slope_x(self) -> np.ndarray:
        """Return the slope of the measure along x, shape (m, n)."""

    @property
    def slope_y(self) -> np.ndarray:
        """Return the slope of the measure along y, shape (m, n)."""

    @property
    def flat(self) -> np.ndarray:
        """Return where both slopes are exactly 0, shape (m, n)."""


def surface_figure(  # noqa: PLR0913 - the parts of a picture, all by name
    surfaces: Sequence[Surface],
    *,
    here: tuple[float, float],
    axes: Axes,
    fill: Literal["contour", "heat"],
    arrows: int,
    target: XYWH,
    moving: XYWH,
    names: Mapping[str, str],
    text: Text,
) -> Mapping[str, Any]:
    """Return one measure, or four on one scale, with ``arrows`` arrows of steepest ascent a side.

    Over "place" the plane is that of the boxes, y downwards, and both outlines are drawn; over "size" it is width and
    height. Lengths of arrows are comparable between the measures of one picture.
    """
    low = lowest(surfaces)
    steepest = max(float(np.hypot(one.slope_x, one.slope_y).max()) for one in surfaces)
    data: list[Trace] = []
    notes: list[Trace] = []
    shapes: list[Trace] = []
    for number, surface in enumerate(surfaces, 1):
        on = {"xaxis": f"x{number}", "yaxis": f"y{number}"} if number > 1 else {"xaxis": "x", "yaxis": "y"}
        drawn = [
            filled(surface, fill, low, names[surface.measure], text),
            hatching(surface, HATCH_LINES[len(surfaces)]),
        ]
        drawn += field(surface, arrows, steepest)
        data += [trace | on for trace in drawn]
        notes += [heading(names[surface.measure], on)] if len(surfaces) > 1 else []
        at = {"xref": on["xaxis"], "yref": on["yaxis"]}
        notes += [note | at for note in flat_note(surface, text)]
        shapes += [shape | at for shape in marks(here, axes, target, moving)]
    return {"data": data, "layout": layout(surfaces, axes, low, text) | {"annotations": notes, "shapes": shapes}}


def lowest(surfaces: Sequence[Surface]) -> float:
    """Return the lower end of the common scale: 0 for the IoU alone, else -1; the upper end is 1."""
    return 0.0 if {surface.measure for surface in surfaces} == {"iou"} else -1.0


def filled(surface: Surface, fill: Literal["contour", "heat"], low: float, name: str, text: Text) -> Trace:
    """Return the values as colours, with lines of equal value where ``fill`` is "contour"."""
    size = (1 - low) / BINS
    lines = {"contours": {"start": low, "end": 1, "size": size}, "autocontour": False}
    look = {"line": {"width": 0.7, "color": "rgba(0,0,0,0.3)", "smoothing": 0}} | lines
    return {
        "type": "contour" if fill == "contour" else "heatmap",
        **(look if fill == "contour" else {"zsmooth": "fast"}),
        "name": name,
        "x": surface.xs,
        "y": surface.ys,
        "z": np.asarray(surface.values, np.float32),
        "coloraxis": "coloraxis",
        "hovertemplate": text("surface_hover", x="%{x:.2f}", y="%{y:.2f}", value="%{z:.4f}", measure=name)
        + "<extra></extra>",
    }


def field(surface: Surface, arrows: int, steepest: float) -> list[Trace]:
    """Return arrows of steepest ascent, as long as the square root of the slope says; none where it is zero."""
    rows, columns = (spread(len(places), arrows) for places in (surface.ys, surface.xs))
    at = np.ix_(rows, columns)
    dx, dy = surface.slope_x[at].ravel(), surface.slope_y[at].ravel()
    slope = np.hypot(dx, dy)
    some = slope > 0
    x, y = (axis.ravel()[some] for axis in np.meshgrid(surface.xs[columns], surface.ys[rows]))
    step = min(abs(float(places[-1] - places[0])) / arrows for places in (surface.xs, surface.ys))
    length = REACH * step * np.sqrt(slope[some] / steepest) if some.any() else slope[some]
    along = np.stack([dx[some], dy[some]]) / slope[some]
    across = along[::-1] * np.array([[-1], [1]])
    tail, tip = np.stack([x, y]) - along * length / 2, np.stack([x, y]) + along * length / 2
    point = 0.3 * step * np.sqrt(length / (REACH * step)) if some.any() else length
    neck = tip - along * np.minimum(point, length)
    half = across * point * 0.42
    shaft = {"mode": "lines", "line": {"color": INK, "width": 1.3}}
    head = {"mode": "lines", "line": {"width": 0.5, "color": INK}, "fill": "toself", "fillcolor": INK}
    quiet = {"type": "scatter", "hoverinfo": "skip", "showlegend": False}
    return [quiet | shaft | path(tail, neck), quiet | head | path(neck - half, tip, neck + half, neck - half)]


def spread(count: int, wanted: int) -> np.ndarray:
    """Return so many indices, evenly spaced, half a space from both ends."""
    return ((np.arange(wanted) + 0.5) * count / wanted).astype(int)


def path(*corners: np.ndarray) -> Trace:
    """Return many short lines as one trace: each goes through its corners, then the pen is lifted (nan)."""
    lines = np.stack([*corners, np.full_like(corners[0], np.nan)], -1)
    return {"x": lines[0].ravel().astype(np.float32), "y": lines[1].ravel().astype(np.float32)}


def marks(here: tuple[float, float], axes: Axes, target: XYWH, moving: XYWH) -> list[Trace]:
    """Return the target and the present place as shapes.

    They are no traces: while only they move, Plotly redraws nothing else.
    """
    if axes == "size":
        return [spot(target[2:], TRUTH, 11), spot(here, PREDICTION, 7)]
    return [*outline(target, TRUTH, "solid"), *outline(moving, PREDICTION, "dash"), spot(here, PREDICTION, 7)]


def outline(box: XYWH, colour: str, dash: str) -> list[Trace]:
    """Return the outline of a box on a light casing."""
    x, y, w, h = box
    edges = {"type": "rect", "x0": x - w / 2, "x1": x + w / 2, "y0": y - h / 2, "y1": y + h / 2}
    casing = {"color": "rgba(255,255,255,0.9)", "width": 4.5}
    return [edges | {"line": casing}, edges | {"line": {"color": colour, "width": 2.5, "dash": dash}}]


def heading(name: str, on: Mapping[str, str]) -> Trace:
    """Return the measure's name above its picture."""
    place = {"xref": f"{on['xaxis']} domain", "yref": f"{on['yaxis']} domain", "x": 0, "y": 1}
    return place | {"text": name, "xanchor": "left", "yanchor": "bottom", "showarrow": False}


def layout(surfaces: Sequence[Surface], axes: Axes, low: float, text: Text) -> dict[str, Any]:
    """Return the layout: one square picture, or two by two; one bar of colours below."""
    four_of_them = len(surfaces) > 1
    ends = {"cmin": low, "cmax": 1, "colorscale": SCALE}
    bar = {
        "orientation": "h",
        "x": 0.5,
        "y": 0,
        "yref": "container",
        "yanchor": "bottom",
        "len": 0.92,
        "thickness": 10,
        "outlinewidth": 0,
        "tickvals": list(np.linspace(low, 1, 5)),
        "ticklabeloverflow": "allow",
    }
    drawn: dict[str, Any] = {
        "showlegend": False,
        "margin": {"l": 46, "r": 12, "t": 24 if four_of_them else 8, "b": 76},
        "coloraxis": ends | {"colorbar": bar},
    }
    for number, surface in enumerate(surfaces, 1):
        suffix = str(number) if number > 1 else ""
        drawn |= plane(surface, axes, suffix, (number - 1) % 2 if four_of_them else None, (number - 1) // 2, text)
    return drawn


def plane(surface: Surface, axes: Axes, suffix: str, column: int | None, row: int, text: Text) -> dict[str, Any]:
    """Return the axes of one picture: titles at the outer edges only, the same length for a unit on both."""
    ends = {"x": outer(surface.xs), "y": outer(surface.ys)}
    x_title, y_title = (text(f"surface_{name}") for name in ("xy" if axes == "place" else "wh"))
    common = {"fixedrange": True, "showgrid": False, "zeroline": False, "nticks": 6, "constrain": "domain"}
    x_axis = common | {"range": ends["x"], "anchor": f"y{suffix}", "title": {"text": x_title, "standoff": 4}}
    y_axis = common | {"range": ends["y"][::-1] if axes == "place" else ends["y"], "anchor": f"x{suffix}"}
    y_axis |= {"scaleanchor": f"x{suffix}", "title": {"text": y_title, "standoff": 4}}
    bare = {"showticklabels": False, "ticks": "", "title": {"text": ""}}
    if column is not None:
        x_axis |= {"domain": HALVES[column]} | ({} if row else bare)
        y_axis |= {"domain": HALVES[1 - row]} | (bare if column else {})
    return {f"xaxis{suffix}": x_axis, f"yaxis{suffix}": y_axis}


def outer(places: np.ndarray) -> list[float]:
    """Return the ends of an axis: the first and the last place."""
    return [float(places[0]), float(places[-1])]


# ---- where the slope is zero ----


def flat_cells(surface: Surface) -> np.ndarray:
    """Return which squares between the points of the grid have four flat corners of one height.

    Corners on two plateaus have a slope between them that the grid has missed.
    """
    corners = (np.s_[1:, 1:], np.s_[1:, :-1], np.s_[:-1, 1:], np.s_[:-1, :-1])
    flat = np.all([surface.flat[corner] for corner in corners], axis=0)
    cells: np.ndarray = flat & (np.ptp([surface.values[corner] for corner in corners], axis=0) < LEVEL)
    return cells


def hatching(surface: Surface, lines: int) -> Trace:
    """Return so many diagonals each way from the corner, over the flat cells, cut where these end."""
    cells = flat_cells(surface)
    steps = 4 * max(cells.shape)
    along = (np.arange(steps) + 0.5) / steps
    start = np.arange(-lines, lines) / lines
    x, y = np.broadcast_arrays(along, start[:, None] + along)
    inside = (y >= 0) & (y < 1)
    rows = (np.clip(y, 0, 1 - 1e-9) * cells.shape[0]).astype(int)
    columns = (x * cells.shape[1]).astype(int)
    edges = np.diff((inside & cells[rows, columns]).astype(np.int8), prepend=0, append=0, axis=1)
    line, first = np.nonzero(edges == 1)
    last = np.nonzero(edges == -1)[1]
    spans = [np.stack([end / steps, start[line] + end / steps]) for end in (first, last)]
    corner = np.array([[surface.xs[0]], [surface.ys[0]]])
    size = np.array([[surface.xs[-1]], [surface.ys[-1]]]) - corner
    look: Trace = {"type": "scatter", "mode": "lines", "hoverinfo": "skip", "showlegend": False}
    look |= {"line": {"color": "rgba(0,0,0,0.38)", "width": 1}}
    return look | path(*(corner + size * span for span in spans))


def flat_note(surface: Surface, text: Text) -> list[Trace]:
    """Return the name of the largest flat region; inside it, or beside it with a pointer where it has no room.

    Without a flat region there is none.
    """
    found = roomiest(flat_cells(surface))
    if found is None:
        return []
    (row, column), width = found
    x, y = (
        float(places[0] + (places[-1] - places[0]) * (k + 0.5) / n)
        for places, k, n in ((surface.xs, column, len(surface.xs) - 1), (surface.ys, row, len(surface.ys) - 1))
    )
    plate = {"bgcolor": "rgba(255,255,255,0.88)", "borderpad": 2, "font": {"color": INK}}
    note = {"x": x, "y": y, "text": text("surface_flat"), "showarrow": False} | plate
    if width >= SMALL:
        return [note]
    aside = {"showarrow": True, "ax": 0, "ay": 44, "arrowcolor": INK, "arrowwidth": 1.2, "arrowhead": 0}
    return [note | aside]


def roomiest(cells: np.ndarray) -> tuple[tuple[int, int], float] | None:
    """Return the middle of the widest lying rectangle of flat cells, three times as wide as high, and its width.

    The width is a share of the picture. The region is peeled, three cells at the sides for one above and below, until
    nothing is left.
    """
    if not cells.any():
        return None
    peeled, layers = cells, 0
    while True:
        layers += 1
        rest = peel(peeled)
        if not rest.any():
            break
        peeled = rest
    rows, columns = np.nonzero(peeled)
    middle = np.abs(rows - rows.mean()) + np.abs(columns - columns.mean())
    nearest = int(middle.argmin())
    return (int(rows[nearest]), int(columns[nearest])), (6 * layers - 5) / cells.shape[1]


def peel(cells: np.ndarray) -> np.ndarray:
    """Return the cells whose neighbours are flat too: one up and down, three to the left and to the right."""
    edged = np.pad(cells, ((1, 1), (3, 3)))
    rows, columns = cells.shape
    kept = cells.copy()
    for shift in range(7):
        kept &= edged[1:-1, shift : shift + columns]
    for shift in (0, 2):
        kept &= edged[shift : shift + rows, 3:-3]
    return kept


# ---- in words ----


def described(
    surfaces: Sequence[Surface],
    *,
    here: tuple[float, float],
    values: Mapping[str, float],
    names: Mapping[str, str],
    text: Text,
) -> str:
    """Return the surfaces in words for a screen reader: the values at the present place, how much of each is flat."""
    said = []
    for one in surfaces:
        value, flat = minus(four(values[one.measure])), flat_share(flat_cells(one))
        said.append(text("surface_says", measure=names[one.measure], value=value, flat=flat))
    return text("surface_alt", x=f"{here[0]:.2f}", y=f"{here[1]:.2f}", said=text("list_semicolon").join(said))
