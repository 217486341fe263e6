"""The teacher's side of the lessons: what to take to class, and what the learners hand in."""

from dataclasses import replace
from html import escape

import streamlit as st

from lossviz.core.lessons import LESSONS
from lossviz.core.slides import LONGEST_NAME, printable
from lossviz.core.text import Text, labelled
from lossviz.lessons.plans import UNITS, Unit
from lossviz.lessons.state import SEES, LessonsState
from lossviz.lessons.teacher.codes import LONGEST, MOST, as_csv, lines_of, table_of
from lossviz.lessons.teacher.documents import DOCUMENTS, file_of
from lossviz.lessons.teacher.edition import Edition
from lossviz.lessons.teacher.paper import on_screen
from lossviz.lessons.teacher.projected import class_link, list_link, projected
from lossviz.web import session
from lossviz.web.choices import kept, segments
from lossviz.web.links import address, alone
from lossviz.web.page import Place
from lossviz.web.session import Memory

CHOSEN, SEE, WORD, PASTED = "teacher-unit", "teacher-see", "teacher-word", "teacher-codes"


def way_in(memory: Memory, text: Text) -> None:
    """Draw the quiet way from the lessons to the teacher's side."""
    st.button(text("teacher_in"), key="teacher-in", type="tertiary", on_click=be, args=("teacher",))


def be(role: str) -> None:
    """Look at the lessons as a teacher, or as a learner again."""
    memory = session.current()
    session.turn(replace(memory.visit, role=role, lesson="", card=0))


def teacher(place: Place) -> None:
    """Draw the choices, and below them what was chosen."""
    memory, text, state = place.memory, place.text, place.desk.state
    unit = unit_of(memory, state)
    st.title(text("teacher_title"))
    with st.container(key="teacher-choices"):
        segments(text("teacher_see"), SEE, {see: text(f"teacher_{see}") for see in SEES}, state.see, look)
        with st.container(horizontal=True, vertical_alignment="bottom"):
            if state.see not in ("codes", "keys"):
                choice(unit, text)
            if state.see != "keys":
                class_word(memory, text)
            st.button(text("teacher_out"), key="teacher-out", type="tertiary", on_click=be, args=("student",))
    edition = Edition(text, site(), memory.visit.klass)
    if state.see == "codes":
        codes(edition)
        return
    if state.see == "link":
        to_copy(unit, edition)
    document(state.see, unit, edition)


def unit_of(memory: Memory, state: LessonsState) -> Unit:
    """Return the class that is chosen, or the lesson that the link names, or the first one."""
    key = state.plan or memory.visit.lesson
    return UNITS.get(key) or next(iter(UNITS.values()))


def name_of(unit: Unit, text: Text) -> str:
    """Return what a unit is called in the choice."""
    title = text.of(unit.title)
    if unit.whole:
        return labelled(text("teacher_class", letter=unit.key[-1].upper()), title, text)
    return f"{LESSONS[unit.key].order} · {title}"


def choice(unit: Unit, text: Text) -> None:
    """Choose a lesson or a class."""
    names = {key: name_of(one, text) for key, one in UNITS.items()}
    st.selectbox(text("teacher_unit"), list(names), format_func=names.__getitem__, **kept(CHOSEN, unit.key, choose))


def choose(key: str) -> None:
    """Take another lesson or class."""
    memory = session.current()
    whole = UNITS[key].whole is not None
    memory.desks["lessons"].settle(replace(memory.desks["lessons"].state, plan=key if whole else ""))
    session.turn(replace(memory.visit, lesson="" if whole else key, card=0))


def look(see: str) -> None:
    """Look at something else."""
    desk = session.current().desks["lessons"]
    desk.settle(replace(desk.state, see=see))


def class_word(memory: Memory, text: Text) -> None:
    """Draw the field for the word of the class."""
    st.text_input(text("lessons_class"), max_chars=LONGEST_NAME, width=220, **kept(WORD, memory.visit.klass, call))


def call(word: str) -> None:
    """Take another word of the class."""
    session.turn(replace(session.current().visit, klass=printable(word).strip()))


def site() -> str:
    """Return the address of this server as the links of documents begin."""
    return address({}, "lessons").removesuffix("/lessons")


def document(see: str, unit: Unit, edition: Edition) -> None:
    """Draw a document, the way to its file, and how it is printed."""
    text = edition.text
    with st.container(horizontal=True, vertical_alignment="center", key="teacher-file"):
        st.download_button(
            text("teacher_file"),
            lambda: file_of(see, unit, edition).encode(),
            f"lossviz-{see if see == 'keys' else f'{unit.key}-{see}'}-{text.lang}.html",
            "text/html",
            key="teacher-save",
            on_click="ignore",
            icon=":material/download:",
        )
        st.html(f'<p class="lz-quiet">{escape(text("lessons_print"))}</p>')
    if lone := alone(text):
        st.html(lone)
    st.html(on_screen(DOCUMENTS[see](unit, edition)))


def to_copy(unit: Unit, edition: Edition) -> None:
    """Draw the link for learners and the list for the projector, to be copied."""
    text = edition.text
    with st.container(key="teacher-links"):
        st.caption(text("link_for_learners"))
        st.code(class_link(unit, edition), language=None, wrap_lines=True)
        st.caption(text("link_for_projector"))
        st.code(list_link(projected(unit.cards, text), edition), language=None, wrap_lines=True)


def codes(edition: Edition) -> None:
    """Draw the field for completion codes, what each of them says, and the way to a CSV file. Nothing is kept."""
    text = edition.text
    st.html(f'<p class="lz-quiet">{escape(text("codes_about"))}</p>')
    pasted = st.text_area(text("codes_paste"), key=PASTED, max_chars=LONGEST, height=160)
    if not pasted.strip() or not edition.word:
        if pasted.strip():
            st.html(f'<p class="lz-quiet" data-heard="codes">{escape(text("codes_word"))}</p>')
        return
    try:
        lines = lines_of(pasted, edition.word)
    except ValueError:
        st.warning(text("codes_many", most=f"{MOST:,}"))
        return
    good = sum(not line.problem for line in lines)
    st.html(f'<p data-heard="codes">{escape(text("codes_sum", good=good, count=len(lines)))}</p>')
    st.html(f'<div class="lz-wide-table">{table_of(lines, text)}</div>')
    csv = as_csv(lines).encode("utf-8-sig")
    st.download_button(text("codes_save"), csv, "lossviz-codes.csv", "text/csv", key="codes-save", on_click="ignore")
