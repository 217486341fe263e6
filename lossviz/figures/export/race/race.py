"""The course of a race: the trails of the centres and the boxes at the shown step, beside IoU and error."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure

from lossviz.figures.export.parts.content import ExportFigure, Rows, always
from lossviz.figures.export.parts.look import Look, Rect, whole
from lossviz.figures.export.parts.measures import DASHES, curve, key, key_tall
from lossviz.figures.export.parts.plane import draw_box, draw_label, plane_axes
from lossviz.figures.export.race.parts.content import RaceContent
from lossviz.figures.export.race.parts.panels import both_panels, standings
from lossviz.figures.theme import DASH, MEASURE, PREDICTION, TRUTH
from lossviz.plane import LOW, SIDE
from lossviz.race import Run
from lossviz.text import Text


def draw(figure: SubFigure, content: RaceContent, text: Text, look: Look) -> None:
    """Board and curves, side by side in a post."""
    area, names = whole(figure), content.names(text)
    if look.wide:
        board, rest = area._replace(w=area.h), area.within(area.h + 0.35)
    else:
        board = Rect(0, area.h - area.w, area.w, area.w)
        rest = area.within(top=area.w + 0.1)
    draw_board(figure, board, content, text, look)
    points = look.size.body * 0.9 if look.wide else look.size.small
    key(figure, rest, names, points, look)
    both_panels(figure, rest.within(top=key_tall(names, points, rest.w)), content, text, look)


def draw_board(figure: SubFigure, place: Rect, content: RaceContent, text: Text, look: Look) -> None:
    """Start, target, trails, the boxes at the shown step."""
    axes = plane_axes(figure, place, look)
    state = content.state
    draw_box(axes, state.target, TRUTH, look, zorder=3)
    draw_box(axes, state.start, PREDICTION, look, dashed=True, zorder=3)
    for n, run in enumerate(content.runs):
        trail(axes, run, n, content.at, look)
    above = state.start[1] < state.target[1]
    for box, name, colour, up in (
        (state.start, "start", PREDICTION, above),
        (state.target, "target", TRUTH, not above),
    ):
        x, y, _, h = box
        at = y - h / 2 - 0.45 if up else y + h / 2 + 0.45
        spot = (min(max(x, LOW + 1), LOW + SIDE - 1), min(max(at, LOW + 0.4), LOW + SIDE - 0.4))
        draw_label(axes, spot, text(f"box_{name}"), colour, look)


def trail(axes: Axes, run: Run, number: int, at: int, look: Look) -> None:
    """The way of its centre up to the shown step, a marker every so often; its box there."""
    way = np.where(np.abs(run.boxes) < 1e6, run.boxes, np.nan)[: at + 1]
    axes.plot(way[:, 0], way[:, 1], zorder=5, clip_on=True, **curve(run.name, look, number))
    x, y, w, h = (float(side) for side in way[-1])
    if np.isfinite([x, y, w, h]).all():
        thin = {"color": MEASURE[run.name], "linewidth": 0.6 * look.line, "linestyle": DASHES[DASH[run.name]]}
        left, right, top, bottom = x - w / 2, x + w / 2, y - h / 2, y + h / 2
        axes.plot([left, right, right, left, left], [top, top, bottom, bottom, top], zorder=4, **thin)


def tall(content: RaceContent, text: Text, look: Look) -> float:
    """A square, and two panels."""
    inches = look.size.width - 2 * look.size.margin
    return 2.05 * inches + key_tall(content.names(text), look.size.small, inches)


def table(content: RaceContent) -> Rows:
    """A row a contender and step: its box, IoU, error."""
    rows: Rows = [["contender", "step", "x", "y", "w", "h", "iou", "error"]]
    for run in content.runs:
        for step, box in enumerate(run.boxes):
            rows.append([run.name, step, *map(float, box), float(run.iou[step]), float(run.error[step])])
    return rows


def says(content: RaceContent, text: Text) -> str:
    """How they stand at the shown step."""
    return standings(content, content.at, text)


FIGURE = ExportFigure("race", 1, always, draw, table, says, tall)
