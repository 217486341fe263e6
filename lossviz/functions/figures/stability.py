"""Where a cross-entropy breaks: the textbook form and the library form over the logit, and every precision in words."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure
from matplotlib.ticker import NullLocator

from lossviz.core.text import Text, labelled, paragraph
from lossviz.figures.content import ExportFigure, Table
from lossviz.figures.curve import curve_axes, decades, settle
from lossviz.figures.formula import broken, extent, formula
from lossviz.figures.look import LEADING, Look, Rect, font, whole
from lossviz.figures.plane import DASHED
from lossviz.figures.prose import prose, prose_tall
from lossviz.figures.theme import PREDICTION, TERM
from lossviz.functions.charts.stability import LEAST, MOST, TICKS, height_at, place, some
from lossviz.functions.figures.parts.content import FunctionsContent
from lossviz.functions.stability import DTYPES, FARTHEST, WAYS, Way, latex_of
from lossviz.functions.words import spelled

COLOURS = {"stable": TERM, "naive": PREDICTION}
GAP, HIGH = 0.15, 0.8
"""Inches between chart and words; the chart's height over its width in a column."""
BROAD = 0.6
"""Part of a post's width for the chart."""


def points_of(look: Look) -> float:
    """Return the font size of the words."""
    return look.size.small * (1.15 if look.wide else 1)


def draw(figure: SubFigure, content: FunctionsContent, text: Text, look: Look) -> None:
    """Draw chart and words, side by side in a post."""
    area = whole(figure)
    if look.wide:
        picture, words = area._replace(w=BROAD * area.w), area.within(BROAD * area.w + 2 * GAP)
    else:
        high = HIGH * area.w
        picture, words = area.within(bottom=area.h - high), area.within(top=high + GAP)
    chart(figure, picture, content, text, look)
    for way in WAYS:
        words = one_form(figure, words, content, way, text, look)
    prose(figure, words.within(top=GAP / 2), breaks(content, text), points_of(look), look)


# ---- the chart ----


def chart(figure: SubFigure, area: Rect, content: FunctionsContent, text: Text, look: Look) -> None:
    """Draw both forms in the chosen precision on axes that are logarithmic both ways, crosses where one breaks."""
    axes = curve_axes(figure, area, (text("breaks_axis"), text("loss")), ["10,000"], look)
    handles = []
    for way in sorted(WAYS, reverse=True):  # the stable line is broad and lies below
        one = content.strained[way, content.state.dtype]
        kept = some(one.zs)
        values = one.values[kept]
        seen = np.where(np.isfinite(values) & (values >= LEAST), values, np.nan)
        naive = way == "naive"
        style: dict[str, Any] = {
            "linestyle": DASHED if naive else "solid",
            "linewidth": look.line * (1 if naive else 2),
        }
        alpha = 1 if naive else 0.7
        handles += axes.plot(place(one.zs[kept]), seen, color=COLOURS[way], alpha=alpha, zorder=3, **style)
    decades(axes, LEAST, MOST, most=4)
    axes.set(xlim=(place(-FARTHEST) - 0.05, place(FARTHEST) + 0.05))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xticks([float(place(tick)) for tick in TICKS])
    crosses(axes, content, look)
    settle(axes, look)
    axes.set_xticklabels([f"{tick}".replace("-", "−") for tick in TICKS])
    names = [text(f"breaks_{way}") for way in sorted(WAYS, reverse=True)]
    legend: dict[str, Any] = {
        "frameon": False,
        "labelcolor": look.ink,
        "loc": "lower center",
        "bbox_to_anchor": (0.5, 1.0),
    }
    axes.legend(handles, names, prop=font(look.size.small), ncols=2, borderaxespad=0.2, **legend)


def crosses(axes: Axes, content: FunctionsContent, look: Look) -> None:
    """Draw a cross where a form breaks, at the height of the library form."""
    stable = content.strained["stable", content.state.dtype]
    for way in WAYS:
        one = content.strained[way, content.state.dtype]
        for side in (one.below, one.above):
            if side:
                mark: dict[str, Any] = {
                    "marker": "X",
                    "markersize": 4.5 * look.line,
                    "markeredgecolor": look.paper,
                    "zorder": 6,
                }
                at = float(place(side.z)), height_at(stable, side.z)
                axes.plot(*at, color=COLOURS[way], linestyle="", clip_on=False, **mark)


# ---- the words ----


def one_form(figure: SubFigure, area: Rect, content: FunctionsContent, way: Way, text: Text, look: Look) -> Rect:
    """Write a form's name and its formula, and return what is left of the place below."""
    points = points_of(look)
    rest = prose(figure, area, [text(f"breaks_{way}")], points, look, quiet=True)
    top = rest.y + rest.h
    for line in broken(latex_of(content.state.form, way), points, area.w):
        found = extent(line, points)
        formula(figure, (area.x, top - found.above), line, points, look.ink)
        top -= found.tall + 0.3 * points / 72
    return area._replace(h=top - area.y - 0.4 * points / 72)


def form_tall(content: FunctionsContent, way: Way, text: Text, look: Look, inches: float) -> float:
    """Return the inches of a form's name and formula in height."""
    points = points_of(look)
    lines = broken(latex_of(content.state.form, way), points, inches)
    math = sum(extent(line, points).tall + 0.3 * points / 72 for line in lines)
    return prose_tall([text(f"breaks_{way}")], points, inches) + math + 0.4 * points / 72


def breaks(content: FunctionsContent, text: Text) -> list[str]:
    """Return where each form breaks in every precision, a line a precision."""
    found = []
    for dtype in DTYPES:
        naive, stable = (content.strained[way, dtype] for way in WAYS)
        last = next((side for side in (stable.below, stable.above) if side), None)
        said = {"below": spelled(naive.below, text), "above": spelled(naive.above, text), "stable": spelled(last, text)}
        found.append(labelled(dtype, text("figure_breaks", **said), text))
    return found


def tall(content: FunctionsContent, text: Text, look: Look) -> float:
    """Return the inches of the figure in a column: chart, two formulas, words."""
    inches = look.size.width - 2 * look.size.margin
    forms = sum(form_tall(content, way, text, look, inches) for way in WAYS)
    words = prose_tall(breaks(content, text), points_of(look), inches)
    return HIGH * inches + forms + words + 2 * GAP + LEADING * look.size.small / 144


def table(content: FunctionsContent) -> Table:
    """Return a row for each form, precision and side: where it breaks, what it says there, what is true."""
    found: Table = [["form", "way", "precision", "target", "pos_weight", "side", "logit", "says", "true", "fails"]]
    state = content.state
    for (way, dtype), one in content.strained.items():
        for name, side in (("below", one.below), ("above", one.above)):
            numbers = (side.z, side.said, side.true, side.kind) if side else (None, None, None, "never")
            found.append([state.form, way, dtype, state.t, state.pos, name, *numbers])
    return found


def says(content: FunctionsContent, text: Text) -> str:
    """Return the words for what is drawn, and for where each form breaks."""
    return paragraph([text("breaks_alt", type=content.state.dtype), *breaks(content, text)])


FIGURE = ExportFigure(
    "zoo_stability",
    subject="zoo",
    order=5,
    applies=lambda content: content.state.tab == "stability",
    draw=draw,
    table=table,
    says=says,
    tall=tall,
    seen=lambda content, level: True,
)
