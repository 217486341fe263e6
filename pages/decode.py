"""Decode: how raw numbers become a box, where they stand in the output tensor, what the passthrough does."""

from functools import partial

import streamlit as st

from lossviz.core.desk import Desk
from lossviz.decode.state import DecodeState, from_query
from lossviz.decode.view import DecodeView, view_of
from lossviz.decode.widgets import box as decode
from lossviz.decode.widgets import forms, limits
from lossviz.decode.widgets import passthrough as decode_passthrough
from lossviz.decode.widgets import tensor as decode_tensor
from lossviz.decode.widgets.box import save_decode
from lossviz.web import session, tools
from lossviz.web.session import Memory, Page

WIDTHS = {"page": (1, 1.35), "present": (1, 1.35), "embed": (1, 1.15)}
"""Of the grid and what stands beside it, by view."""


def show() -> None:
    """Tools, then the workbench: what stays as it is during a drag is not drawn again."""
    memory = session.current()
    text, desk = memory.visit.text, memory.desks["decode"]
    with st.container(horizontal=True, key="toolbar"):
        if memory.visit.shows("levels"):
            decode.tabs(desk, text)
            if desk.state.tab == "box":
                decode.depth(memory, text)
        tools.tools(memory, partial(save_decode, desk, text), text)
    desk.drawn = memory.face
    st.fragment(workbench)()


def workbench() -> None:
    """The chosen part."""
    memory = session.current()
    desk: Desk[DecodeState] = memory.desks["decode"]
    if desk.state.tab == "box":
        box(memory, desk)
    else:
        parts = {"tensor": decode_tensor.show, "passthrough": decode_passthrough.show}
        parts[desk.state.tab](desk, memory.visit.text)
    session.finish(memory)


def box(memory: Memory, desk: Desk[DecodeState]) -> None:
    """What the numbers do, the grid, the numbers. The grid comes last: it tells the browser that they are written."""
    text, visit = memory.visit.text, memory.visit
    level = visit.level if visit.shows("panel") else "1"
    decode.listen(desk, text, level)
    found = view_of(desk.state)
    if visit.shows("sentence"):
        st.html(decode.sentence(found, level, desk.state, text, resting=not desk.before))
        tools.opened(memory, text)
    left, right = st.columns(WIDTHS[visit.view], gap="medium")
    with left:
        place = st.container(key="picture")
    with right:
        if visit.shows("numbers"):
            beside(found, memory, desk, level)
        if visit.view == "embed":
            st.html(tools.way_out(memory, text))
    with place:
        decode.board(found, desk, level, text)


def beside(found: DecodeView, memory: Memory, desk: Desk[DecodeState], level: str) -> None:
    """The raw numbers, and what the level shows. Nothing of a closed level is worked out."""
    text, view = memory.visit.text, memory.visit.view
    whole = view != "embed"
    if whole or level == "1":
        decode.raw_numbers(found, desk, text)
    if level == "1":
        decode.first(found, desk, memory)
    elif level == "2":
        forms.forms(found, desk, text, tools=whole)
    else:
        limits.limits(found, desk, text, view, tools=whole)


PAGE = Page("decode", 6, show, from_query)
