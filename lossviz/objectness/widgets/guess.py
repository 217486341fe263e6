"""Predict first: the question when squared error will wake the output that cross-entropy wakes soon."""

from dataclasses import replace
from html import escape

import streamlit as st

from lossviz.core.spoken import spoken
from lossviz.core.text import Text
from lossviz.objectness.descent import SLOPES, run_of, steps_to_half, wakes
from lossviz.objectness.state import STEPS, ObjectnessState
from lossviz.objectness.widgets.desk import ObjectnessDesk
from lossviz.objectness.words import grows
from lossviz.web import session
from lossviz.web.html import note

APART = 1.5
"""By which factor another answer is smaller or larger than the right one, at least."""
OFFERED = 4
"""How many answers are offered."""


def whole(steps: float) -> str:
    """Write a number of steps as counted, or an estimate in three digits."""
    return f"{int(steps):,}" if isinstance(steps, int) else spoken(steps, 3)


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
    key = "objectness_guess" if isinstance(bce, int) else "objectness_guess_about"
    return note(text(key, rate=f"{state.rate:.6g}", step=whole(bce)))


def guessed(desk: ObjectnessDesk) -> str:
    """Return "right" or "wrong", or "" where nobody has guessed yet of these numbers."""
    if desk.guess is None or desk.guess[1] != place_of(desk.state):
        return ""
    return "right" if desk.guess[0] else "wrong"


def asking(desk: ObjectnessDesk) -> tuple[bool, str]:
    """Return whether there is something to be guessed of these numbers, and whether it was guessed right."""
    return wakes(desk.state), guessed(desk)


def answers(desk: ObjectnessDesk, text: Text, *, onward: bool) -> None:
    """Draw four answers to choose from; after that, with ``onward``, the way to the race."""
    state = desk.state
    if not wakes(state):
        return
    if guessed(desk):
        if not onward:
            return
        st.button(text("objectness_watch"), key="watch", icon=":material/show_chart:", on_click=watch, args=(desk,))
        return
    bce, squared = (steps_to_half(name, state) for name in SLOPES)
    with st.container(horizontal=True, key="answers"):
        for number, steps in enumerate(offered(bce, squared)):
            label = text("objectness_guess_step", step=spoken(steps, 2))
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
    said = {"step": whole(squared), "ratio": spoken(squared / bce, 3), "slope": spoken(start[0] / start[1])}
    reason = text(f"objectness_guess_{explained(squared, state)}", **said)
    mark = f"{'✓' if right else '✗'} {text('right' if right else 'wrong')} {reason}"
    return f'<p class="lz-stamp" data-testid="verdict" data-heard="verdict">{escape(mark)}</p>'


def explained(squared: float, state: ObjectnessState) -> str:
    """Return what the verdict says of the squared error's slope: "won", that it grows, "near", nothing, or "late"."""
    if not isinstance(squared, int):
        return "late"
    run = run_of("squared", state.logit, state.target, state.rate, STEPS[1])
    return "won" if grows(run, state.target) else "near"


def watch(desk: ObjectnessDesk) -> None:
    """Go to the race on the second level."""
    desk.settle(replace(desk.state, part="race"))
    session.deepen("2")
