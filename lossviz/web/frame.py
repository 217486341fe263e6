"""The frame of every page: its style, its language, and what was wrong with the link."""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from html import escape

import streamlit as st

from lossviz.components.address import Told, address
from lossviz.core.assets import ASSETS
from lossviz.core.languages import LANGUAGES, TAGS
from lossviz.core.refusals import refusals
from lossviz.core.text import Text, paragraph
from lossviz.web import session
from lossviz.web.choices import kept
from lossviz.web.class_list import slide_name
from lossviz.web.session import Memory
from lossviz.web.stage import stage

STYLE = ASSETS / "style.css"
NARROW = {"(max-width: 640px)": "(max-width: 559.9px)", "(min-width: 641px)": "(min-width: 560px)"}
"""Where a page is a phone's in the style sheet, and where it is in a frame, whose columns are closer."""


@cache
def style(view: str, page: str) -> str:
    """Return the style sheet for a view of a page.

    What it writes as ``body:has(.view-embed)`` is decided here, with the same specificity: a browser looks through the whole
    page for it whenever a chart has changed one of its nodes. In the Lab with its map that took a second. In a frame another
    width is a phone's (``NARROW``).
    """
    here = {f"view-{view}", f"page-{page}"}
    sheet = STYLE.read_text(encoding="utf-8")
    for phone, frame in NARROW.items() if view == "embed" else ():
        sheet = sheet.replace(phone, frame)
    return re.sub(
        r":has\(\.((?:view|page)-\w+)\)", lambda found: ":not(.never)" if found[1] in here else ".never", sheet
    )


def around(memory: Memory) -> None:
    """Draw what stands above every page."""
    visit, text = memory.visit, memory.visit.text
    # Something must stand beside the style: a block of style alone would stand elsewhere, and the page a little higher.
    st.html(f"<style>{style(visit.view, memory.page)}</style>{title(memory)}")
    if visit.view != "embed" and visit.shows("language"):
        _language(memory)
    if memory.anew:
        st.info(text("session_anew"))
    if memory.notes:
        st.warning(paragraph(understood(memory.notes, text)))
    stage(memory, text)


def title(memory: Memory) -> str:
    """Return the page's first heading, heard and not seen; a page that shows one of its own has that alone."""
    if memory.pages[memory.page].titled:
        return "<span></span>"
    return f'<h1 class="lz-unseen">{escape(memory.visit.text(f"page_{memory.page}"))}</h1>'


def understood(notes: Sequence[str], text: Text) -> list[str]:
    """Return a sentence for the bad keys of a link, and one for list entries that cannot be opened."""
    keys = [key for key in dict.fromkeys(notes) if "." not in key]
    entries = [key.partition(".")[2] for key in dict.fromkeys(notes) if "." in key]
    comma = text("list_comma")
    found = [text("link_note", keys=refusals(keys, text))] if keys else []
    return found + ([text("list_refused", entries=comma.join(entries))] if entries else [])


def ended(memory: Memory) -> None:
    """Close a run of the whole page: tell the browser what its address says, if it was only just read."""
    visit, memory.unended = memory.visit, False
    told = Told(
        TAGS.get(visit.lang, "en"),
        f"{memory.page} {visit.lang}",
        (f"{memory.epoch} {memory.deeds}", announced(memory)),
        {"lost": visit.text("lost_frame" if visit.view == "embed" else "lost"), "again": visit.text("lost_again")},
        staged=visit.view == "present",
    )
    heard = address(memory.came, memory.written or {}, framed=visit.view == "embed", told=told)
    memory.opening = False
    if heard.narrow and visit.view == "present":
        session.turn(replace(visit, view="page"))
        session.run_again()
    if heard.again:
        memory.anew = True
        session.run_again()


def announced(memory: Memory) -> str:
    """Return the sentence that tells a screen reader of the visitor's last deed, which the screen shows."""
    visit, text = memory.visit, memory.visit.text
    if memory.deed == "slide" and visit.slides:
        name = slide_name(memory, visit.slides[visit.slide], text)
        return text("said_slide", number=visit.slide + 1, count=len(visit.slides), name=name)
    if memory.deed == "level":
        return text("said_level", name=memory.level)
    return text(f"said_{memory.deed}") if memory.deed in ("undo", "reset") else ""


def _language(memory: Memory) -> None:
    text = memory.visit.text
    spoken = memory.visit.lang if memory.visit.lang in LANGUAGES else None

    def change(chosen: str | None) -> None:
        if chosen:
            session.speak(chosen)

    st.segmented_control(
        text("language"),
        list(LANGUAGES),
        format_func=LANGUAGES.__getitem__,
        **kept("language", spoken, change),
        label_visibility="collapsed",
    )
