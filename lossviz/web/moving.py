"""Figures that move, to take away: what moves, how far it is, what came out and the command that makes the same."""

import base64
from collections.abc import Callable, Mapping
from dataclasses import replace
from html import escape
from typing import Any
from urllib.parse import parse_qsl

import streamlit as st

from lossviz.core.text import Text
from lossviz.figures.content import Content, ExportFigure
from lossviz.figures.moving.film import FASTEST, MOVING
from lossviz.figures.moving.wish import DRAG, Wish, command_of, frames_of, look_options, take_of
from lossviz.figures.moving.worker import STUDIO, Film, Recording, Take
from lossviz.figures.quantity import Quantities, Quantity
from lossviz.figures.subjects import figured
from lossviz.figures.take import Opened, read, short
from lossviz.web import session
from lossviz.web.choices import kept, kept_number, segments
from lossviz.web.html import note
from lossviz.web.waiting import PACE, visitor, waited

WISHES, TAKEN, BUSY = "moving_wishes", "moving_taken", "moving_busy"
"""Where in the session stand what is wanted (by page), what was asked for last, and whether there was no place."""
LINKS = "links.txt"
TALL = 520
"""The height of a preview in pixels."""
SEEN = 8_000_000
"""Most bytes of a preview."""


def opened_of(content: Content) -> Opened | None:
    """Return what a content's link opens; None on a page without figures."""
    address, _, query = content.link.partition("?")
    page = address.rstrip("/").rpartition("/")[2]
    return read(page, dict(parse_qsl(query)))[0] if page in figured() else None


def what_moves(content: Content) -> tuple[Opened, Quantities, tuple[str, ...]] | None:
    """Return the opened state, its quantities and the last drag's links; None where nothing can be recorded."""
    one = opened_of(content)
    if not one:
        return None
    known, drag = one.subject.quantities(one.state), frames_of(session.current().desk, one)
    return (one, known, drag) if known or drag else None


def wish_of(page: str) -> Wish:
    """Return what the visitor wants of a page."""
    wishes: dict[str, Wish] = st.session_state.setdefault(WISHES, {})
    return wishes.get(page, Wish())


def want(page: str, wish: Wish) -> None:
    """Take over another wish."""
    st.session_state[WISHES] = {**st.session_state.get(WISHES, {}), page: wish}


def job_of(page: str = "") -> Recording | None:
    """Return what the visitor asked for last; of a page where one is named, unless it is still under way."""
    taken: Take | None = st.session_state.get(TAKEN)
    job = STUDIO.of(taken) if taken else None
    return job if job and (not page or not job.ended or job.request.links[0].startswith(f"{page}?")) else None


def seen() -> None:
    """Note that whoever asked for a recording is still there, though its window is closed."""
    job = job_of()
    if job and not job.ended:
        STUDIO.see(job, visitor())


def moving(
    figure: ExportFigure[Any], one: Opened, known: Quantities, drag: tuple[str, ...], text: Text, look: Any
) -> None:
    """Choose what moves and record it. ``look``: size, colours and imprint of the picture."""
    page = one.subject.path
    wish = wish_of(page).fitting(known, drag=bool(drag))
    choices(page, wish, one, known, text, drag=bool(drag))
    options = look_options(short(figure), text.lang, look.look.size.key, look.look.key, look.imprint)
    try:
        take = take_of(one, wish, drag, options)
    except ValueError:
        take = None
        st.warning(text("moving_bad"))
    job = job_of(page)
    under_way = bool(job and not job.ended)
    st.fragment(recorded, run_every=PACE if under_way else None)(page, take, text, under_way)
    if take:
        same(take, text)


def choices(page: str, wish: Wish, one: Opened, known: Quantities, text: Text, *, drag: bool) -> None:
    """Choose what moves, from where to where, in how many frames, as which kind of file."""
    first, second = st.columns(2)
    named = {name: called(quantity, text) for name, quantity in known.items()}
    with first:
        whole = {**named, **({DRAG: text("moving_drag")} if drag else {})}
        entry("moving_what", whole, wish.what, lambda name: want(page, replace(wish, what=name)), text)
    if wish.what == DRAG:
        st.html(note(text("moving_drag_about")))
    else:
        with second:
            others = {"": text("moving_none"), **{name: word for name, word in named.items() if name != wish.what}}
            if len(others) > 1:
                entry("moving_other", others, wish.other, lambda name: want(page, replace(wish, other=name)), text)
        for name in filter(None, (wish.what, wish.other)):
            ends(page, wish, known[name], one.state, text)
    left, right = st.columns(2)
    if wish.what != DRAG:
        with left:
            label = text("moving_side" if wish.grid else "moving_frames")
            count(label, "moving_frames", wish.count, (2, wish.most), lambda number: want(page, wish.counted(number)))
    with left if wish.what == DRAG else right:
        count(
            text("moving_fps"),
            "moving_fps",
            wish.fps,
            (1, FASTEST),
            lambda number: want(page, replace(wish, fps=number)),
        )
    kinds = {
        kind: kind.upper() if kind != "webp" else "WebP"
        for kind in (("html",) if wish.grid else ("html", "gif", "webp"))
    }
    segments(
        text("moving_format"), "moving_format", kinds, wish.kind, lambda kind: want(page, replace(wish, kind=kind))
    )


