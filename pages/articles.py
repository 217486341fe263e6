"""If you came from this article: what it explains, row by row, and where it can be moved here."""

import streamlit as st

from lossviz.articles import widgets
from lossviz.articles.state import from_query
from lossviz.web import session
from lossviz.web.session import Page


def show() -> None:
    """Which article; its rows."""
    memory = session.current()
    desk, visit = memory.desks["articles"], memory.visit
    widgets.choice(desk, visit)
    st.html(widgets.walk(desk.state.shown, visit))
    session.write(memory)


PAGE = Page("articles", 9, show, from_query)
