"""What a frame in somebody else's post says beside its state, and the lines of HTML that put it there."""

from dataclasses import replace
from functools import partial

import streamlit as st

from lossviz.core.embedding import NARROWEST, WIDEST, WIDTH, Frame, snippet
from lossviz.core.text import Text
from lossviz.core.visit import THEMES, Visit
from lossviz.figures.poster import pictured
from lossviz.figures.subjects import figured
from lossviz.figures.take import read
from lossviz.web.choices import segments
from lossviz.web.html import note
from lossviz.web.links import for_class, link_of
from lossviz.web.poster import POSTER
from lossviz.web.session import Memory


def coloured(visit: Visit, text: Text) -> Visit:
    """Choose the colours of a frame."""
    theme = st.session_state.get("frame_theme") or visit.theme
    words = {key: text(f"theme_{key}") for key in THEMES}
    segments(text("frame_theme"), "frame_theme", words, theme, lambda _: None, named=True)
    return replace(visit, theme=theme)


def with_poster(link: str, text: Text) -> str:
    """Choose whether a frame shows a picture first."""
    wanted = st.toggle(text("frame_poster"), key="frame_poster")
    return f"{link}&{POSTER}=1" if wanted else link


def lines(memory: Memory, visit: Visit, link: str, text: Text) -> None:
    """Draw what is pasted into a post, with the choice how wide it may become; a picture tells what is hidden."""
    width = st.number_input(text("frame_width"), NARROWEST, WIDEST, WIDTH, 20, key="frame_width")
    page = text(f"page_{memory.page}")
    tells = "answers" not in visit.hide and not visit.veiled
    found = pictured(read(memory.page, memory.query(visit))[0]) if tells and memory.page in figured() else None
    title = titled(page, found.title, text) if found else page
    whole = link_of(memory, for_class(visit))
    frame = partial(Frame, link, whole, title, f"{text('embed_open')} ↗", width=int(width), height=memory.tall)
    st.code(snippet(frame(found.file, found.alt) if found else frame()), language="html", wrap_lines=True)
    if found:
        st.html(note(text("frame_file", file=found.file)))


def titled(page: str, title: str, text: Text) -> str:
    """Return a state's title behind its page's name, unless it begins with that."""
    return title if title.startswith(page) else text("frame_title", page=page, title=title)
