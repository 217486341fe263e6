"""Mean error per case against the step, the middle half of the points shaded, beside the paper's points."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure

from lossviz.core.text import Text, four
from lossviz.figures.content import ExportFigure, Table, always
from lossviz.figures.curve import curve_axes, decades, settle
from lossviz.figures.look import Look, whole
from lossviz.figures.measures import MARKERS, key, key_tall, stroke
from lossviz.figures.theme import MEASURE
from lossviz.race.charts import LEAST
from lossviz.race.figures.parts.experiment_content import ExperimentContent
from lossviz.race.results import DIGITISED, paper


def draw(figure: SubFigure, content: ExperimentContent, text: Text, look: Look) -> None:
    """Draw the curves, the shades around them, and the paper's points."""
    area, names, points = whole(figure), content.names(text), look.size.body
    key(figure, area, names, points, look)
    place = area.within(top=key_tall(names, points, area.w) + 0.3 * points / 72)
    axes = curve_axes(figure, place, (text("race_step_axis"), text("experiment_mean")), ["0.0001"], look)
    found = content.results
    steps = np.arange(1, found.steps + 1)
    for name, values in found.curves.items():
        low, high = (np.maximum(side[name], LEAST) for side in (found.low, found.high))
        axes.fill_between(steps, low, high, color=look.colour(MEASURE[name]), alpha=0.13, linewidth=0, zorder=2)
        axes.plot(steps, np.maximum(values, LEAST), zorder=4, **stroke(name, look))
        read_off(axes, name, look)
    lowest = min(float(values.min()) for values in found.curves.values())
    axes.set_xlim(0, found.steps)
    decades(axes, max(LEAST, min(lowest, 1e-2)), 9.9)
    settle(axes, look)


def read_off(axes: Axes, name: str, look: Look) -> None:
    """Draw the points of the paper's figure, with the error of reading them."""
    read = paper()
    known = np.isfinite(read.curves[name])
    values = read.curves[name][known]
    axes.errorbar(
        read.steps[known],
        values,
        DIGITISED * values,
        linestyle="",
        marker=MARKERS[name],
        markerfacecolor=look.paper,
        markeredgecolor=look.colour(MEASURE[name]),
        markeredgewidth=0.4 * look.line,
        markersize=2.2 * look.line,
        ecolor=look.quiet,
        elinewidth=0.4 * look.line,
        capsize=0,
        zorder=5,
    )


def tall(content: ExperimentContent, text: Text, look: Look) -> float:
    """Return the inches of the figure in a column: a little wider than high."""
    inches = look.size.width - 2 * look.size.margin
    return 0.85 * inches + key_tall(content.names(text), look.size.body, inches)


def table(content: ExperimentContent) -> Table:
    """Return a row for each step: mean and quartiles of each loss, and what the paper's figure has."""
    found, read = content.results, paper()
    kinds = ("", "_quartile_low", "_quartile_high", "_paper")
    rows: Table = [["step", *(f"{name}{kind}" for name in found.curves for kind in kinds)]]
    where = {int(step): n for n, step in enumerate(read.steps)}
    for n in range(found.steps):
        row: list[str | int | float | None] = [n + 1]
        for name in found.curves:
            row += [float(side[name][n]) for side in (found.curves, found.low, found.high)]
            known = float(read.curves[name][where[n + 1]]) if n + 1 in where else np.nan
            row.append(None if np.isnan(known) else known)
        rows.append(row)
    return rows


def says(content: ExperimentContent, text: Text) -> str:
    """Return the words for where each loss ends."""
    found = content.results
    ends = [f"{text(name)} {four(float(found.curves[name][-1]))}" for name in found.order]
    return text("experiment_curves", ends=text("list_comma").join(ends))


FIGURE = ExportFigure(
    "experiment",
    subject="experiment",
    order=1,
    applies=always,
    draw=draw,
    table=table,
    says=says,
    tall=tall,
    seen=lambda content, level: True,
    fills=True,
)
