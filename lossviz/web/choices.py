"""Widgets in which one entry of a row is chosen, and the choice of the level."""

from collections.abc import Callable, Mapping

import streamlit as st

from lossviz.core.visit import Visit
from lossviz.web import session


def segments(
    label: str, key: str, words: Mapping[str, str], value: str, change: Callable[[str], None], *, named: bool = False
) -> None:
    """Choose one entry of a row; ``words`` are what each is called, ``named`` shows the label."""
    st.session_state[key] = value
    st.segmented_control(
        label,
        list(words),
        format_func=words.__getitem__,
        key=key,
        required=True,
        on_change=lambda: change(st.session_state[key]),
        label_visibility="visible" if named else "collapsed",
    )


def levels(words: Mapping[str, str], visit: Visit) -> None:
    """Choose how deep one looks; ``words`` are what each level is called."""
    if visit.shows("levels"):
        segments(visit.text("levels"), "levels", words, visit.level, session.deepen)
