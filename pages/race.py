"""Box race: which loss pulls a box home; and the experiment of 1,715,000 boxes."""

from dataclasses import replace
from functools import partial

import streamlit as st

from lossviz.components.readout import Readout
from lossviz.core.parts import Make, Message
from lossviz.core.visit import Visit
from lossviz.race.state import TABS, from_query
from lossviz.race.view import runs_of
from lossviz.race.widgets import experiment, race
from lossviz.race.widgets.race import RaceDesk
from lossviz.web import tools
from lossviz.web.choices import segments
from lossviz.web.html import note, question_alone
from lossviz.web.page import Place
from lossviz.web.session import Page

CROWD = 4
"""So many contenders leave room for a sentence about them on a stage."""


def hear(desk: RaceDesk, visit: Visit, message: Message) -> None:
    """Move start or target to where the hand is; play the film or stop it."""
    race.hear(desk, visit.text, message.said)


def parts(desk: RaceDesk, visit: Visit) -> dict[str, Make]:
    """Return what follows a drag: the board with its film, who arrives when, the curves."""
    if desk.state.tab != "one":
        return {}
    text = visit.text
    if not visit.answers:
        return start_parts(desk, visit)
    runs = runs_of(desk.state)
    made: dict[str, Make] = {"track": lambda: race.track(runs, desk, text)}
    crowded = visit.view == "present" and len(desk.state.who) > CROWD
    if visit.shows("sentence") and not crowded:
        made["sentence"] = lambda: Readout(race.sentence(runs, desk.state, text))
    if visit.shows("numbers"):
        made["race-curves"] = lambda: race.curves(runs, desk.state, visit)
    return made


def start_parts(desk: RaceDesk, visit: Visit) -> dict[str, Make]:
    """Return what a race begins with, and the question; nothing is run."""
    made: dict[str, Make] = {"track": lambda: race.at_the_start(desk, visit.text)}
    if visit.asks("sentence"):
        made["sentence"] = lambda: Readout(question_alone(visit.text("race_title")))
    return made


def above(place: Place) -> None:
    """Draw the choice between one race and the experiment, and tools."""
    desk, text = place.desk, place.text
    with st.container(horizontal=True, key="toolbar"):
        if place.visit.shows("levels"):
            words = {tab: text(f"race_tab_{tab}") for tab in TABS}
            turn = lambda tab: desk.put(replace(desk.state, tab=tab))  # noqa: E731
            segments(text("race_tabs"), "tab", words, desk.state.tab, turn)
        if place.staged and place.tools:
            (race if desk.state.tab == "one" else experiment).choices(desk, text)
        tools.tools(place.memory, partial(race.save_race, desk, text), text)


def show(place: Place) -> None:
    """Draw one race or the experiment; a board last, as it tells the browser that the numbers are written."""
    if place.desk.state.tab == "one":
        one_race(place)
        return
    if place.visit.answers:
        experiment.experiment(place.visit, place.desk)
    else:
        experiment.question(place.visit)
    tools.way_out(place.memory)


def one_race(place: Place) -> None:
    """Draw the board on the left and the curves on the right."""
    place.put("sentence")
    if place.tools and not place.staged:
        race.choices(place.desk, place.text)
    left, right = st.columns(tools.widths(place.visit, (1, 1.25) if not place.framed else (1, 1)), gap="medium")
    with left:
        picture = st.container(key="picture")
    with right:
        tools.hidden(place.visit)
        place.put("race-curves")
        if not place.staged and place.visit.shows("numbers") and "darknet" in place.desk.state.who:
            st.html(note(place.text("race_darknet_note")))
        tools.way_out(place.memory)
    with picture:
        place.put("track")


def pace(place: Place) -> float | None:
    """Return how often the page looks again by itself: only while an experiment is under way."""
    return experiment.pace(place.desk.state) if place.desk.state.tab == "all" else None


PAGE = Page(
    "race",
    4,
    show,
    reads=from_query,
    hear=hear,
    parts=parts,
    above=above,
    pace=pace,
    desk=RaceDesk,
    tall={"one": 560, "all": 800},
)
