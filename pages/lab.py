"""The Loss Lab, term by term: what does this prediction cost."""

import streamlit as st

from lossviz import lab_widgets as widgets
from lossviz import session
from lossviz.components.box_canvas import canvas_event
from lossviz.components.plot import plot
from lossviz.figures.bars import bars, described, height
from lossviz.lab import resting_view
from pages import Page


def show() -> None:
    """Choices and tools, then the workbench: what stays as it is during a drag is not drawn again."""
    memory = session.current()
    widgets.toolbar(memory, memory.visit.text)
    workbench()


@st.fragment
def workbench() -> None:
    """One sentence, the picture, the bars. The canvas comes last: it tells the browser that the numbers are written."""
    memory = session.current()
    text, view = memory.visit.text, memory.view
    event = canvas_event("canvas", boxes=widgets.canvas_boxes(view, text), rev=memory.rev, seq=memory.seq)
    if event:
        memory.seq = event.seq
        if widgets.answer(event, view):
            st.rerun(scope="app")
        view = memory.view
    st.html(widgets.sentence(view, text))
    picture, numbers = st.columns(2, gap="medium")
    with numbers:
        st.html(widgets.headline(view, text))
        plot(
            bars(view.active_terms, resting_view(memory.state.at_rest()).terms, text),
            key="bars",
            height=height(view.active_terms),
            description=described(view.active_terms, text),
            testid="bars",
        )
        st.html(widgets.equation(view, text))
        st.html(widgets.hint(view, text) if memory.visit.view == "page" else widgets.way_out(memory, text))
    with picture:
        widgets.canvas(view, memory, text)


PAGE = Page("lab", 1, show)
