"""Figures to take away: choose one, its size, its colours and what is said around it; then see it and take its files."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from urllib.parse import parse_qsl

import streamlit as st

from lossviz.core.hosts import LONGEST, loopback, public_site, site_of
from lossviz.core.text import Text
from lossviz.engine.device import computing_on
from lossviz.figures.caption import Imprint, caption
from lossviz.figures.content import Content, ExportFigure
from lossviz.figures.look import LOOKS, SIZES, Look
from lossviz.figures.page import FORMATS, picture, table
from lossviz.figures.registry import applicable, on_screen
from lossviz.figures.take import LONGEST_WORDS, file_name, legible, look_of
from lossviz.web.choices import segments
from lossviz.web.moving import moving, what_moves

PREVIEW = 720
"""Pixels along the longer side of a preview."""
WAY = "export_moves"
"""Where in the session stands whether figures stand still or move."""


@dataclass(frozen=True)
class Sheet:
    """A figure as it will be saved."""

    figure: ExportFigure[Content]
    content: Content
    text: Text
    look: Look
    imprint: Imprint

    def made(self, kind: str) -> bytes:
        """Return a file, made of the CPU's numbers, so that its bytes do not depend on the machine."""
        with computing_on("cpu"):
            if kind == "csv":
                return table(self.figure, self.content)
            return picture(self.figure, self.content, self.text, self.look, kind, self.imprint)

    def preview(self) -> bytes:
        """Return the figure as a small PNG."""
        size = self.look.size
        dots = min(size.dots, PREVIEW / max(size.width, size.height or 0))
        return replace(self, look=replace(self.look, size=replace(size, dots=dots))).made("png")


def save(content: Content, text: Text) -> None:
    """Choose a figure and how it looks; see it; its files are made when a button is pressed."""
    figures, level = applicable(content), dict(parse_qsl(content.link.partition("?")[2])).get("level", "1")
    key = st.selectbox(
        text("export_figure"),
        list(figures),
        index=list(figures).index(on_screen(content, level)),
        format_func=lambda key: text(f"export_{key}"),
        key="export_figure",
    )
    motion = what_moves(content)
    moves = bool(motion) and still_or_moving(text)
    look = look_choice(text, moves=moves)
    seen = st.container()
    sheet = Sheet(figures[key], content, text, look, imprint_choice(figures[key], content, text))
    with seen:
        if moves and motion:
            moving(sheet.figure, *motion, text, sheet)
            return
        shown(sheet)
        files(sheet)
    with computing_on("cpu"):
        st.caption(text("export_caption"))
        st.code(caption(sheet.figure, content, text, sheet.imprint), language=None, wrap_lines=True)
        st.caption(text("export_alt"))
        st.code(sheet.figure.alt(content, text, sheet.imprint.title), language=None, wrap_lines=True)


def still_or_moving(text: Text) -> bool:
    """Choose whether the figure stands still or moves."""
    words = {"still": text("export_still"), "moving": text("export_moving")}
    way = st.session_state.get(WAY) or "still"
    segments(text("export_figure"), "export_way", words, way, lambda chosen: st.session_state.__setitem__(WAY, chosen))
    return st.session_state.get(WAY) == "moving"


def look_choice(text: Text, *, moves: bool) -> Look:
    """Choose size and colours, which are light unless asked otherwise."""
    size, look = (
        st.session_state.get(f"export_{what}") or first for what, first in (("size", "post"), ("look", "light"))
    )
    segments(text("export_size"), "export_size", {key: text(f"size_{key}") for key in SIZES}, size, lambda _: None)
    segments(text("export_look"), "export_look", {key: text(f"look_{key}") for key in LOOKS}, look, lambda _: None)
    live = not moves and st.toggle(text("export_live"), key="export_live")
    return look_of(size, look, live=live)


def imprint_choice(figure: ExportFigure[Content], content: Content, text: Text) -> Imprint:
    """Choose title, credit and the address of the site; what cannot be used is answered with a sentence and left out."""
    with st.expander(text("export_imprint")):
        title = st.text_input(
            text("export_title"),
            key="export_title",
            max_chars=LONGEST_WORDS,
            placeholder=figure.title_of(content, text),
        )
        credit = st.text_input(text("export_credit"), key="export_credit", max_chars=LONGEST_WORDS)
        place = content.link.partition("?")[0].rpartition("/")[0]
        site = st.text_input(
            text("export_site"),
            usual_site(place),
            key="export_site",
            max_chars=LONGEST,
            placeholder="https://",
            help=text("export_site_help"),
        )
        return Imprint(
            taken(title, legible, text("export_bad_words")),
            taken(credit, legible, text("export_bad_words")),
            taken(site.strip(), site_of, text("export_bad_site")),
        )


def usual_site(place: str) -> str:
    """Return where the caption leads unless the visitor says otherwise: never to one machine alone."""
    try:
        return public_site() or ("" if loopback(place) else place)
    except ValueError:
        return ""


def taken(said: str, read: Callable[[str], str], otherwise: str) -> str:
    """Return what was written as it is read; empty, with a sentence below the field, where it is no good."""
    try:
        return read(said) if said else ""
    except ValueError:
        st.warning(otherwise)
        return ""


def shown(sheet: Sheet) -> None:
    """Show the figure as it will be saved; it is drawn once and kept until something changes."""
    said = (sheet.figure.key, sheet.content.link, sheet.content.moment, sheet.text, sheet.look, sheet.imprint)
    kept = st.session_state.get("export_preview")
    if kept is None or kept[0] != said:
        kept = (said, sheet.preview())
        st.session_state["export_preview"] = kept
    st.image(kept[1], width="stretch")


def files(sheet: Sheet) -> None:
    """Draw a download button for each format, and one for the numbers."""
    text = sheet.text
    with st.container(horizontal=True, key="export_files"):
        for kind, mime in {**FORMATS, "csv": "text/csv"}.items():
            st.download_button(
                text(sheet.figure.numbers) if kind == "csv" else kind.upper(),
                partial(sheet.made, kind),
                file_name(sheet.figure, sheet.content, text.lang, sheet.look, kind),
                mime,
                key=f"save-{kind}",
                icon=":material/download:",
                on_click="ignore",
                width="stretch",
            )
