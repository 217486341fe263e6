"""The "If you came from this article" page: what it explains, row by row, and where it can be moved here."""

import streamlit as st

from lossviz.articles import widgets as articles
from lossviz.articles.state import from_query
from lossviz.web.page import Place
from lossviz.web.session import Page


def above(place: Place) -> None:
    """Draw the choice of an article."""
    if place.staged:
        with st.container(horizontal=True, key="toolbar"):
            articles.choice(place.desk, place.visit)


def show(place: Place) -> None:
    """Draw the choice of an article, and its rows."""
    if not place.staged:
        articles.choice(place.desk, place.visit)
    st.html(articles.walk(place.desk.state.shown, place.visit))


PAGE = Page("articles", 10, show, reads=from_query, above=above, whole=True)
