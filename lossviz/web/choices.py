"""Widgets in which one entry of a row is chosen, and the choice of the level."""

import math
from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from lossviz.core.visit import Visit
from lossviz.web import session


def segments(
    label: str, key: str, words: Mapping[str, str], value: str, change: Callable[[str], None], *, named: bool = False
) -> None:
    """Choose one entry of a row; ``words`` are what each is called, ``named`` shows the label."""
    keep(key, value)
    st.segmented_control(
        label,
        list(words),
        format_func=words.__getitem__,
        key=key,
        required=True,
        on_change=lambda: change(st.session_state[key]),
        label_visibility="visible" if named else "collapsed",
    )


def keep(key: str, value: Any) -> None:
    """Let the widget of this key, which is drawn next, show ``value``.

    It is written only where the widget is new or shows something else: Streamlit has the browser put what is written over
    what the visitor did in the meantime, so that a key pressed while a run is under way would be lost.
    """
    memory = session.current()
    here = (memory.page, memory.visit.lang)
    if memory.widgets.get(key) != here or not same(st.session_state.get(key), value):
        st.session_state[key] = value
    memory.widgets[key] = here


def same(there: Any, value: Any) -> bool:
    """Return whether a widget shows this value; a slider adds up its steps and misses it by a rounding error."""
    if isinstance(there, float) and isinstance(value, float):
        return math.isclose(there, value, rel_tol=1e-9)
    return type(there) is type(value) and bool(there == value)


def levels(words: Mapping[str, str], visit: Visit) -> None:
    """Choose how deep one looks; ``words`` are what each level is called."""
    if visit.shows("levels"):
        segments(visit.text("levels"), "levels", words, visit.level, session.deepen)