def called(quantity: Quantity[Any], text: Text) -> str:
    """Return a quantity's name in words, or its symbol."""
    return text(quantity.label) if quantity.label else quantity.name


def entry(label: str, words: Mapping[str, str], value: str, change: Callable[[str], None], text: Text) -> None:
    """Choose one entry of a list."""
    st.selectbox(text(label), list(words), format_func=words.__getitem__, **kept(label, value, change))


def count(label: str, key: str, value: int, bounds: tuple[int, int], change: Callable[[int], None]) -> None:
    """Choose a whole number."""
    st.number_input(label, *bounds, **kept_number(key, value, change), step=1)


def ends(page: str, wish: Wish, quantity: Quantity[Any], state: Any, text: Text) -> None:
    """Choose where the sweep of a quantity begins and ends."""
    now = wish.between(quantity, state)
    step = 1.0 if quantity.whole else float(f"{(quantity.high - quantity.low) / 100:.1g}")
    for n, (column, word) in enumerate(zip(st.columns(2), ("moving_from", "moving_to"), strict=True)):

        def change(value: float, n: int = n) -> None:
            want(page, wish.ended(quantity.name, (value, now[1]) if n == 0 else (now[0], value)))

        with column:
            st.number_input(
                text(word, name=called(quantity, text)),
                float(quantity.low),
                float(quantity.high),
                **kept_number(f"{word}_{quantity.name}", float(now[n]), change),
                step=step,
                format="%g",
            )


def recorded(page: str, take: Take | None, text: Text, under_way: bool) -> None:
    """Draw the button; while something is recorded how far it is; then what came out."""
    job = job_of(page)
    if under_way != bool(job and not job.ended):
        st.rerun()  # whether this looks again by itself is settled outside of it
    if job and not job.ended:
        STUDIO.see(job, visitor())
        waited(job, text, "moving_waiting", "moving_cancel", leave)
        return
    if job and job.state == "failed":
        st.error(text("moving_failed", trouble=job.trouble))
    film = job.result if job else None
    if not film or (job and job.request != take):
        st.button(
            text("moving_record"),
            key="moving_record",
            type="primary",
            on_click=record,
            args=(take,),
            disabled=take is None,
        )
    if st.session_state.pop(BUSY, False):
        st.warning(text("moving_busy"))
    if film:
        shown(film, text)


def record(take: Take) -> None:
    """Begin a recording, or join it where it is under way."""
    if STUDIO.ask(take, visitor()) is None:
        st.session_state[BUSY] = True
    else:
        st.session_state[TAKEN] = take


def leave(job: Recording) -> None:
    """Wait no longer for a recording; it goes on for others who do."""
    STUDIO.leave(job, visitor())
    st.session_state.pop(TAKEN, None)


def shown(film: Film, text: Text) -> None:
    """Show what came out, and offer it as a file."""
    st.download_button(
        text(
            "moving_save",
            kind=film.kind.upper() if film.kind != "webp" else "WebP",
            size=f"{len(film.data) / 1000:.0f}",
        ),
        lambda: film.data,
        film.name,
        MOVING[film.kind],
        key="moving_save",
        icon=":material/download:",
        help=film.name,
        on_click="ignore",
        width="stretch",
    )
    if len(film.data) <= SEEN:
        (framed if film.kind == "html" else played)(film)


def framed(film: Film) -> None:
    """Show an HTML file in a frame that may run scripts and nothing else: Streamlit's own frame may do more."""
    inner = (
        f'<iframe sandbox="allow-scripts" srcdoc="{escape(film.data.decode())}" title="{escape(film.name)}"></iframe>'
    )
    style = "<style>html,body{margin:0;height:100%}iframe{border:0;width:100%;height:100%;display:block}</style>"
    st.iframe(f"{style}{inner}", height=TALL)


def played(film: Film) -> None:
    """Show an animation as it is: Streamlit's own pictures would make a still of a WebP."""
    there = base64.b64encode(film.data).decode()
    st.html(f'<img class="lz-film" alt="{escape(film.name)}" src="data:{MOVING[film.kind]};base64,{there}">')


def same(take: Take, text: Text) -> None:
    """Say which command makes the same file; of a drag its links are a file, too."""
    several = len(take.links) > 1
    st.caption(text("moving_links" if several else "moving_command"))
    st.code(command_of(take, LINKS), language="bash", wrap_lines=True)
    if several:
        st.download_button(
            text("moving_links_save", count=len(take.links)),
            "\n".join(take.links) + "\n",
            LINKS,
            "text/plain",
            key="moving_links",
            icon=":material/download:",
            on_click="ignore",
        )
