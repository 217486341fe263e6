"""What stands around every page: style, language, and what was wrong with the link."""

from functools import cache

import streamlit as st

from lossviz import session
from lossviz.assets import ASSETS
from lossviz.languages import LANGUAGES
from lossviz.session import Memory

STYLE = ASSETS / "style.css"


@cache
def _style() -> str:
    return STYLE.read_text(encoding="utf-8")


def frame(memory: Memory) -> None:
    """Draw it."""
    text = memory.visit.text
    st.html(f"<style>{_style()}</style><span class='view-{memory.visit.view} page-{memory.page}'></span>")
    if memory.visit.view == "page":
        _language(memory)
    if memory.notes:
        keys = text("list_comma").join(text(f"link_key_{key}") for key in dict.fromkeys(memory.notes))
        st.warning(text("link_note", keys=keys))


def _language(memory: Memory) -> None:
    text = memory.visit.text
    spoken = memory.visit.lang if memory.visit.lang in LANGUAGES else None

    def change() -> None:
        chosen = st.session_state["language"]
        if chosen:
            session.speak(chosen)

    st.session_state["language"] = spoken
    st.segmented_control(
        text("language"),
        list(LANGUAGES),
        format_func=LANGUAGES.__getitem__,
        key="language",
        on_change=change,
        label_visibility="collapsed",
    )
