"""The gradient steps: loss against the step, in the duel objectness with BCE and with squared error."""

import math

from matplotlib.figure import SubFigure

from lossviz.core.text import Text, four, minus, paragraph
from lossviz.figures.content import ExportFigure, Table
from lossviz.figures.curve import curve_axes, settle
from lossviz.figures.look import LEADING, Look, font, whole, wrapped, write
from lossviz.figures.theme import PREDICTION, QUIET, TERM
from lossviz.figures.traces import sampled
from lossviz.lab.descent import Record
from lossviz.lab.figures.parts.content import LabContent

STYLES = ((TERM, "solid", "o", 0.0), (PREDICTION, (0, (5, 2)), "s", 0.05))
"""Colour, dash, marker and first marker's place of the curves, so that they differ without colour."""
SPREAD = 0.1
"""Distance from marker to marker, as part of the diagonal."""
POWERS = (1, 10, 100, 1000, 10_000)


def duel(content: LabContent) -> bool:
    """Return whether two walks run side by side: then objectness is shown, which has one scale for both."""
    return content.state.walker == "duel"


def names(content: LabContent, text: Text) -> list[str]:
    """Return the names of the curves."""
    return [text("obj_bce"), text("obj_mse")] if duel(content) else [text(f"walker_{content.state.walker}")]


def value(record: Record, content: LabContent) -> float:
    """Return what is drawn of a step: objectness in the duel, else loss."""
    return record.objectness if duel(content) else record.loss


def draw(figure: SubFigure, content: LabContent, text: Text, look: Look) -> None:
    """Draw the curves on a logarithmic axis, with step 0 at one half."""
    area, points = whole(figure), look.size.body
    head = wrapped(subtitle(content, text), points, area.w)
    for n, line in enumerate(head):
        write(figure, (0, area.h - n * LEADING * points / 72), line, points, look.ink)
    place = area.within(top=(len(head) * LEADING + 0.4) * points / 72)
    what = text("objectness" if duel(content) else "loss")
    axes = curve_axes(figure, place, (text("steps_axis"), what), ["100000"], look)
    steps = sampled(content.steps)
    for walk, (colour, dash, marker, start), name in zip(content.walks, STYLES, names(content, text), strict=False):
        values = [value(walk.records[n], content) for n in steps]
        axes.plot(
            [max(n, 0.5) for n in steps],
            [number if math.isfinite(number) else math.nan for number in values],
            color=look.colour(colour),
            linestyle=dash,
            linewidth=look.line,
            marker=marker,
            markersize=look.line * 2.2,
            markevery=(start, SPREAD),
            label=name,
            zorder=3,
        )
    last = max(10, content.steps)
    axes.set(xscale="log", xlim=(0.45, last * 1.15))
    if duel(content):
        axes.set(ylim=(0, 1.03), yticks=[0, 0.25, 0.5, 0.75, 1])
        axes.axhline(0.5, color=QUIET, linewidth=look.line / 2, linestyle=":", zorder=2)
        legend = axes.legend(prop=font(look.size.small), facecolor=look.paper, edgecolor=look.rule, handlelength=4)
        for words in legend.get_texts():
            words.set_color(look.ink)
    else:
        axes.set_ylim(bottom=0)
    shown = [power for power in POWERS if power <= last * 1.15]
    axes.set_xticks([], minor=True)
    axes.set_xticks([0.5, *shown])
    axes.xaxis.set_major_formatter(lambda step, _: f"{step:,.0f}" if step >= 1 else "0")
    settle(axes, look)


def subtitle(content: LabContent, text: Text) -> str:
    """Return the line above the curves: who moved and how far."""
    rate, walker = minus(f"{content.state.step:.6g}"), content.state.walker
    who = content.predictor(text) if walker == "one" else text(f"walker_{walker}")
    said = text("caption_steps", steps=f"{content.steps:,}", rate=rate, who=who)
    return f"{said}{text('list_comma')}{content.predictor(text)}" if walker == "duel" else said


def tall(content: LabContent, text: Text, look: Look) -> float:
    """Return the inches in a column: a rectangle twice as wide as high, and what stands above it."""
    inches = look.size.width - 2 * look.size.margin
    return 0.62 * inches + len(wrapped(subtitle(content, text), look.size.body, inches)) * LEADING * look.size.body / 72


def table(content: LabContent) -> Table:
    """Return a row for every step: loss and objectness of each curve."""
    prefixes = ["bce_", "mse_"] if duel(content) else [""]
    rows: Table = [["step", *(f"{prefix}{name}" for prefix in prefixes for name in ("loss", "objectness"))]]
    for n in range(content.steps + 1):
        records = [walk.records[n] for walk in content.walks]
        rows.append([n, *(number for record in records for number in (record.loss, record.objectness))])
    return rows


def says(content: LabContent, text: Text) -> str:
    """Return the words for where each curve begins and ends."""
    what = text("objectness" if duel(content) else "loss")
    parts = []
    for walk, name in zip(content.walks, names(content, text), strict=True):
        first, last = (value(walk.records[n], content) for n in (0, content.steps))
        parts.append(text("steps_alt_curve", name=name, what=what, first=four(first), last=four(last)))
    curves = text("list_semicolon").join(parts) + text("list_end")
    return paragraph([subtitle(content, text) + text("list_end"), curves])


FIGURE = ExportFigure(
    "steps",
    subject="lab",
    order=6,
    applies=lambda content: bool(content.state.steps),
    draw=draw,
    table=table,
    says=says,
    tall=tall,
    seen=lambda content, level: level == "1" or duel(content),
    fills=True,
)
