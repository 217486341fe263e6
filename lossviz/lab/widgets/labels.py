"""Mode "move the label": add, delete, rename; and crossing the line."""

from functools import partial
from html import escape

import streamlit as st

from lossviz.components.plot import Chart, PlotClick
from lossviz.core.text import Text, four, minus
from lossviz.core.visit import Visit
from lossviz.lab.charts.curves import cliff
from lossviz.lab.desk import LabDesk
from lossviz.lab.dragging import Point, new_label, truth_of
from lossviz.lab.view import LabView
from lossviz.lab.widgets.canvas import chosen_truth
from lossviz.lab.words import kind_name
from lossviz.scenes.check import MOST_TRUTHS
from lossviz.scenes.gallery import SAMPLES
from lossviz.web.choices import kept
from lossviz.web.html import glossed, predictor_name

STRIP = {"page": 170, "embed": 170, "present": 320}
"""The height of the strip in pixels, by view."""


def label_tools(desk: LabDesk, text: Text) -> None:
    """Draw the tools for labels: the class of the one in hand, delete it, add one."""
    view = desk.view
    truth, recipe = truth_of(view, chosen_truth(view)), view.report.recipe
    with st.container(horizontal=True, vertical_alignment="center", key="labels"):
        if truth:
            family = SAMPLES[view.state.scene].classes
            count = len(view.prediction.raw) - 5
            st.selectbox(
                text("label_class"),
                range(count),
                format_func=lambda kind: text.kind(family, kind),
                **kept("label_class", truth.kind, partial(rename, desk, truth.number)),
                label_visibility="collapsed",
                width=220,
            )
            st.button(
                text("label_delete"),
                key="label-delete",
                icon=":material/delete:",
                on_click=delete,
                args=(desk, truth.number),
            )
        st.button(
            text("label_add"),
            key="label-add",
            icon=":material/add:",
            disabled=len(view.truths) >= min(MOST_TRUTHS, recipe.truth_limit(recipe.settings)),
            on_click=lambda: desk.put(new_label(desk.state)),
        )


def rename(desk: LabDesk, number: int, kind: int) -> None:
    """Give a label another class."""
    if desk.before:  # while one drags, the browser may report what it has not heard of yet
        return
    desk.put(desk.state.with_truth(number, kind=kind))


def delete(desk: LabDesk, number: int) -> None:
    """Delete a label."""
    desk.put(desk.state.with_truth(number, gone=True))
    desk.crossing = None


def stamp(desk: LabDesk, view: LabView, text: Text) -> str:
    """Say which predictor took over, and what that cost."""
    crossing = desk.crossing
    if not crossing:
        return ""
    step = crossing.loss_after - crossing.loss_before
    names = [
        text("list_nouns").join(escape(predictor_name(p, text)) for p in side) or escape(text("nobody"))
        for side in (crossing.before, crossing.after)
    ]
    words = text(
        "crossing_several" if crossing.several else "crossing",
        name=escape(kind_name(view, crossing.kind, text)),
        before=names[0],
        after=f"<b>{names[1]}</b>",
        loss_before=four(crossing.loss_before),
        loss_after=four(crossing.loss_after),
        step=f"<b>{minus(f'{step:+.4g}')}</b>",
    )
    words = glossed(words, text, "predictor", "head")
    return f'<p class="lz-stamp" data-testid="crossing" data-heard="crossing">{words}</p>'


def strip(desk: LabDesk, view: LabView, visit: Visit) -> Chart:
    """Draw the loss against the place of the label, which has been at two places at least."""
    track, text = desk.track, visit.text
    return Chart(
        figure=cliff(track, view.prediction.grid[track.along()], text),
        height=STRIP[visit.view],
        description=text("cliff_alt", count=len(track.points)),
        testid="cliff",
        clicks=True,
    )


def to_click(click: PlotClick, desk: LabDesk) -> None:
    """Put the label back to the place on the strip that was clicked."""
    along = desk.track.along()
    cells = desk.view.prediction.grid[along]
    scrub(desk, nearest(desk.track.ordered(), click.x, cells, along))


def back_and_forth(desk: LabDesk, text: Text) -> None:
    """Draw buttons that put the label to the recorded place before or after this one."""
    points = desk.track.ordered()
    here = points.index(desk.track.points[-1])
    with st.container(horizontal=True, vertical_alignment="center", key="scrub"):
        for name, icon, to in (("back", "arrow_back", here - 1), ("forth", "arrow_forward", here + 1)):
            st.button(
                text(f"cliff_{name}"),
                key=f"cliff-{name}",
                icon=f":material/{icon}:",
                disabled=not 0 <= to < len(points),
                on_click=scrub_to,
                args=(desk, to),
            )


def scrub_to(desk: LabDesk, place: int) -> None:
    """Put the label back to one of the recorded points, counted along the axis."""
    points = desk.track.ordered()
    if 0 <= place < len(points):
        scrub(desk, points[place])


def nearest(points: tuple[Point, ...], place: object, cells: int, along: int) -> Point:
    """Return the recorded point next to a place in cells."""
    wanted = float(place) / cells if isinstance(place, int | float) else 0.5
    return min(points, key=lambda point: abs((point.x, point.y)[along] - wanted))


def scrub(desk: LabDesk, point: Point) -> None:
    """Put the label back to a place where it has been."""
    track, before = desk.track, desk.view
    truth = truth_of(before, track.number)
    if truth is None:
        return
    crossing = desk.crossing
    desk.put(desk.state.with_truth(track.number, xywh=(point.x, point.y, *truth.xywh[2:])))
    if point.answers:
        desk.look(at=point.answers[0])
    others = tuple(other for other in track.points if other != point)
    desk.track, desk.crossing = type(track)(track.number, (*others, point)), crossing
