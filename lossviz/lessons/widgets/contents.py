"""The page of the lessons: all of them with how far one is, and each one's summary."""

from collections.abc import Sequence
from functools import partial
from html import escape
from typing import Literal

import streamlit as st

from lossviz.components.notebook import notebook
from lossviz.core.lessons import LESSONS, SHORT, Card, Lesson
from lossviz.core.progress import NEW, brought, carried, merged, read, right, without, written
from lossviz.core.text import Text, paragraph
from lossviz.lessons.code import Completion, made
from lossviz.lessons.view import LessonProgress, Sentences, mistaken, progress_of
from lossviz.lessons.widgets.teacher import teacher, way_in
from lossviz.web import session
from lossviz.web.html import indexed
from lossviz.web.page import Place
from lossviz.web.session import Memory

PASTED, WORD, CODE, BROUGHT = "lessons-pasted", "lessons-word", "lessons-code", "lessons-brought"


def keep(memory: Memory) -> None:
    """Ask the browser once what it holds; from then on have it keep what was done. The last thing in a run of the page."""
    said = notebook(written(memory.records) if memory.told_records else None)
    if said is None or memory.told_records:
        return
    memory.told_records, memory.unkept = True, said.get("blocked") is True
    try:
        memory.records = merged(memory.records, read(said.get("held") or "{}"))
    except ValueError:
        return
    finally:
        session.run_again()


def contents(place: Place) -> None:
    """Draw all lessons, the short way first; or the summary of the one that the link names; or the teacher's side."""
    memory, text = place.memory, place.text
    if memory.visit.role == "teacher":
        teacher(place)
        return
    lesson = None if memory.visit.card else LESSONS.get(memory.visit.lesson)
    if lesson:
        summary(memory, lesson, text)
        return
    st.title(text("lessons_title"))
    if place.staged:
        with st.container(key="lessons"):
            entries(memory, text)
        return
    st.html(f"<p>{escape(text('lessons_lead'))}</p>")
    entries(memory, text)
    st.html(f'<p class="lz-quiet">{escape(text("lessons_blocked" if memory.unkept else "lessons_kept"))}</p>')
    carry(memory, text)
    way_in(memory, text)


def entries(memory: Memory, text: Text) -> None:
    """Draw all lessons."""
    for found in LESSONS.values():
        entry(progress_of(found, memory.records), text)


def entry(progress: LessonProgress, text: Text) -> None:
    """Draw one lesson: title, aim, how far one is, and the way in."""
    lesson, done = progress.lesson, not progress.following
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"lesson-{lesson.key}"):
        number = "" if lesson.key == SHORT else f"{lesson.order} · "
        st.html(
            f'<div data-testid="lesson-{lesson.key}" class="lz-lesson">'
            f"<h2>{number}{indexed(escape(text.of(lesson.title)))}</h2>"
            f"<p>{indexed(escape(text.of(lesson.aim)))}</p>"
            f'<p class="lz-quiet">{escape(how_far(progress, text))}</p></div>',
            width="stretch",
        )
        key = "lessons_summary" if done else "lessons_continue" if progress.begun else "lessons_start"
        number_of = progress.following or len(lesson.cards) + 1
        st.button(
            text(key),
            key=f"open-{lesson.key}",
            type="primary" if lesson.key == SHORT and not done else "secondary",
            on_click=session.open_card,
            args=(lesson.key, number_of),
        )


def how_far(progress: LessonProgress, text: Text) -> str:
    """Return how many cards of a lesson are done, and the minutes left."""
    count = len(progress.lesson.cards)
    if not progress.following:
        return text("lessons_done", count=count)
    return text("lessons_count", reached=progress.reached, count=count, minutes=progress.minutes)


# ---- a lesson's last screen ----


def summary(memory: Memory, lesson: Lesson, text: Text) -> None:
    """Draw what to remember, what deserves a second look, what is left, the next lesson, and the completion code."""
    st.title(text.of(lesson.title))
    done = [card for card in lesson.cards if memory.records.get(card.name, NEW).reached]
    left = [card for card in lesson.cards if card not in done]
    first = sum(right(card.name, memory.records[card.name]) for card in done)
    score = [text("lessons_right", right=first, count=len(done))] if done else []
    far = how_far(progress_of(lesson, memory.records), text) + text("list_end")
    st.html(f'<p class="lz-quiet">{escape(paragraph([far, *score]))}</p>')
    if done:
        st.header(text("lessons_take"))
        st.html(remembered(memory, done, text))
    wrong = mistaken(done, memory.records)
    if wrong:
        st.header(text("lessons_mistaken"))
        ways(lesson, wrong, "again", text)
    if left and not done:
        st.html(f"<p>{indexed(escape(text.of(lesson.aim)))}</p>")
        begin = partial(session.open_card, lesson.key, 1)
        st.button(text("lessons_start"), key="summary-start", type="primary", on_click=begin)
    elif left:
        st.header(text("lessons_left"))
        ways(lesson, left, "left", text)
    onwards(memory, lesson, text, begun=bool(done))
    if done:
        handed_in(memory, lesson, text)


