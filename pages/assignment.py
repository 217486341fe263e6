"""Assignment: which predictors answer for a truth, by which rule, and where two rules part."""

from functools import partial

import streamlit as st

from lossviz.assignment.state import from_query
from lossviz.assignment.view import comparison_of, shown_head, view_of
from lossviz.assignment.widgets import board, predictors
from lossviz.assignment.widgets.board import AssignmentDesk
from lossviz.components.readout import Readout
from lossviz.core.parts import Make, Message
from lossviz.core.visit import LEVELS, Visit
from lossviz.web import tools
from lossviz.web.choices import levels
from lossviz.web.html import question_alone, stacked
from lossviz.web.page import Place
from lossviz.web.session import Page

WIDTHS = {"1": (1, 1.2), "2": (1, 1.35), "3": (1, 1.35)}
"""The relative widths of the board and of what stands beside it, by level."""


def hear(desk: AssignmentDesk, visit: Visit, message: Message) -> None:
    """Move or choose a truth."""
    board.hear(desk, visit.text, message.said)


def parts(desk: AssignmentDesk, visit: Visit) -> dict[str, Make]:
    """Return what follows a drag; nothing of a closed level is worked out."""
    if not visit.answers:
        return open_parts(desk, visit)
    view, text = view_of(desk.state), visit.text
    made: dict[str, Make] = {"truths": lambda: board.board(view, desk, text)}
    if visit.shows("sentence"):
        made["sentence"] = lambda: Readout(board.sentence(view, visit, resting=not desk.before))
    if not visit.shows("numbers"):
        return made
    if visit.open_level == "1":
        made["strip"] = lambda: Readout(board.strip(view, text))
        made["progress"] = lambda: Readout(stacked(board.progress(view, desk, text), board.verdict(view, desk, text)))
    elif visit.open_level == "2":
        made["counts"] = lambda: Readout(predictors.counts(view.result, text))
        made["maps"] = lambda: Readout(predictors.one_rule(view, visit))
        made["truths-list"] = lambda: Readout(predictors.truth_list(view, text) + predictors.collisions(view, text))
    else:
        found = comparison_of(view.state)
        made["differ"] = lambda: Readout(stacked(predictors.verdict(found, text), predictors.drawn(view, visit)))
        made["by-head"] = lambda: Readout(predictors.by_head(found, text))
        made["differences-table"] = lambda: Readout(predictors.differences(view, found, text))
        made["both"] = lambda: Readout(predictors.both(shown_head(view, found), found, visit))
    return made


def open_parts(desk: AssignmentDesk, visit: Visit) -> dict[str, Make]:
    """Return the truths without who answers for them, the question, and what is said of a guess."""
    text = visit.text
    made: dict[str, Make] = {"truths": lambda: board.truths_alone(desk, text)}
    if visit.asks("sentence"):
        level = "hidden" if visit.level == "1" else visit.level
        made["sentence"] = lambda: Readout(question_alone(text(f"assignment_question_{level}")))
    if visit.asks("panel"):
        made["progress"] = lambda: Readout(board.verdict(view_of(desk.state), desk, text))
    return made


def above(place: Place) -> None:
    """Draw levels and tools."""
    with st.container(horizontal=True, key="toolbar"):
        levels({level: place.text(f"assignment_level_{level}") for level in LEVELS}, place.visit)
        if place.staged and place.tools:
            choices(place)
        tools.tools(place.memory, partial(board.save_assignment, place.desk, place.text), place.text)


def show(place: Place) -> None:
    """Draw who answers, the board, the anchors; the board last, as it tells the browser the numbers are written."""
    place.put("sentence")
    if place.visit.shows("sentence"):
        tools.opened(place.memory, place.text)
    if place.tools and not place.staged:
        board.choices(place.desk, place.text)
    left, right = st.columns(
        tools.widths(place.visit, WIDTHS[place.level] if not place.framed else (1, 1)), gap="medium"
    )
    with left:
        picture = st.container(key="picture")
    with right:
        if not place.visit.answers:
            tools.hidden(place.visit)
            guessed(place)
        elif place.visit.shows("numbers"):
            {"1": anchors, "2": everyone, "3": two}[place.level](place)
        tools.way_out(place.memory)
    with picture:
        place.put("truths")


def choices(place: Place) -> None:
    """Draw among a stage's tools what stands beside the board elsewhere."""
    view, desk, text = view_of(place.desk.state), place.desk, place.text
    board.choices(desk, text)
    if place.level == "2":
        predictors.thresholds(view, desk, text)
    elif place.level == "3":
        predictors.other_choice(view, desk, text)


def anchors(place: Place) -> None:
    """Draw the anchors on the truth's shape, and a guess which one will win."""
    place.put("strip")
    guessed(place)


def guessed(place: Place) -> None:
    """Draw what has become of a guess, and ask which anchor will win."""
    place.put("progress")
    desk = place.desk
    if place.asks and not (desk.guess and desk.guess[1] == desk.state):
        board.guess(view_of(desk.state), desk, place.text)


def everyone(place: Place) -> None:
    """Draw every predictor of the head, every truth, what collides, and what can be set."""
    view, desk, text = view_of(place.desk.state), place.desk, place.text
    with st.container(horizontal=True, vertical_alignment="center", key="states-head"):
        predictors.head_choice(view, desk, text)
        place.put("counts", width="content")
    place.put("maps")
    if place.tools:
        predictors.truth_tools(view, desk, text)
    place.put("truths-list")
    if place.tools and not place.staged:
        predictors.thresholds(view, desk, text)


def two(place: Place) -> None:
    """Draw two rules side by side, and where they differ."""
    view, desk, text = view_of(place.desk.state), place.desk, place.text
    if place.tools and not place.staged:
        predictors.other_choice(view, desk, text)
    found = comparison_of(view.state)
    view = shown_head(view, found)
    place.put("differ")
    with st.container(horizontal=True, vertical_alignment="center", key="heads-differ"):
        predictors.head_choice(view, desk, text)
        place.put("by-head", width="content")
    place.put("both")
    if place.staged:
        return
    folded = st.expander(text("assignment_list"), key="differences", on_change="rerun")
    if folded.open:
        with folded:
            place.put("differences-table")


def outline(desk: AssignmentDesk, visit: Visit) -> object:
    """Return the head that is shown where two rules differ, if none was chosen."""
    if visit.open_level != "3":
        return None
    return shown_head(view_of(desk.state), comparison_of(desk.state)).head


PAGE = Page(
    "assignment",
    6,
    show,
    reads=from_query,
    hear=hear,
    parts=parts,
    outline=outline,
    above=above,
    desk=AssignmentDesk,
    tall={"1": 460, "2": 490, "3": 840},
)
