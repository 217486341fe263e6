"""What a lecturer has at hand: the place in the list, the answer, language, timer, QR code; on a stage behind the edge."""

from dataclasses import replace
from functools import partial
from html import escape

import streamlit as st

from lossviz.core.hosts import EVERYWHERE, here, in_network, loopback
from lossviz.core.qr import qr
from lossviz.core.slides import parts_of
from lossviz.core.text import Text
from lossviz.web import session
from lossviz.web.choices import segments
from lossviz.web.class_list import slide_name
from lossviz.web.html import note
from lossviz.web.links import for_class, link_for, link_of
from lossviz.web.session import Memory

MINUTES = (1, 2, 3, 5, 10)
"""What the timer offers."""
LEGIBLE = 140
"""Characters of a link that are written beside its code."""
COMMAND = "make run HOST=0.0.0.0"
"""What has the server hear other machines."""
MOST_IN_CODE = 700
"""Characters up to which the link to the whole list is the code that is shown first."""


def stage(memory: Memory, text: Text) -> None:
    """Draw the bar of a list, of a stage, and of a page whose answer waits."""
    visit = memory.visit
    present, lists = visit.view == "present", bool(visit.slides) and memory.page != "list"
    asks = memory.desk is not None and memory.page != "lessons"
    waits = asks and "answers" in visit.hide and visit.shows("reveal") and not visit.veiled
    if present or lists or waits:
        with st.container(horizontal=True, vertical_alignment="center", key="stage"):
            if lists:
                turning(memory, text)
            if waits:
                answer(memory, text)
            if present:
                st.html(timer(text), width="content")
            if (present or lists) and visit.view != "embed":
                code_and_list(memory, text)
    if (present or lists) and visit.view != "embed":
        corner(memory, text, lists=lists)


def answer(memory: Memory, text: Text) -> None:
    """Draw the way to the answers that the link hides, and back."""
    seen = memory.visit.revealed
    icon = f":material/{'visibility_off' if seen else 'visibility'}:"
    st.button(text("reveal_off" if seen else "reveal"), key="reveal", icon=icon, on_click=session.reveal)


def code_and_list(memory: Memory, text: Text) -> None:
    """Draw the ways to the QR code and to the list."""
    if st.button(text("qr_full"), key="qr-full", icon=":material/qr_code_2:"):
        full_code(memory, text)
    edit = partial(session.visit_page, "list")
    st.button(text("list_edit"), key="stage-edit", icon=":material/edit:", on_click=edit)


def turning(memory: Memory, text: Text) -> None:
    """Draw the ways through the list, and where one is in it."""
    now, last = memory.visit.slide, len(memory.visit.slides) - 1
    turn("first", "first_page", 0, memory, text)
    turn("before", "arrow_back", now - 1, memory, text)
    st.html(place(memory, text), width="content")
    turn("after", "arrow_forward", now + 1, memory, text)
    turn("last", "last_page", last, memory, text)


def turn(way: str, icon: str, number: int, memory: Memory, text: Text) -> None:
    """Draw the way to one of the list's states, counted from 0."""
    visit = memory.visit
    there = 0 <= number < len(visit.slides) and number != visit.slide
    deed = partial(session.open_slide, number)
    st.button(text(f"slide_{way}"), key=f"slide-{way}", icon=f":material/{icon}:", disabled=not there, on_click=deed)


def place(memory: Memory, text: Text) -> str:
    """Return where one is in the list, and the state's name, as HTML."""
    visit = memory.visit
    number, count = visit.slide + 1, len(visit.slides)
    words = escape(text("slide_of", number=number, count=count))
    slide = visit.slides[visit.slide]
    name = f' <b class="lz-slide-name" data-testid="slide-name">{escape(slide_name(memory, slide, text))}</b>'
    shown = name if parts_of(slide)[0] == memory.page else ""
    counted = f'data-testid="slide-number" data-value="{number}" data-count="{count}"'
    return f'<span class="lz-place" {counted}>{words}{shown}</span>'


