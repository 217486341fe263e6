"""IoU losses: two boxes, four measures, their surfaces and gradient fields, and who computes what."""

from collections.abc import Sequence
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lossviz.core.desk import Desk
from lossviz.overlap.state import OverlapState, from_query
from lossviz.overlap.view import OverlapView, view_of
from lossviz.overlap.widgets import board as overlap
from lossviz.overlap.widgets import checks as referee
from lossviz.overlap.widgets import surface
from lossviz.overlap.widgets.board import save_overlap
from lossviz.web import session, tools
from lossviz.web.session import Memory, Page

WIDTHS = {"1": (1, 1.25), "2": (1, 1.12, 0.9), "3": (1, 1.25)}
"""Of board and numbers; of board, surface and slices."""


def show() -> None:
    """Tools, then the workbench: what stays as it is during a drag is not drawn again."""
    memory = session.current()
    text, desk = memory.visit.text, memory.desks["overlap"]
    with st.container(horizontal=True, key="toolbar"):
        overlap.depth(memory, text)
        tools.tools(memory, partial(save_overlap, desk, text), text)
    desk.drawn = memory.face
    st.fragment(workbench)()


def workbench() -> None:
    """One sentence, the board, the numbers. The board comes last: it tells the browser that the numbers are written."""
    memory = session.current()
    text, desk = memory.visit.text, memory.desks["overlap"]
    overlap.listen(desk, text)
    if memory.visit.level == "2":
        surface.listen(desk, text)
    found = view_of(desk.state)
    if memory.visit.shows("sentence"):
        st.html(overlap.sentence(found, text))
    level = memory.visit.level if memory.visit.shows("panel") else "1"
    if level == "2" and memory.visit.shows("numbers"):
        st.html(overlap.headline(found, text))
    left, *right = st.columns(WIDTHS[level] if memory.visit.view != "embed" else (1, 1), gap="medium")
    with left:
        place = st.container(key="picture")
    beside(right, found, memory, level)
    with place:
        overlap.board(found, desk, text, *referee.drawn(found, level))
    session.finish(memory)


def beside(right: Sequence[DeltaGenerator], found: OverlapView, memory: Memory, level: str) -> None:
    """What stands beside the board: the surface and its slices, or the numbers; in a frame the way out."""
    text, view, desk = memory.visit.text, memory.visit.view, memory.desks["overlap"]
    with right[0]:
        if level == "2":
            surface.surface(desk, text, view)
        else:
            numbers(found, memory, desk, level)
        if view == "embed":
            st.html(tools.way_out(memory, text))
    if level == "2" and len(right) > 1:
        with right[1]:
            surface.slices(found, desk, text, view)


def numbers(found: OverlapView, memory: Memory, desk: Desk[OverlapState], level: str) -> None:
    """The measures, and on the third level the checks. Nothing of a closed level is worked out."""
    text, visit = memory.visit.text, memory.visit
    if visit.shows("numbers") and not (level == "3" and desk.state.check == "referee"):
        st.html(overlap.measures(found, text))
    if level == "1" and visit.shows("panel") and visit.view != "embed":
        overlap.measure_choice(desk, text, text("arrows_of"))
    if level == "1" and visit.shows("equation") and visit.view != "embed":
        st.html(overlap.equations(found, text))
    if level == "3":
        referee.referee(found, desk, text)


PAGE = Page("overlap", 2, show, from_query)
