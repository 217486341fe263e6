"""A card above its page: predict, try, why, take home."""

import math
import re
import time
from functools import partial
from html import escape

import streamlit as st

from lossviz.core.lessons import LESSONS, Card
from lossviz.core.progress import NEW, Record, moved, right, without
from lossviz.core.text import Text, labelled, paragraph
from lossviz.lessons.facts import facts_of
from lossviz.lessons.goals import fulfilled
from lossviz.lessons.view import GoalLine, Sentences, facts_at, goal_lines
from lossviz.web import session
from lossviz.web.html import indexed, label
from lossviz.web.page import Course, Place
from lossviz.web.session import Memory

PATIENCE, MANY = 120, 8
"""Seconds and moves after which the hint shows itself."""
CHOICE, TYPED, HINT, OF = "card-choice", "card-typed", "card-hint", "card-of"
"""What the session holds of a card: choice, typed number, whose hint is shown, and whose the first two are."""
ISSUES = "https://github.com/{repository}/issues/{number}"


def strip(place: Place) -> None:
    """Draw the card that one is at; on another page than its own one line that leads there."""
    memory, text, card = place.memory, place.text, place.memory.card
    if card is None:
        return
    with st.container(border=True, key="card"):
        heading(memory, card, text)
        if card.page != memory.page:
            elsewhere(card, text)
        if card.page != memory.page or memory.folded:
            return
        fresh(card)
        record = memory.records.get(card.name, NEW)
        said = Sentences(card, memory.pages[card.page].reads, text)
        if not record.said:
            predict(card, said, text)
        elif not record.reached:
            attempt(memory, card, record, said)
        else:
            explain(memory, card, record, said)


def fresh(card: Card) -> None:
    """Forget what was chosen or typed on another card and left there."""
    if st.session_state.get(OF) != card.name:
        st.session_state.pop(CHOICE, None)
        st.session_state.pop(TYPED, None)
        st.session_state[OF] = card.name


def heading(memory: Memory, card: Card, text: Text) -> None:
    """Draw where one is in the lesson, and the ways to the cards beside this one and out of it."""
    lesson, number = LESSONS[memory.visit.lesson], memory.visit.card
    with st.container(horizontal=True, vertical_alignment="center", key="card-head"):
        where = text("lesson_where", number=number, count=len(lesson.cards))
        where = f"<small>{escape(text.of(lesson.title))} · {escape(where)}</small>"
        title = f"<b>{escape(text.of(card.title))}</b> " if memory.record.said else ""  # it may say the answer
        name = indexed(f"{title}{where}")
        st.html(f'<h2 class="lz-card-name" data-testid="card-name">{name}</h2>', width="stretch")
        step = partial(session.open_card, lesson.key)
        first = number == 1
        st.button(
            text("lesson_before"), key="card-before", type="tertiary", on_click=step, args=(number - 1,), disabled=first
        )
        skip = "lesson_next" if memory.record.reached else "lesson_skip"
        st.button(text(skip), key="card-skip", type="tertiary", on_click=step, args=(number + 1,))
        folded = "lesson_unfold" if memory.folded else "lesson_fold"
        st.button(text(folded), key="card-fold", type="tertiary", on_click=fold)
        st.button(text("lesson_close"), key="card-close", type="tertiary", on_click=session.close_lesson)


def fold() -> None:
    """Show only the head of the card, or all of it again."""
    memory = session.current()
    memory.folded = not memory.folded


def elsewhere(card: Card, text: Text) -> None:
    """Say on which page the card is, and lead there."""
    words = text("lesson_elsewhere", page=text(f"page_{card.page}"))
    st.button(words, key="card-there", on_click=session.open_for_card, args=(card, card.query))


# ---- predict ----


