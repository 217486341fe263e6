"""The first page: what this is, and three ways in."""

import streamlit as st

from lossviz.articles.widgets import entries
from lossviz.programs.verified import files_checked
from lossviz.start.widgets import CARDS, begin, cards, more
from lossviz.web.choices import computed_on
from lossviz.web.html import passage
from lossviz.web.page import Place
from lossviz.web.session import Page


def show(place: Place) -> None:
    """Draw a sentence, the way to the lessons, three live examples, the other pages, and what is verified."""
    visit, text = place.visit, place.text
    st.title(text("start_title"))
    if not place.staged:
        st.html(passage(text("start_lead"), text))
    st.html(begin(visit, text))
    st.html(cards(CARDS, visit, text))
    if place.staged:
        return
    st.html(more(visit, text))
    st.header(text("articles_choice"))
    st.html(entries(visit, text))
    checked, cite = st.columns(2, gap="medium")
    with checked:
        st.header(text("start_verified_title"))
        programs, functions = files_checked()
        st.html(passage(text("start_verified", files=programs, more=functions), text))
        computed_on(text)
    with cite:
        st.header(text("start_cite_title"))
        st.markdown(text("start_cite"))


PAGE = Page("start", 0, show, whole=True, titled=True)
