"""What stands around every page: style, language, and what was wrong with the link."""

import re
from functools import cache

import streamlit as st

from lossviz import session
from lossviz.assets import ASSETS
from lossviz.languages import LANGUAGES
from lossviz.session import Memory

STYLE = ASSETS / "style.css"


@cache
def style(view: str, page: str) -> str:
    """Return the style sheet for a view of a page.

    What it writes as ``body:has(.view-embed)`` is decided here, with the same specificity: a browser looks through the whole
    page for it whenever a chart has changed one of its nodes. In the Lab with its map that took a second.
    """
    here = {f"view-{view}", f"page-{page}"}
    sheet = STYLE.read_text(encoding="utf-8")
    return re.sub(
        r":has\(\.((?:view|page)-\w+)\)", lambda found: ":not(.never)" if found[1] in here else ".never", sheet
    )


def frame(memory: Memory) -> None:
    """Draw it."""
    text = memory.visit.text
    view, page = memory.visit.view, memory.page
    st.html(f"<style>{style(view, page)}</style><span class='view-{view} page-{page}'></span>")
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
