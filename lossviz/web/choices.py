"""Widgets in which one entry of a row is chosen, and the choice of the level."""

import math
from collections.abc import Callable, Mapping
from html import escape
from typing import Any

import streamlit as st

from lossviz.core.devices import said
from lossviz.core.text import Text
from lossviz.core.visit import Visit
from lossviz.engine.device import present
from lossviz.web import session


def segments(
    label: str,
    key: str,
    words: Mapping[str, str],
    value: str,
    change: Callable[[str], None],
    *,
    named: bool = False,
    about: str | None = None,
) -> None:
    """Choose one entry of a row; ``words`` are what each is called, ``named`` shows the label, ``about`` explains it."""
    keep(key, value)
    st.segmented_control(
        label,
        list(words),
        format_func=words.__getitem__,
        key=key,
        required=True,
        on_change=lambda: change(st.session_state[key]),
        label_visibility="visible" if named else "collapsed",
        help=about,
    )


def computed_on(text: Text, *works: str) -> None:
    """Say where these kinds of work are computed, and why; where there is a choice the visitor has it, for himself."""
    here = present()
    if len(here) > 1:
        words = {"auto": text("device_auto"), **{name: name for name in here}}
        wish = session.current().device or "auto"
        segments(text("device"), "device", words, wish, session.compute_on, named=True, about=text("device_help"))
    st.html(f'<div data-testid="computed-on">{"".join(map(quiet, said(text, *works)))}</div>')


def quiet(sentence: str) -> str:
    """Return a sentence that stands back."""
    return f'<p class="lz-quiet">{escape(sentence)}</p>'


def keep(key: str, value: Any) -> None:
    """Let the widget of this key, which is drawn next, show ``value``.

    A number is written only where the widget is new or shows another one: Streamlit has the browser put what is written
    over what the visitor did in the meantime, so that a key pressed while a run is under way would be lost. An entry of a
    list is always written: the browser knows it by its words alone, which another language changes.
    """
    memory = session.current()
    here = (memory.page, memory.visit.lang)
    if memory.widgets.get(key) != here or not same(st.session_state.get(key), value):
        st.session_state[key] = value
    memory.widgets[key] = here


def same(there: Any, value: Any) -> bool:
    """Return whether a widget shows this number; a slider adds up its steps and misses it by a rounding error."""
    if not isinstance(value, int | float):
        return False
    if isinstance(there, float) and isinstance(value, float):
        return math.isclose(there, value, rel_tol=1e-9)
    return type(there) is type(value) and bool(there == value)


def levels(words: Mapping[str, str], visit: Visit) -> None:
    """Choose how deep one looks; ``words`` are what each level is called."""
    if visit.shows("levels"):
        segments(visit.text("levels"), "levels", words, visit.level, session.deepen)