def remembered(memory: Memory, cards: Sequence[Card], text: Text) -> str:
    """Return the sentences to take home, each with the card's title."""
    items = "".join(
        f"<li><b>{indexed(escape(text.of(card.title)))}</b><br>"
        f"{indexed(escape(Sentences(card, memory.pages[card.page].reads, text)(card.take)))}</li>"
        for card in cards
    )
    return (
        f'<ul class="lz-takes" data-testid="takes">{items}</ul><p class="lz-quiet">{escape(text("lessons_print"))}</p>'
    )


def ways(lesson: Lesson, cards: Sequence[Card], kind: str, text: Text) -> None:
    """Draw a button to each of these cards."""
    for card in cards:
        number = lesson.cards.index(card) + 1
        deed = partial(session.open_card, lesson.key, number)
        st.button(f"{text.of(card.title)} →", key=f"{kind}-{card.key}", type="tertiary", on_click=deed)


def anew(cards: Sequence[Card], lesson: Lesson, number: int) -> None:
    """Forget what was done of these cards, and open one of them."""
    memory = session.current()
    memory.records = without(memory.records, [card.name for card in cards])
    session.open_card(lesson.key, number)


def onwards(memory: Memory, lesson: Lesson, text: Text, *, begun: bool) -> None:
    """Draw the ways on: the next lesson, all lessons, this one anew."""
    later = [found for found in LESSONS.values() if found.order > lesson.order]
    behind = [found for found in later if progress_of(found, memory.records).following]
    with st.container(horizontal=True, key="onwards"):
        if behind:
            following = behind[0]
            number = progress_of(following, memory.records).following
            words = text("lessons_following", title=text.of(following.title))
            kind: Literal["primary", "secondary"] = "primary" if begun else "secondary"
            st.button(words, key="onwards-next", type=kind, on_click=session.open_card, args=(following.key, number))
        st.button(text("lessons_all"), key="onwards-all", on_click=session.close_lesson)
        with st.popover(text("lessons_restart"), key="onwards-anew"):
            st.html(f'<p class="lz-quiet">{escape(text("lessons_restart_about", count=len(lesson.cards)))}</p>')
            begin = partial(anew, lesson.cards, lesson, 1)
            st.button(text("lessons_restart_yes"), key="onwards-anew-yes", on_click=begin)


def handed_in(memory: Memory, lesson: Lesson, text: Text) -> None:
    """Draw the completion code, for those who need one, once they have given the word of their class."""
    if lesson.key == SHORT:
        return
    with st.expander(text("lessons_code")):
        st.html(f'<p class="lz-quiet">{escape(text("lessons_code_about"))}</p>')
        st.session_state.setdefault(WORD, memory.visit.klass)
        word = st.text_input(text("lessons_class"), key=WORD, max_chars=60, width=320)
        if st.button(text("lessons_make"), key="make-code", disabled=not word.strip()):
            st.session_state[CODE] = lesson.key, made(completion_of(memory, lesson), word)
        key, code = st.session_state.get(CODE, ("", ""))
        if key == lesson.key:
            st.code(code, language=None)


def completion_of(memory: Memory, lesson: Lesson) -> Completion:
    """Return what was done of a lesson."""
    records = [memory.records.get(card.name, NEW) for card in lesson.cards]
    return Completion(
        lesson.order,
        tuple(bool(record.reached) for record in records),
        tuple(right(card.name, record) for card, record in zip(lesson.cards, records, strict=True)),
        round(sum(record.minutes for record in records)),
    )


# ---- carrying on ----


def carry(memory: Memory, text: Text) -> None:
    """Draw the ways to another computer, and to forget everything."""
    with st.expander(text("lessons_carry")):
        st.html(f'<p class="lz-quiet">{escape(text("lessons_carry_about"))}</p>')
        if memory.records:
            st.code(carried(memory.records), language=None, wrap_lines=True)
        pasted = st.text_area(text("lessons_paste"), key=PASTED, max_chars=20_000, height=100)
        st.button(text("lessons_bring"), key="bring", disabled=not pasted.strip(), on_click=bring, args=(pasted,))
        count = st.session_state.pop(BROUGHT, None)
        if count is not None:
            (st.info if count else st.warning)(
                text("lessons_brought", count=count) if count else text("lessons_refused")
            )
        st.button(text("lessons_forget"), key="forget", type="tertiary", disabled=not memory.records, on_click=forget)


def bring(pasted: str) -> None:
    """Add what a pasted text says to what is known; another text changes nothing."""
    memory = session.current()
    try:
        found = brought(pasted)
    except ValueError:
        found = {}
    memory.records = merged(memory.records, found)
    st.session_state[BROUGHT] = len(found)


def forget() -> None:
    """Forget everything, here and in the browser."""
    session.current().records = {}
