"""The course of a race: the trails of the centres and the boxes at the shown step, beside IoU and error."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure

from lossviz.core.text import Text
from lossviz.figures.content import ExportFigure, Table, always
from lossviz.figures.look import Look, Rect, split, whole
from lossviz.figures.measures import SPREAD, key, key_tall, mark, stroke
from lossviz.figures.plane import draw_box, name_box, plane_axes, plane_tall
from lossviz.figures.prose import prose, prose_tall
from lossviz.figures.theme import PREDICTION, TRUTH
from lossviz.race.figures.parts.content import RaceContent, way_of
from lossviz.race.figures.parts.panels import both_panels, standings

GAP = 0.1
"""Inches between board and curves."""


def draw(figure: SubFigure, content: RaceContent, text: Text, look: Look) -> None:
    """Draw board and curves, side by side in a post."""
    area, names = whole(figure), content.names(text)
    board, rest = split(area, look, plane_tall(look), GAP)
    draw_board(figure, board, content, text, look)
    points = key_points(look)
    key(figure, rest, names, points, look)
    rest = rest.within(top=key_tall(names, points, rest.w) + 0.3 * points / 72)
    rest = prose(figure, rest, [note(content, text)], look.size.small, look, quiet=True)
    both_panels(figure, rest.within(top=0.5 * look.size.small / 72), content, text, look)


def key_points(look: Look) -> float:
    """Return the font size of the contenders' names."""
    return look.size.body * 0.9 if look.wide else look.size.small


def every(content: RaceContent) -> int:
    """Return how many steps lie between two markers on the trails."""
    return max(1, content.state.steps // SPREAD)


def note(content: RaceContent, text: Text) -> str:
    """Return the words for which step is shown, and for what the markers are."""
    steps = {"step": f"{content.at:,}", "steps": f"{content.state.steps:,}"}
    return f"{text('figure_step', **steps)}{text('list_comma')}{text('figure_every', count=every(content))}"


def draw_board(figure: SubFigure, place: Rect, content: RaceContent, text: Text, look: Look) -> None:
    """Draw start, target, trails, and the boxes at the shown step."""
    state = content.state
    ways = [way_of(run, content.at) for run in content.runs]
    axes = plane_axes(figure, place, content.boxes, look)
    draw_box(axes, state.target, TRUTH, look, zorder=3)
    draw_box(axes, state.start, PREDICTION, look, dashed=True, zorder=3)
    for run, way in zip(content.runs, ways, strict=True):
        trail(axes, run.name, way, every(content), look)
    above = state.start[1] < state.target[1]
    name_box(axes, state.start, text("box_start"), PREDICTION, look, above=above)
    name_box(axes, state.target, text("box_target"), TRUTH, look, above=not above)


def trail(axes: Axes, name: str, way: np.ndarray, step: int, look: Look) -> None:
    """Draw the way of a box' centre, a marker every so often, and its box at the end."""
    axes.plot(way[:, 0], way[:, 1], zorder=5, **stroke(name, look) | mark(name, look) | {"markevery": step})
    x, y, w, h = (float(side) for side in way[-1])
    left, right, top, bottom = x - w / 2, x + w / 2, y - h / 2, y + h / 2
    thin = stroke(name, look) | {"linewidth": 0.6 * look.line}
    axes.plot([left, right, right, left, left], [top, top, bottom, bottom, top], zorder=4, **thin)


def tall(content: RaceContent, text: Text, look: Look) -> float:
    """Return the inches of the figure in a column: a square, and two panels."""
    inches, small = look.size.width - 2 * look.size.margin, look.size.small
    words = prose_tall([note(content, text)], small, inches) + 0.5 * small / 72 + 0.3 * key_points(look) / 72
    return plane_tall(look) + 1.05 * inches + key_tall(content.names(text), key_points(look), inches) + words + GAP


def table(content: RaceContent) -> Table:
    """Return a row for each contender and step: its box, IoU, error."""
    rows: Table = [["contender", "step", "x", "y", "w", "h", "iou", "error"]]
    for run in content.runs:
        for step, box in enumerate(run.boxes):
            rows.append([run.name, step, *map(float, box), float(run.iou[step]), float(run.error[step])])
    return rows


def says(content: RaceContent, text: Text) -> str:
    """Return the words for how the contenders stand at the shown step."""
    return standings(content, content.at, text)


FIGURE = ExportFigure(
    "race",
    subject="race",
    order=1,
    applies=always,
    draw=draw,
    table=table,
    says=says,
    tall=tall,
    seen=lambda content, level: True,
)
