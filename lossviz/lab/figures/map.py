"""Every predictor of a head: what the chosen term costs there, on a scale whose ends never move, or its state."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, ListedColormap
from matplotlib.figure import SubFigure
from matplotlib.patches import Rectangle

from lossviz.core.text import Text, four, labelled, minus, paragraph
from lossviz.engine.assign import PRIOR
from lossviz.figures.content import ExportFigure, Table, always
from lossviz.figures.look import LEADING, Look, Rect, axes_in, plain, whole, width, wrapped, write
from lossviz.figures.prose import prose
from lossviz.figures.squares import colour_bar, titled
from lossviz.figures.table import Row, draw_rows
from lossviz.figures.theme import PREDICTION
from lossviz.figures.traces import SCALE, STATE_COLOURS
from lossviz.lab.charts.maps import HIGHEST, LOWEST, grey, logarithms, pull, state_numbers
from lossviz.lab.figures.parts.content import LabContent
from lossviz.lab.predictors import state_name

HATCHES = {"negative": "", "ignored": "////", "positive": "xxxx"}
"""Hatches of the states, so that they differ without colour."""
POWERS = {-6: "≤ 0.000001", -4: "0.0001", -2: "0.01", 0: "1", 2: "≥ 100"}


def draw(figure: SubFigure, content: LabContent, text: Text, look: Look) -> None:
    """Draw the map and its scale; in a post what is largest on it as a list beside it."""
    area, points = whole(figure), look.size.body
    head = wrapped(subtitle(content, text), points, area.w)
    for n, line in enumerate(head):
        write(figure, (0, area.h - n * LEADING * points / 72), line, points, look.ink)
    below = area.within(top=(len(head) * LEADING + 0.3) * points / 72)
    small = look.size.small / 72
    scale = scale_wide(content, text, look)
    room = below.within(2.2 * small, 2 * small)
    side = min(room.h, room.w - scale)
    place = Rect(room.x, room.y + room.h - side, side, side)
    draw_map(figure, place, content, look)
    key = Rect(place.x + side + 1.4 * small, place.y, scale - 1.4 * small, side)
    if content.state.map == "term":
        draw_scale(figure, key, content, text, look)
    else:
        draw_key(figure, key, text, look)
    if look.wide:
        beside = key.x + key.w + 0.4
        draw_list(figure, Rect(beside, place.y, area.w - beside, side), content, text, look)


def subtitle(content: LabContent, text: Text) -> str:
    """Return the lines above the map: term, head, anchor, what is grey, and what the arrows are."""
    state, found = content.state, content.map
    what = text(f"term_{found.term}") if state.map == "term" else text("states")
    anchor = text("anchors_all") if state.pooled else text("anchor_one", anchor=content.said.anchor)
    said = text("map_title", what=what, head=found.head, anchor=anchor) + grey(state, found, text)
    if found.pull is None:
        return said
    return paragraph([said if grey(state, found, text) else said + text("list_end"), text("export_pull")])


def scale_wide(content: LabContent, text: Text, look: Look) -> float:
    """Return the inches of the scale's width with its numbers or names."""
    small = look.size.small
    names = [text(f"state_{name}") for name in HATCHES] if content.state.map == "states" else [*POWERS.values()]
    gap = 3.0 if content.state.map == "term" else 3.4
    return max(width(name, small) for name in names) + (gap + 1) * small / 72


