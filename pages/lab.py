"""The Loss Lab: the picture first, one sentence, and a drawer for everything else."""

from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lossviz.components.formula import Formula
from lossviz.components.readout import Readout
from lossviz.core.parts import Make, Message
from lossviz.core.visit import Visit
from lossviz.lab.channels import WhyView, why_of
from lossviz.lab.desk import LabDesk
from lossviz.lab.predictors import map_of
from lossviz.lab.state import from_query
from lossviz.lab.widgets import canvas, channels, labels, predictors, question, steps, story
from lossviz.lab.widgets.toolbar import toolbar
from lossviz.web import tools
from lossviz.web.html import glossed, note, question_alone, stacked
from lossviz.web.page import Place
from lossviz.web.session import Page

WIDTHS = {"1": (1, 1), "2": (1, 2.2), "3": (1, 2.2)}
"""The relative widths of picture and numbers, by level."""
STAGED = {"1": (1, 1), "2": (1, 1.8), "3": (1, 1.8)}
"""The same on a stage."""


def hear(desk: LabDesk, visit: Visit, message: Message) -> None:
    """Move a box or a channel to where the hand is."""
    if message.part == "canvas":
        canvas.hear(desk, visit, message.said)
    elif message.part == "channels" and visit.open_level == "2" and not asking(desk, visit):
        channels.hear(desk, visit.text, message.said)


def asking(desk: LabDesk, visit: Visit) -> bool:
    """Return whether the question waits for its answer; until then no numbers are shown."""
    return bool(visit.ask) and not desk.answer


def parts(desk: LabDesk, visit: Visit) -> dict[str, Make]:
    """Return what follows a drag: during a question only the picture; nothing of a closed level is worked out."""
    waits = asking(desk, visit)
    found = desk.of_view(why_of) if visit.open_level == "2" and not waits else None
    made: dict[str, Make] = {"canvas": lambda: canvas.canvas(desk.view, desk, visit.text, found)}
    if not visit.answers:
        return untold_parts(desk, visit)
    if waits:
        return made
    made |= loss_parts(desk, visit)
    if desk.state.mode == "label":
        made |= label_parts(desk, visit)
    if found:
        made |= why_parts(desk, found, visit)
    if visit.open_level == "3":
        made |= map_parts(desk, visit)
    return made


def untold_parts(desk: LabDesk, visit: Visit) -> dict[str, Make]:
    """Return the picture without what tells an answer, and the question, unless an example has its own."""
    made: dict[str, Make] = {"canvas": lambda: canvas.untold(desk.view, desk, visit.text)}
    if visit.asks("sentence") and not visit.ask:
        made["sentence"] = lambda: Readout(question_alone(visit.text(f"lab_question_{desk.state.mode}")))
    return made


def loss_parts(desk: LabDesk, visit: Visit) -> dict[str, Make]:
    """Return what each truth costs, the loss, and its terms as bars and as a sum."""
    view, text, framed = desk.view, visit.text, visit.view == "embed"
    room = not (framed and visit.open_level != "1")
    wanted: dict[str, Make] = {
        "sentence": lambda: Readout(glossed(story.sentence(view, text), text)),
        "headline": lambda: Readout(story.headline(view, text)),
        "bars": lambda: story.bars(view, text),
        "equation": lambda: Readout(story.equation(view, text)),
        "hint": lambda: Readout(story.hint(view, text)),
    }
    control = {"headline": "numbers"}
    left_out = {"hint"} if framed else set()
    left_out |= set() if room else {"bars", "equation"}
    left_out |= unstaged(desk, visit.open_level) if visit.view == "present" else set()
    return {key: make for key, make in wanted.items() if key not in left_out and visit.shows(control.get(key, key))}


