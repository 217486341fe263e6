"""The second level of IoU losses: a measure as a surface over the moving box, with its gradient field and slices."""

from dataclasses import replace

import streamlit as st

from lossviz.components.plot import Chart, Handle, read_drag
from lossviz.core.plane import LOW, SIDE
from lossviz.core.text import Text, four, minus
from lossviz.overlap.charts.slice import slice_figure
from lossviz.overlap.charts.surface import ARROWS, described, surface_figure
from lossviz.overlap.state import AXES, CUTS, FILLS, MEASURES, OverlapState
from lossviz.overlap.surface import SIDES, cuts_of, fixed, terrain_of
from lossviz.overlap.view import OverlapView, view_of
from lossviz.overlap.widgets.board import OverlapDesk, look, measure_choice
from lossviz.web.choices import segments

COARSE, FINE = 61, 201
"""Points along a side of the surface: while something is dragged, and at rest."""
HEIGHTS = {"page": {1: 410, 4: 470}, "embed": {1: 360, 4: 400}, "present": {1: 580, 4: 580}}
"""The height in pixels of one surface or of four, by view."""
SLICES = {"page": 360, "embed": 360, "present": 570}
"""The height of the slices in pixels, by view."""
BOUNDS = {"place": (LOW, LOW + SIDE), "size": SIDES}


def names(state: OverlapState) -> tuple[str, ...]:
    """Return the measures that are shown."""
    return MEASURES if state.measure == "all" else (state.measure,)


def here(state: OverlapState) -> tuple[float, float]:
    """Return where the moving box stands on the surface."""
    return state.moving[:2] if state.axes == "place" else state.moving[2:]


def key_of(desk: OverlapDesk) -> str:
    """Return the chart's key; each pair of axes has its own, as Plotly does not give up the ranges of tied axes."""
    return f"surface-{desk.state.axes}"


def handle(desk: OverlapDesk, text: Text) -> Handle:
    """Return the grip that stands for the moving box."""
    state = desk.state
    low, high = BOUNDS[state.axes]
    x, y = (min(max(value, low), high) for value in here(state))
    return Handle(
        x,
        y,
        text(f"handle_{state.axes}"),
        (low, low),
        (high, high),
        desk.rev,
        step=0.1,
        words="x {x}, y {y}" if state.axes == "place" else "w {x}, h {y}",
        subplots=state.measure == "all",
    )


def hear(desk: OverlapDesk, text: Text, part: str, said: object) -> None:
    """Answer what a hand did on the surface, if it is the one that is shown."""
    event = read_drag(said, handle=handle(desk, text), seq=desk.number(key_of(desk))) if part == key_of(desk) else None
    if event:
        x, y, w, h = desk.state.moving
        box = (event.x, event.y, w, h) if desk.state.axes == "place" else (x, y, event.x, event.y)
        desk.hand(part, event.seq, event.kind, desk.state.with_box("moving", box))


def bending(desk: OverlapDesk) -> bool:
    """Return whether a drag is under way that changes the surface itself, not just the place on it."""
    state, before = desk.state, desk.before
    return before is not None and (fixed(state), state.target) != (fixed(before), before.target)


def surface(desk: OverlapDesk, text: Text, view: str) -> Chart:
    """Return the surface with its gradient field."""
    state = desk.state
    shown, words = names(state), {name: text(name) for name in MEASURES}
    found = terrain_of(state, shown, COARSE if bending(desk) else FINE)
    values = {name: measured.value for name, measured in view_of(state).measures.items()}
    figure = surface_figure(
        found,
        here=here(state),
        axes=state.axes,  # type: ignore[arg-type]
        fill=state.fill,  # type: ignore[arg-type]
        arrows=ARROWS[len(shown)],
        target=state.target,
        moving=state.moving,
        names=words,
        text=text,
    )
    return Chart(
        figure=figure,
        height=HEIGHTS[view][len(shown)],
        description=described(found, here=here(state), values=values, names=words, text=text),
        testid="surface",
        handle=handle(desk, text),
        square=len(shown) == 1,
    )


def slices(found: OverlapView, text: Text, view: str) -> Chart:
    """Return value and slope along one line through the present place."""
    state = found.state
    along = {"place": "xy", "size": "wh"}[state.axes][CUTS.index(state.cut)]
    shown = names(state)
    now = here(state)[CUTS.index(state.cut)]
    values = text("list_comma").join(f"{text(name)} {minus(four(found.measures[name].value))}" for name in shown)
    return Chart(
        figure=slice_figure(
            cuts_of(state, shown),
            along=along,  # type: ignore[arg-type]
            here=now,
            names={name: text(name) for name in MEASURES},
            text=text,
        ),
        height=SLICES[view],
        description=text("slice_description", measure=values, cut=cut_words(state, text)[state.cut]),
        testid="slice",
    )


def cut_words(state: OverlapState, text: Text) -> dict[str, str]:
    """Return what the slices are called."""
    return {cut: text(f"cut_{state.axes}_{cut}") for cut in CUTS}


def cut_choice(desk: OverlapDesk, text: Text) -> None:
    """Choose the slice that is shown."""
    segments(text("cut"), "cut", cut_words(desk.state, text), desk.state.cut, lambda cut: look(desk, cut=cut))


def choices(desk: OverlapDesk, text: Text, *, whole: bool) -> None:
    """Choose the measure, what it is drawn over, and how it is drawn."""
    state = desk.state
    with st.container(horizontal=True, vertical_alignment="center", key="surface-choices"):
        measure_choice(desk, text)
        if not whole:
            return
        words = {axes: text(f"over_{axes}") for axes in AXES}
        segments(text("over"), "axes", words, state.axes, lambda axes: turn(desk, axes))
        words = {fill: text(f"fill_{fill}") for fill in FILLS}
        segments(text("fill"), "fill", words, state.fill, lambda fill: look(desk, fill=fill))


def turn(desk: OverlapDesk, axes: str) -> None:
    """Draw the surface over other axes, which makes the grip jump."""
    desk.put(replace(desk.state, axes=axes))
