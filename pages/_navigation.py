"""What Streamlit runs for every visitor: find the page the address asks for, draw it in its frame."""

import streamlit as st

from lossviz import session
from lossviz.widgets.frame import frame
from pages import all_pages

text = session.hear()
pages = {
    st.Page(page.show, title=text(f"page_{page.path}"), url_path=page.path, default=page.order == 0): page
    for page in all_pages()
}
chosen = st.navigation(list(pages), position="top")
frame(session.arrive(pages[chosen].path, pages[chosen].reads))
chosen.run()
