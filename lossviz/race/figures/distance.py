"""Final error against how far from the targets a point lies."""

import numpy as np
from matplotlib.figure import SubFigure

from lossviz.core.text import Text, four, paragraph
from lossviz.figures.content import ExportFigure, Table, always
from lossviz.figures.curve import curve_axes, decades, settle
from lossviz.figures.look import Look, whole
from lossviz.figures.measures import key, key_tall, mark, stroke
from lossviz.race.charts import LEAST
from lossviz.race.figures.parts.experiment_content import ExperimentContent
from lossviz.race.results import binned


def draw(figure: SubFigure, content: ExperimentContent, text: Text, look: Look) -> None:
    """Draw a curve for each loss, with a marker at each ring."""
    area, names, points = whole(figure), content.names(text), look.size.body
    key(figure, area, names, points, look)
    place = area.within(top=key_tall(names, points, area.w) + 0.3 * points / 72)
    words = (text("experiment_distance_axis"), text("experiment_final"))
    axes = curve_axes(figure, place, words, ["0.0001"], look)
    found = content.results
    for n, name in enumerate(found.curves):
        middles, errors = binned(found, name)
        drawn = stroke(name, look) | mark(name, look)
        axes.plot(middles, np.maximum(errors, LEAST), zorder=3 + n / 10, **drawn)
    lowest = min(float(values.min()) for values in found.finals.values())
    axes.set_xlim(0, 3)
    decades(axes, max(LEAST, min(lowest, 1e-2)), 9.9)
    settle(axes, look)


def tall(content: ExperimentContent, text: Text, look: Look) -> float:
    """Return the inches of the figure in a column: wider than high."""
    inches = look.size.width - 2 * look.size.margin
    return 0.72 * inches + key_tall(content.names(text), look.size.body, inches)


def table(content: ExperimentContent) -> Table:
    """Return a row for each ring: its distance and the final errors."""
    found = content.results
    middles, _ = binned(found, "iou")
    rows: Table = [["distance", *found.curves]]
    for n, middle in enumerate(middles):
        rows.append([float(middle), *(float(binned(found, name)[1][n]) for name in found.curves)])
    return rows


def says(content: ExperimentContent, text: Text) -> str:
    """Return the words for the nearest ring and the farthest."""
    parts = []
    for name in content.results.order:
        _, errors = binned(content.results, name)
        near, far = four(float(errors[0])), four(float(errors[-1]))
        parts.append(text("figure_distance_alt", name=text(name), near=near, far=far))
    return paragraph([text("experiment_distance"), text("list_semicolon").join(parts) + text("list_end")])


FIGURE = ExportFigure(
    "distance",
    subject="experiment",
    order=3,
    applies=always,
    draw=draw,
    table=table,
    says=says,
    tall=tall,
    fills=True,
)
