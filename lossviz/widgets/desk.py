"""Undo, reset, examples and sharing for the pages beside the Lab."""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar, runtime_checkable

import streamlit as st

from lossviz import session
from lossviz.components.box_canvas import CanvasEvent
from lossviz.desk import Desk, Reads
from lossviz.engine.boxes import XYWH
from lossviz.plane import from_shares, to_shares
from lossviz.presets import PAGES
from lossviz.session import Memory
from lossviz.text import Text
from lossviz.widgets.lessons import share
from lossviz.widgets.words import note


def tools(memory: Memory, desk: Desk[Any], reads: Reads[Any], figures: Callable[[str], None], text: Text) -> None:
    """Those that the link does not hide."""
    shows = memory.visit.shows
    with st.container(horizontal=True, vertical_alignment="center", width="content", key="tools"):
        if shows("undo"):
            icon = ":material/undo:"
            st.button(text("undo"), key="undo", icon=icon, disabled=not desk.past, on_click=desk.undo)
            icon = ":material/restart_alt:"
            st.button(text("reset"), key="reset", icon=icon, disabled=not desk.moved, on_click=desk.reset)
        if shows("examples") and memory.visit.view != "embed":
            examples(memory, desk, reads, text)
        if shows("share") and memory.visit.view != "embed":
            share(memory, text, figures)


def examples(memory: Memory, desk: Desk[Any], reads: Reads[Any], text: Text) -> None:
    """The page's examples, each with the reason to look at it; nothing is drawn while they are folded."""
    folded = st.popover(text("examples"), key="examples", icon=":material/menu_book:", on_change="rerun")
    if not folded.open:
        return

    def choose(key: str) -> None:
        preset = PAGES[memory.page][key]
        desk.open(reads(preset.query)[0])
        session.deepen(preset.level)
        st.session_state["examples"] = False

    with folded:
        for key in PAGES[memory.page]:
            name = f"{memory.page}_{key}"
            words = f"**{text(f'example_{name}')}**  \n{text(f'example_{name}_why')}"
            st.button(words, key=f"example-{key}", on_click=choose, args=(key,), width="stretch", wrap=True)


def opened(memory: Memory, desk: Desk[Any], reads: Reads[Any], text: Text) -> None:
    """Why the example that stands here is worth a look, until something is changed."""
    place = st.empty()  # always there: what stands below would begin anew if it moved up
    if desk.state != desk.linked or desk.state == desk.plain:
        return
    for key, preset in PAGES[memory.page].items():
        if reads(preset.query)[0] == desk.state:
            place.html(note(text(f"example_{memory.page}_{key}_why")))
            return


STILL = 2e-6
"""A box that moved less than this share has not been moved: the browser's numbers and ours differ by rounding."""


@runtime_checkable
class Boxed(Protocol):
    """A state with boxes on the plane."""

    def with_box(self, name: str, box: XYWH) -> Any:
        """One of them lies elsewhere."""


B = TypeVar("B", bound=Boxed)


def dragged(event: CanvasEvent, state: B) -> B:
    """The state with the boxes that were moved."""
    for name, xywh in event.boxes.items():
        here = to_shares(getattr(state, name))
        if max(abs(new - old) for new, old in zip(xywh, here, strict=True)) >= STILL:
            state = state.with_box(name, from_shares(xywh))
    return state
