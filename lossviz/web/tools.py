"""Undo, reset, examples and sharing: the same tools on every page."""

from collections.abc import Callable
from html import escape
from urllib.parse import urlencode

import streamlit as st

from lossviz.core.examples import PAGES
from lossviz.core.text import Text
from lossviz.core.visit import Visit
from lossviz.web import session
from lossviz.web.html import hidden_line, note
from lossviz.web.session import Memory
from lossviz.web.share import share


def tools(
    memory: Memory,
    figures: Callable[[str], None] | None,
    text: Text,
    *,
    before: Callable[[], None] | None = None,
    after: Callable[[], None] | None = None,
) -> None:
    """Draw the tools that the link does not hide; ``before`` and ``after`` draw a page's own around what is shared."""
    shows, desk, whole = memory.visit.shows, memory.desk, memory.visit.view != "embed"
    with st.container(horizontal=True, vertical_alignment="center", width="content", key="tools"):
        if shows("undo") and desk:
            icon = ":material/undo:"
            st.button(text("undo"), key="undo", icon=icon, disabled=not desk.past, on_click=session.undo)
            icon = ":material/restart_alt:"
            st.button(text("reset"), key="reset", icon=icon, disabled=not desk.moved, on_click=session.reset)
        if shows("examples") and whole and PAGES.get(memory.page):
            examples(memory, text)
        if before:
            before()
        if shows("share") and whole:
            share(memory, text, figures)
        if after:
            after()


def examples(memory: Memory, text: Text) -> None:
    """Draw the page's examples, each with the reason to look at it, once they are unfolded."""
    folded = st.popover(text("examples"), key="examples", icon=":material/menu_book:", on_change="rerun")
    if not folded.open:
        return
    found = PAGES[memory.page]
    with folded:
        asks = any(example.choices for example in found.values())
        ask = asks and st.toggle(text("ask_first"), value=True, key="ask_first", help=text("ask_first_help"))
        for key, example in found.items():
            words = f"**{text(example.name)}**"
            words += f"  \n{text(f'{example.name}_why')}" if memory.visit.answers else ""
            name = f"{'preset' if asks else 'example'}-{key}"
            st.button(words, key=name, on_click=open_example, args=(key, ask), width="stretch", wrap=True)


def open_example(key: str, ask: bool) -> None:
    """Open an example and fold the list of examples."""
    session.open_example(key, ask=ask)
    st.session_state["examples"] = False


def opened(memory: Memory, text: Text) -> None:
    """Say why the example that stands here is worth a look, until something is changed; on a stage the lecturer says it."""
    if memory.visit.view == "present":
        return
    place = st.empty()  # always there: what stands below would begin anew if it moved up
    desk, reads = memory.desk, memory.reads[memory.page]
    if not desk or not reads or desk.state != desk.linked or desk.state == desk.plain:
        return
    for example in PAGES.get(memory.page, {}).values():
        if reads(example.query)[0] == desk.state:
            place.html(note(text(f"{example.name}_why")))
            return


def hidden(visit: Visit) -> None:
    """Say, where the answers would stand, that they are hidden; nothing where they are to be seen."""
    if not visit.answers:
        st.html(hidden_line(visit))


ROOM = (2.0, 1.0)
"""The relative widths of a picture and of the little that stands beside it while answers are hidden."""


def widths(visit: Visit, usual: tuple[float, ...]) -> tuple[float, ...]:
    """Return the relative widths of a page's columns: hidden answers leave their room to the picture."""
    return usual if visit.answers else ROOM


def way_out(memory: Memory) -> None:
    """Draw a link to the whole page, if this one is embedded in a frame."""
    if memory.visit.view == "embed":
        query = urlencode(memory.query() | {"view": "page"})
        words = f"{escape(memory.visit.text('embed_open'))} ↗"
        link = f'<a href="{memory.page}?{escape(query)}" target="_blank" rel="noopener">{words}</a>'
        st.html(f'<p class="lz-quiet lz-out">{link}</p>')
