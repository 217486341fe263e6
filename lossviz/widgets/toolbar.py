"""Everything that is chosen, in rows that break where the screen is narrow."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import streamlit as st

from lossviz import session
from lossviz.engine.recipe import OBJECTNESS_CHOICES, Recipe
from lossviz.gallery import SAMPLES
from lossviz.pytorch import has_script, script
from lossviz.recipes import RECIPES
from lossviz.session import Memory
from lossviz.state import MODES
from lossviz.text import Text
from lossviz.verified import verified
from lossviz.widgets.choices import segments
from lossviz.widgets.lessons import examples, share, slides
from lossviz.widgets.save import save_lab
from lossviz.widgets.take_away import take_away


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
            picker(text("scene"), "scene", list(SAMPLES), memory, text)
            picker(text("recipe"), "recipe", list(RECIPES), memory, text)
            about(memory, text)
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


def picker(label: str, name: str, options: Sequence[str], memory: Memory, text: Text) -> None:
    """One of a list; boxes moved in another scene and settings of another program do not come along."""

    def choose() -> None:
        chosen = replace(memory.state, **{name: st.session_state[name]}, term="", channel=None, steps=None, at=None)
        if name == "scene":
            chosen = replace(chosen.at_rest(), label=0)
        else:
            known = RECIPES[chosen.recipe].settings.accepts()
            chosen = replace(chosen, settings=tuple(pair for pair in chosen.settings if pair[0] in known))
        session.replace_boxes(chosen)
        memory.linked = chosen.at_rest()

    st.session_state[name] = getattr(memory.state, name)
    st.radio(label, options, format_func=lambda key: text(f"{name}_{key}"), key=name, on_change=choose)


def about(memory: Memory, text: Text) -> None:
    """Where the numbers and the photograph come from, and how well they were checked."""
    recipe, sample = RECIPES[memory.state.recipe], SAMPLES[memory.state.scene]
    st.caption(checked(recipe, text))
    if sample.credit:
        st.caption(text("photo_credit", credit=sample.credit))


def checked(recipe: Recipe, text: Text) -> str:
    """What a recipe's numbers were held against."""
    found, source = verified().get(recipe.key), recipe.source
    if not found:
        return text("verified_paper")
    return text(
        "verified",
        files=found.files,
        repository=source.repository,
        file=source.file,
        commit=source.commit[:7],
        deviation=f"{found.deviation:.1e}",
    )
