"""If you came from this article: what it explains, row by row, and where it can be moved here."""

import streamlit as st

from lossviz import session
from lossviz.articles_state import from_query
from lossviz.session import Page
from lossviz.widgets import articles


def show() -> None:
    """Which article; its rows."""
    memory = session.current()
    desk, visit = memory.desks["articles"], memory.visit
    articles.choice(desk, visit)
    st.html(articles.walk(desk.state.shown, visit))
    session.write(memory)


PAGE = Page("articles", 9, show, from_query)
