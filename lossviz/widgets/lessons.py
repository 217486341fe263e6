"""For a class and for sharing: examples with their questions, the teacher's list, link, QR code, pictures."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from html import escape
from urllib.parse import urlencode

import segno
import streamlit as st

from lossviz import session
from lossviz.lesson import Visit, shown_slide, slide_for, with_slide, without_slide
from lossviz.presets import PRESETS
from lossviz.session import Memory
from lossviz.state import State
from lossviz.text import Text
from lossviz.widgets.choices import segments


def examples(memory: Memory, text: Text) -> None:
    """The examples, each with the reason to look at it; nothing is drawn while they are folded."""
    folded = st.popover(text("examples"), key="examples", icon=":material/menu_book:", on_change="rerun")
    if not folded.open:
        return
    with folded:
        ask = st.toggle(text("ask_first"), value=True, key="ask_first", help=text("ask_first_help"))
        for key in PRESETS:
            st.button(
                f"**{text(f'preset_{key}')}**  \n{text(f'preset_{key}_why')}",
                key=f"preset-{key}",
                on_click=open_example,
                args=(key, ask),
                width="stretch",
                wrap=True,
            )


def open_example(key: str, ask: bool) -> None:
    """Open it and fold the list."""
    session.open_preset(key, ask=ask)
    st.session_state["examples"] = False


def question(memory: Memory, text: Text) -> None:
    """Predict first: the question stands where the numbers will be."""
    key = memory.visit.ask
    with st.container(border=True, key="question"):
        st.markdown(f"**{text(f'ask_{key}')}**")
        for choice in range(1, PRESETS[key].choices + 1):
            st.button(
                text(f"ask_{key}_{choice}"),
                key=f"answer-{choice}",
                on_click=choose_answer,
                args=(choice,),
                width="stretch",
                wrap=True,
            )
        st.html(f'<p class="lz-quiet">{escape(text("ask_hint"))}</p>')


def choose_answer(choice: int) -> None:
    """The numbers appear."""
    session.current().answer = choice


def verdict(memory: Memory, text: Text) -> None:
    """What was right or wrong about the answer."""
    key, answer = memory.visit.ask, memory.answer
    if not key or not answer:
        return
    right = answer == PRESETS[key].right
    with st.container(key="verdict", horizontal=True, vertical_alignment="center"):
        words = f"**{text('right' if right else 'wrong')}** {text(f'ask_{key}_{answer}_reply')}"
        st.markdown(f"{'✓' if right else '✗'} {words}", width="stretch")
        st.button(text("understood"), key="understood", on_click=lambda: session.turn(replace(memory.visit, ask="")))


def address(query: Mapping[str, str]) -> str:
    """The whole link of a query on this page."""
    page = (st.context.url or "").partition("?")[0]
    return f"{page}?{urlencode(query)}" if query else page


def link_of(memory: Memory, visit: Visit | None = None) -> str:
    """The link to what one sees."""
    state = memory.linkable
    return address({**(visit or memory.visit).to_query(), **(state.to_query() if state else {})})


def share(memory: Memory, text: Text, figures: Callable[[str], None]) -> None:
    """Link, QR code, frame, teacher's list, figures of a link. Made when asked for."""
    folded = st.popover(text("share"), key="share", icon=":material/ios_share:", on_change="rerun")
    if not folded.open:
        return
    with folded:
        parts = ("link", "list", "figure") if memory.page == "lab" else ("link", "figure")
        wanted = {part: text(f"share_{part}") for part in parts}
        part = st.session_state.get("share_part")
        part = part if part in wanted else "link"
        segments(text("share"), "share_part", wanted, part, lambda _: None)
        if part == "figure":
            figures(link_of(memory))
        else:
            {"link": link_part, "list": list_part}[part](memory, text)


