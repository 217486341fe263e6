"""Predict first: when squared error will wake the output that cross-entropy wakes soon."""

from dataclasses import replace
from html import escape

import streamlit as st

from lossviz.core.desk import Desk
from lossviz.core.text import Text, four
from lossviz.objectness.descent import SLOPES, steps_to_half, wakes
from lossviz.objectness.state import ObjectnessState
from lossviz.web import session
from lossviz.web.html import note

ObjectnessDesk = Desk[ObjectnessState]
APART = 1.5
"""How many times another answer is smaller or larger, at least."""
OFFERED = 4
"""Answers."""
GUESS = "objectness-guess"
"""Where in the session the answer stands, with the state it belongs to."""
NEAR = 2.0
"""Slopes that differ by less need no explanation."""


def whole(steps: float) -> str:
    """As counted; an estimate in three digits."""
    return f"{int(steps):,}" if isinstance(steps, int) else f"{float(f'{steps:.3g}'):,.0f}"


def offered(bce: float, squared: float) -> list[float]:
    """The right answer among others: as many steps as cross-entropy needs, and tens of times fewer or more."""
    others = (one for one in (bce, squared / 10, 10 * squared, 100 * squared, 1000 * squared) if one >= bce)
    apart = [one for one in others if max(one, squared) >= APART * min(one, squared)]
    return sorted([squared, *apart[: OFFERED - 1]])


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
            st.html(verdict(said["right"], bce, squared, state, text))
            st.button(text("objectness_watch"), key="watch", icon=":material/show_chart:", on_click=watch, args=(desk,))
            return
        st.html(note(text("objectness_guess", rate=f"{state.rate:.6g}", step=whole(bce))))
        with st.container(horizontal=True, key="answers"):
            for number, steps in enumerate(offered(bce, squared)):
                words = text("objectness_guess_step", step=whole(float(f"{steps:.2g}")))
                st.button(words, key=f"guess-{number}", on_click=answer, args=(state, steps == squared))


def place_of(state: ObjectnessState) -> tuple[float, ...]:
    """What the answer depends on."""
    return state.logit, state.target, state.rate


def answer(state: ObjectnessState, right: bool) -> None:
    """Remember it."""
    st.session_state[GUESS] = {"right": right, "at": place_of(state)}


def verdict(right: bool, bce: float, squared: float, state: ObjectnessState, text: Text) -> str:
    """Whether it was right, and why."""
    start = [abs(slope(state.probability, state.target)) for slope in SLOPES.values()]
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
