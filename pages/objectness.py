"""The "BCE or MSE?" page: one logit and its target, two losses and why their slopes differ, the derivations."""

from functools import partial

import streamlit as st

from lossviz.components.formula import Formula
from lossviz.components.readout import Readout
from lossviz.core.parts import Make, Message
from lossviz.core.visit import LEVELS, Visit
from lossviz.objectness.state import from_query
from lossviz.objectness.view import ObjectnessView
from lossviz.objectness.widgets import curves, derivation, guess, why
from lossviz.objectness.widgets.desk import ObjectnessDesk
from lossviz.web import tools
from lossviz.web.choices import levels
from lossviz.web.html import note
from lossviz.web.page import Place
from lossviz.web.session import Page

WIDTHS = {"1": (1.15, 1), "2": (1, 1.15)}
"""The relative widths of the curves and of what stands beside them, by level."""


def hear(desk: ObjectnessDesk, visit: Visit, message: Message) -> None:
    """Move the output to where the hand is."""
    curves.hear(desk, visit.text, message.part, message.said)


def parts(desk: ObjectnessDesk, visit: Visit) -> dict[str, Make]:
    """Return what follows a drag; nothing of a closed level is worked out."""
    view, level = ObjectnessView(desk.state), visit.open_level
    made: dict[str, Make] = {}
    if visit.asks("sentence"):
        made["sentence"] = lambda: Readout(curves.sentence(view, visit, resting=not desk.before))
    if level == "3":
        return made
    marked = level == "2" and desk.state.part == "factors"
    made[curves.key_of(desk)] = lambda: curves.chart(view, desk, visit.text, visit.view, marked=marked)
    if not visit.curves:
        made[curves.key_of(desk)] = lambda: curves.losses_chart(view, desk, visit.text, visit.view)
    return made | (number_parts if level == "1" else reason_parts)(desk, view, visit)


def number_parts(desk: ObjectnessDesk, view: ObjectnessView, visit: Visit) -> dict[str, Make]:
    """Return the first level: the output, three numbers a loss, what is said of a guess."""
    text = visit.text
    made: dict[str, Make] = {"spoon-link": lambda: Readout(curves.spoon(desk.state, visit))}
    if visit.shows("numbers"):
        made["losses-table"] = lambda: Readout(curves.table(view, text))
    if visit.shows("panel") and visit.view != "embed":
        made[curves.OUTPUT] = lambda: curves.output(desk, text)
    if visit.asks("panel") and visit.view != "embed":
        made["guess-words"] = lambda: Readout(guess.words(desk, text))
    return made


def reason_parts(desk: ObjectnessDesk, view: ObjectnessView, visit: Visit) -> dict[str, Make]:
    """Return the second level: factors or race, and what they say."""
    text, made = visit.text, dict[str, Make]()
    if not visit.shows("numbers"):
        return made
    if desk.state.part == "factors":
        made["chain"] = lambda: Formula(why.chain(view))
    made["why"] = lambda: Readout(why.says(view, text, visit.view))
    if desk.state.part == "race":
        made["race"] = lambda: why.race_chart(desk.state, text, visit.view)
    return made


def above(place: Place) -> None:
    """Draw levels and tools."""
    with st.container(horizontal=True, key="toolbar"):
        levels({level: place.text(f"objectness_level_{level}") for level in LEVELS}, place.visit)
        if place.staged:
            choices(place)
        tools.tools(place.memory, partial(curves.save_objectness, place.desk, place.text), place.text)


def choices(place: Place) -> None:
    """Draw among a stage's tools what stands beside the curves and the derivation elsewhere."""
    desk, text = place.desk, place.text
    if place.level == "2":
        why.part_choice(desk, text)
    if place.tools and place.level == "3":
        derivation.choices(desk, text)
    elif place.tools:
        curves.axis_choice(desk, text)
    if place.level == "2" and desk.state.part == "race":
        why.rules(desk, text)


def show(place: Place) -> None:
    """Draw one sentence, the curves, the numbers; the curves last, as they tell the browser they are written."""
    place.put("sentence")
    if place.visit.shows("sentence"):
        tools.opened(place.memory, place.text)
    if place.level == "3":
        if place.visit.shows("numbers"):
            derivation.show(place)
        tools.way_out(place.memory)
        return
    left, right = st.columns(
        tools.widths(place.visit, WIDTHS[place.level] if not place.framed else (1, 1)), gap="medium"
    )
    with left:
        if place.tools and not place.staged:
            curves.axis_choice(place.desk, place.text)
        picture = st.container(key="picture")
    with right:
        if place.level == "2":
            reasons(place)
        else:
            tools.hidden(place.visit)
            numbers(place)
        tools.way_out(place.memory)
    with picture:
        place.put(curves.key_of(place.desk))


def numbers(place: Place) -> None:
    """Draw output and target, three numbers a loss, and a guess."""
    if place.tools:
        with st.container(horizontal=True, key="output-row"):
            place.put(curves.OUTPUT, width=170)
            curves.target_slider(place.desk, place.text)
    place.put("losses-table")
    if place.asks:
        with st.container(key="guess"):
            place.put("guess-words")
            guess.answers(place.desk, place.text, onward=place.visit.answers)
    place.put("spoon-link")


def reasons(place: Place) -> None:
    """Draw the factors of the slope, the race, or Darknet through the years."""
    desk, text = place.desk, place.text
    if not place.staged:
        why.part_choice(desk, text)
    if not place.visit.shows("numbers"):
        return
    place.put("chain", "why", "race")
    if desk.state.part == "race" and not place.framed and not place.staged:
        why.rules(desk, text)
        st.html(note(text("objectness_race_about")))


def outline(desk: ObjectnessDesk, visit: Visit) -> object:
    """Return whether answers are offered; the numbers in them are paled during a drag and follow at its end."""
    return guess.asking(desk) if visit.open_level == "1" else None


PAGE = Page(
    "objectness",
    5,
    show,
    reads=from_query,
    hear=hear,
    parts=parts,
    outline=outline,
    above=above,
    desk=ObjectnessDesk,
    tall={"1": 460, "2": 460, "3": 280},
)