def unstaged(desk: LabDesk, level: str) -> set[str]:
    """Return which of these parts a stage has no room for: beside a deeper level, steps, or the loss along a label's way."""
    if level != "1" or (desk.state.mode == "label" and len(desk.track.points) > 1):
        return {"sentence", "bars", "equation", "hint"}
    return {"equation", "hint"} if desk.state.steps is not None or desk.state.mode == "label" else set()


def map_parts(desk: LabDesk, visit: Visit) -> dict[str, Make]:
    """Every predictor of the head."""
    found, text = desk.of_view(map_of), visit.text
    height = predictors.HEIGHTS[visit.view]
    return {
        "map-title": lambda: Readout(predictors.title(desk.view, found, text)),
        "map": lambda: predictors.heat(desk.view, found, text, height),
        "map-table": lambda: Readout(predictors.as_list(found, text)),
    }


def label_parts(desk: LabDesk, visit: Visit) -> dict[str, Make]:
    """Who took over from whom, and the loss along the label's way, once it has been at two places."""
    view, text = desk.view, visit.text
    moved = len(desk.track.points) > 1
    hint = "" if moved else note(text("cliff_hint"))
    made: dict[str, Make] = {"stamp": lambda: Readout(stacked(labels.stamp(desk, view, text), hint))}
    return made | {"cliff": lambda: labels.strip(desk, view, visit)} if moved else made


def why_parts(desk: LabDesk, found: WhyView, visit: Visit) -> dict[str, Make]:
    """Return the second level: why, five readings, the channels, the sums, what Darknet prints."""
    view, text = desk.view, visit.text
    made: dict[str, Make] = {
        "formula": lambda: Formula(channels.term_formula(view, found, text)),
        "readings": lambda: Readout(channels.readings(view, found, text)),
    }
    if visit.view == "embed":
        return made
    made["who"] = lambda: Readout(channels.who(view, found, text))
    made["channels"] = lambda: channels.rows(view, found, desk, text)
    if visit.view == "present":
        return made
    made["detection"] = lambda: Readout(channels.detection(view, text))
    made["terms"] = lambda: Readout(stacked(channels.others(found, text), channels.terms_table(view, text)))
    line = found.log
    if line is not None:
        made["log"] = lambda: Readout(channels.log(line, found, text))
    return made


def above(place: Place) -> None:
    """Draw the choices of scene, program and what moves, and the tools."""
    with st.container(horizontal=True, key="toolbar"):
        toolbar(place.memory, place.desk, place.text)
        if place.staged:
            story.depth(place.desk, place.visit)
            if place.desk.state.steps is not None:
                steps.movers(place.desk, place.text)
            if place.level == "3":
                predictors.settings(place.desk, place.text)


def show(place: Place) -> None:
    """Draw one sentence, the picture, the numbers; the canvas last, as it tells the browser they are written."""
    desk, visit, text = place.desk, place.visit, place.text
    waits, duel = asking(desk, visit), dueling(place)
    place.put("sentence")
    question.verdict(desk, visit, text)
    if duel and not waits:
        steps.duel(desk.view, text)
        if place.staged:
            steps.staged(desk, text)
            return
    widths = (STAGED if place.staged else WIDTHS)[visit.level if not (waits or duel or place.framed) else "1"]
    left, right = st.columns(tools.widths(visit, widths), gap="medium")
    with left:
        picture, below = st.container(key="picture"), st.container(key="below")
    with right:
        if waits:
            question.question(desk, visit, text)
        else:
            numbers(place, below)
    with picture:
        if duel and not waits:
            steps.steps(desk.view, desk, text)
        else:
            place.put("canvas")


def dueling(place: Place) -> bool:
    """Return whether BCE and squared error walk side by side: not while answers are hidden, as one sees where they come."""
    return steps.dueling(place.desk.state) and place.visit.answers


