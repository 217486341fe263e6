"""Gradient steps: one, ten, play, reset; the curve; and the duel of BCE with squared error."""

from dataclasses import replace
from functools import partial
from html import escape

import streamlit as st

from lossviz.components.plot import plot
from lossviz.core.text import Text, four
from lossviz.engine.boxes import XYWH
from lossviz.lab.charts.curves import steps_curve
from lossviz.lab.descent import Walk, done, first, start_slopes, walked, walks_of
from lossviz.lab.desk import LabDesk
from lossviz.lab.state import LEARNING_RATES, MOST_STEPS, WALKERS, State
from lossviz.lab.view import FOUND, LabView
from lossviz.lab.words import kind_name
from lossviz.scenes.gallery import SAMPLES, letterbox_of
from lossviz.scenes.limits import shown_box
from lossviz.web.choices import kept_number, segments
from lossviz.web.html import number, photo_address, predictor_name

TICK = 0.12
"""The seconds between two runs while the walk plays."""
AT_ONCE = 0.25
"""Seconds one run may walk before it shows how far it has come."""
SPEEDS = {1: "×1", 10: "×10", 100: "×100"}
CURVE, STAGED = 210, {"one": 175, "all": 175, "duel": 250}
"""The height of the curve in pixels: on the page, and by what moves on a stage."""


def busy(desk: LabDesk) -> bool:
    """Return whether the page has to run again by itself."""
    state = desk.state
    return state.steps is not None and (desk.playing > 0 or (state.at is not None and done(state) < state.steps))


def dueling(state: State) -> bool:
    """Return whether BCE runs beside squared error."""
    return state.steps is not None and state.walker == "duel"


def tick(desk: LabDesk) -> None:
    """Walk on: the steps the state asks for and, while it plays, more."""
    state = desk.state
    if state.steps is None:
        desk.walks = ()
        return
    if state.at is None:
        state = desk.state = replace(state, at=desk.view.prediction.predictor)
    if not state.steps and not desk.playing:
        return
    desk.walks, before = walks_of(state), done(state)
    arrived = walked(state, AT_ONCE)
    if desk.playing and arrived:
        most = MOST_STEPS[state.walker]
        desk.state = replace(state, steps=min((state.steps or 0) + desk.playing, most))
        walked(desk.state, AT_ONCE)
        if desk.state.steps == most:
            stop(desk)
    desk.rev += done(desk.state) != before  # the box on the picture follows


def stop(desk: LabDesk) -> None:
    """Stop the walk where it has come to."""
    desk.playing = 0
    state = desk.state
    if state.steps is not None and state.at is not None:
        desk.state = replace(state, steps=done(state))


def go(desk: LabDesk, count: int) -> None:
    """Ask for some more steps."""
    state = desk.state
    desk.playing = 0
    desk.rev += 1
    desk.settle(replace(state, steps=min((state.steps or 0) + count, MOST_STEPS[state.walker])))


def play(desk: LabDesk, speed: int) -> None:
    """Keep walking. Not a switch: a click that the browser reports twice means the same as once."""
    if not desk.playing:
        desk.settle(desk.state, always=True)
    desk.playing = speed


def back(desk: LabDesk) -> None:
    """Go back to where the steps began."""
    desk.playing = 0
    desk.rev += 1
    desk.settle(replace(desk.state, steps=0))


def steps(view: LabView, desk: LabDesk, text: Text) -> None:
    """Draw the controls of the steps and their curve."""
    state = desk.state
    with st.container(border=True, key="steps-panel"):
        forth_and_back(desk, text)
        movers(desk, text)
        under_way(desk, text)
        run = done(state) if state.at else 0
        if state.walker == "all":
            st.html(f'<p class="lz-quiet">{escape(text("steps_honest_all", count=run))}</p>')
        else:
            name = predictor_name(view.prediction.predictor, text)
            st.html(f'<p class="lz-quiet">{escape(text("steps_honest", predictor=name))}</p>')
        if state.flipped:
            st.html(f'<p class="lz-quiet" data-testid="flipped">{escape(text("steps_flipped"))}</p>')
        curve(state, CURVE, text)


def staged(desk: LabDesk, text: Text) -> None:
    """Draw what a stage has room for: how far the steps are, and their curve."""
    with st.container(border=True, key="steps-panel"):
        forth_and_back(desk, text)
        under_way(desk, text)
        curve(desk.state, STAGED[desk.state.walker], text)


def under_way(desk: LabDesk, text: Text) -> None:
    """Draw how far asked steps have come, while they are worked out."""
    state = desk.state
    run, wanted = done(state) if state.at else 0, state.steps or 0
    if run < wanted:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.progress(run / wanted, text=text("steps_under_way", done=run, wanted=wanted))
            st.button(text("steps_stop"), key="steps-stop", on_click=stop, args=(desk,))


def forth_and_back(desk: LabDesk, text: Text) -> None:
    """Draw the number of steps, and the buttons that take some."""
    state = desk.state
    with st.container(horizontal=True, vertical_alignment="center", key="steps-go"):
        st.html(f'<span class="lz-step">{text("step")} {step_number(done(state) if state.at else 0)}</span>')
        st.button(text("steps_one"), key="steps-1", on_click=go, args=(desk, 1))
        st.button(text("steps_ten"), key="steps-10", on_click=go, args=(desk, 10))
        for speed, label in SPEEDS.items():
            playing = desk.playing == speed
            st.button(
                label,
                key=f"pause-{speed}" if playing else f"play-{speed}",  # a click told twice must not mean its opposite
                icon=":material/pause:" if playing else ":material/play_arrow:",
                help=text("steps_pause" if playing else "steps_play", speed=label),
                type="primary" if playing else "secondary",
                on_click=stop if playing else play,
                args=(desk,) if playing else (desk, speed),
            )
        st.button(text("steps_back"), key="steps-back", icon=":material/first_page:", on_click=back, args=(desk,))


