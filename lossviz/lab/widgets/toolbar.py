"""Everything that is chosen in the Lab, in rows that break where the screen is narrow."""

from dataclasses import replace
from functools import partial

import streamlit as st

from lossviz.core.text import Text
from lossviz.engine.device import computing_on
from lossviz.engine.recipe import OBJECTNESS_CHOICES
from lossviz.lab.desk import LabDesk
from lossviz.lab.figures.parts.content import LabContent
from lossviz.lab.state import MODES
from lossviz.lab.view import resting_view
from lossviz.lab.widgets.what import what
from lossviz.programs.script import has_script, script
from lossviz.recipes import RECIPES
from lossviz.scenes.gallery import scene_name
from lossviz.web.choices import segments
from lossviz.web.save import save
from lossviz.web.session import Memory
from lossviz.web.take_away import take_away
from lossviz.web.tools import tools


def toolbar(memory: Memory, desk: LabDesk, text: Text) -> None:
    """Draw the choices of scene and objectness, of what moves, and the tools."""
    with st.container(horizontal=True, vertical_alignment="center", width="content", key="choices"):
        choices(memory, desk, text)
    with st.container(horizontal=True, vertical_alignment="center", width="content", key="moving"):
        moving(memory, desk, text)
    own = {"before": partial(steps, memory, desk, text), "after": partial(copy, memory, desk, text)}
    tools(memory, partial(save_lab, desk, text), text, **own)


def choices(memory: Memory, desk: LabDesk, text: Text) -> None:
    """Draw scene and implementation behind one button, and objectness beside it."""
    state, shows = desk.state, memory.visit.shows
    if shows("scene"):
        with st.popover(f"{scene_name(state.scene, text)} · {text(f'short_{state.recipe}')}", key="what"):
            what(desk, text)
    if shows("objectness"):
        st.markdown(text("objectness"), help=text("objectness_help"), width="content")
        words = {option: text(f"obj_{option}") for option in OBJECTNESS_CHOICES}
        written = RECIPES[state.recipe].written_objectness()
        if written:
            words["as-written"] = text("obj_equal", one=words["as-written"], other=words[written])
        segments(text("objectness"), "objectness", words, state.objectness, partial(choose_objectness, desk))


def choose_objectness(desk: LabDesk, choice: str) -> None:
    """Take over another loss for objectness; a run of steps begins anew."""
    desk.settle(replace(desk.state, objectness=choice, steps=desk.state.steps and 0))


def moving(memory: Memory, desk: LabDesk, text: Text) -> None:
    """Choose what moves: the prediction, or the label in hand (the chosen predictor's)."""
    if memory.visit.shows("mode"):
        words = {mode: text(f"mode_{mode}") for mode in MODES}
        st.markdown(text("mode"), width="content")
        segments(text("mode"), "mode", words, desk.state.mode, lambda mode: desk.put(replace(desk.state, mode=mode)))


def steps(memory: Memory, desk: LabDesk, text: Text) -> None:
    """Draw the button that opens the gradient steps."""
    if memory.visit.shows("steps") and memory.visit.answers:
        st.button(
            text("steps"),
            key="steps",
            icon=":material/footprint:",
            type="primary" if desk.state.steps is not None else "secondary",
            on_click=toggle_steps,
            args=(desk,),
        )


def copy(memory: Memory, desk: LabDesk, text: Text) -> None:
    """Offer the state as a script to take away."""
    if (
        memory.visit.shows("share")
        and memory.visit.answers
        and memory.visit.view != "embed"
        and has_script(desk.state.recipe)
    ):
        make = partial(script, desk.view.report, desk.view.prediction.predictor)
        take_away(text, f"{desk.state.scene}_{desk.state.recipe}", make)


def toggle_steps(desk: LabDesk) -> None:
    """Open or close the gradient steps; closing forgets those taken."""
    if desk.state.steps is None:
        desk.look(steps=0, at=desk.view.prediction.predictor)
    else:
        desk.put(replace(desk.state, steps=None, walker="one"))


def save_lab(desk: LabDesk, text: Text, link: str) -> None:
    """Offer the figures of the Lab as files."""
    with computing_on("cpu"):
        view = desk.view
        save(LabContent(view, resting_view(view.state.untouched()), link, desk.track), text)
