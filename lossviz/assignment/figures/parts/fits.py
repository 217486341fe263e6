"""The network's input with the truths and who answers; the anchors on the truth's shape; their fits as bars."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure
from matplotlib.patches import Rectangle

from lossviz.assignment.charts import layers, window_of
from lossviz.assignment.figures.parts.content import AssignmentContent
from lossviz.assignment.figures.parts.names import spot
from lossviz.assignment.words import anchor_name, size_of, truth_name
from lossviz.core.text import Text, four
from lossviz.engine.boxes import XYWH
from lossviz.figures.look import Look, Rect, axes_in, width, write
from lossviz.figures.plane import DASHED, draw_box, draw_label
from lossviz.figures.theme import OTHER, PREDICTION, QUIET, TRUTH
from lossviz.scenes.gallery import SAMPLES, letterbox_of
from lossviz.scenes.untrained import ANCHORS

HIGH = 1.75
"""Height of a bar's row, in font sizes."""
CELL = "#f0e442"
"""Colour of the cell that answers."""


def draw_input(figure: SubFigure, place: Rect, content: AssignmentContent, text: Text, look: Look) -> None:
    """Draw the grid of the shown head, the cells that answer for the truth in hand, anchors, truths."""
    view, state = content.view, content.state
    columns, rows = view.grid
    axes = axes_in(figure, place.square(), look)
    axes.set(xticks=np.arange(columns + 1) / columns, yticks=np.arange(rows + 1) / rows)
    axes.tick_params(length=0, labelbottom=False, labelleft=False)
    axes.grid(color=look.rule, linewidth=look.line / 4, zorder=0.6)
    if state.field not in ANCHORS:
        photo = letterbox_of(state.field)
        sides = (photo.x, photo.x + photo.w, photo.y + photo.h, photo.y)
        axes.imshow(SAMPLES[state.field].picture, extent=sides, aspect="auto", alpha=0.85, zorder=0.5)
    axes.set(xlim=(0, 1), ylim=(1, 0))
    for who in view.truth.answers:
        if who.head == view.head:
            corner = (who.column / columns, who.row / rows)
            cell = Rectangle(corner, 1 / columns, 1 / rows, facecolor=CELL, edgecolor=look.ink, alpha=0.7, zorder=1)
            axes.add_patch(cell)
    draw_boxes(axes, content, text, look)


def draw_boxes(axes: Axes, content: AssignmentContent, text: Text, look: Look) -> None:
    """Draw truths solid and who answers dashed, each with its name."""
    answering = [*content.view.answering.items()]
    named: list[tuple[XYWH, str, str, bool]] = []
    for n, (number, box) in enumerate(answering):
        colour = OTHER if n else PREDICTION
        draw_box(axes, box, colour, look, dashed=True, clip_on=True)
        if not n:
            named.append((box, anchor_name(content.view, number, text), colour, True))
    for line, truth in enumerate(content.state.boxes):
        draw_box(axes, truth.xywh, TRUTH, look, zorder=5, clip_on=True)
        named.append((truth.xywh, truth_name(content.state, line, text), TRUTH, False))
    draw_names(axes, named, [*(box for _, box in answering), *(truth.xywh for truth in content.state.boxes)], look)


def draw_names(axes: Axes, named: list[tuple[XYWH, str, str, bool]], boxes: list[XYWH], look: Look) -> None:
    """Write each box' name beside it, on no line where that can be."""
    inches, points = axes.bbox.width / axes.figure.dpi, look.size.small
    taken: list[Rect] = []
    for box, words, colour, below in named:
        size = (width(words, points) + 0.4 * points / 72) / inches, 1.5 * points / 72 / inches
        place = spot(box, size, boxes, taken, below=below)
        taken.append(place)
        draw_label(axes, (place.x + place.w / 2, place.y + place.h / 2), words, colour, look)


def draw_shapes(figure: SubFigure, place: Rect, content: AssignmentContent, look: Look) -> None:
    """Draw the shapes as on the page: the truth filled, the best anchor dashed, the second dotted."""
    axes = axes_in(figure, place.square(), look)
    drawn = layers(content.view)
    half = window_of(drawn) / 2
    axes.set(xlim=(-half, half), ylim=(half, -half), xticks=[], yticks=[])
    styles: dict[str, dict[str, Any]] = {
        "other": {"edgecolor": QUIET, "linewidth": look.line / 4, "fill": False},
        "truth": {"edgecolor": TRUTH, "linewidth": look.line, "facecolor": (0, 0.62, 0.45, 0.25)},
        "second": {"edgecolor": look.ink, "linewidth": 0.7 * look.line, "linestyle": (0, (1, 1.5)), "fill": False},
        "shared": {"linewidth": 0, "facecolor": (0.84, 0.37, 0, 0.22)},
        "best": {"edgecolor": PREDICTION, "linewidth": look.line, "linestyle": DASHED, "fill": False},
    }
    for name, (x, y, w, h) in drawn:
        axes.add_patch(Rectangle((x - w / 2, y - h / 2), w, h, zorder=3, **styles[name]))


def bars_tall(content: AssignmentContent, points: float) -> float:
    """Return the inches that the bars take in height."""
    return len(content.view.candidates) * HIGH * points / 72


def draw_bars(figure: SubFigure, place: Rect, content: AssignmentContent, points: float, look: Look) -> None:
    """Draw a row for each anchor: its number and size, its fit as bar and number; ● answers."""
    view = content.view
    names = [f"{one.number}  {size_of(one.pixels)}" for one in view.candidates]
    values = [four(one.fits[view.measure]) for one in view.candidates]
    left = max(width(name, points) for name in names) + 1.6 * points / 72
    right = max(width(value, points) for value in values) + 0.8 * points / 72
    high = HIGH * points / 72
    room = place.w - left - right
    axes = axes_in(figure, Rect(place.x + left, place.y + place.h - len(names) * high, room, len(names) * high), look)
    axes.set(xlim=(0, 1), ylim=(len(names), 0))
    axes.set_axis_off()
    for n, one in enumerate(view.candidates):
        fit = min(1.0, max(0.0, one.fits[view.measure]))
        colour = PREDICTION if one == view.ranked[0] else QUIET
        axes.add_patch(Rectangle((0, n + 0.25), 1, 0.5, facecolor=look.rule, linewidth=0))
        axes.add_patch(Rectangle((0, n + 0.25), fit, 0.5, facecolor=colour, linewidth=0))
        y = place.y + place.h - (n + 0.5) * high
        if one.answers or one.number in view.strays:
            axes.plot(
                -(left - 0.4 * points / 72) / room, n + 0.5, "o", color=TRUTH, markersize=0.55 * points, clip_on=False
            )
        write(figure, (place.x + 1.2 * points / 72, y), names[n], points, look.ink, va="center")
        write(figure, (place.x + place.w, y), values[n], points, look.ink, va="center", ha="right")
