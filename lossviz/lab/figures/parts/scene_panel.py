"""The network's input with grid and boxes."""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure
from matplotlib.patches import Rectangle

from lossviz.core.text import Text
from lossviz.engine.boxes import XYWH
from lossviz.figures.content import Table
from lossviz.figures.look import Look, Rect, axes_in, font, indexed, width
from lossviz.figures.theme import PREDICTION, TRUTH
from lossviz.lab.figures.parts.content import LabContent
from lossviz.lab.words import prediction_name
from lossviz.scenes.gallery import SAMPLES, letterbox_of
from lossviz.scenes.limits import shown_box

BAND = "#8c8c8c"
DASHED = (0, (4, 2))


def scene_panel(figure: SubFigure, place: Rect, content: LabContent, text: Text, look: Look) -> None:
    """Draw photograph, letterbox bands, grid and boxes; labels on top of all, none upon another."""
    view = content.view
    columns, rows = view.prediction.grid
    axes = axes_in(figure, place.square(), look)
    axes.set(xticks=np.arange(columns + 1) / columns, yticks=np.arange(rows + 1) / rows)
    axes.tick_params(length=0, labelbottom=False, labelleft=False)
    axes.grid(color="white", alpha=0.35, linewidth=look.line / 4)
    axes.set_facecolor(BAND)
    sample, photo = SAMPLES[content.state.scene], letterbox_of(content.state.scene)
    if sample.photo:
        sides = (photo.x, photo.x + photo.w, photo.y + photo.h, photo.y)
        axes.imshow(sample.picture, extent=sides, aspect="auto", alpha=0.9, zorder=0.5)
    axes.set(xlim=(0, 1), ylim=(1, 0))
    said, name = view.prediction, prediction_name(view, text)
    boxes = [(truth.xywh, TRUTH, text("truth_label", name=content.kind(truth.kind, text))) for truth in view.truths]
    boxes.append((shown_box(said.xywh, said.limits), PREDICTION, name))
    taken: list[Rect] = []
    for xywh, colour, words in boxes:
        draw_box(axes, xywh, colour, look)
        spot = free_spot(xywh, words, colour == TRUTH, taken, look, place.square().w)
        taken.append(spot)
        draw_label(axes, spot, words, colour, look)


def draw_box(axes: Axes, xywh: XYWH, colour: str, look: Look) -> None:
    """Draw a box with light casing: labels solid, the prediction dashed."""
    x, y, w, h = xywh
    style = "solid" if colour == TRUTH else DASHED
    for paint, factor, line in (("white", 1.7, "solid"), (colour, 0.9, style)):
        corner = (x - w / 2, y - h / 2)
        width_of_line = factor * look.line
        box = Rectangle(corner, w, h, fill=False, edgecolor=paint, linewidth=width_of_line, linestyle=line, zorder=3)
        axes.add_patch(box)


def free_spot(xywh: XYWH, words: str, above: bool, taken: list[Rect], look: Look, inches: float) -> Rect:
    """Return where a label goes, in shares: at its box, inside the picture, clear of the labels already there."""
    x, y, w, h = xywh
    points = label_points(look)
    wide, high = (width(words, points) + 0.8 * points / 72) / inches, 1.75 * points / 72 / inches
    left = min(max(0.005, x - w / 2), 0.995 - wide)
    top = y - h / 2 - high if above else y + h / 2
    spot = Rect(left, min(max(0.005, top), 0.995 - high), wide, high)
    steps = sorted((n * high * 0.5 for n in range(-40, 41)), key=abs)
    tries = (spot._replace(y=min(max(0.005, spot.y + step), 0.995 - high)) for step in steps)
    return next((place for place in tries if not any(touch(place, other) for other in taken)), spot)


def label_points(look: Look) -> float:
    """Return the font size of the labels."""
    return max(look.size.small, 0.86 * look.size.body)


def touch(one: Rect, other: Rect) -> bool:
    """Return whether two places overlap."""
    apart = one.x + one.w <= other.x or other.x + other.w <= one.x or one.y + one.h <= other.y
    return not (apart or other.y + other.h <= one.y)


def draw_label(axes: Axes, spot: Rect, words: str, colour: str, look: Look) -> None:
    """Draw a label, white on the box's colour."""
    axes.add_patch(Rectangle(spot[:2], spot.w, spot.h, facecolor=colour, edgecolor="white", linewidth=0.6, zorder=4))
    axes.text(
        spot.x + spot.w / 2,
        spot.y + spot.h / 2,
        indexed(words),
        fontproperties=font(label_points(look)),
        color="white",
        ha="center",
        va="center_baseline",
        zorder=5,
    )


def scene_rows(content: LabContent) -> Table:
    """Return a row for each box: x, y, w, h in shares of the network's input, class, who answers."""
    rows: Table = [
        ["box", "x", "y", "w", "h", "class", "objectness", "predictors"],
    ]
    for truth in content.view.truths:
        answers = " ".join(map(str, truth.answers))
        rows.append([f"truth-{truth.number}", *truth.xywh, truth.kind, truth.objectness if answers else None, answers])
    said = content.view.prediction
    rows.append(["prediction", *said.xywh, said.kind, said.objectness, str(said.predictor)])
    return rows


def scene_words(content: LabContent, text: Text) -> str:
    """Return the words for what there is to see in the scene."""
    view = content.view
    names = [text("truth_label", name=content.kind(truth.kind, text)) for truth in view.truths]
    names.append(prediction_name(content.view, text))
    seen = text("list_nouns").join(names) + text("list_end")
    return f"{text('canvas_description', count=len(view.truths))} {seen}"
