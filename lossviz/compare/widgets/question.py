"""The comparison in sentences: how much differs and who pulls harder; before that, the question who does."""

import math
from html import escape

import streamlit as st

from lossviz.compare.columns import Asked, Column
from lossviz.compare.view import ALIKE, CompareView
from lossviz.compare.widgets.desk import SKIPPED, CompareDesk
from lossviz.core.spoken import spoken
from lossviz.core.text import Text, four, listed, minus, paragraph
from lossviz.core.visit import Visit
from lossviz.lab.view import TruthView
from lossviz.lab.words import truth_name

MOST_RATIO = 1e6
"""The ratio of two gradients from which the smaller is called next to nothing."""


def truth_in(view: CompareView) -> TruthView | None:
    """Return the truth one asks about, if the scene has it."""
    return next((truth for truth in view.truths if truth.number == view.truth), None)


def subject(view: CompareView, truth: TruthView, text: Text) -> str:
    """Return the truth's name as a sentence has it: "the cup" or "the missed spoon", for example."""
    lab = view.applied[0].view
    return truth_name(lab, truth, text) if lab else ""


def asking(view: CompareView, desk: CompareDesk, visit: Visit) -> bool:
    """Return whether the question still waits: it is asked once a visit, on what the page opens on."""
    opened = desk.state == desk.plain and visit.view != "embed" and visit.asks("sentence")
    waits = opened and not desk.guess
    return waits and view.contest is not None and truth_in(view) is not None


def question(view: CompareView, desk: CompareDesk, text: Text) -> None:
    """Ask which of the two pulls harder; the numbers that tell are hidden until it is answered."""
    contest, truth = view.contest, truth_in(view)
    if contest is None or truth is None:
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="question"):
        words = text("ledger_ask", what=subject(view, truth, text))
        st.markdown(f"**{words}**", width="content")
        for column in contest[1][:2]:
            name = text(f"recipe_{column.key}")
            st.button(name, key=f"answer-{column.key}", on_click=answer, args=(desk, column.key))
        st.button(
            text("ledger_ask_skip"), key=f"answer-{SKIPPED}", type="tertiary", on_click=answer, args=(desk, SKIPPED)
        )


def answer(desk: CompareDesk, key: str) -> None:
    """Remember the answer, which uncovers the numbers; nobody is asked twice."""
    desk.guess = key


def verdict(view: CompareView, desk: CompareDesk, text: Text) -> str:
    """Say whether the answer was right, until something else is compared."""
    if desk.guess in ("", SKIPPED) or view.contest is None:
        return ""
    term, asked = view.contest
    two = asked[:2]
    right = desk.guess == max(two, key=lambda column: pull(column, term)).key
    words = f"{'✓' if right else '✗'} {text('right' if right else 'wrong')}"
    return f'<b data-testid="verdict">{escape(words)}</b> '


def asked_by(column: Column, term: str) -> Asked:
    """Return what the term asks of the column's predictor, which the contest guarantees to exist."""
    found = column.asks(term)
    assert found
    return found


def pull(column: Column, term: str) -> float:
    """Return the length of the term's gradient on the column's predictor."""
    return asked_by(column, term).pull


def unsaid(view: CompareView, desk: CompareDesk, text: Text) -> str:
    """Return the question about these programs without its answer; right after it was answered, whether that was right."""
    names = listed([text(f"short_{column.key}") for column in view.applied], text)
    told, asks = verdict(view, desk, text), escape(text("ledger_question", names=names))
    return f'<p class="lz-sentence" data-testid="sentence" data-heard="sentence">{told}<b>{asks}</b></p>'


def sentences(view: CompareView, desk: CompareDesk, text: Text) -> str:
    """Return how much differs, and the gradient of objectness in every program that has one."""
    names = listed([text(f"short_{column.key}") for column in view.applied], text)
    differ = sum(row.differs for row in view.rows)
    key = ("ledger_nobody", "ledger_alone", "ledger_sentence")[min(len(view.applied), 2)]
    parts = [text(key, names=names, differ=differ, rows=len(view.rows))]
    parts += contest(view, text)
    words = escape(paragraph(parts))
    told = verdict(view, desk, text)
    return f'<p class="lz-sentence" data-testid="sentence" data-heard="sentence">{told}{words}</p>'


def contest(view: CompareView, text: Text) -> list[str]:
    """Return the gradient of the objectness of the truth's predictor in each program: two as a ratio, more as a list."""
    truth = truth_in(view)
    if view.contest is None or (truth is None and not view.state.held):
        return []
    term, asked = view.contest
    if view.state.held or truth is None:
        where = text("ledger_at_one", predictor=view.state.lab.at)
    else:
        where = text("ledger_at_truth", what=subject(view, truth, text))
    weak, *_, strong = sorted(asked, key=lambda column: pull(column, term))
    low, high = pull(weak, term), pull(strong, term)
    names = {"where": where, "strong": text(f"short_{strong.key}"), "weak": text(f"short_{weak.key}")}
    kind = relation(tuple(pull(column, term) for column in asked))
    if kind == "list":
        each = text("list_comma").join(f"{text(f'short_{one.key}')} {minus(four(pull(one, term)))}" for one in asked)
        return [text("ledger_pull_list", where=where, each=each)]
    ratio = spoken(high / low, 3) if kind == "ratio" else ""
    key = {"ratio": "ledger_pull", "same": "ledger_pull_same", "alone": "ledger_pull_alone"}[kind]
    return [text(key, high=spoken(high), low=spoken(low), ratio=ratio, **names)]


def relation(pulls: tuple[float, ...]) -> str:
    """Return how the sizes of gradients are told.

    "list": more than two, or one is no finite number. "same": high - low <= 1e-6 high. "ratio": high / low < 1e6.
    "alone": the smaller one is 0 or next to nothing.
    """
    if len(pulls) > 2 or not all(math.isfinite(pull) for pull in pulls):
        return "list"
    low, high = sorted(pulls)
    if high - low <= ALIKE * high:
        return "same"
    return "ratio" if low > 0 and high / low < MOST_RATIO else "alone"
