"""Maps of a head's predictors, an anchor each, and the key to their colours."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import SubFigure
from matplotlib.patches import Rectangle

from lossviz.assignment.figures.parts.content import AssignmentContent
from lossviz.assignment.view import STATES, AssignmentResult, Bits
from lossviz.assignment.words import size_of
from lossviz.core.text import Text
from lossviz.figures.look import LEADING, Look, Rect, axes_in, width, wrapped, write
from lossviz.figures.traces import STATE_COLOURS, STATE_NUMBERS

BETWEEN = 0.12
"""Inches between two maps."""
HATCH = {"ignored": "////", "positive": "xxxx"}
"""Hatches of the states, so that they differ without colour."""
WIDEST = 3.4
"""Most inches along a side of a map."""


def numbers_of(content: AssignmentContent) -> list[int]:
    """Return the anchors of the shown head, in its own order."""
    view = content.view
    mine = {one.predictor.anchor: one.number for one in view.candidates if one.predictor.head == view.head}
    return [mine[anchor] for anchor in sorted(mine)]


def side_of(content: AssignmentContent, inches: float, room: float = WIDEST) -> float:
    """Return the side of a map, in inches."""
    count = len(numbers_of(content))
    return min(WIDEST, room, (inches - (count - 1) * BETWEEN) / count)


def label_tall(
    content: AssignmentContent, results: Sequence[AssignmentResult], text: Text, look: Look, side: float
) -> float:
    """Return the inches of the words below a map."""
    points = look.size.small
    said = [words for result in results for words in labels(content, result, text)]
    most = max(len(wrapped(words, points, side)) for words in said)
    return (most * LEADING + 0.5) * points / 72


def labels(content: AssignmentContent, result: AssignmentResult, text: Text) -> list[str]:
    """Return the words below each map: which anchor, how many predictors in which state."""
    view = content.view
    found = []
    for anchor, number in enumerate(numbers_of(content)):
        bits = result.states[view.head][anchor]
        counts = {name: int((bits == STATES[name]).sum()) for name in ("positive", "ignored")}
        size = size_of(next(one.pixels for one in view.candidates if one.number == number))
        name = text("assignment_map", number=number, size=size)
        found.append(f"{name}{text('list_comma')}{text('assignment_map_counts', **counts)}")
    return found


def draw_maps(
    figure: SubFigure,
    place: Rect,
    content: AssignmentContent,
    result: AssignmentResult,
    text: Text,
    look: Look,
    marks: Mapping[str, npt.NDArray[np.bool_]] | None = None,
) -> None:
    """Draw a row of maps from the top of the place, as large as it is wide and high."""
    head, points = content.view.head, look.size.small
    side = side_of(content, place.w, place.h - label_tall(content, [result], text, look, 1.0) if look.wide else WIDEST)
    for n, words in enumerate(labels(content, result, text)):
        x, y = place.x + n * (side + BETWEEN), place.y + place.h - side
        axes = axes_in(figure, Rect(x, y, side, side), look)
        draw_map(axes, result.states[head][n], look)
        outlines(axes, content, result.states[head].shape[1:], look)
        if marks is not None:
            dots(axes, marks[head][n], look, side)
        for line, said in enumerate(wrapped(words, points, side)):
            write(figure, (x, y - (line * LEADING + 0.3) * points / 72), said, points, look.quiet)


def draw_map(axes: Axes, bits: Bits, look: Look) -> None:
    """Draw one anchor's predictors, coloured and hatched by their state."""
    rows, columns = bits.shape
    numbers = np.full(bits.shape, np.nan)
    for name, bit in STATES.items():
        numbers[bits == bit] = STATE_NUMBERS[name]
    colours = ListedColormap([*STATE_COLOURS.values()])
    thin = 0.3 * look.line * min(1.0, 13 / columns)
    edges = (np.arange(columns + 1), np.arange(rows + 1))
    axes.pcolormesh(*edges, numbers, cmap=colours, vmin=-0.5, vmax=2.5, edgecolors="white", linewidth=thin)
    for name, pattern in HATCH.items():
        for row, column in np.argwhere(bits == STATES[name]).tolist():
            cell = Rectangle((column, row), 1, 1, fill=False, hatch=pattern, edgecolor="black", linewidth=0, zorder=3)
            axes.add_patch(cell)
    axes.set(xlim=(0, columns), ylim=(rows, 0), xticks=[], yticks=[])


def outlines(axes: Axes, content: AssignmentContent, grid: Sequence[int], look: Look) -> None:
    """Draw the outlines of the truths."""
    rows, columns = grid
    for truth in content.state.boxes:
        x, y, w, h = truth.xywh
        corner = (columns * (x - w / 2), rows * (y - h / 2))
        axes.add_patch(
            Rectangle(
                corner, columns * w, rows * h, fill=False, edgecolor="#222222", linewidth=0.45 * look.line, zorder=4
            )
        )


def dots(axes: Axes, mask: npt.NDArray[np.bool_], look: Look, side: float) -> None:
    """Draw a dot where two rules differ."""
    y, x = np.nonzero(mask)
    cell = 72 * side / mask.shape[1]
    style = {"markeredgecolor": "white", "markeredgewidth": 0.12 * cell, "markersize": 0.5 * cell}
    axes.plot(x + 0.5, y + 0.5, "o", color="black", zorder=6, **style)


def draw_key(figure: SubFigure, place: Rect, text: Text, look: Look, marked: bool) -> None:
    """Draw the key from states to colours, in one line at the top of the place."""
    points = look.size.small
    high = 1.2 * points / 72
    x, y = place.x, place.y + place.h - high
    for name, colour in STATE_COLOURS.items():
        axes = axes_in(figure, Rect(x, y, high, high), look)
        axes.set(xlim=(0, 1), ylim=(0, 1), xticks=[], yticks=[])
        patch = Rectangle((0, 0), 1, 1, facecolor=colour, hatch=HATCH.get(name, ""), edgecolor="black", linewidth=0)
        axes.add_patch(patch)
        words = text(f"state_{name}")
        write(figure, (x + 1.3 * high, y + high / 2), words, points, look.ink, va="center")
        x += 1.3 * high + width(words, points) + 1.2 * high
    if marked:
        axes = axes_in(figure, Rect(x, y, high, high), look)
        axes.set(xlim=(0, 1), ylim=(0, 1))
        axes.set_axis_off()
        dots(axes, np.array([[True]]), look, 1.2 * high)
        write(figure, (x + 1.3 * high, y + high / 2), text("assignment_differs"), points, look.ink, va="center")


def key_tall(look: Look) -> float:
    """Return the inches that the key takes in height."""
    return 2 * look.size.small / 72
