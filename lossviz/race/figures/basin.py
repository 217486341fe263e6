"""Where each loss gets home from: the starting points, coloured by their mean final error, on one scale."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import SubFigure

from lossviz.core.text import Text, four, paragraph
from lossviz.figures.content import ExportFigure, Table, always
from lossviz.figures.look import Look, axes_in, plain, whole, write
from lossviz.figures.prose import prose_tall
from lossviz.figures.squares import colour_bar, outer, squares, squares_tall
from lossviz.figures.table import Row, table_tall, words_and_table
from lossviz.figures.traces import SCALE
from lossviz.race.charts import BASIN
from lossviz.race.figures.parts.experiment_content import ExperimentContent
from lossviz.race.results import MIDDLE, Results

TICKS = {-4.0: "≤ 0.0001", -3.0: "0.001", -2.0: "0.01", -1.0: "0.1", 0.0: "1", 1.0: "≥ 10"}
ENDS = (6.7, 13.3)
"""Ends of the plane that is drawn."""


def draw(figure: SubFigure, content: ExperimentContent, text: Text, look: Look) -> None:
    """Draw the losses two by two, on one scale; the numbers beside or below."""
    area, found = whole(figure), content.results
    places, scale, words = squares(area, len(found.finals), look, list(TICKS.values()), head=True)
    for n, (place, name) in enumerate(zip(places, found.finals, strict=True)):
        axes = axes_in(figure, place, look)
        axes.set_facecolor(look.blank)
        scatter(axes, found, name, look, place.w)
        axes.set(xlim=ENDS, ylim=ENDS[::-1], xticks=[8, 10, 12], yticks=[8, 10, 12])
        left, below = outer(n, len(places), look)
        axes.tick_params(length=look.size.small / 5, labelleft=left, labelbottom=below)
        plain(axes, look)
        above = (place.x, place.y + place.h + 0.45 * look.size.small / 72)
        write(figure, above, text(name), look.size.body, look.ink, va="baseline")
    colour_bar(figure, scale, colours(), (float(BASIN[0]), float(BASIN[1])), TICKS, look)
    points = look.size.body * 0.85 if look.wide else look.size.small
    words_and_table(figure, words, notes(text), loss_rows(content, text), points, look)


def scatter(axes: Axes, found: Results, name: str, look: Look, inches: float) -> None:
    """Draw a dot for each point, as large as their number allows; a cross where the targets lie."""
    values = np.log10(np.clip(found.finals[name], 10.0 ** BASIN[0], 10.0 ** BASIN[1]))
    wide = float(np.clip(72 * inches * 0.75 / np.sqrt(found.count), 1.2, 0.05 * 72 * inches))
    axes.scatter(
        found.points[:, 0],
        found.points[:, 1],
        s=wide**2,
        c=values,
        cmap=colours(),
        vmin=BASIN[0],
        vmax=BASIN[1],
        edgecolors="#505050",
        linewidths=0.04 * wide,
        zorder=3,
    )
    axes.plot(*MIDDLE, "+", color=look.ink, markersize=3.5 * look.line, markeredgewidth=0.5 * look.line, zorder=4)


def colours() -> LinearSegmentedColormap:
    """Return the colours of the page's map."""
    stops: list[Any] = [tuple(stop) for stop in SCALE]
    return LinearSegmentedColormap.from_list("errors", stops)


def notes(text: Text) -> list[str]:
    """Return the lines that explain what the colour is."""
    return [text("figure_basin")]


def loss_rows(content: ExperimentContent, text: Text) -> list[Row]:
    """Return each loss' final error over the points as a row, the smallest mean first."""
    rows = [Row(("", *(text(f"figure_{kind}") for kind in ("mean", "median", "worst"))), quiet=True)]
    for name in content.results.order:
        finals = content.results.finals[name]
        numbers = (float(kind(finals)) for kind in (np.mean, np.median, np.max))
        rows.append(Row((text(name), *map(four, numbers))))
    return rows


def tall(content: ExperimentContent, text: Text, look: Look) -> float:
    """Return the inches of the figure in a column: pictures, words, a table."""
    small = look.size.small
    words = prose_tall(notes(text), small, look.size.width - 2 * look.size.margin)
    pictures = squares_tall(len(content.results.finals), look, list(TICKS.values()), head=True)
    return pictures + words + table_tall(loss_rows(content, text), small) + 0.2


def table(content: ExperimentContent) -> Table:
    """Return a row for each point: its place and its final errors."""
    found = content.results
    rows: Table = [["x", "y", *found.finals]]
    for n, point in enumerate(found.points):
        rows.append([*map(float, point), *(float(values[n]) for values in found.finals.values())])
    return rows


def says(content: ExperimentContent, text: Text) -> str:
    """Return the words for median and worst of each loss."""
    parts = [
        text("figure_basin_alt", name=row.words[0], median=row.words[2], worst=row.words[3])
        for row in loss_rows(content, text)[1:]
    ]
    return paragraph([notes(text)[0], text("list_semicolon").join(parts) + text("list_end")])


FIGURE = ExportFigure(
    "basin",
    subject="experiment",
    order=2,
    applies=always,
    draw=draw,
    table=table,
    says=says,
    tall=tall,
)