def movers(desk: LabDesk, text: Text) -> None:
    """Draw the choice of what moves, how far, and which way."""
    state = desk.state
    with st.container(horizontal=True, vertical_alignment="bottom", key="steps-who"):
        words = {walker: text(f"walker_{walker}") for walker in WALKERS}
        segments(text("walker"), "walker", words, state.walker, partial(choose_walker, desk), named=True)
        st.number_input(
            text("rate"),
            *LEARNING_RATES,
            **kept_number("rate", state.rate, partial(choose_rate, desk)),
            step=None,
            format="%.5g",
            width=130,
        )
        flip = kept_number("flip", state.flipped, partial(choose_sign, desk))
        st.toggle(text("steps_flip"), **flip, help=text("steps_flip_about"))


def step_number(step: int) -> str:
    """Return a step's number for people and for scripts."""
    return f'<b class="lz-number" data-testid="step" data-value="{step}">{step:,}</b>'


def choose_walker(desk: LabDesk, walker: str) -> None:
    """Choose who moves; the steps begin anew."""
    desk.put(replace(desk.state, walker=walker, steps=0))


def choose_sign(desk: LabDesk, flipped: bool) -> None:
    """Let the steps go up or down; they begin anew."""
    desk.put(replace(desk.state, flipped=flipped, steps=0))


def choose_rate(desk: LabDesk, rate: float) -> None:
    """Take over another learning rate; the steps begin anew."""
    desk.put(replace(desk.state, rate=float(f"{rate:.6g}"), steps=0))


def curve(state: State, height: int, text: Text) -> None:
    """Draw objectness (in a duel) or the loss against the step; nothing is worked out before the first."""
    if not state.at or not state.steps:
        st.html(f'<p class="lz-quiet">{escape(text("steps_none"))}</p>')
        return
    walks, until = walks_of(state), done(state)
    duel = state.walker == "duel"
    names = [text("obj_bce"), text("obj_mse")] if duel else [text(f"walker_{state.walker}")]
    plot(
        steps_curve(walks, names, until, text, objectness=duel),
        key="steps-curve",
        height=height,
        description=text("steps_alt", step=until),
        testid="steps-curve",
    )


def duel(view: LabView, text: Text) -> None:
    """Draw two predictions from one state, BCE left, squared error right; between them the ratio of slopes."""
    state = view.state
    if not state.at:
        return
    walks, until = walks_of(state), done(state)
    bce, mse = (abs(slope) for slope in start_slopes(state.before_steps()))
    left, right = (side(view, walk, until, name, text) for walk, name in zip(walks, ("bce", "mse"), strict=True))
    ratio = f"{bce / mse:.3g}" if mse else "∞" if bce else "–"
    middle = (
        f'<div class="lz-ratio"><b data-testid="slope-ratio" data-value="{bce / mse if mse else ""}">{ratio} ×</b>'
        f"<small>{escape(text('duel_ratio', bce=four(bce), mse=four(mse)))}</small></div>"
    )
    st.html(f'<div class="lz-duel">{left}{middle}{right}</div>')


def side(view: LabView, walk: Walk, until: int, name: str, text: Text) -> str:
    """Return one of the two pictures of a duel."""
    record = walk.records[min(until, walk.done)]
    box = shown_box(walk.box_at(until, view.state.step), view.prediction.limits)
    awake = first(walk, lambda record: record.objectness >= FOUND)
    said = text("duel_awake", step=awake) if awake is not None and awake <= until else text("duel_asleep")
    frames = [
        frame(truth.xywh, "truth", kind_name(view, truth.kind, text), 1.0)
        for truth in view.truths
        if walk.predictor in truth.answers
    ]
    frames.append(frame(box, "prediction", "", max(record.objectness, 0.02)))
    sample, place = SAMPLES[view.state.scene], letterbox_of(view.state.scene)
    image = (
        f'<img src="{photo_address(sample.photo)}" alt="" style="left:{place.x:.2%};top:{place.y:.2%};'
        f'width:{place.w:.2%};height:{place.h:.2%}">'
        if sample.photo
        else ""
    )
    return (
        f'<figure class="lz-side"><figcaption><b>{text(f"obj_{name}")}</b> {text("objectness")} '
        f'{number(f"duel-{name}", record.objectness)}<br><small data-testid="duel-{name}-awake">{escape(said)}</small>'
        f"</figcaption><div>{image}{''.join(frames)}</div></figure>"
    )


def frame(xywh: XYWH, kind: str, name: str, opacity: float) -> str:
    """Return a box drawn on the picture."""
    x, y, w, h = xywh
    style = f"left:{x - w / 2:.2%};top:{y - h / 2:.2%};width:{w:.2%};height:{h:.2%};opacity:{opacity:.3f}"
    return f'<i class="lz-{kind}" style="{style}"><u>{escape(name)}</u></i>'
