"""A measure over the moving box's place or size, or all four on one scale, with the field of their gradients."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import SubFigure

from lossviz.core.text import Text, four, minus, paragraph
from lossviz.figures.content import ExportFigure, Table, always
from lossviz.figures.curve import written
from lossviz.figures.look import Look, axes_in, plain, whole, write
from lossviz.figures.plane import draw_box, draw_label
from lossviz.figures.prose import prose_tall
from lossviz.figures.squares import colour_bar, outer, squares, squares_tall
from lossviz.figures.table import Row, table_tall, words_and_table
from lossviz.figures.theme import PREDICTION, TRUTH
from lossviz.overlap.charts.surface import (
    ARROWS,
    BINS,
    HATCH_LINES,
    INK,
    SCALE,
    field,
    flat_cells,
    hatching,
    lowest,
    roomiest,
)
from lossviz.overlap.figures.parts.content import OverlapContent
from lossviz.overlap.surface import Terrain
from lossviz.overlap.words import flat_share

PRINTED = 4
"""Distance, in points of a surface, between those that are in the table."""
TICKS = ("−0.75",)
"""The widest numbers of the scale, to leave room for."""
SUBDUED = 0.35
"""Free width, as a share of the picture, below which a flat region has no room for its name."""


def draw(figure: SubFigure, content: OverlapContent, text: Text, look: Look) -> None:
    """Draw pictures and scale; words beside or below them."""
    area = whole(figure)
    head = len(content.names) > 1
    places, scale, words = squares(area, len(content.names), look, TICKS, head=head)
    steepest = max(float(np.hypot(one.slope_x, one.slope_y).max()) for one in content.terrains)
    for n, (place, one) in enumerate(zip(places, content.terrains, strict=True)):
        axes = axes_in(figure, place, look)
        paint(axes, one, content, look)
        vectors(axes, one, steepest, look, ARROWS[len(places)])
        outlines(axes, content, look)
        name_flat(axes, one, text, look)
        frame(axes, one, content, look, *outer(n, len(places), look))
        if head:
            write(
                figure,
                (place.x, place.y + place.h + 0.3 * look.size.small / 72),
                text(one.measure),
                look.size.body,
                look.ink,
                va="baseline",
            )
    low = lowest(content.terrains)
    ticks = {float(at): written(float(at)) for at in np.linspace(low, 1, 5)}
    colour_bar(figure, scale, colours(), (low, 1), ticks, look)
    points = look.size.body * 0.85 if look.wide else look.size.small
    words_and_table(figure, words, notes(content, text), measure_rows(content, text), points, look)


def paint(axes: Axes, one: Terrain, content: OverlapContent, look: Look) -> None:
    """Draw colours, lines of equal value, and a hatching of what is flat."""
    low, high = lowest(content.terrains), 1.0
    values, levels = np.clip(one.values, low, high), np.linspace(low, high, BINS + 1)
    if content.state.fill == "contour":
        axes.contourf(one.xs, one.ys, values, levels=levels, cmap=colours(), vmin=low, vmax=high, zorder=0.5)
        axes.contour(
            one.xs,
            one.ys,
            values,
            levels=levels,
            colors="black",
            alpha=0.3,
            linewidths=0.2 * look.line,
            linestyles="solid",
            zorder=0.6,
        )
    else:
        ends = (one.xs[0], one.xs[-1], one.ys[-1], one.ys[0])
        axes.imshow(
            values,
            extent=ends,
            cmap=colours(),
            vmin=low,
            vmax=high,
            interpolation="bilinear",
            aspect="auto",
            zorder=0.5,
        )
    lines = hatching(one, HATCH_LINES[len(content.names)])
    axes.plot(lines["x"], lines["y"], color="black", alpha=0.4, linewidth=0.25 * look.line, zorder=1)


def colours() -> LinearSegmentedColormap:
    """Return the colours of the page's surfaces."""
    stops: list[Any] = [tuple(stop) for stop in SCALE]
    return LinearSegmentedColormap.from_list("measures", stops)


def vectors(axes: Axes, one: Terrain, steepest: float, look: Look, count: int) -> None:
    """Draw arrows of steepest ascent, as on the page."""
    shafts, heads = field(one, count, steepest)
    axes.plot(shafts["x"], shafts["y"], color=INK, linewidth=0.35 * look.line, zorder=2, solid_capstyle="butt")
    corners = np.stack([heads["x"], heads["y"]], -1).reshape(-1, 5, 2)[:, :3]
    for triangle in corners:
        axes.fill(*triangle.T, color=INK, linewidth=0, zorder=2)


