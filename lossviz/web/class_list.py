"""The list of states for a class: what an entry is called, and the page on which the whole list is edited."""

from dataclasses import replace
from functools import partial
from html import escape
from typing import Any

import streamlit as st

from lossviz.core.examples import PAGES
from lossviz.core.qr import qr
from lossviz.core.slides import LONGEST_NAME, LONGEST_NOTE, as_file, of_file, parts_of, printable
from lossviz.core.text import Text
from lossviz.core.visit import (
    HIDEABLE,
    Pages,
    described,
    everywhere,
    good_entries,
    hiding,
    moved_slide,
    slide_for,
    with_entry,
    with_slide,
    with_slides,
    without_slide,
)
from lossviz.web import session
from lossviz.web.choices import kept
from lossviz.web.html import label, note
from lossviz.web.links import alone, for_class, link_for
from lossviz.web.page import Place
from lossviz.web.session import Memory

UPLOADED, REFUSED = "list-uploaded", "list-file-refused"
"""What the session holds: how many files were read, and whether the last one was none."""
FILE = "lossviz-list.txt"


def page(place: Place) -> None:
    """Draw the whole list with names, notes and what each state hides, and the ways to keep it."""
    memory, text = place.memory, place.text
    st.title(text("page_list"))
    st.html(f"<p>{escape(text('list_lead'))}</p>")
    slides = memory.visit.slides
    for number, slide in enumerate(slides):
        row(memory, number, slide, text)
    if slides:
        ways(memory, text)
    else:
        st.html(note(text("list_empty")))
    files(memory, text)
    with st.expander(text("list_keys")):
        st.html(keys(text))


# ---- one entry ----


def row(memory: Memory, number: int, slide: str, text: Text) -> None:
    """Draw one entry: open it, name it, note something, hide something, move it, take it out."""
    *_, name, noted = parts_of(slide)
    count = len(memory.visit.slides)
    edit, say = partial(change, number, slide), partial(describe, number, slide)
    with st.container(border=True, key=f"entry-{number}"):
        with st.container(horizontal=True, vertical_alignment="center", key=f"entry-head-{number}"):
            plain = slide_name(memory, slide, text, own=False)
            shown = f'<b data-testid="entry-{number}">{number + 1} · {escape(plain)}</b>'
            st.html(f'<h2 class="lz-card-name">{shown}</h2>', width="stretch")
            deeds: dict[str, tuple[str, Any, bool]] = {
                "open": ("open_in_new", partial(session.open_slide, number), False),
                "up": ("arrow_upward", partial(edit, moved_slide, -1), number == 0),
                "down": ("arrow_downward", partial(edit, moved_slide, 1), number == count - 1),
                "out": ("close", partial(edit, without_slide), False),
            }
            for deed, (icon, does, off) in deeds.items():
                key, words = f"entry-{deed}-{number}", text(f"list_{deed}")
                st.button(words, key=key, icon=f":material/{icon}:", type="tertiary", on_click=does, disabled=off)
        named, noting, hides = st.columns([3, 4, 3], gap="small")
        with named:
            st.text_input(
                text("list_name"),
                max_chars=LONGEST_NAME,
                placeholder=plain,
                **kept(f"entry-name-{number}", name, lambda said: say(name=said)),
            )
        with noting:
            st.text_area(
                text("list_note"),
                max_chars=LONGEST_NOTE,
                height=68,
                **kept(f"entry-note-{number}", noted, lambda said: say(noted=said)),
            )
        with hides:
            hidden = [known for known in hidden_in(slide) if known in HIDEABLE]
            st.multiselect(
                text("list_hides"),
                sorted(HIDEABLE, key=lambda known: known != "answers"),
                select_all=False,
                format_func=lambda known: text(f"hides_{known}"),
                placeholder=text("list_hides_nothing"),
                **kept(f"entry-hide-{number}", hidden, lambda names: edit(hiding, tuple(names))),
            )


def hidden_in(slide: str) -> list[str]:
    """Return the names that an entry hides."""
    return [name for name in parts_of(slide)[1].get("hide", "").split(".") if name]


def change(number: int, slide: str, how: Any, *args: Any) -> None:
    """Change an entry, if it is still there: one entry in the browser's history, so that Back takes it back."""
    visit = session.current().visit
    if number < len(visit.slides) and parts_of(visit.slides[number])[:2] == parts_of(slide)[:2]:
        session.turn(how(visit, number, *args))


def describe(number: int, slide: str, *, name: str | None = None, noted: str | None = None) -> None:
    """Give an entry another name or note."""
    visit = session.current().visit
    *_, old, before = parts_of(visit.slides[number] if number < len(visit.slides) else slide)
    lines = (before if noted is None else noted).splitlines()
    title, *_ = (old if name is None else name).splitlines() or [""]
    change(number, slide, described, printable(title).strip(), "\n".join(map(printable, lines)))


def slide_name(memory: Memory, slide: str, text: Text, *, own: bool = True) -> str:
    """Return an entry's name: its ``own``, else its page and its example, or the level."""
    path, pairs, name, _ = parts_of(slide)
    if own and name:
        return name
    reads = memory.reads[path]
    level = pairs.get("level", "1")
    title = text(f"page_{path}")
    if reads is None:
        return title
    state = reads(pairs)[0]
    example = next((one for one in PAGES.get(path, {}).values() if reads(one.query)[0] == state), None)
    return f"{title} · {text(example.name) if example else text('slide_level', level=level)}"


# ---- adding to it, from any page ----


