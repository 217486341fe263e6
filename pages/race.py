"""Box race: which loss pulls a box home; and the experiment of 1,715,000 boxes."""

from dataclasses import replace
from functools import partial

import streamlit as st

from lossviz.core.desk import Desk
from lossviz.core.text import Text
from lossviz.race.state import TABS, RaceState, from_query
from lossviz.race.view import runs_of
from lossviz.race.widgets import experiment, race
from lossviz.race.widgets.race import save_race
from lossviz.web import session, tools
from lossviz.web.choices import segments
from lossviz.web.session import Memory, Page


def show() -> None:
    """Tools, then the workbench: what stays as it is during a drag is not drawn again."""
    memory = session.current()
    text, desk = memory.visit.text, memory.desks["race"]
    with st.container(horizontal=True, key="toolbar"):
        if memory.visit.shows("levels"):
            words = {tab: text(f"race_tab_{tab}") for tab in TABS}
            segments(
                text("race_tabs"), "tab", words, desk.state.tab, lambda tab: desk.put(replace(desk.state, tab=tab))
            )
        tools.tools(memory, partial(save_race, desk, text), text)
    desk.drawn = memory.face
    st.session_state["pace"] = experiment.pace(desk.state) if desk.state.tab == "all" else None
    st.fragment(workbench, run_every=st.session_state["pace"])()


def workbench() -> None:
    """One race, or the experiment. A board comes last: it tells the browser that the numbers are written."""
    memory = session.current()
    text, desk = memory.visit.text, memory.desks["race"]
    if desk.state.tab == "one":
        race.listen(desk, text)
        one_race(memory, desk, text)
    else:
        experiment.experiment(memory, desk, text)
        if memory.visit.view == "embed":
            st.html(tools.way_out(memory, text))
    pace = experiment.pace(desk.state) if desk.state.tab == "all" else None
    session.finish(memory, again=pace != st.session_state["pace"])


def one_race(memory: Memory, desk: Desk[RaceState], text: Text) -> None:
    """Everything of one race."""
    runs, shows = runs_of(desk.state), memory.visit.shows
    if shows("sentence"):
        st.html(race.sentence(runs, text))
    if shows("panel") and memory.visit.view != "embed":
        race.choices(desk, text)
    left, right = st.columns((1, 1.25), gap="medium")
    with left:
        place = st.container(key="picture")
    with right:
        if shows("numbers"):
            race.curves(runs, memory, text)
        if memory.visit.view == "embed":
            st.html(tools.way_out(memory, text))
    with place:
        race.track(runs, desk, text)


PAGE = Page("race", 3, show, from_query)
