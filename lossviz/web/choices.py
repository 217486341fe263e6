"""Rows of choices."""

from collections.abc import Callable, Mapping

import streamlit as st


def segments(
    label: str, key: str, words: Mapping[str, str], value: str, change: Callable[[str], None], *, named: bool = False
) -> None:
    """A row of choices, one of them chosen; ``words`` are what each is called, ``named`` shows the label."""
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
