"""Compare implementations: what published programs ask of the same predictors on the same scene."""

from functools import partial

import streamlit as st

from lossviz.compare.state import from_query
from lossviz.compare.view import view_of
from lossviz.compare.widgets import choices, more, question, table
from lossviz.compare.widgets.desk import CompareDesk, follow_the_lab
from lossviz.components.readout import Readout
from lossviz.core.parts import Make
from lossviz.core.visit import Visit
from lossviz.web import tools
from lossviz.web.page import Place
from lossviz.web.session import Page


def parts(desk: CompareDesk, visit: Visit) -> dict[str, Make]:
    """Return one sentence and the table, worked out from the state of all columns."""
    view, text, made = view_of(desk.state), visit.text, dict[str, Make]()
    asking = question.asking(view, desk, visit)
    if visit.shows("sentence") and not asking:
        made["ledger-sentence"] = lambda: Readout(question.sentences(view, desk, text))
    elif visit.asks("sentence") and not asking:
        made["ledger-sentence"] = lambda: Readout(question.unsaid(view, desk, text))
    if visit.shows("numbers"):
        made["ledger-table"] = lambda: Readout(table.whole_table(view, text, asking=asking))
    return made


def above(place: Place) -> None:
    """Draw choices and tools."""
    with st.container(horizontal=True, key="toolbar"):
        choices.choices(place.desk, place.visit, place.text)
        tools.tools(place.memory, partial(choices.save_compare, place.desk, place.text), place.text)
        if place.staged and place.tools:
            more.switches(view_of(place.desk.state), place.desk, place.visit, place.text)


def show(place: Place) -> None:
    """Draw one sentence or the question, the table, and what unfolds."""
    view, visit, text = view_of(place.desk.state), place.visit, place.text
    if question.asking(view, place.desk, visit):
        question.question(view, place.desk, text)
    else:
        place.put("ledger-sentence")
        if visit.shows("sentence"):
            tools.opened(place.memory, text)
    tools.hidden(visit)
    if place.staged:
        staged(place)
        return
    place.put("ledger-table")
    if place.tools:
        more.folded(view, place.desk, visit, text)
    tools.way_out(place.memory)


def staged(place: Place) -> None:
    """Draw what a stage has room for: the map of a difference, Darknet through time, or the table."""
    view, visit, text = view_of(place.desk.state), place.visit, place.text
    if view.state.term and place.tools:
        more.the_map(view, place.desk, visit, text)
    elif view.state.history and place.tools:
        more.history(place.desk, text)
    else:
        place.put("ledger-table")


PAGE = Page(
    "ledger",
    9,
    show,
    reads=from_query,
    parts=parts,
    above=above,
    whole=True,
    desk=CompareDesk,
    follow=follow_the_lab,
    tall={"1": 1700},
)