def numbers(place: Place, below: DeltaGenerator) -> None:
    """Draw loss, bars and equation, and what the level and the mode add."""
    desk, duel = place.desk, dueling(place)
    if not place.staged:
        story.depth(desk, place.visit)
    tools.hidden(place.visit)
    place.put("headline")
    if desk.state.mode == "label" and not (place.staged and place.level != "1"):
        label(place)
    {"1": first, "2": second, "3": third}[place.level](place, below)
    with below:
        place.put("log")
    place.put("equation")
    if desk.state.steps is not None and not duel and place.visit.answers:
        steps.staged(desk, place.text) if place.staged else steps.steps(desk.view, desk, place.text)
    if not duel:
        place.put("hint")
    if place.visit.shows("hint"):
        tools.way_out(place.memory)


def label(place: Place) -> None:
    """Draw what can be done to labels, who took over, and the loss along the way."""
    labels.label_tools(place.desk, place.text)
    place.put("stamp")
    if "cliff" in place.parts:
        place.put("cliff", on_click=partial(labels.to_click, desk=place.desk))
        labels.back_and_forth(place.desk, place.text)


def bars(place: Place) -> None:
    """Draw the terms as bars; a click looks at one of them."""
    place.put("bars", on_pick=partial(story.pick, place.desk))


def first(place: Place, below: DeltaGenerator) -> None:
    """Draw the first level: the terms of the loss."""
    bars(place)


def second(place: Place, below: DeltaGenerator) -> None:
    """Draw the second level: bars beside the readings, channels under both; on a stage the formula under the picture."""
    desk, text = place.desk, place.text
    found = desk.of_view(why_of)
    if place.framed:
        story.term_choice(desk.view, desk, found.term, "term", text)
        place.put("formula", "readings")
        return
    place.put("who")
    if place.staged:
        with below:
            story.term_choice(desk.view, desk, found.term, "term", text)
            place.put("formula")
        place.put("readings", "channels")
        return
    left, right = st.columns(2, gap="medium")
    with left:
        bars(place)
    with right:
        story.term_choice(desk.view, desk, found.term, "term", text)
        place.put("formula", "readings")
    place.put("channels", "detection")
    channels.search(desk.view, found, desk, text)
    place.put("terms")


def third(place: Place, below: DeltaGenerator) -> None:
    """Draw the third level: the map, and beside it bars, place and what the program lets one set."""
    desk, view, text = place.desk, place.desk.view, place.text
    go = partial(predictors.go_to, view=view, desk=desk)
    if place.framed:
        place.put("map-title")
        place.put("map", on_click=go)
        return
    found = desk.of_view(map_of)
    if place.staged:
        predictors.which(view, found, desk, text)
        place.put("map", on_click=go)
        with below:
            place.put("map-title")
            predictors.place(view, found, desk, text)
        return
    left, right = st.columns([5, 4], gap="medium")
    with left:
        predictors.which(view, found, desk, text)
        place.put("map-title")
        place.put("map", on_click=go)
        if found.pull is not None:
            st.html(note(text("map_pull")))
        folded = st.expander(text("map_table"), key="map_table", on_change="rerun")
        if folded.open:
            with folded:
                place.put("map-table")
    with right:
        bars(place)
        predictors.settings(desk, text)
        predictors.place(view, found, desk, text)


def outline(desk: LabDesk, visit: Visit) -> object:
    """Return what fields and menus show of the state: the chosen predictor, the terms that are there, the one looked at."""
    level = visit.open_level
    term = desk.of_view(why_of).term if level == "2" else desk.of_view(map_of).term if level == "3" else ""
    return desk.view.prediction.predictor, tuple(term.name for term in desk.view.active_terms), term


def pace(place: Place) -> float | None:
    """Return how often the page runs again by itself: only while steps are walked."""
    return steps.TICK if steps.busy(place.desk) else None


PAGE = Page(
    "lab",
    2,
    show,
    reads=from_query,
    hear=hear,
    parts=parts,
    tick=steps.tick,
    above=above,
    outline=outline,
    pace=pace,
    desk=LabDesk,
    tall={"1": 480, "2": 620, "3": 500},
)