def entry_of(memory: Memory, name: str = "", noted: str = "") -> str:
    """Return the present state as an entry of the list; a question that was answered is not asked again."""
    desk = memory.desk
    visit = memory.visit
    own = () if visit.hide == everywhere(visit) else visit.hide
    seen = replace(visit, ask="" if desk and desk.answer else visit.ask, hide=own)
    return slide_for(memory.page, desk.state if desk else None, seen, name, noted)


def add_slide() -> None:
    """Add the present state at the end of the list."""
    memory = session.current()
    session.turn(with_slide(memory.visit, entry_of(memory)))


def keep_slide() -> None:
    """Put the present state in the place of the entry that is open; name and note stay."""
    memory = session.current()
    session.turn(with_entry(memory.visit, memory.visit.slide, as_it_is(memory)))


def as_it_is(memory: Memory) -> str:
    """Return the open entry with the present state in it."""
    *_, name, noted = parts_of(memory.visit.slides[memory.visit.slide])
    return entry_of(memory, name, noted)


def listed(memory: Memory, text: Text) -> None:
    """Draw the list on any page: add this state, go to another one, edit the list, copy its link."""
    visit = memory.visit
    st.markdown(text("list_about"))
    full = with_slide(visit, entry_of(memory)) == visit
    words = text("list_full" if full else "list_add")
    st.button(words, key="list-add", icon=":material/add:", disabled=full, on_click=add_slide, width="stretch")
    if visit.slides and as_it_is(memory) != visit.slides[visit.slide]:
        words = text("list_keep", number=visit.slide + 1)
        st.button(words, key="list-keep", icon=":material/save:", on_click=keep_slide, width="stretch")
    for number, slide in enumerate(visit.slides):
        st.button(
            label(f"{number + 1}. {slide_name(memory, slide, text)}"),
            key=f"slide-{number}",
            on_click=session.open_slide,
            args=(number,),
            type="primary" if number == visit.slide else "secondary",
            width="stretch",
        )
    edit = partial(session.visit_page, "list")
    st.button(text("list_edit"), key="list-edit", icon=":material/edit:", on_click=edit, width="stretch")
    if visit.slides:
        st.caption(text("list_link"))
        st.code(link_for(memory, replace(visit, view="present")), language=None, wrap_lines=True)


# ---- keeping it ----


def ways(memory: Memory, text: Text) -> None:
    """Draw the links to the list: one for the lecturer, one for the class."""
    visit = memory.visit
    if lone := alone(text):
        st.html(lone)
    left, right = st.columns(2, gap="medium")
    with left:
        st.header(text("list_lecturer"))
        st.html(note(text("list_lecturer_about")))
        stage = link_for(memory, replace(visit, view="present"))
        st.code(stage, language=None, wrap_lines=True)
        st.link_button(text("share_open"), stage)
    with right:
        st.header(text("list_class"))
        st.html(note(text("list_class_about")))
        link = link_for(memory, for_class(visit))
        st.code(link, language=None, wrap_lines=True)
        st.link_button(text("share_open"), link)
        st.html(f'<div class="lz-qr" data-testid="qr">{qr(link, text)}</div>')


def files(memory: Memory, text: Text) -> None:
    """Draw the ways to a file and from one."""
    st.header(text("list_file"))
    with st.container(horizontal=True, vertical_alignment="bottom", key="list-files"):
        if memory.visit.slides:
            kept_in = as_file(memory.visit.slides)
            st.download_button(text("list_save"), kept_in, FILE, "text/plain", key="list-save", icon=":material/save:")
        uploads = st.session_state.setdefault(UPLOADED, 0)
        key = f"list-file-{uploads}"
        st.file_uploader(text("list_read"), key=key, on_change=read_file, args=(key,), max_upload_size=1, width=420)
    if st.session_state.pop(REFUSED, False):
        st.warning(text("list_file_refused"))


def read_file(key: str) -> None:
    """Open the list of a file in place of this one; another file changes nothing."""
    memory, file = session.current(), st.session_state.get(key)
    if file is None:
        return
    st.session_state[UPLOADED] += 1
    slides, bad = of_upload(file.getvalue(), memory.reads)
    if not slides:
        st.session_state[REFUSED] = True
        return
    session.turn(with_slides(memory.visit, slides, 0))
    memory.notes = bad


def of_upload(content: bytes, pages: Pages) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the entries of a file that can be opened, and the keys of the others; neither where it is no list."""
    try:
        found, bad = good_entries(of_file(content), pages)
    except ValueError:
        return (), ()
    return tuple(found.values()), tuple(bad) if found else ()


KEYS = (
    ("Page Down, → ,Space", "key_on"),
    ("Page Up, ←", "key_back"),
    ("Home, End", "key_ends"),
    ("R", "key_reveal"),
    ("T", "key_tools"),
    ("Q", "key_qr"),
    ("N", "key_note"),
    ("C", "key_clock"),
    ("Esc", "key_escape"),
)
"""The keys of a list and of the stage, and the strings that say what they do."""


def keys(text: Text) -> str:
    """Return what each key does, as a table."""
    rows = "".join(f"<tr><th scope=row>{pressed(names)}</th><td>{escape(text(key))}</td></tr>" for names, key in KEYS)
    table = f'<table class="lz-table lz-keys"><tbody>{rows}</tbody></table>'
    return table + note(text("key_shift"))


def pressed(names: str) -> str:
    """Return the names of keys as HTML."""
    return " ".join(f"<kbd>{escape(name.strip())}</kbd>" for name in names.split(","))
