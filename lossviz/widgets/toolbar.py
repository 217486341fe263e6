"""Everything that is chosen, in rows that break where the screen is narrow."""

from dataclasses import replace
from functools import partial

import streamlit as st

from lossviz import session
from lossviz.engine.recipe import OBJECTNESS_CHOICES
from lossviz.pytorch import has_script, script
from lossviz.recipes import RECIPES
from lossviz.session import Memory
from lossviz.state import MODES
from lossviz.text import Text
from lossviz.widgets.choices import segments
from lossviz.widgets.lessons import examples, share, slides
from lossviz.widgets.save import save_lab
from lossviz.widgets.take_away import take_away
from lossviz.widgets.what import what


def toolbar(memory: Memory, text: Text) -> None:
    """Scene and objectness, what moves, tools."""
    memory.drawn = memory.face
    slides(memory, text)
    with st.container(horizontal=True, key="toolbar"):
        with st.container(horizontal=True, vertical_alignment="center", width="content", key="choices"):
            choices(memory, text)
        with st.container(horizontal=True, vertical_alignment="center", width="content", key="moving"):
            moving(memory, text)
        with st.container(horizontal=True, vertical_alignment="center", width="content", key="tools"):
            tools(memory, text)


def choices(memory: Memory, text: Text) -> None:
    """Scene and implementation behind one button; objectness beside it."""
    state, shows = memory.state, memory.visit.shows
    if shows("scene"):
        with st.popover(f"{text(f'scene_{state.scene}')} · {text(f'short_{state.recipe}')}", key="what"):
            what(memory, text)
    if shows("objectness"):
        st.markdown(text("objectness"), help=text("objectness_help"), width="content")
        words = {option: text(f"obj_{option}") for option in OBJECTNESS_CHOICES}
        written = RECIPES[state.recipe].written_objectness()
        if written:
            words["as-written"] = text("obj_equal", one=words["as-written"], other=words[written])
        segments(text("objectness"), "objectness", words, state.objectness, choose_objectness)


def choose_objectness(choice: str) -> None:
    """Another loss for objectness; a run starts anew."""
    state = session.current().state
    session.settle(replace(state, objectness=choice, steps=state.steps and 0))


def moving(memory: Memory, text: Text) -> None:
    """What moves: the prediction or the label."""
    if memory.visit.shows("mode"):
        words = {mode: text(f"mode_{mode}") for mode in MODES}
        st.markdown(text("mode"), width="content")
        segments(text("mode"), "mode", words, memory.state.mode, choose_mode)


def choose_mode(mode: str) -> None:
    """What one drags; a label in hand is the one the chosen predictor answers for."""
    session.replace_boxes(replace(session.current().state, mode=mode))


def tools(memory: Memory, text: Text) -> None:
    """Undo, reset, examples, steps, share, copy."""
    shows, state = memory.visit.shows, memory.state
    if shows("undo"):
        st.button(text("undo"), key="undo", icon=":material/undo:", disabled=not memory.past, on_click=session.undo)
        st.button(
            text("reset"), key="reset", icon=":material/restart_alt:", disabled=not memory.moved, on_click=session.reset
        )
    if shows("examples") and memory.visit.view != "embed":
        examples(memory, text)
    if shows("steps"):
        st.button(
            text("steps"),
            key="steps",
            icon=":material/footprint:",
            type="primary" if state.steps is not None else "secondary",
            on_click=toggle_steps,
        )
    if shows("share") and memory.visit.view != "embed":
        share(memory, text, partial(save_lab, memory, text))
        if has_script(state.recipe):
            view = memory.view
            make = partial(script, view.report, view.prediction.predictor)
            take_away(text, f"{state.scene}_{state.recipe}", make)


def toggle_steps() -> None:
    """Open or close the gradient steps; closing forgets those taken."""
    memory = session.current()
    state = memory.state
    if state.steps is None:
        session.look(steps=0, at=memory.view.prediction.predictor)
    else:
        session.replace_boxes(replace(state, steps=None, walker="one"))
