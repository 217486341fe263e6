"""The Loss Lab: what a prediction costs, term by term; why; and every predictor at once."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lossviz import session
from lossviz.components.box_canvas import canvas_event
from lossviz.components.channels import channels_event
from lossviz.session import Memory
from lossviz.why import WhyView, why_of
from lossviz.widgets import canvas as picture
from lossviz.widgets import every, labels, lessons, steps, story, toolbar, why
from pages import Page

WIDTHS = {"1": (1, 1), "2": (1, 2.2), "3": (1, 2.2)}
"""Of picture and numbers."""


def show() -> None:
    """Choices and tools, then the workbench: what stays as it is during a drag is not drawn again."""
    memory = session.current()
    toolbar.toolbar(memory, memory.visit.text)
    memory.ticking = steps.busy(memory)
    st.fragment(workbench, run_every=steps.TICK if memory.ticking else None)()


def workbench() -> None:
    """One sentence, the picture, the numbers. The canvas comes last: it tells the browser that the numbers are written."""
    memory = session.current()
    text, visit = memory.visit.text, memory.visit
    steps.tick(memory)
    listen(memory)
    view, asking, duel = memory.view, memory.asking, steps.dueling(memory.state)
    if visit.shows("sentence") and not asking:
        st.html(story.sentence(view, text))
    lessons.verdict(memory, text)
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
            lessons.question(memory, text)
        else:
            found = numbers(memory, below)
    with place:
        if duel and not asking:
            steps.steps(view, memory, text)
        else:
            picture.canvas(view, memory, text, found)
    if steps.busy(memory) != memory.ticking or (memory.face != memory.drawn and not memory.before):
        session.run_again()


def listen(memory: Memory) -> None:
    """What a hand did on the picture or on a channel, before anything is drawn."""
    view, text = memory.view, memory.visit.text
    event = canvas_event("canvas", boxes=picture.canvas_boxes(view, text), rev=memory.rev, seq=memory.seq)
    if event:
        memory.seq = event.seq
        if picture.answer(event, view):
            session.run_again()
    if memory.visit.level == "2" and not memory.asking:
        listed = why.channel_rows(view, why_of(view), text)
        heard = channels_event("channels", channels=listed, rev=memory.rev, seq=memory.channel_seq)
        if heard:
            memory.channel_seq = heard.seq
            if why.answer_channel(heard, view):
                session.run_again()


def numbers(memory: Memory, below: DeltaGenerator) -> WhyView | None:
    """Loss, bars, equation, and what the level and the mode add. Nothing of a closed level is worked out."""
    text, view, visit = memory.visit.text, memory.view, memory.visit
    embedded, level = visit.view == "embed", visit.level if visit.shows("panel") else "1"
    found = why_of(view) if level == "2" else None
    story.depth(memory, text)
    if visit.shows("numbers"):
        st.html(story.headline(view, text))
    if view.state.mode == "label":
        labels.labels(view, memory, text)
    if found:
        why.why(view, found, memory, text, below)
    elif level == "3":
        every.every(view, memory, text, bars=not embedded)
    else:
        story.bars(view, memory, text)
    if visit.shows("equation") and not (embedded and level != "1"):
        st.html(story.equation(view, text))
    if view.state.steps is not None and not steps.dueling(view.state):
        steps.steps(view, memory, text)
    if visit.shows("hint") and not steps.dueling(view.state):
        st.html(story.way_out(memory, text) if embedded else story.hint(view, text))
    return found


PAGE = Page("lab", 1, show)
