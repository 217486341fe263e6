"""Sharing, for one's own use and for a class: the list of states, link, QR code, frame, figures."""

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from lossviz.core.hosts import loopback
from lossviz.core.qr import qr
from lossviz.core.text import Text
from lossviz.web import framing, moving
from lossviz.web.choices import segments
from lossviz.web.class_list import listed
from lossviz.web.html import note
from lossviz.web.links import for_class, link_of
from lossviz.web.session import Memory


def share(memory: Memory, text: Text, figures: Callable[[str], None] | None) -> None:
    """Draw what can be shared, once it is unfolded: link, QR code, frame, teacher's list, figures."""
    folded = st.popover(text("share"), key="share", icon=":material/ios_share:", on_change="rerun")
    if not folded.open:
        moving.seen()
        return
    with folded:
        figures = figures if memory.visit.answers else None  # a picture tells what is hidden
        wanted = {part: text(f"share_{part}") for part in ("link", "list", *(["figure"] if figures else []))}
        part = st.session_state.get("share_part")
        part = part if part in wanted else "link"
        segments(text("share"), "share_part", wanted, part, lambda _: None)
        if part == "figure" and figures:
            figures(link_of(memory))
        else:
            {"link": link_part, "list": listed}[part](memory, text)


def link_part(memory: Memory, text: Text) -> None:
    """Draw the link to this state as text and as QR code, and the choice how it opens."""
    views = {view: text(f"view_{view}") for view in ("page", "present", "embed")}
    shown = st.session_state.get("share_view") or memory.visit.view
    segments(text("share_view"), "share_view", views, shown, lambda _: None, named=True)
    hide = tuple(name for name in memory.visit.hide if name != "answers")
    if st.toggle(text("share_hidden"), value="answers" in memory.visit.hide, key="share_hidden"):
        hide = (*hide, "answers")
    visit = replace(memory.visit, view=shown, hide=hide)
    visit = framing.coloured(visit, text) if shown == "embed" else visit
    for_students = replace(for_class(visit), view="page" if shown == "present" else shown)
    link = link_of(memory, visit if shown == "present" else for_students)
    link = framing.with_poster(link, text) if shown == "embed" else link
    st.code(link, language=None, wrap_lines=True)
    if shown == "embed":
        framing.lines(memory, visit, link, text)
    code = link_of(memory, for_students)
    st.html(f'<div class="lz-qr" data-testid="qr">{qr(code, text)}</div>')
    if shown == "present":
        st.html(note(text("qr_for_class")))
    if loopback(code):
        st.html(note(text("qr_loopback")))
    st.link_button(text("share_open"), link, width="stretch")
