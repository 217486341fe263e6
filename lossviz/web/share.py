"""Sharing, for one's own use and for a class: the list of states, link, QR code, frame, figures."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from html import escape
from urllib.parse import urlencode, urlsplit, urlunsplit

import segno
import streamlit as st

from lossviz.core.examples import PAGES
from lossviz.core.text import Text
from lossviz.core.visit import Visit, parts_of, slide_for, with_slide, without_slide
from lossviz.web import session
from lossviz.web.choices import segments
from lossviz.web.session import Memory

REPLICA = "X-Lossviz-Replica"
"""The header in which nginx says which of several replicas a page comes from (``assets/deploy/nginx.conf``)."""


def address(query: Mapping[str, str], path: str = "") -> str:
    """Return the whole link of a query on this page, or on another one."""
    page = for_all((st.context.url or "").partition("?")[0], st.context.headers.get(REPLICA))
    page = f"{page.rpartition('/')[0]}/{path}" if path else page
    return f"{page}?{urlencode(query)}" if query else page


def for_all(url: str, replica: str | None) -> str:
    """Return an address without the name of the replica that serves it: whoever opens the link is given one of his own."""
    parts = urlsplit(url)
    if not replica or not f"{parts.path}/".startswith(f"/{replica}/"):
        return url
    return urlunsplit(parts._replace(path=parts.path.removeprefix(f"/{replica}") or "/"))


def link_of(memory: Memory, visit: Visit | None = None) -> str:
    """Return the link to what one sees."""
    return address(memory.query(visit))


def share(memory: Memory, text: Text, figures: Callable[[str], None] | None) -> None:
    """Draw what can be shared, once it is unfolded: link, QR code, frame, teacher's list, figures."""
    folded = st.popover(text("share"), key="share", icon=":material/ios_share:", on_change="rerun")
    if not folded.open:
        return
    with folded:
        wanted = {part: text(f"share_{part}") for part in ("link", "list", *(["figure"] if figures else []))}
        part = st.session_state.get("share_part")
        part = part if part in wanted else "link"
        segments(text("share"), "share_part", wanted, part, lambda _: None)
        if part == "figure" and figures:
            figures(link_of(memory))
        else:
            {"link": link_part, "list": list_part}[part](memory, text)


def link_part(memory: Memory, text: Text) -> None:
    """Draw the link to this state as text and as QR code, and the choice how it opens."""
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
    """Return the link as a QR code, black on white whatever the theme, or a note where it is too long for one."""
    try:
        code = segno.make(link, error="l", micro=False)
    except segno.DataOverflowError:
        return f'<p class="lz-quiet">{escape(text("qr_too_long"))}</p>'
    image = escape(code.svg_data_uri(border=3, light="white", dark="black", scale=4))
    return f'<img src="{image}" alt="{escape(text("qr_alt"))}">'


def list_part(memory: Memory, text: Text) -> None:
    """Draw the list of states: add this one, take one out, copy the link to the whole list."""
    visit = memory.visit
    st.markdown(text("list_about"))
    full = with_slide(visit, entry_of(memory)) == visit
    st.button(
        text("list_full" if full else "list_add"),
        key="list-add",
        icon=":material/add:",
        disabled=full,
        on_click=add_slide,
        width="stretch",
    )
    for number, entry in enumerate(visit.slides):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                f"{number + 1}. {slide_name(memory, entry, text)}",
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
        path, query = session.slide_query(memory, replace(visit, view="present"), 0)
        st.code(address(query, path), language=None, wrap_lines=True)


def entry_of(memory: Memory) -> str:
    """Return the present state as an entry of the list; a question that was answered is not asked again."""
    desk = memory.desk
    seen = replace(memory.visit, ask="") if desk and desk.answer else memory.visit
    return slide_for(memory.page, desk.state if desk else None, seen)


def add_slide() -> None:
    """Add the present state at the end of the list."""
    memory = session.current()
    session.turn(with_slide(memory.visit, entry_of(memory)))


def slide_name(memory: Memory, entry: str, text: Text) -> str:
    """Return an entry's name: its own, else its page and its example, or the level."""
    path, pairs, name = parts_of(entry)
    if name:
        return name
    reads = memory.reads[path]
    level = pairs.get("level", "1")
    page = text(f"page_{path}")
    if reads is None:
        return page
    state = reads(pairs)[0]
    example = next((one for one in PAGES.get(path, {}).values() if reads(one.query)[0] == state), None)
    if example:
        return f"{page} · {text(example.name)}"
    return f"{page} · {text('slide_level', level=level)}"


def slides(memory: Memory, text: Text) -> None:
    """Draw where one is in the list; Page Down and Page Up turn it as well, wherever the focus is."""
    visit = memory.visit
    if not visit.slides:
        return
    count = len(visit.slides)
    with st.container(horizontal=True, vertical_alignment="center", key="slides"):
        st.button(
            text("slide_before"),
            key="slide-before",
            icon=":material/arrow_back:",
            disabled=visit.slide == 0,
            on_click=session.open_slide,
            args=(visit.slide - 1,),
        )
        words = escape(text("slide_of", number=visit.slide + 1, count=count))
        st.html(
            f'<span data-testid="slide-number" data-value="{visit.slide + 1}" data-count="{count}">{words}</span>',
            width="content",
        )
        st.button(
            text("slide_after"),
            key="slide-after",
            icon=":material/arrow_forward:",
            disabled=visit.slide >= count - 1,
            on_click=session.open_slide,
            args=(visit.slide + 1,),
        )
