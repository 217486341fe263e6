"""BCE or MSE?: one logit and its target, two losses, their slopes; why they differ; the derivations."""

from functools import partial

import streamlit as st

from lossviz.core.desk import Desk
from lossviz.objectness.state import ObjectnessState, from_query
from lossviz.objectness.view import ObjectnessView
from lossviz.objectness.widgets import curves as objectness
from lossviz.objectness.widgets import derivation
from lossviz.objectness.widgets import guess as objectness_guess
from lossviz.objectness.widgets import why as objectness_why
from lossviz.objectness.widgets.curves import save_objectness
from lossviz.web import session, tools
from lossviz.web.session import Memory, Page

WIDTHS = {"1": (1.15, 1), "2": (1, 1.15)}
"""Of the curves and what stands beside them."""


def show() -> None:
    """Tools, then the workbench: what stays as it is during a drag is not drawn again."""
    memory = session.current()
    text, desk = memory.visit.text, memory.desks["objectness"]
    with st.container(horizontal=True, key="toolbar"):
        objectness.depth(memory, text)
        tools.tools(memory, partial(save_objectness, desk, text), text)
    desk.drawn = memory.face
    st.fragment(workbench)()


def workbench() -> None:
    """One sentence, the curves, the numbers. The curves come last: they tell the browser that the numbers are written."""
    memory = session.current()
    text, desk, shows = memory.visit.text, memory.desks["objectness"], memory.visit.shows
    objectness.listen(desk, text)
    view = ObjectnessView(desk.state)
    if shows("sentence"):
        st.html(objectness.sentence(view, memory, resting=not desk.before))
        tools.opened(memory, text)
    level = memory.visit.level if shows("panel") else "1"
    if level == "3":
        derivations(memory, desk)
    else:
        curves(view, memory, desk, level)
    session.finish(memory)


def derivations(memory: Memory, desk: Desk[ObjectnessState]) -> None:
    """Line by line, with this state's numbers."""
    text, visit = memory.visit.text, memory.visit
    if visit.shows("numbers"):
        derivation.show(desk, text)
    if visit.view == "embed":
        st.html(tools.way_out(memory, text))


def curves(view: ObjectnessView, memory: Memory, desk: Desk[ObjectnessState], level: str) -> None:
    """The curves, and beside them the numbers or the reasons."""
    text, seen = memory.visit.text, memory.visit.view
    left, right = st.columns(WIDTHS[level] if seen != "embed" else (1, 1), gap="medium")
    with left:
        if memory.visit.shows("panel") and seen != "embed":
            objectness.axis_choice(desk, text)
        place = st.container(key="picture")
    with right:
        beside(view, memory, desk, level)
        if seen == "embed":
            st.html(tools.way_out(memory, text))
    with place:
        objectness.chart(view, desk, text, seen, marked=level == "2" and desk.state.part == "factors")


def beside(view: ObjectnessView, memory: Memory, desk: Desk[ObjectnessState], level: str) -> None:
    """Three numbers a loss and a guess; or why. Nothing of a closed level is worked out."""
    text, shows, seen = memory.visit.text, memory.visit.shows, memory.visit.view
    tools = shows("panel") and seen != "embed"
    if level == "2":
        objectness_why.parts(desk, text)
        if shows("numbers"):
            objectness_why.why(view, desk, text, seen)
        return
    if tools:
        objectness.fields(desk, text)
    if shows("numbers"):
        st.html(objectness.table(view, text))
    if tools:
        objectness_guess.guess(desk, text)
    objectness.spoon(memory, desk.state, text)


PAGE = Page("objectness", 4, show, from_query)
