"""Compare implementations: what published programs ask of the same predictors on the same scene."""

from functools import partial

import streamlit as st

from lossviz.compare.state import from_query
from lossviz.compare.view import view_of
from lossviz.compare.widgets import choices, more
from lossviz.compare.widgets import question as ledger_question
from lossviz.compare.widgets import table as ledger_table
from lossviz.compare.widgets.choices import save_ledger
from lossviz.compare.widgets.desk import follow_the_lab
from lossviz.web import session, tools
from lossviz.web.session import Page


def show() -> None:
    """Choices and tools; one sentence, or the question; the table; what unfolds."""
    memory = session.current()
    text, desk, visit = memory.visit.text, memory.desks["ledger"], memory.visit
    desk.drawn = memory.face
    with st.container(horizontal=True, key="toolbar"):
        choices.choices(desk, visit, text)
        tools.tools(memory, partial(save_ledger, desk, text), text)
    view = view_of(desk.state)
    asking = ledger_question.asking(view, desk, visit)
    if asking:
        ledger_question.question(view, text)
    elif visit.shows("sentence"):
        ledger_question.sentences(view, text)
        tools.opened(memory, text)
    if visit.shows("numbers"):
        ledger_table.table(view, text, asking=asking)
    if visit.view == "embed":
        st.html(tools.way_out(memory, text))
    elif visit.shows("panel"):
        more.folded(view, desk, visit, text)
    session.finish(memory)


PAGE = Page("ledger", 8, show, from_query, follow=follow_the_lab)
