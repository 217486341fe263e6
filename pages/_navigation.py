"""The script that Streamlit runs for every visitor: find the page the address asks for, draw it in its frame."""

import streamlit as st

from lossviz.lessons.widgets.card import COURSE
from lossviz.lessons.widgets.contents import keep
from lossviz.lessons.widgets.words import question_mark
from lossviz.web import session
from lossviz.web.frame import around, ended
from lossviz.web.page import runs
from pages import all_pages

pages = {page.path: page for page in all_pages()}
memory = session.hear(pages)
text = memory.visit.text
places = {
    path: st.Page(
        runs(page, COURSE),
        title=text(f"page_{path}"),
        url_path=path,
        default=page.order == 0,
        visibility="visible" if page.listed else "hidden",
    )
    for path, page in pages.items()
}
chosen = st.navigation(list(places.values()), position="top")
elsewhere = session.going_on(memory)
if elsewhere:
    st.switch_page(places[elsewhere])
around(session.arrive(next(path for path, place in places.items() if place is chosen or place == chosen)))
if memory.visit.view == "page":
    question_mark(memory)
chosen.run()
if memory.visit.lesson or memory.page == "lessons":
    keep(memory)
ended(memory)