def draw_map(figure: SubFigure, place: Rect, content: LabContent, look: Look) -> None:
    """Draw the cells, the chosen one framed, and arrows of the early pull."""
    found = content.map
    axes = axes_in(figure, place, look)
    rows, columns = found.states.shape
    states = content.state.map == "states"
    numbers = state_numbers(found) if states else logarithms(found)
    colours: Any = ListedColormap([*STATE_COLOURS.values()]) if states else costs()
    low, high = (-0.5, 2.5) if states else (LOWEST, HIGHEST)
    edges = np.arange(columns + 1) - 0.5, np.arange(rows + 1) - 0.5
    axes.set_facecolor(look.blank)
    thin = 0.35 * look.line * min(1.0, 13 / columns)
    mesh = axes.pcolormesh(
        *edges, np.ma.masked_invalid(numbers), cmap=colours, vmin=low, vmax=high, edgecolors=look.paper, linewidth=thin
    )
    mesh.set_antialiased(True)
    if states:
        hatch(axes, numbers)
    arrows(axes, content, look)
    for colour, line in (("white", 1.9), (PREDICTION, 1.0)):
        corner = (content.said.column - 0.5, content.said.row - 0.5)
        frame = Rectangle(
            corner, 1, 1, fill=False, edgecolor=colour, linewidth=line * look.line, zorder=5, clip_on=False
        )
        axes.add_patch(frame)
    step = max(1, -(-columns // 14))
    axes.set(xlim=(-0.5, columns - 0.5), ylim=(rows - 0.5, -0.5))
    axes.set(xticks=range(0, columns, step), yticks=range(0, rows, max(1, -(-rows // 14))))
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    plain(axes, look)


def costs() -> LinearSegmentedColormap:
    """Return the colours of the page's map of costs."""
    stops: list[Any] = [tuple(stop) for stop in SCALE]
    return LinearSegmentedColormap.from_list("costs", stops)


def hatch(axes: Axes, numbers: np.ndarray) -> None:
    """Draw lines over the states that are rare."""
    for n, pattern in enumerate(HATCHES.values()):
        for row, column in zip(*np.nonzero(numbers == n), strict=True) if pattern else ():
            place = (column - 0.5, row - 0.5)
            axes.add_patch(Rectangle(place, 1, 1, fill=False, hatch=pattern, edgecolor="black", linewidth=0, zorder=3))


def arrows(axes: Axes, content: LabContent, look: Look) -> None:
    """Draw the early pull as on the page: lines with a point at their head."""
    for part in pull(content.map):
        mark = {"linewidth": 0.5 * look.line} if part["mode"] == "lines" else {"linestyle": "", "marker": "."}
        x, y = (np.array(part[side], float) for side in "xy")
        axes.plot(x, y, color="#222222", markersize=look.line * 1.6, zorder=4, **mark)


def draw_scale(figure: SubFigure, place: Rect, content: LabContent, text: Text, look: Look) -> None:
    """Draw the scale from number to colour, its title over it."""
    rest = titled(figure, place, text("map_slopes" if content.map.slopes else "excess"), look)
    ticks = {float(power): words for power, words in POWERS.items()}
    colour_bar(figure, rest._replace(w=1.2 * look.size.small / 72), costs(), (LOWEST, HIGHEST), ticks, look)


def draw_key(figure: SubFigure, place: Rect, text: Text, look: Look) -> None:
    """Draw the key from state to colour and hatch."""
    small = look.size.small / 72
    side = 1.6 * small
    axes = axes_in(figure, Rect(place.x, place.y + place.h - 3 * 2.2 * small, side, 3 * 2.2 * small), look)
    axes.set(xlim=(0, 1), ylim=(3, 0))
    axes.set_axis_off()
    for n, (name, colour) in enumerate(STATE_COLOURS.items()):
        box = Rectangle((0, n + 0.14), 1, 0.72, facecolor=colour, hatch=HATCHES[name], edgecolor="black", linewidth=0)
        axes.add_patch(box)
        at = (place.x + side + 0.6 * small, place.y + place.h - (n + 0.5) * 2.2 * small)
        write(figure, at, text(f"state_{name}"), look.size.small, look.ink, va="center")


def draw_list(figure: SubFigure, place: Rect, content: LabContent, text: Text, look: Look) -> None:
    """Draw the list of what the map shows, largest number first, as far as there is room."""
    points = look.size.small * 1.1
    below = prose(figure, place, [list_head(content, text)], points, look, quiet=True)
    draw_rows(figure, below, rows_of(content, text), points, look, text)


def list_head(content: LabContent, text: Text) -> str:
    """Return the words above the list: which number of which predictors, or cells, it ranks."""
    state, found = content.state, content.map
    what, term = text("map_slopes" if found.slopes else "excess"), text(f"term_{found.term}")
    key = "figure_map_cells" if state.pooled else "figure_map_list"
    return text(key, what=what, term=term, head=found.head, anchor=content.said.anchor)


def ranked(content: LabContent) -> list[tuple[int, int]]:
    """Return row and column of the map's cells with a number, the largest number first."""
    values = content.map.values
    order = np.argsort(-np.nan_to_num(values.ravel(), nan=-np.inf), kind="stable")
    cells = (divmod(int(cell), values.shape[1]) for cell in order)
    return [cell for cell in cells if not np.isnan(values[cell])]


def name_of(cell: tuple[int, int], content: LabContent, text: Text) -> str:
    """Return what a cell of the map is called: its predictor, or its place where several share it."""
    row, column = cell
    if content.state.pooled:
        return text("map_place", row=row, column=column)
    return str(content.said._replace(row=row, column=column))


def rows_of(content: LabContent, text: Text) -> list[Row]:
    """Return the list: a head, then a row for each cell with a number."""
    found = content.map
    names = text("predictor_column") if not content.state.pooled else ""
    rows = [Row((names, text("state"), text("map_slopes" if found.slopes else "excess")), quiet=True)]
    for cell in ranked(content):
        state = state_words(int(found.states[cell]), text)
        rows.append(Row((name_of(cell, content, text), state, minus(four(float(found.values[cell]))))))
    return rows


def state_words(bits: int, text: Text) -> str:
    """Return the words for a predictor's state."""
    name = text(f"state_{state_name(bits)}")
    return text("state_early", state=name) if bits & PRIOR else name


def tall(content: LabContent, text: Text, look: Look) -> float:
    """Return the inches of the figure in a column: a square beside the scale, and what stands above it."""
    size = look.size
    inches, small = size.width - 2 * size.margin, size.small / 72
    head = len(wrapped(subtitle(content, text), size.body, inches)) * LEADING + 0.3
    return inches - 2.2 * small - scale_wide(content, text, look) + head * size.body / 72 + 2 * small


def table(content: LabContent) -> Table:
    """Return a row for each cell; where it has no value, the term does not apply there."""
    found, state = content.map, content.state
    anchor: str | int = "sum" if state.pooled else content.said.anchor
    arrows = found.pull or (np.full(found.states.shape, np.nan),) * 2
    rows: Table = [["head", "anchor", "row", "column", "term", "excess", "state", "pull_x", "pull_y"]]
    for (row, column), bits in np.ndenumerate(found.states):
        value, x, y = (number(grid[row, column]) for grid in (found.values, *arrows))
        rows.append([found.head, anchor, row, column, found.term, value, state_name(int(bits)), x, y])
    return rows


def number(value: float) -> float | None:
    """Return a plain number; None for nan."""
    return None if np.isnan(value) else float(value)


def says(content: LabContent, text: Text) -> str:
    """Return the words for what is on the map and where its number is largest."""
    said, cells = subtitle(content, text), ranked(content)
    sentences = [
        said if grey(content.state, content.map, text) and content.map.pull is None else said + text("list_end")
    ]
    if not cells:
        return paragraph([*sentences, text("figure_map_none")])
    value = minus(four(float(content.map.values[cells[0]])))
    largest = labelled(name_of(cells[0], content, text), value, text)
    return paragraph([*sentences, list_head(content, text) + text("list_end"), largest + text("list_end")])


FIGURE = ExportFigure(
    "map",
    subject="lab",
    order=5,
    applies=always,
    draw=draw,
    table=table,
    says=says,
    tall=tall,
    seen=lambda content, level: level == "3",
)
