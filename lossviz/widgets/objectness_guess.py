"""Predict first: when squared error will wake the output that cross-entropy wakes soon."""

import math
from dataclasses import replace
from html import escape

import streamlit as st

from lossviz import session
from lossviz.desk import Desk
from lossviz.objectness_race import SLOPES, steps_to_half, wakes
from lossviz.objectness_state import ObjectnessState
from lossviz.text import Text, four
from lossviz.widgets.words import note

ObjectnessDesk = Desk[ObjectnessState]
TIMES = (1, 10, 100, 1000)
"""The answers: so many times as many steps."""
GUESS = "objectness-guess"
"""Where in the session the answer stands, with the state it belongs to."""
NEAR = 2.0
"""Slopes that differ by less need no explanation."""


def whole(steps: float) -> str:
    """As counted; an estimate in three digits."""
    return f"{int(steps):,}" if isinstance(steps, int) else f"{float(f'{steps:.3g}'):,.0f}"


def right_answer(times: float) -> int:
    """The answer that is nearest, counted in powers of ten."""
    return min(TIMES, key=lambda one: abs(math.log10(times / one)))


def guess(desk: ObjectnessDesk, text: Text) -> None:
    """Four answers; then the verdict, until something moves."""
    state = desk.state
    with st.container(key="guess"):
        if not wakes(state):
            st.html(note(text("objectness_no_guess")))
            return
        bce, squared = (steps_to_half(name, state) for name in SLOPES)
        said = st.session_state.get(GUESS)
        if said and said["at"] == place_of(state):
            st.html(verdict(said["times"], bce, squared, state, text))
            st.button(text("objectness_watch"), key="watch", icon=":material/play_arrow:", on_click=watch, args=(desk,))
            return
        st.html(note(text("objectness_guess", rate=f"{state.rate:.6g}", step=whole(bce))))
        with st.container(horizontal=True, key="answers"):
            for times in TIMES:
                words = text("objectness_guess_step", step=whole(float(times * bce)))
                st.button(words, key=f"guess-{times}", on_click=answer, args=(state, times))


def place_of(state: ObjectnessState) -> tuple[float, ...]:
    """What the answer depends on."""
    return state.logit, state.target, state.rate


def answer(state: ObjectnessState, times: int) -> None:
    """Remember it."""
    st.session_state[GUESS] = {"times": times, "at": place_of(state)}


def verdict(times: int, bce: float, squared: float, state: ObjectnessState, text: Text) -> str:
    """Whether it was right, and why."""
    right = times == right_answer(squared / bce)
    start = [abs(slope(state.logit, state.target)) for slope in SLOPES.values()]
    ratio = start[0] / start[1]
    said = {"step": whole(squared), "ratio": whole(squared / bce), "slope": four(ratio)}
    counted = isinstance(squared, int)
    key = "objectness_guess_won" if counted else "objectness_guess_late"
    words = text("objectness_guess_near" if counted and ratio < NEAR else key, **said)
    mark = f"{'✓' if right else '✗'} {text('right' if right else 'wrong')} {words}"
    return f'<p class="lz-stamp" data-testid="verdict" role="status">{escape(mark)}</p>'


def watch(desk: ObjectnessDesk) -> None:
    """To the race on the second level."""
    desk.settle(replace(desk.state, part="race"))
    session.deepen("2")
