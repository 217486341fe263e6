"""Assignment: which predictor answers for which box."""

from functools import partial

import streamlit as st

from lossviz.assignment.state import AssignmentState, from_query
from lossviz.assignment.view import AssignmentView, view_of
from lossviz.assignment.widgets import board as assignment
from lossviz.assignment.widgets import predictors
from lossviz.assignment.widgets.board import save_assignment
from lossviz.core.desk import Desk
from lossviz.core.text import Text
from lossviz.web import session, tools
from lossviz.web.session import Memory, Page

WIDTHS = {"1": (1, 1.2), "2": (1, 1.35), "3": (1, 1.35)}
"""Of the board and what stands beside it."""


def show() -> None:
    """Tools, then the workbench: what stays as it is during a drag is not drawn again."""
    memory = session.current()
    text, desk = memory.visit.text, memory.desks["assignment"]
    with st.container(horizontal=True, key="toolbar"):
        assignment.depth(memory, text)
        tools.tools(memory, partial(save_assignment, desk, text), text)
    desk.drawn = memory.face
    st.fragment(workbench)()


def workbench() -> None:
    """Who answers, the board, the anchors. The board comes last: it tells the browser that the numbers are written."""
    memory = session.current()
    text, desk, shows = memory.visit.text, memory.desks["assignment"], memory.visit.shows
    assignment.listen(desk, text)
    view = view_of(desk.state)
    if shows("sentence"):
        st.html(assignment.sentence(view, memory, resting=not desk.before))
        tools.opened(memory, text)
    if shows("panel") and memory.visit.view != "embed":
        assignment.choices(desk, text)
    level = memory.visit.level if shows("panel") else "1"
    left, right = st.columns(WIDTHS[level] if memory.visit.view != "embed" else (1, 1), gap="medium")
    with left:
        place = st.container(key="picture")
    with right:
        beside(view, memory, desk, level)
        if memory.visit.view == "embed":
            st.html(tools.way_out(memory, text))
    with place:
        assignment.board(view, desk, text)
    session.finish(memory)


def beside(view: AssignmentView, memory: Memory, desk: Desk[AssignmentState], level: str) -> None:
    """The anchors on the truth's shape; all predictors; two rules. Nothing of a closed level is worked out."""
    text, shows = memory.visit.text, memory.visit.shows
    tools = shows("panel") and memory.visit.view != "embed"
    if not shows("numbers"):
        return
    if level == "1":
        st.html(assignment.strip(view, text))
        st.html(assignment.progress(view, desk, text))
        if tools:
            assignment.guess(view, desk, text)
    elif level == "2":
        everyone(view, desk, text, tools=tools)
    else:
        predictors.two(view, desk, text, tools=tools)


def everyone(view: AssignmentView, desk: Desk[AssignmentState], text: Text, *, tools: bool) -> None:
    """Every predictor of the head, every truth, what collides, what can be set."""
    with st.container(horizontal=True, vertical_alignment="center", key="states-head"):
        predictors.head_choice(view, desk, text)
        st.html(predictors.counts(view.result, text), width="content")
    predictors.drawn(view, text)
    st.html(predictors.maps(view, view.result, text) + predictors.in_this_head(view, text))
    if tools:
        predictors.truth_tools(view, desk, text)
    st.html(predictors.truth_list(view, text) + predictors.collisions(view, text))
    if tools:
        predictors.thresholds(view, desk, text)


PAGE = Page("assignment", 5, show, from_query)
