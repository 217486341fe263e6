"""Losses over one axis: their values above, their slopes below."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure

from lossviz.core.text import Text, four, labelled, minus
from lossviz.figures.content import ExportFigure, Table
from lossviz.figures.curve import curve_axes, decades, settle
from lossviz.figures.look import LEADING, Look, font, whole
from lossviz.figures.measures import DASHES
from lossviz.figures.theme import ceiling
from lossviz.figures.traces import broken
from lossviz.functions.charts.curves import LEAST, LINES, parts_of, reach, shown
from lossviz.functions.figures.parts.content import FunctionsContent
from lossviz.functions.state import SPANS

PARTS = ("value", "slope")


def applies(content: FunctionsContent) -> bool:
    """Return whether the page shows curves."""
    return content.state.tab == "curves"


def draw(figure: SubFigure, content: FunctionsContent, text: Text, look: Look) -> None:
    """Draw two panels, one below the other, under one key."""
    area, state = whole(figure), content.state
    top = rows_of_key(look) * LEADING * look.size.body / 72 * (1 + len(state.functions) // 4)
    half = (area.h - top) / 2
    for place, part in zip((area._replace(y=half, h=half), area._replace(h=half)), PARTS, strict=True):
        under = text(f"zoo_axis_{state.by}") if part == "slope" else ""
        words = text(f"zoo_{part}{'_size' if part == 'slope' and state.log else ''}")
        axes = curve_axes(figure, place, (under, words), ["−0.005"], look)
        lines(axes, content, part, text, look)
        if part == "value":
            key(figure, axes, look)
        settle(axes, look)


def rows_of_key(look: Look) -> int:
    """Return how many rows the key has: a narrow figure needs more for the same names."""
    return 1 if look.wide else 2


def key(figure: SubFigure, axes: Axes, look: Look) -> None:
    """Draw the key along the top."""
    handles, labels = axes.get_legend_handles_labels()
    figure.legend(
        handles,
        labels,
        loc="upper center",
        ncols=4 if look.wide else 2,
        frameon=False,
        prop=font(look.size.body if look.wide else look.size.small),
        labelcolor=look.ink,
        handlelength=3,
        borderaxespad=0,
    )


def lines(axes: Axes, content: FunctionsContent, part: str, text: Text, look: Look) -> None:
    """Draw a curve for each function, and the point."""
    state, names = content.state, content.names(text)
    for (colour, dash), curve in zip(LINES, content.curves, strict=False):
        heights = shown(parts_of(curve)[part], part, log=state.log)
        drawn = {"color": look.colour(colour), "linestyle": DASHES.get(dash, "solid"), "linewidth": look.line * 0.85}
        axes.plot(*broken(curve.xs, heights), label=names[curve.key], zorder=3, **drawn)
    axes.axvline(state.x, color=look.quiet, linewidth=look.line / 2, linestyle=(0, (4, 2)), zorder=2)
    for (colour, _), point in zip(LINES, content.points, strict=False):
        (height,) = shown(np.array([getattr(point, part)]), part, log=state.log).tolist()
        axes.plot(state.x, height, "o", color=look.colour(colour), markersize=look.line * 2.6, zorder=5)
    ends(axes, content, part)


def ends(axes: Axes, content: FunctionsContent, part: str) -> None:
    """Set the axes' ends as on the page."""
    axes.set_xlim(*SPANS[content.state.by])
    end = reach(content.curves, content.points, part)
    if content.state.log:
        decades(axes, LEAST, ceiling(end))
    else:
        axes.set_ylim(-0.04 * end if part == "value" else -1.06 * end, 1.06 * end)
        axes.locator_params(axis="y", nbins=5)


def tall(content: FunctionsContent, text: Text, look: Look) -> float:
    """Return the inches of the figure in a column: higher than wide."""
    return 1.3 * (look.size.width - 2 * look.size.margin)


def table(content: FunctionsContent) -> Table:
    """Return a row for each place: value and slope of each function."""
    heads = [f"{curve.key}{what}" for curve in content.curves for what in ("", "_slope")]
    rows: Table = [["x", *heads]]
    for n, x in enumerate(content.curves[0].xs):
        numbers = (float(side[n]) for curve in content.curves for side in (curve.values, curve.slopes))
        rows.append([float(x), *(number if np.isfinite(number) else None for number in numbers)])
    return rows


def says(content: FunctionsContent, text: Text) -> str:
    """Return the words for value and slope of each function at the point."""
    parts = [
        text(
            "figure_zoo_alt",
            name=text(f"zoo_{point.key}"),
            value=minus(four(point.value)),
            slope=minus(four(point.slope)),
        )
        for point in content.points
    ]
    return labelled(f"x = {minus(four(content.state.x))}", text("list_semicolon").join(parts), text) + text("list_end")


FIGURE = ExportFigure(
    "zoo_curves",
    subject="zoo",
    order=1,
    applies=applies,
    draw=draw,
    table=table,
    says=says,
    tall=tall,
    seen=lambda content, level: True,
    fills=True,
)