def timer(text: Text) -> str:
    """Return the buttons of the timer as HTML; the browser counts (components/address/stage.js)."""
    choices = "".join(
        f'<button type="button" class="lz-minutes" data-lz-minutes="{minutes}" '
        f'aria-label="{escape(text("timer_minutes", minutes=minutes))}">{minutes}</button>'
        for minutes in MINUTES
    )
    stop = f'<button type="button" class="lz-minutes" data-lz-minutes="0">{escape(text("timer_stop"))}</button>'
    label = escape(text("timer"))
    return f'<span class="lz-timer" role="group" aria-label="{label}"><span>{label}</span> {choices}{stop}</span>'


def corner(memory: Memory, text: Text, *, lists: bool) -> None:
    """Draw what a stage always shows in its corner: the number of the state and the time left; and the teacher's note."""
    visit = memory.visit
    number = f"{visit.slide + 1} / {len(visit.slides)}" if lists else ""
    path, _, _, note_of = parts_of(visit.slides[visit.slide]) if lists else ("", {}, "", "")
    noted = note_of if path == memory.page else ""
    over = escape(text("timer_over"))
    kind = f"lz-stage-corner{' lz-on-stage' if visit.view == 'present' else ''}"
    clock = f'<span data-lz-clock data-over="{over}" role="timer" hidden></span>'
    shown = f'<div class="{kind}">{clock}<span class="lz-count" aria-hidden="true">{number}</span></div>'
    lines = "<br>".join(map(escape, noted.splitlines()))
    aside = f'<aside class="lz-note" data-testid="slide-note" aria-label="{escape(text("list_note"))}">{lines}</aside>'
    with st.container(key="corner"):
        st.html(shown + (aside if noted else ""))


def full_code(memory: Memory, text: Text) -> None:
    """Show the QR code of the students' view over the whole screen."""

    @st.dialog(text("qr_title"), width="large")
    def shown() -> None:
        picture, beside = st.columns([3, 2], gap="medium")
        with beside:
            link = students_link(memory, text)
            st.html(f'<p class="lz-qr-link">{escape(link if len(link) < LEGIBLE else link[:LEGIBLE] + "…")}</p>')
        with picture:
            st.html(f'<div class="lz-qr-full" data-testid="qr-full" data-link="{escape(link)}">{qr(link, text)}</div>')

    shown()


def students_link(memory: Memory, text: Text) -> str:
    """Draw what the code may open and by which address, and return the link."""
    visit = for_class(memory.visit)
    edits = memory.page == "list"
    links = {} if edits and visit.slides else {"state": link_of(memory, replace(visit, slides=(), slide=0))}
    if visit.slides:
        links["list"] = link_for(memory, visit, 0 if edits else visit.slide)
    link = links[chosen("qr_what", {key: text(f"qr_{key}") for key in links}, starts(links), text)]
    if not loopback(link):
        return link
    mine = in_network(link, here())
    where = chosen("qr_host", {"network": host_of(mine), "here": host_of(link)}, "network", text)
    st.html(note(text("qr_network") if listens() else text("qr_alone", command=COMMAND)))
    return mine if where == "network" else link


def starts(links: dict[str, str]) -> str:
    """Return which link a code shows at first: the list's, unless its code would be a dense one."""
    short = len(links.get("list", "x" * MOST_IN_CODE)) < MOST_IN_CODE
    return "list" if short or "state" not in links else "state"


def chosen(key: str, words: dict[str, str], first: str, text: Text) -> str:
    """Draw a choice, where there is one, and return what is chosen."""
    value = st.session_state.get(key)
    value = value if value in words else first
    if len(words) > 1:
        segments(text(key), key, words, value, lambda _: None)
    return value


def host_of(link: str) -> str:
    """Return host and port of a link."""
    return link.partition("://")[2].partition("/")[0]


def listens() -> bool:
    """Return whether the server hears others than this machine."""
    host = str(st.get_option("server.address") or "0.0.0.0")
    return host in EVERYWHERE
