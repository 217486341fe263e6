"""Along one line through the moving box: the measures above, their slopes below."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure

from lossviz.core.text import Text, four, minus
from lossviz.figures.content import ExportFigure, Table, always
from lossviz.figures.curve import curve_axes, settle
from lossviz.figures.look import Look, whole
from lossviz.figures.measures import curve, key, key_tall, mark
from lossviz.figures.theme import PREDICTION
from lossviz.figures.traces import broken
from lossviz.overlap.figures.parts.content import OverlapContent
from lossviz.overlap.surface import Cut


def draw(figure: SubFigure, content: OverlapContent, text: Text, look: Look) -> None:
    """Draw two panels, one below the other."""
    area, points = whole(figure), look.size.body
    names = {name: text(name) for name in content.names}
    key(figure, area, names, points, look)
    rest = area.within(top=key_tall(names, points, area.w) + 0.3 * points / 72)
    upper, lower = rest._replace(y=rest.y + rest.h * 0.5, h=rest.h * 0.5), rest._replace(h=rest.h * 0.5)
    under = text(f"surface_{content.letters[content.along]}")
    for place, words, side in ((upper, "surface_value", "values"), (lower, "surface_slope", "slope")):
        axes = curve_axes(figure, place, ("" if side == "values" else under, text(words)), ["−0.005"], look)
        for n, cut in enumerate(content.cuts):
            xs, ys = broken(cut.along, getattr(cut, side))
            axes.plot(xs, ys, zorder=3, **curve(cut.measure, look, n, len(xs)))
        limit(axes, content.cuts, side)
        present(axes, content, side, look)
        settle(axes, look)


def limit(axes: Axes, cuts: list[Cut], side: str) -> None:
    """Set the axis' ends: the measure's range; for slopes 0 in the middle."""
    axes.set_xlim(cuts[0].along[0], cuts[0].along[-1])
    if side == "values":
        low = 0.0 if {cut.measure for cut in cuts} == {"iou"} else min(-1.0, *(float(cut.values.min()) for cut in cuts))
        axes.set_ylim(low - 0.05, 1.05)
    else:
        end = 1.08 * max(float(np.abs(cut.slope).max()) for cut in cuts) or 1.0
        axes.set_ylim(-end, end)
    axes.locator_params(axis="y", nbins=5)


def present(axes: Axes, content: OverlapContent, side: str, look: Look) -> None:
    """Draw the line at zero, and the place where the moving box is."""
    at = content.here[content.along]
    axes.axhline(0, color=look.quiet, linewidth=look.line / 3, zorder=2)
    axes.axvline(at, color=PREDICTION, linewidth=look.line / 2, linestyle=(0, (4, 2)), zorder=2)
    for cut in content.cuts:
        y = float(np.interp(at, cut.along, getattr(cut, side)))
        spot = mark(cut.measure, look) | {"markeredgecolor": look.ink, "markersize": look.line * 3}
        axes.plot(at, y, zorder=5, linestyle="", **spot)


def tall(content: OverlapContent, text: Text, look: Look) -> float:
    """Return the inches of the figure in a column: higher than wide."""
    inches = look.size.width - 2 * look.size.margin
    names = {name: text(name) for name in content.names}
    return 1.15 * inches + key_tall(names, look.size.body, inches)


def table(content: OverlapContent) -> Table:
    """Return a row for each place: value and slope of each measure."""
    cuts = content.cuts
    heads = [f"{cut.measure}{what}" for cut in cuts for what in ("", "_slope")]
    rows: Table = [[content.letters[content.along], *heads]]
    for n, at in enumerate(cuts[0].along):
        rows.append([float(at), *(float(side[n]) for cut in cuts for side in (cut.values, cut.slope))])
    return rows


def says(content: OverlapContent, text: Text) -> str:
    """Return the words for the lowest and highest value of each measure, and for the one here."""
    parts = []
    for cut, measured in zip(content.cuts, content.shown, strict=True):
        index = content.along + 2 * (content.state.axes == "size")
        parts.append(
            text(
                "figure_slice_alt",
                measure=text(cut.measure),
                low=four(float(cut.values.min())),
                high=four(float(cut.values.max())),
                here=four(measured.value),
                slope=four(measured.slope[index]),
            )
        )
    under = text(f"surface_{content.letters[content.along]}")
    return minus(text("caption_switch", what=under, choice=text("list_semicolon").join(parts)) + text("list_end"))


FIGURE = ExportFigure(
    "slice",
    subject="overlap",
    order=3,
    applies=always,
    draw=draw,
    table=table,
    says=says,
    tall=tall,
    fills=True,
)
