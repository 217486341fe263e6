"""The comparison in sentences: how much differs and who pulls harder; before that, the question who does."""

from html import escape

import streamlit as st

from lossviz.compare.columns import Asked, Column
from lossviz.compare.view import CompareView
from lossviz.compare.widgets.desk import SKIPPED, CompareDesk
from lossviz.core.text import Text, four
from lossviz.core.visit import Visit
from lossviz.lab.view import TruthView
from lossviz.lab.words import truth_name


def truth_in(view: CompareView) -> TruthView | None:
    """Return the truth one asks about, if the scene has it."""
    return next((truth for truth in view.truths if truth.number == view.truth), None)


def subject(view: CompareView, truth: TruthView, text: Text) -> str:
    """Return the truth's name as a sentence has it: "the cup" or "the missed spoon", for example."""
    lab = view.applied[0].view
    return truth_name(lab, truth, text) if lab else ""


def asking(view: CompareView, desk: CompareDesk, visit: Visit) -> bool:
    """Return whether the question still waits: it is asked once a visit, on what the page opens on."""
    opened = desk.state == desk.plain and visit.view != "embed" and visit.shows("sentence")
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
        for column in contest[1:]:
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
    term, *two = view.contest
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


def sentences(view: CompareView, desk: CompareDesk, text: Text) -> str:
    """Return how much differs, and how hard each of the first two programs pulls."""
    names = text("list_comma").join(text(f"short_{column.key}") for column in view.applied)
    differ = sum(row.differs for row in view.rows)
    parts = [text("ledger_sentence", names=names, differ=differ, rows=len(view.rows))]
    parts += contest(view, text)
    words = escape(" ".join(parts).replace("。 ", "。"))
    told = verdict(view, desk, text)
    return f'<p class="lz-sentence" role="status" data-testid="sentence">{told}{words}</p>'


def contest(view: CompareView, text: Text) -> list[str]:
    """Return who pulls harder on the objectness of the truth's predictor, and by how much."""
    truth = truth_in(view)
    if view.contest is None or (truth is None and not view.state.held):
        return []
    term, *two = view.contest
    if view.state.held or truth is None:
        where = text("ledger_at_one", predictor=view.state.lab.at)
    else:
        where = text("ledger_at_truth", what=subject(view, truth, text))
    weak, strong = sorted(two, key=lambda column: pull(column, term))
    low, high = pull(weak, term), pull(strong, term)
    names = {"where": where, "strong": text(f"short_{strong.key}"), "weak": text(f"short_{weak.key}")}
    if high - low <= 1e-6 * high:
        return [text("ledger_pull_same", high=four(high), **names)]
    ratio = f"{high / low:.3g}" if low > 0 and high / low < 1e6 else ""
    key = "ledger_pull" if ratio else "ledger_pull_alone"
    return [text(key, high=four(high), low=four(low), ratio=ratio, **names)]
