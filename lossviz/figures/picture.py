"""The Lab's state as a picture for a slide or a post: the scene with its boxes, the bars, a caption. Always on white."""

import csv
import io
from functools import cache

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.image import imread
from matplotlib.patches import Rectangle

from lossviz.figures.bars import names
from lossviz.figures.theme import PREDICTION, QUIET, TERM, TRUTH, ceiling
from lossviz.gallery import ASSETS, FOLDER, SAMPLES, letterbox_of
from lossviz.lab import LabView
from lossviz.state import Four
from lossviz.text import Text, four

FONT = ASSETS / "fonts" / "NotoSansSC-subset.otf"
FORMATS = {"png": "image/png", "svg": "image/svg+xml", "pdf": "application/pdf"}
INCHES, DOTS = (12.0, 6.75), 100
"""1200 x 675, the size of a post."""
BAND = "#8c8c8c"


@cache
def _font(size: float) -> FontProperties:
    return FontProperties(fname=FONT, size=size)


def picture(view: LabView, before: LabView, text: Text, link: str, kind: str) -> bytes:
    """The file's bytes; the same state gives the same bytes. ``kind`` is png, svg or pdf."""
    figure = draw(view, before, text, link)
    stream = io.BytesIO()
    dated = {"png": {"Software": None}, "svg": {"Date": None}, "pdf": {"CreationDate": None, "ModDate": None}}
    with mpl.rc_context({"svg.hashsalt": "lossviz", "svg.fonttype": "path"}):
        figure.savefig(stream, format=kind, dpi=2 * DOTS, metadata=dated[kind])
    return stream.getvalue()


def draw(view: LabView, before: LabView, text: Text, link: str) -> Figure:
    """The figure."""
    figure = Figure(figsize=INCHES, dpi=DOTS, facecolor="white")
    state = view.state
    title = text("figure_title", recipe=text(f"recipe_{state.recipe}"), scene=text(f"scene_{state.scene}"))
    figure.text(0.03, 0.935, title, fontproperties=_font(19), color="black")
    scene = figure.add_axes((0.03, 0.10, 0.80 * INCHES[1] / INCHES[0], 0.80))
    draw_scene(scene, view, text)
    panel = figure.add_axes((0.615, 0.26, 0.345, 0.60))
    draw_bars(panel, view, before, text)
    numbers = (
        ("loss", view.loss),
        ("excess", view.excess),
        ("floor", view.floor),
        ("printed", view.printed_cost),
    )
    for place, (key, value) in zip((0.52, 0.635, 0.75, 0.865), numbers, strict=True):
        figure.text(place, 0.165, four(value), fontproperties=_font(17), color="black")
        figure.text(place, 0.125, text(key), fontproperties=_font(11), color="#444444")
    credit = SAMPLES[state.scene].credit
    notes = text("objectness") + ": " + text(f"obj_{state.objectness}")
    notes += "   " + text("photo_credit", credit=credit) if credit else ""
    figure.text(0.03, 0.05, notes, fontproperties=_font(9.5), color="#444444")
    figure.text(0.03, 0.02, link, fontproperties=_font(9.5), color="#444444")
    return figure


def draw_scene(axes: Axes, view: LabView, text: Text) -> None:
    """The network's input: photograph, letterbox bands, grid, boxes."""
    columns, rows = view.prediction.grid
    axes.set(xlim=(0, 1), ylim=(1, 0), xticks=np.arange(columns + 1) / columns, yticks=np.arange(rows + 1) / rows)
    axes.tick_params(length=0, labelbottom=False, labelleft=False)
    axes.grid(color="white", alpha=0.35, linewidth=0.6)
    axes.set_facecolor(BAND)
    sample, place = SAMPLES[view.state.scene], letterbox_of(view.state.scene)
    if sample.photo:
        sides = (place.x, place.x + place.w, place.y + place.h, place.y)
        axes.imshow(imread(FOLDER / sample.photo), extent=sides, aspect="auto", alpha=0.9, zorder=0.5)
        axes.set(xlim=(0, 1), ylim=(1, 0))
    for truth in view.truths:
        name = text("truth_label", name=text.kind(sample.classes, truth.kind))
        draw_box(axes, truth.xywh, TRUTH, "solid", name, above=True)
    said = view.prediction
    name = text("prediction_label", name=text.kind(sample.classes, said.kind), objectness=f"{said.objectness:.3f}")
    draw_box(axes, said.xywh, PREDICTION, (0, (4, 2)), name, above=False)


def draw_box(
    axes: Axes, xywh: Four, colour: str, style: str | tuple[int, tuple[int, int]], name: str, *, above: bool
) -> None:
    """A box with light casing and a label."""
    x, y, w, h = xywh
    for colour_of_line, width, line in (("white", 4.2, "solid"), (colour, 2.2, style)):
        corner = (x - w / 2, y - h / 2)
        axes.add_patch(Rectangle(corner, w, h, fill=False, edgecolor=colour_of_line, linewidth=width, linestyle=line))
    edge = max(0.03, y - h / 2) if above else min(0.97, y + h / 2)
    axes.text(
        min(max(0.01, x - w / 2), 0.8),
        edge,
        name,
        fontproperties=_font(11),
        color="white",
        va="bottom" if above else "top",
        bbox={"facecolor": colour, "edgecolor": "white", "pad": 2.5, "linewidth": 0.8},
        clip_on=True,
    )


def draw_bars(axes: Axes, view: LabView, before: LabView, text: Text) -> None:
    """The excess of each term."""
    shown, rest = ([term.excess or 0.0 for term in terms] for terms in (view.active_terms, before.active_terms))
    rows = range(len(shown))
    axes.barh(rows, shown, height=0.62, color=TERM, zorder=2)
    axes.plot(rest, rows, "|", markersize=22, markeredgewidth=1.8, color=QUIET, zorder=3)
    end = ceiling(1.25 * max([*shown, *rest, 1e-6]))
    for row, value, mark in zip(rows, shown, rest, strict=True):
        axes.text(max(value, mark) + 0.02 * end, row, four(value), va="center", fontproperties=_font(12), color="black")
    axes.set(xlim=(0, end), ylim=(len(rows) - 0.5, -0.5), yticks=rows)
    axes.set_yticklabels(names(view.active_terms, text), fontproperties=_font(12.5))
    axes.set_title(text("excess"), fontproperties=_font(12.5), loc="left")
    axes.grid(axis="x", color="#dddddd", zorder=0)
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(axis="y", length=0)
    for tick in axes.get_xticklabels():
        tick.set_fontproperties(_font(10.5))


def table(view: LabView) -> bytes:
    """The terms as CSV: full precision, names as in the command line's JSON."""
    stream = io.StringIO()
    rows = csv.writer(stream, lineterminator="\n")
    rows.writerow(("term", "predictors", "loss", "floor", "excess"))
    for term in view.terms:
        rows.writerow((term.name, term.predictors, term.value, term.floor, term.excess))
    rows.writerow(("loss", "", view.loss, view.floor, view.excess))
    rows.writerow(("printed_cost", "", view.printed_cost, "", ""))
    return stream.getvalue().encode()