def outlines(axes: Axes, content: OverlapContent, look: Look) -> None:
    """Draw the target and the present place."""
    state = content.state
    light = on_light(look)
    if state.axes == "place":
        draw_box(axes, state.target, TRUTH, light)
        draw_box(axes, state.moving, PREDICTION, light, dashed=True)
    else:
        axes.plot(*state.target[2:], "s", color=TRUTH, markeredgecolor="white", markersize=3 * look.line, zorder=5)
    axes.plot(
        *content.here,
        "o",
        color=PREDICTION,
        markeredgecolor="white",
        markersize=2.6 * look.line,
        zorder=6,
        clip_on=False,
    )


def name_flat(axes: Axes, one: Terrain, text: Text, look: Look) -> None:
    """Write a name into the largest flat region, if it has the room."""
    found = roomiest(flat_cells(one))
    if found and found[1] >= SUBDUED and look.wide:
        row, column = found[0]
        draw_label(axes, (float(one.xs[column]), float(one.ys[row])), text("surface_flat"), "black", on_light(look))


def frame(axes: Axes, one: Terrain, content: OverlapContent, look: Look, left: bool, below: bool) -> None:
    """Draw ends and numbers of the axes, at the outer edges only; y runs down over places."""
    xs, ys = one.xs, one.ys
    down = content.state.axes == "place"
    axes.set(xlim=(xs[0], xs[-1]), ylim=(ys[-1], ys[0]) if down else (ys[0], ys[-1]))
    ticks = [6, 8, 10, 12, 14] if down else [1, 3, 5, 7]
    axes.set(xticks=ticks, yticks=ticks)
    axes.set_xticklabels([written(tick) for tick in ticks])
    axes.set_yticklabels([written(tick) for tick in ticks])
    axes.tick_params(length=look.size.small / 5, labelleft=left, labelbottom=below)
    plain(axes, look)


def on_light(look: Look) -> Look:
    """Return the look of what lies on the colours: the same on every ground."""
    return Look(look.size)


def measure_rows(content: OverlapContent, text: Text) -> list[Row]:
    """Return where the moving box is, and how much of the picture is flat, as rows of a table."""
    rows = [Row((text("measure"), text("figure_here"), text("figure_flat")), quiet=True)]
    for one, measured in zip(content.terrains, content.shown, strict=True):
        rows.append(Row((text(one.measure), minus(four(measured.value)), flat_share(flat_cells(one)))))
    return rows


def notes(content: OverlapContent, text: Text) -> list[str]:
    """Return the lines that explain what is drawn."""
    first, second = (text(f"surface_{letter}") for letter in content.letters)
    over = text("figure_over", measure=content.measure(text), first=first, second=second)
    return [
        over,
        text("figure_marks" if content.state.axes == "place" else "figure_marks_size"),
        text("surface_arrows"),
    ]


def tall(content: OverlapContent, text: Text, look: Look) -> float:
    """Return the inches of the figure in a column: pictures, words, a table."""
    count, small = len(content.names), look.size.small
    words = prose_tall(notes(content, text), small, look.size.width - 2 * look.size.margin)
    rows = table_tall(measure_rows(content, text), small)
    return squares_tall(count, look, TICKS, head=count > 1) + words + rows + 0.2


def table(content: OverlapContent) -> Table:
    """Return a row for each place and measure: value and slopes."""
    x, y = list(content.letters)
    rows: Table = [["measure", x, y, "value", f"slope_{x}", f"slope_{y}"]]
    for one in content.terrains:
        for row in range(0, len(one.ys), PRINTED):
            for column in range(0, len(one.xs), PRINTED):
                found = (grid[row, column] for grid in (one.values, one.slope_x, one.slope_y))
                rows.append([one.measure, float(one.xs[column]), float(one.ys[row]), *map(float, found)])
    return rows


def says(content: OverlapContent, text: Text) -> str:
    """Return the words for the value here, and for how much is flat."""
    parts = [
        text("surface_says", measure=row.words[0], value=row.words[1], flat=row.words[2])
        for row in measure_rows(content, text)[1:]
    ]
    return paragraph([notes(content, text)[0], text("list_semicolon").join(parts) + text("list_end")])


FIGURE = ExportFigure(
    "surface",
    subject="overlap",
    order=2,
    applies=always,
    draw=draw,
    table=table,
    says=says,
    tall=tall,
    seen=lambda content, level: level == "2",
)
