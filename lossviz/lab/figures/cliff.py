"""Loss against the place of a label: it jumps where another predictor takes over."""

import math

from matplotlib.figure import SubFigure

from lossviz.core.text import Text, four, paragraph
from lossviz.figures.content import ExportFigure, Table
from lossviz.figures.curve import curve_axes, settle
from lossviz.figures.look import Look, whole
from lossviz.figures.theme import PREDICTION, QUIET, TERM
from lossviz.lab.dragging import Point
from lossviz.lab.figures.parts.content import LabContent


def axis(content: LabContent) -> str:
    """Return the axis, x or y, along which the label moved."""
    return "xy"[content.track.along()]


def place_of(point: Point, content: LabContent) -> float:
    """Return the place of a point in cells of the chosen predictor's head."""
    columns, rows = content.view.prediction.grid
    return point.x * columns if axis(content) == "x" else point.y * rows


def broken(content: LabContent) -> tuple[list[float], list[float]]:
    """Return the curve, with a gap where another predictor takes over."""
    points = content.track.ordered()
    xs, ys = [], []
    for n, point in enumerate(points):
        if n and points[n - 1].answers != point.answers:
            xs.append(math.nan)
            ys.append(math.nan)
        xs.append(place_of(point, content))
        ys.append(point.loss)
    return xs, ys


def draw(figure: SubFigure, content: LabContent, text: Text, look: Look) -> None:
    """Draw the curve, the borders of the cells, and the label's present place."""
    words = (text("cliff_axis", axis=axis(content)), text("loss"))
    axes = curve_axes(figure, whole(figure), words, ["1000.00"], look)
    xs, ys = broken(content)
    known = [x for x in xs if not math.isnan(x)]
    low, high = math.floor(min(known)), math.ceil(max(known))
    for border in range(low, high + 1):
        axes.axvline(border, color=QUIET, linewidth=look.line * 0.7, linestyle=":", zorder=1)
    axes.plot(xs, ys, color=look.colour(TERM), linewidth=look.line, marker="o", markersize=look.line * 1.7, zorder=3)
    here = content.track.points[-1]
    axes.plot(
        place_of(here, content),
        here.loss,
        "D",
        color=PREDICTION,
        markeredgecolor=look.paper,
        markersize=look.line * 4,
        zorder=4,
    )
    axes.set_xlim(low - 0.05, high + 0.05)
    axes.margins(y=0.12)
    axes.locator_params(axis="y", nbins=6)
    axes.locator_params(axis="x", nbins=8)
    settle(axes, look)


def table(content: LabContent) -> Table:
    """Return the label's places with their losses, in the order of time."""
    rows: Table = [["number", "x", "y", "loss", "excess", "predictors"]]
    for p in content.track.points:
        rows.append([content.track.number, p.x, p.y, p.loss, p.excess, " ".join(map(str, p.answers))])
    return rows


def says(content: LabContent, text: Text) -> str:
    """Return the words for how far the label moved, and between which losses."""
    losses = [point.loss for point in content.track.points]
    said = text("cliff_alt", count=len(losses))
    return paragraph([said, f"{text('loss')} {four(min(losses))}–{four(max(losses))}{text('list_end')}"])


FIGURE = ExportFigure(
    "cliff",
    subject="lab",
    order=7,
    applies=lambda content: len(content.track.points) >= 2,
    draw=draw,
    table=table,
    says=says,
    tall=lambda c, t, look: look.size.width * 0.66,
    seen=lambda content, level: level == "1" and content.state.mode == "label",
    fills=True,
)
