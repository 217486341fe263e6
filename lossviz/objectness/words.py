"""When each sentence of the page on objectness is true: one named condition a sentence, in plain numbers."""

import math
from collections.abc import Callable, Mapping, Sequence

from lossviz.core.spoken import ratio, spoken
from lossviz.core.text import Text, four, paragraph
from lossviz.derivations import DERIVATIONS
from lossviz.derivations.line import Derivation, Point, point_of
from lossviz.objectness.descent import Run, wakes
from lossviz.objectness.state import SPOON, ObjectnessState
from lossviz.objectness.view import Fastest, Numbers, ObjectnessView, at_target, squared_slope

SAME = 5e-5
"""The relative difference below which two numbers are equal to four digits."""


def share(p: float) -> str:
    """Write a probability with four digits of its distance to the nearer end of 0 to 1."""
    return f"{p:.{3 - math.floor(math.log10(min(p, 1 - p)))}f}"


# ---- which question ----


def question_of(state: ObjectnessState) -> str:
    """Return which question the first level asks.

    "done": p is the target; "1": one half lies between p and t; "calm": neither.
    """
    if at_target(state):
        return "done"
    return "1" if wakes(state) else "calm"


def at_spoon(state: ObjectnessState) -> bool:
    """Return whether output and target are those of the missed spoon: z as in the photograph's network, t = 1."""
    return state.logit == SPOON and state.target == 1


# ---- two losses ----


def same(one: float, other: float) -> bool:
    """Return whether two numbers are equal to four digits: |a - b| < 0.00005 max(|a|, |b|), or both 0."""
    return one == other or abs(one - other) < SAME * max(abs(one), abs(other))


def compared(numbers: Mapping[str, Numbers], axis: str) -> tuple[str, Sequence[str], float]:
    """Return which sentence holds of the first two losses, their names, the steeper first, and their slopes' ratio.

    "drag": there is one loss only; "same": |dL| agree to four digits, "ratio": the first is so many times as steep.
    "none": the second's slope is 0. At p = t all slopes are 0 and there is nothing to compare: ``at_target`` comes first.
    """
    names = list(numbers)[:2]
    if len(names) < 2:
        return "drag", names, 1.0
    sizes = {name: abs(numbers[name].slope(axis)) for name in names}
    steep, flat = sorted(names, key=lambda name: -sizes[name])
    if same(sizes[steep], sizes[flat]):
        return "same", names, 1.0
    if sizes[flat] == 0:
        return "none", (steep, flat), math.inf
    return "ratio", (steep, flat), sizes[steep] / sizes[flat]


# ---- where squared error learns fastest ----


def at_fastest(state: ObjectnessState) -> bool:
    """Return whether |dL/dz| of squared error is the largest of its side of the target, to four digits."""
    best = ObjectnessView(state).side
    return best is not None and same(squared_slope(state.probability, state.target), best.slope)


def saturated_below(best: Fastest) -> bool:
    """Return whether squared error is saturated below a bound, not above: the target lies above the fastest place."""
    return best.asleep < best.p


def fastest_says(view: ObjectnessView, text: Text, written: Callable[[str, float], str]) -> str:
    """Say where squared error learns fastest on this side of the target, how fast here, and where it is saturated.

    ``written`` spells a number, given what it is called.
    """
    state, best = view.state, view.side
    if best is None:
        return text("objectness_done")
    here = abs(squared_slope(state.probability, state.target))
    said = {"p": written("fastest-p", best.p), "slope": written("fastest-slope", abs(best.slope))}
    words = (
        text("objectness_fast_here", **said)
        if at_fastest(state)
        else text("objectness_fast", **said, here=spoken(here), times=ratio(abs(best.slope) / here))
    )
    asleep = text(f"objectness_asleep_{'below' if saturated_below(best) else 'above'}", p=share(best.asleep))
    return paragraph([words, asleep])


# ---- the factors ----


def factor_letters(view: ObjectnessView, text: Text) -> str:
    """Say what the letters of the chain rule stand for."""
    if "darknet_v2" not in view.state.shown:
        return text("objectness_letters")
    key, scale = ("scale", view.state.scale) if view.state.target > 0 else ("noobject", 1)
    return paragraph([text("objectness_letters"), text(f"objectness_letters_{key}", scale=scale)])


# ---- the derivation ----


def derivation_of(state: ObjectnessState) -> Derivation:
    """Return the derivation that is read; before any is chosen, the first."""
    return DERIVATIONS.get(state.derivation, next(iter(DERIVATIONS.values())))


def read_at(state: ObjectnessState) -> Point:
    """Return the numbers that the derivation is read with."""
    return point_of(derivation_of(state).of, state.logit, state.target, state.scores, state.kind)


def derivation_letters(point: Point, text: Text) -> str:
    """Say what the letters of a derivation stand for."""
    if not point.z.ndim:
        return text("derivation_letters_logit", a=four(float(point.a)), t=f"{float(point.t):.6g}")
    outputs = ", ".join(four(float(a)) for a in point.a)
    return text("derivation_letters_classes", a=outputs, i=point.i, j=point.j)


# ---- the race ----


def grows(run: Run, target: float) -> bool:
    """Return whether the slope of squared error exceeds that of the start somewhere before the run passes one half."""
    sizes = abs(squared_slope(run.p[: run.passes], target))
    return bool(sizes.max() > sizes[0])


def race_end(run: Run, state: ObjectnessState) -> str:
    """Return what is said of a run.

    "ends": one half is not between p and t; "won": it passed one half in a step that is counted; "late": not yet.
    """
    if not wakes(state):
        return "ends"
    return "late" if run.passes is None else "won"


# ---- the floor ----


def floor_of(numbers: Mapping[str, Numbers]) -> Numbers | None:
    """Return the first loss that no prediction can bring to 0: cross-entropy of a target strictly between 0 and 1."""
    return next((found for found in numbers.values() if found.floor > 0), None)
