"""Loss functions: the building blocks as curves, what is made of a batch, distributions, and where numbers break."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import streamlit as st

from lossviz.core.desk import Desk
from lossviz.core.text import Text
from lossviz.functions.state import TABS, FunctionsState, from_query
from lossviz.functions.view import Point, points_of
from lossviz.functions.widgets import batch as zoo_batch
from lossviz.functions.widgets import cards
from lossviz.functions.widgets import curves as zoo
from lossviz.functions.widgets import distributions as zoo_chances
from lossviz.functions.widgets import stability as zoo_stability
from lossviz.functions.widgets.curves import save_zoo
from lossviz.web import session, tools
from lossviz.web.choices import segments
from lossviz.web.session import Memory, Page

WIDTHS = (1.25, 1)
"""Of the chart and of the numbers."""


def show() -> None:
    """Tools, then the workbench: what stays as it is during a drag is not drawn again."""
    memory = session.current()
    text, desk = memory.visit.text, memory.desks["zoo"]
    with st.container(horizontal=True, key="toolbar"):
        if memory.visit.shows("levels"):
            words = {tab: text(f"zoo_tab_{tab}") for tab in TABS}
            change = lambda tab: desk.settle(replace(desk.state, tab=tab))  # noqa: E731
            segments(text("zoo_tabs"), "tab", words, desk.state.tab, change)
        tools.tools(memory, partial(save_zoo, desk, text), text)
    tab = desk.state.tab
    if tab == "curves" and memory.visit.shows("panel") and memory.visit.view != "embed":
        zoo.chooser(desk, text)
    desk.drawn = memory.face
    st.fragment(workbench)()
    if tab == "curves" and memory.visit.shows("panel") and memory.visit.view == "page":
        cards.cards(desk, text)


def workbench() -> None:
    """What the tab shows."""
    memory = session.current()
    text, desk = memory.visit.text, memory.desks["zoo"]
    BENCHES[desk.state.tab](memory, desk, text)
    if memory.visit.view == "embed":
        st.html(tools.way_out(memory, text))
    session.finish(memory)


def curves(memory: Memory, desk: Desk[FunctionsState], text: Text) -> None:
    """The sentence, the chart, the numbers at the point. The chart comes last: then they are written."""
    visit = memory.visit
    zoo.listen(desk, text)
    points, asking = points_of(desk.state), zoo.asking(desk, visit)
    if visit.shows("sentence"):
        st.html(zoo.opening(text) if asking else zoo.sentence(points, desk, text, resting=not desk.before))
        tools.opened(memory, text)
    left, right = st.columns(WIDTHS if visit.view != "embed" else (1, 1), gap="medium")
    with left:
        place = st.container(key="picture")
    with right:
        beside(points, memory, desk, text, asking=asking)
    with place:
        zoo.chart(points, desk, visit, asking=asking)


def beside(points: list[Point], memory: Memory, desk: Desk[FunctionsState], text: Text, *, asking: bool) -> None:
    """The question, or every number at the point and what can be turned."""
    shows = memory.visit.shows
    if asking:
        zoo.question(points, text)
        return
    if shows("numbers"):
        st.html(zoo.numbers(points, desk, text))
    if shows("panel") and memory.visit.view != "embed":
        zoo.axis_choice(desk, text)
        zoo.knobs(desk, text)
        zoo.turn(desk, text)


def reductions(memory: Memory, desk: Desk[FunctionsState], text: Text) -> None:
    """A batch under every reduction; two means."""
    zoo_batch.batch(memory, desk, text)


def distributions(memory: Memory, desk: Desk[FunctionsState], text: Text) -> None:
    """Two distributions as bars."""
    zoo_chances.chances(memory, desk, text)


def stability(memory: Memory, desk: Desk[FunctionsState], text: Text) -> None:
    """Where numbers break."""
    zoo_stability.stability(memory, desk, text)


Bench = Callable[[Memory, Desk[FunctionsState], Text], None]
BENCHES: dict[str, Bench] = {
    "curves": curves,
    "reductions": reductions,
    "distributions": distributions,
    "stability": stability,
}
PAGE = Page("zoo", 7, show, from_query)
