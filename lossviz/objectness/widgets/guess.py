"""Predict first: the question when squared error will wake the output that cross-entropy wakes soon."""

from dataclasses import replace
from html import escape

import streamlit as st

from lossviz.core.text import Text, four
from lossviz.objectness.descent import SLOPES, steps_to_half, wakes
from lossviz.objectness.state import ObjectnessState
from lossviz.objectness.widgets.desk import ObjectnessDesk
from lossviz.web import session
from lossviz.web.html import note

APART = 1.5
"""By which factor another answer is smaller or larger than the right one, at least."""
OFFERED = 4
"""How many answers are offered."""
NEAR = 2.0
"""The ratio of slopes below which the verdict explains nothing by their difference."""


def whole(steps: float) -> str:
    """Write a number of steps as counted, or an estimate in three digits."""
    return f"{int(steps):,}" if isinstance(steps, int) else f"{float(f'{steps:.3g}'):,.0f}"


def offered(bce: float, squared: float) -> list[float]:
    """Return the right number of steps among others: cross-entropy's, and tens of times fewer or more."""
    others = (one for one in (bce, squared / 10, 10 * squared, 100 * squared, 1000 * squared) if one >= bce)
    apart = [one for one in others if max(one, squared) >= APART * min(one, squared)]
    return sorted([squared, *apart[: OFFERED - 1]])


def words(desk: ObjectnessDesk, text: Text) -> str:
    """Return the question, and after an answer the verdict until something moves."""
    state = desk.state
    if not wakes(state):
        return note(text("objectness_no_guess"))
    bce, squared = (steps_to_half(name, state) for name in SLOPES)
    if guessed(desk):
        return verdict(guessed(desk) == "right", bce, squared, state, text)
    return note(text("objectness_guess", rate=f"{state.rate:.6g}", step=whole(bce)))


def guessed(desk: ObjectnessDesk) -> str:
    """Return "right" or "wrong", or "" where nobody has guessed yet of these numbers."""
    if desk.guess is None or desk.guess[1] != place_of(desk.state):
        return ""
    return "right" if desk.guess[0] else "wrong"


def asking(desk: ObjectnessDesk) -> tuple[bool, str]:
    """Return whether there is something to be guessed of these numbers, and whether it was guessed right."""
    return wakes(desk.state), guessed(desk)


def answers(desk: ObjectnessDesk, text: Text) -> None:
    """Draw four answers to choose from; after that the way to the race."""
    state = desk.state
    if not wakes(state):
        return
    if guessed(desk):
        st.button(text("objectness_watch"), key="watch", icon=":material/show_chart:", on_click=watch, args=(desk,))
        return
    bce, squared = (steps_to_half(name, state) for name in SLOPES)
    with st.container(horizontal=True, key="answers"):
        for number, steps in enumerate(offered(bce, squared)):
            label = text("objectness_guess_step", step=whole(float(f"{steps:.2g}")))
            st.button(label, key=f"guess-{number}", on_click=answer, args=(desk, steps == squared))


def place_of(state: ObjectnessState) -> tuple[float, ...]:
    """Return the numbers that the right answer depends on."""
    return state.logit, state.target, state.rate


def answer(desk: ObjectnessDesk, right: bool) -> None:
    """Remember whether the answer was right, and the numbers it belongs to."""
    desk.guess = (right, place_of(desk.state))


def verdict(right: bool, bce: float, squared: float, state: ObjectnessState, text: Text) -> str:
    """Say whether the answer was right, and why."""
    start = [abs(slope(state.probability, state.target)) for slope in SLOPES.values()]
    ratio = start[0] / start[1]
    said = {"step": whole(squared), "ratio": whole(squared / bce), "slope": four(ratio)}
    counted = isinstance(squared, int)
    key = "objectness_guess_won" if counted else "objectness_guess_late"
    reason = text("objectness_guess_near" if counted and ratio < NEAR else key, **said)
    mark = f"{'✓' if right else '✗'} {text('right' if right else 'wrong')} {reason}"
    return f'<p class="lz-stamp" data-testid="verdict" role="status">{escape(mark)}</p>'


def watch(desk: ObjectnessDesk) -> None:
    """Go to the race on the second level."""
    desk.settle(replace(desk.state, part="race"))
    session.deepen("2")
