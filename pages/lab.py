"""The Loss Lab: the picture first, one sentence, and a drawer for everything else."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lossviz.components.box_canvas import canvas_event
from lossviz.components.channels import channels_event
from lossviz.lab.channels import WhyView, why_of
from lossviz.lab.desk import LabDesk, lab_desk
from lossviz.lab.state import from_query
from lossviz.lab.widgets import canvas as picture
from lossviz.lab.widgets import channels as why
from lossviz.lab.widgets import labels, predictors, question, steps, story
from lossviz.lab.widgets.toolbar import toolbar
from lossviz.web import session
from lossviz.web.session import Memory, Page
from lossviz.web.tools import way_out

WIDTHS = {"1": (1, 1), "2": (1, 2.2), "3": (1, 2.2)}
"""Of picture and numbers."""


def show() -> None:
    """Toolbar, then the workbench: what stays as it is during a drag is not drawn again."""
    memory = session.current()
    desk = lab_desk(memory.desks)
    with st.container(horizontal=True, key="toolbar"):
        toolbar(memory, desk, memory.visit.text)
    desk.drawn = memory.face
    memory.ticking = steps.busy(desk)
    st.fragment(workbench, run_every=steps.TICK if memory.ticking else None)()


def workbench() -> None:
    """One sentence, the picture, the numbers. The canvas comes last: it tells the browser that the numbers are written."""
    memory = session.current()
    desk = lab_desk(memory.desks)
    text, visit = memory.visit.text, memory.visit
    steps.tick(desk)
    listen(memory, desk)
    view, asking, duel = desk.view, memory.asking, steps.dueling(desk.state)
    if visit.shows("sentence") and not asking:
        st.html(story.sentence(view, text))
    question.verdict(desk, visit, text)
    if duel and not asking:
        steps.duel(view, text)
    left, right = st.columns(
        WIDTHS[visit.level if not (asking or duel or visit.view == "embed") else "1"], gap="medium"
    )
    with left:
        place, below = st.container(key="picture"), st.container(key="below")
    found = None
    with right:
        if asking:
            question.question(desk, visit, text)
        else:
            found = numbers(memory, desk, below)
    with place:
        if duel and not asking:
            steps.steps(view, desk, text)
        else:
            picture.canvas(view, desk, text, found)
    session.finish(memory, again=steps.busy(desk) != memory.ticking)


def listen(memory: Memory, desk: LabDesk) -> None:
    """What a hand did on the picture or on a channel, before anything is drawn."""
    view, text = desk.view, memory.visit.text
    event = canvas_event("canvas", boxes=picture.canvas_boxes(view, text), rev=desk.rev, seq=desk.seq)
    if event:
        desk.seq = event.seq
        picture.answer(event, view, desk)
    if memory.visit.level == "2" and not memory.asking:
        view = desk.view
        listed = why.channel_rows(view, why_of(view), text)
        heard = channels_event("channels", channels=listed, rev=desk.rev, seq=desk.channel_seq)
        if heard:
            desk.channel_seq = heard.seq
            why.answer_channel(heard, view, desk)


def numbers(memory: Memory, desk: LabDesk, below: DeltaGenerator) -> WhyView | None:
    """Loss, bars, equation, and what the level and the mode add. Nothing of a closed level is worked out."""
    text, view, visit = memory.visit.text, desk.view, memory.visit
    embedded, level = visit.view == "embed", visit.level if visit.shows("panel") else "1"
    found = why_of(view) if level == "2" else None
    story.depth(desk, visit)
    if visit.shows("numbers"):
        st.html(story.headline(view, text))
    if view.state.mode == "label":
        labels.labels(view, desk, text)
    if found:
        why.why(view, found, desk, visit, below)
    elif level == "3":
        predictors.every(view, desk, visit, bars=not embedded)
    else:
        story.bars(view, desk, visit)
    if visit.shows("equation") and not (embedded and level != "1"):
        st.html(story.equation(view, text))
    if view.state.steps is not None and not steps.dueling(view.state):
        steps.steps(view, desk, text)
    if visit.shows("hint") and not steps.dueling(view.state):
        st.html(way_out(memory, text) if embedded else story.hint(view, text))
    return found


PAGE = Page("lab", 1, show, from_query, LabDesk)
