"""Widgets in which one entry of a row is chosen, and the choice of the level."""

import math
import time
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
    st.segmented_control(
        label,
        list(words),
        format_func=words.__getitem__,
        required=True,
        **kept(key, value, change),
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


def kept(key: str, value: Any, change: Callable[[Any], None]) -> dict[str, Any]:
    """Return what a widget, which is drawn next, is given to show ``value`` and to tell ``change`` another one.

    A number is written only where the widget is new or shows another one: Streamlit has the browser put what is written
    over what the visitor did in the meantime, so that a key pressed while a run is under way would be lost. An entry of a
    list is always written: the browser knows it by its words alone, which another language changes.
    """
    memory = session.current()
    here, there = (memory.page, memory.visit.lang), st.session_state.get(key)
    if memory.widgets.get(key) != here or not same(there, value):
        if there is not None and there != value:
            memory.overwritten[key] = (there, math.inf)
        st.session_state[key] = value
    memory.widgets[key] = here
    return {"key": key, "on_change": hear, "args": (key, change)}


def kept_number(key: str, value: float, change: Callable[[Any], None]) -> dict[str, Any]:
    """Return what a field, a slider or a switch, which is drawn next, is given; see ``kept``.

    The number is the widget's default as well: what a run has written that is broken off never arrives.
    """
    return {**kept(key, value, change), "value": value}


def hear(key: str, change: Callable[[Any], None]) -> None:
    """Tell what a widget shows now, unless it is what was written over and the browser could not know that yet.

    With every message the browser says what each widget shows: with one that was under way while we wrote, the old value,
    which Streamlit takes for a choice.
    """
    memory, value = session.current(), st.session_state[key]
    old, until = memory.overwritten.get(key, (None, 0.0))
    if value == old and time.monotonic() < until:
        return
    memory.overwritten.pop(key, None)
    change(value)


def same(there: Any, value: Any) -> bool:
    """Return whether a widget shows this number; a slider adds up its steps and misses it by a rounding error."""
    if not isinstance(value, int | float):
        return False
    if isinstance(there, float) and isinstance(value, float):
        return math.isclose(there, value, rel_tol=1e-9)
    return type(there) is type(value) and bool(there == value)


def levels(words: Mapping[str, str], visit: Visit) -> None:
    """Choose how deep one looks; ``words`` are what each level is called."""
    session.current().level = words.get(visit.level, "")
    if visit.shows("levels"):
        segments(visit.text("levels"), "levels", words, visit.level, session.deepen)