def predict(card: Card, said: Sentences, text: Text) -> None:
    """Ask the question; an answer counts once one has said how sure one is."""
    st.html(f'<p class="lz-sentence" data-testid="card-ask" data-heard="card-ask">{written(said(card.ask))}</p>')
    names = {number: plain(said(card.choices[number - 1])) for number in card.order}
    chosen = st.radio(
        said(card.ask),
        card.order,
        index=None,
        format_func=names.__getitem__,
        key=CHOICE,
        label_visibility="collapsed",
        horizontal=True,
        width="content",
    )
    with st.container(horizontal=True, vertical_alignment="center", key="card-sure"):
        for key, sure in (("lesson_sure", True), ("lesson_unsure", False)):
            st.button(text(key), key=key, disabled=chosen is None, on_click=answer, args=(chosen, sure))
        if chosen is None:
            st.html(f'<p class="lz-quiet">{escape(text("lesson_choose"))}</p>')


def answer(chosen: int, sure: bool) -> None:
    """Note the answer: from now on the numbers are shown and the goal is looked at."""
    memory = session.current()
    memory.seen_state, memory.goal_lines = None, ()
    memory.note(said=chosen, sure=sure, began=int(time.time()))
    st.session_state.pop(CHOICE, None)


# ---- try ----


def attempt(memory: Memory, card: Card, record: Record, said: Sentences) -> None:
    """Set the task; a hint after a while, the solution for the asking. The lines of the goal follow on the bench."""
    text = said.text
    task = paragraph([f"<b>{escape(text('lesson_task'))}</b>", written(said(card.do))])
    st.html(f'<p class="lz-sentence" data-testid="card-do" data-heard="card-do">{task}</p>')
    if card.answer:
        typed(card, text)
    late = record.moves >= MANY or (record.began and time.time() - record.began > PATIENCE)
    with st.container(horizontal=True, vertical_alignment="center", key="card-help"):
        if late or st.session_state.get(HINT) == card.name:
            st.html(f'<p class="lz-quiet" data-testid="card-hint">{written(said(card.hint))}</p>', width="stretch")
        else:
            st.button(text("lesson_hint"), key="card-hint-button", type="tertiary", on_click=hint, args=(card.name,))
        st.button(text("lesson_show"), key="card-show", type="tertiary", on_click=show, args=(memory, card))


def hint(name: str) -> None:
    """Show the hint of a card."""
    st.session_state[HINT] = name


def show(memory: Memory, card: Card) -> None:
    """Open a state that fulfils the goal; that counts as shown."""
    memory.note(shown=True, reached=int(time.time()))
    if card.goal:
        session.open_for_card(card, card.solved)


def typed(card: Card, text: Text) -> None:
    """Draw the field for a card whose task is a number."""
    assert card.answer
    right_one, share = card.answer

    def compare(value: float | None) -> None:
        if value is not None and math.isfinite(value) and abs(value - right_one) <= share * abs(right_one):
            session.current().note(reached=int(time.time()))

    value = st.number_input(text("lesson_number"), value=None, key=TYPED, min_value=-1e9, max_value=1e9, width=260)
    compare(value)
    if session.current().record.reached:
        session.run_again()
    if value is not None:
        st.html(
            f'<p class="lz-quiet" data-testid="card-typed" data-heard="card-typed">{escape(text("lesson_number_off"))}</p>'
        )


def goal(place: Place) -> None:
    """Look whether a settled state fulfils the goal, and draw each of its tests with the number as it is."""
    memory, card = place.memory, place.memory.card
    if card is None or card.page != memory.page or not card.goal or not memory.record.said:
        return
    desk = place.desk
    under_way = desk.under_way or memory.pace is not None
    if not under_way or not memory.goal_lines:
        memory.goal_lines = looked_at(memory, card, desk.state, place.text)
    if memory.record.reached:  # once reached stays reached, wherever one has gone since
        memory.goal_lines = tuple(line if line.reached else line.done() for line in memory.goal_lines)
    st.html(listed(memory.goal_lines, place.text))


def looked_at(memory: Memory, card: Card, state: object, text: Text) -> tuple[GoalLine, ...]:
    """Return the lines of the goal for a state; count a move, and note that the goal is reached."""
    said = Sentences(card, memory.pages[card.page].reads, text)
    lines = tuple(goal_lines(said, facts_of(card.page, state)))
    if memory.seen_state is not None and state != memory.seen_state:
        memory.records[card.name] = moved(memory.records[card.name])
    memory.seen_state = state
    if not memory.record.reached and all(line.reached for line in lines):
        memory.note(reached=int(time.time()))
    return lines