def link_part(memory: Memory, text: Text) -> None:
    """The link to this state, as text and as QR code, and how it is to open."""
    views = {view: text(f"view_{view}") for view in ("page", "present", "embed")}
    shown = st.session_state.get("share_view") or memory.visit.view
    segments(text("share_view"), "share_view", views, shown, lambda _: None, named=True)
    without = st.toggle(text("share_hidden"), key="share_hidden")
    hide = ("answers",) if without else memory.visit.hide
    link = link_of(memory, replace(memory.visit, view=shown, hide=hide))
    st.code(link, language=None, wrap_lines=True)
    if shown == "embed":
        frame = f'<iframe src="{escape(link)}" width="640" height="480" style="border:0" loading="lazy"></iframe>'
        st.code(frame, language="html", wrap_lines=True)
    st.html(f'<div class="lz-qr" data-testid="qr">{qr(link, text)}</div>')
    st.link_button(text("share_open"), link, width="stretch")


def qr(link: str, text: Text) -> str:
    """The link as a QR code, black on white whatever the theme; none where it is too long for one."""
    try:
        code = segno.make(link, error="l", micro=False)
    except segno.DataOverflowError:
        return f'<p class="lz-quiet">{escape(text("qr_too_long"))}</p>'
    image = escape(code.svg_data_uri(border=3, light="white", dark="black", scale=4))
    return f'<img src="{image}" alt="{escape(text("qr_alt"))}">'


def list_part(memory: Memory, text: Text) -> None:
    """The teacher's list: add this state, take one out, copy the link to the whole list."""
    visit = memory.visit
    st.markdown(text("list_about"))
    full = with_slide(visit, slide_for(memory.state, visit)) == visit
    st.button(
        text("list_full" if full else "list_add"),
        key="list-add",
        icon=":material/add:",
        disabled=full,
        on_click=add_slide,
        width="stretch",
    )
    for number, _ in enumerate(visit.slides):
        state, seen = shown_slide(visit, number)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                f"{number + 1}. {slide_name(state, seen, text)}",
                key=f"slide-{number}",
                on_click=session.open_slide,
                args=(number,),
                type="primary" if number == visit.slide else "secondary",
            )
            st.button(
                "",
                key=f"slide-out-{number}",
                icon=":material/close:",
                help=text("list_remove"),
                on_click=lambda n: session.turn(without_slide(memory.visit, n)),
                args=(number,),
            )
    if visit.slides:
        st.caption(text("list_link"))
        state, first = shown_slide(visit, 0)
        shown = replace(first, view="present")
        st.code(address({**shown.to_query(), **state.to_query()}), language=None, wrap_lines=True)


def add_slide() -> None:
    """The present state, at the end of the list."""
    memory = session.current()
    seen = replace(memory.visit, ask="") if memory.answer else memory.visit
    session.turn(with_slide(memory.visit, slide_for(memory.state, seen)))


def slide_name(state: State, visit: Visit, text: Text) -> str:
    """What an entry of the list is called: its example, else its scene and program."""
    preset = next((key for key, preset in PRESETS.items() if preset.state == state), None)
    if preset:
        return text(f"preset_{preset}")
    return f"{text(f'scene_{state.scene}')} · {text(f'short_{state.recipe}')} · {text(f'level_{visit.level}')}"


def slides(memory: Memory, text: Text) -> None:
    """Where one is in the teacher's list; next and previous also by key."""
    visit = memory.visit
    if not visit.slides:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="slides"):
        st.button(
            text("slide_before"),
            key="slide-before",
            icon=":material/arrow_back:",
            shortcut="PageUp",
            disabled=visit.slide == 0,
            on_click=session.open_slide,
            args=(visit.slide - 1,),
        )
        st.markdown(text("slide_of", number=visit.slide + 1, count=len(visit.slides)), width="content")
        st.button(
            text("slide_after"),
            key="slide-after",
            icon=":material/arrow_forward:",
            shortcut="PageDown",
            disabled=visit.slide >= len(visit.slides) - 1,
            on_click=session.open_slide,
            args=(visit.slide + 1,),
        )
