"""Probability of both against the step, on a logarithmic axis."""

import numpy as np
from matplotlib.figure import SubFigure
from matplotlib.ticker import FuncFormatter

from lossviz.core.text import Text, four, paragraph
from lossviz.figures.content import ExportFigure, Table
from lossviz.figures.curve import curve_axes, settle
from lossviz.figures.look import Look, whole
from lossviz.figures.measures import key_tall
from lossviz.figures.traces import sampled
from lossviz.objectness.charts import name_of
from lossviz.objectness.descent import wakes
from lossviz.objectness.figures.parts.content import ObjectnessContent
from lossviz.objectness.figures.parts.lines import key, spot, stroke


def applies(content: ObjectnessContent) -> bool:
    """Return whether one half lies on the way from the logit to the target."""
    return wakes(content.state)


def names_of(content: ObjectnessContent, text: Text) -> dict[str, str]:
    """Return the names of the two losses that race."""
    return {run.name: name_of(run.name, text) for run in content.runs}


def draw(figure: SubFigure, content: ObjectnessContent, text: Text, look: Look) -> None:
    """Draw one panel under its key."""
    area, points, names = whole(figure), look.size.body, names_of(content, text)
    key(figure, area, names, points, look)
    place = area.within(top=key_tall(names, points, area.w) + 0.3 * points / 72)
    axes = curve_axes(figure, place, (text("steps_axis"), text("objectness_at_p")), ["0.75"], look)
    for run in content.runs:
        steps = sampled(run.steps)
        axes.plot(np.maximum(steps, 0.5), run.p[steps], zorder=3, **stroke(run.name, look))
        if run.passes:
            spot(axes, run.passes, float(run.p[run.passes]), run.name, look)
    axes.set(xscale="log", ylim=(-0.02, 1.04), yticks=[0, 0.25, 0.5, 0.75, 1])
    axes.set_xlim(0.45, 1.1 * content.state.steps)
    axes.set_xticks([10.0**n for n in range(5)])
    axes.set_xticks([], minor=True)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    for y in (0.5, content.state.target):
        axes.axhline(y, color=look.quiet, linewidth=look.line / 3, linestyle=(0, (2, 2)), zorder=2)
    settle(axes, look)


def tall(content: ObjectnessContent, text: Text, look: Look) -> float:
    """Return the inches of the figure in a column: nearly a square."""
    inches = look.size.width - 2 * look.size.margin
    return 0.8 * inches + key_tall(names_of(content, text), look.size.body, inches)


def table(content: ObjectnessContent) -> Table:
    """Return a row for each step: the probability of both."""
    rows: Table = [["step", *(run.name for run in content.runs)]]
    return rows + [[n, *(float(run.p[n]) for run in content.runs)] for n in range(content.state.steps + 1)]


def says(content: ObjectnessContent, text: Text) -> str:
    """Return the words for when each passes one half."""
    said = (
        text("objectness_race_ends", name=name, p=four(float(run.p[-1])), steps=f"{run.steps:,}")
        if run.passes is None
        else text("caption_objectness_passes", name=name, step=f"{run.passes:,}")
        for run, name in zip(content.runs, names_of(content, text).values(), strict=True)
    )
    return paragraph(said)


FIGURE = ExportFigure(
    "objectness_race",
    subject="objectness",
    order=3,
    applies=applies,
    draw=draw,
    table=table,
    says=says,
    tall=tall,
    seen=lambda content, level: level == "2" and content.state.part == "race",
    fills=True,
)
