"""IoU above, error below on a logarithmic axis, against the step."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure

from lossviz.core.text import Text, four
from lossviz.figures.curve import curve_axes, decades, settle
from lossviz.figures.look import Look, Rect
from lossviz.figures.measures import curve
from lossviz.race.charts import LEAST
from lossviz.race.figures.parts.content import RaceContent
from lossviz.race.view import ranked

HIGHEST = 1e6
"""Highest error that is drawn, for a box that ran away."""


def both_panels(figure: SubFigure, place: Rect, content: RaceContent, text: Text, look: Look) -> None:
    """Draw both panels, one below the other."""
    half = place.h / 2
    under = text("race_step_axis")
    ious = curve_axes(figure, place._replace(y=place.y + half, h=half), ("", text("iou")), ["0.000001"], look)
    lines(ious, content, "iou", look)
    ious.set(ylim=(-0.03, 1.04), yticks=[0, 0.25, 0.5, 0.75, 1])
    settle(ious, look)
    words = text("figure_error")
    errors = curve_axes(figure, place._replace(h=half), (under, words), ["0.000001"], look)
    lines(errors, content, "error", look)
    known = np.concatenate([run.error[np.isfinite(run.error)] for run in content.runs])
    decades(errors, max(LEAST, float(known.min())), float(np.clip(known.max(), 1e-3, HIGHEST)))
    settle(errors, look)


def lines(axes: Axes, content: RaceContent, what: str, look: Look) -> None:
    """Draw a curve for each contender, and the shown step."""
    for n, run in enumerate(content.runs):
        values = getattr(run, what)
        drawn = np.where(np.isfinite(values), values, np.nan)
        if what == "error":
            drawn = np.clip(drawn, LEAST, HIGHEST)
        axes.plot(
            np.arange(len(drawn)), drawn, zorder=3 + n / 10, clip_on=False, **curve(run.name, look, n, len(drawn))
        )
    axes.set_xlim(0, content.state.steps)
    if content.at != content.state.steps:
        axes.axvline(content.at, color=look.quiet, linewidth=look.line / 2, linestyle=(0, (4, 2)), zorder=2)


def standings(content: RaceContent, at: int, text: Text) -> str:
    """Return the words for IoU and error at a step, the contender nearest in the end first."""
    parts = [
        text("figure_race_alt", name=text(run.name), iou=four(float(run.iou[at])), error=four(float(run.error[at])))
        for run in ranked(content.runs)
    ]
    step = text("figure_step", step=f"{at:,}", steps=f"{content.state.steps:,}")
    return text("caption_switch", what=step, choice=text("list_semicolon").join(parts)) + text("list_end")