def listed(lines: tuple[GoalLine, ...], text: Text) -> str:
    """Return the lines of a goal as HTML, read aloud when one is reached."""
    items = "".join(
        f'<li data-testid="card-goal" data-reached="{str(line.reached).lower()}">'
        f'<span aria-hidden="true">{"✓" if line.reached else "○"}</span> '
        f'<span class="lz-unseen">{escape(text("goal_reached" if line.reached else "goal_open"))}</span>'
        f"{written(line.words)}</li>"
        for line in lines
    )
    return f'<ul class="lz-goal" aria-label="{escape(text("lesson_goal"))}">{items}</ul>'


# ---- why, take home ----


def explain(memory: Memory, card: Card, record: Record, said: Sentences) -> None:
    """Say what one answered, what is true and why, with this state's numbers; where the question was asked; what stays."""
    text, desk = said.text, memory.desk
    here = facts_of(card.page, desk.state) if desk and card.goal else {}
    if not all(fulfilled(test, here) for test in card.goal):  # gone elsewhere since: the solution's numbers then
        here = facts_at(card.page, said.reads, tuple(card.solved.items()))
    st.html(
        f'<div class="lz-card-why" data-heard="card-why"><p>{verdict(card, record, said)}</p>'
        f'<p data-testid="card-why">{written(said(card.why, here))}</p>'
        f"{in_the_wild(card, text)}"
        f'<p class="lz-take" data-testid="card-take">{written(said(card.take))}</p></div>'
    )
    last = memory.visit.card == len(LESSONS[memory.visit.lesson].cards)
    key = "lesson_summary" if last else "lesson_next"
    with st.container(horizontal=True, vertical_alignment="center", key="card-on"):
        on = (memory.visit.lesson, memory.visit.card + 1)
        st.button(text(key), key="card-next", type="primary", on_click=session.open_card, args=on)
        st.button(text("lesson_anew"), key="card-anew", type="tertiary", on_click=anew, args=(card,))


def anew(card: Card) -> None:
    """Forget what was done of a card, and open it where it begins."""
    memory = session.current()
    memory.records = without(memory.records, [card.name])
    session.open_card(memory.visit.lesson, memory.visit.card)


def verdict(card: Card, record: Record, said: Sentences) -> str:
    """Say whether the first answer was right, what it was and how sure one was."""
    text = said.text
    ok = right(card.name, record)
    mark = f'<b data-testid="card-verdict">{"✓" if ok else "✗"} {escape(text("right" if ok else "wrong"))}</b>'
    sure = text(
        "lesson_said_sure" if record.sure else "lesson_said", choice=said(card.choices[record.said - 1]).rstrip(".。")
    )
    parts = [mark, written(sure)]
    if not ok:
        parts.append(written(text("lesson_right", choice=said(card.choices[card.right - 1]).rstrip(".。"))))
    return paragraph(parts)


def in_the_wild(card: Card, text: Text) -> str:
    """Return links to where the question was asked; they are shown, never fetched."""
    if not card.wild:
        return ""
    links = [
        f'<a href="{escape(ISSUES.format(repository=repository, number=number))}" target="_blank" rel="noopener">'
        f"{escape(one)}</a>"
        for one in card.wild
        for repository, _, number in [one.partition("#")]
    ]
    return f'<p class="lz-quiet">{labelled(escape(text("lesson_wild")), text("list_nouns").join(links), text)}</p>'


def plain(words: str) -> str:
    """Return words for a label that is read as Markdown: only t_x is set as a formula."""
    return re.sub(r"\b([a-z])\\_([a-z])\b", r"$\1_\2$", label(words))


def written(words: str) -> str:
    """Return words as HTML, with indices below the line."""
    return indexed(escape(words))


COURSE = Course(strip, goal)
"""What a card adds to its page."""
