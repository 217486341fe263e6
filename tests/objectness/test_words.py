"""Every sentence of the page on objectness that depends on the state, against numbers worked out apart from it."""

import math
import re
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lossviz.core.link import six
from lossviz.core.text import Text
from lossviz.core.visit import Visit
from lossviz.objectness.charts import described
from lossviz.objectness.darknet import stages_of
from lossviz.objectness.descent import flow_steps, race_of, steps_to_half, wakes
from lossviz.objectness.figures.parts.content import ObjectnessContent
from lossviz.objectness.figures.race import says
from lossviz.objectness.state import MOST, PLAIN, RATES, SCALES, SHOWN, SPOON, STEPS, ObjectnessState
from lossviz.objectness.view import ObjectnessView, at_target
from lossviz.objectness.widgets import guess, why
from lossviz.objectness.widgets.curves import floor, ratio, sentence, spoon
from lossviz.objectness.words import question_of

ENGLISH = Text("en")
NAMES = {ENGLISH(f"objectness_loss_{name}"): name for name in SHOWN}


def within(low: float, high: float) -> st.SearchStrategy[float]:
    return st.floats(low, high).map(six).filter(lambda value: low <= value <= high)


def drawing(t: float) -> float:
    """The logit that a link has for the probability t: six digits."""
    return min(max(six(math.log(t / (1 - t))), -MOST), MOST) if 0 < t < 1 else math.copysign(MOST, t - 0.5)


EXTREMES = (0.0, 1.0, 0.5, 0.35, 1 / 3, 1e-6, 5e-6, 0.999999, 0.499999, 0.5000005, 1e-300)
TARGETS = st.one_of(st.sampled_from([six(t) for t in EXTREMES]), within(0, 1))
LOGITS = st.one_of(st.sampled_from((-MOST, MOST, 0.0, SPOON, -0.693147, 1e-6, -1e-6)), within(-MOST, MOST))
SETS = st.sets(st.sampled_from(SHOWN), min_size=1).map(lambda some: tuple(name for name in SHOWN if name in some))


@st.composite
def states(draw: st.DrawFn) -> ObjectnessState:
    t = draw(TARGETS)
    logit = draw(
        st.one_of(LOGITS, st.just(drawing(t)), st.sampled_from([-1e-6, 1e-6]).map(lambda d: six(drawing(t) + d)))
    )
    return replace(
        PLAIN,
        target=t,
        logit=min(max(logit, -MOST), MOST),
        shown=draw(SETS),
        axis=draw(st.sampled_from(["z", "p"])),
        scale=draw(st.sampled_from(SCALES)),
        rate=draw(st.one_of(st.sampled_from(RATES), within(*RATES))),
        steps=draw(st.sampled_from([*STEPS, 100])),
    )


# ---- the truth, from z and t alone ----


def output(state: ObjectnessState) -> float:
    return 1 / (1 + math.exp(-state.logit))


def entropy(t: float) -> float:
    return sum(-share * math.log(share) for share in (t, 1 - t) if share > 0)


def crossed(p: float, t: float) -> float:
    return -(t * math.log(p) + (1 - t) * math.log1p(-p))


def slopes(state: ObjectnessState) -> dict[str, float]:
    """Sizes of the slopes on the axis that is shown, by what each loss is called."""
    p, t = output(state), state.target
    inner = p * (1 - p)
    weight = state.scale if t > 0 else 1
    by_z = {
        "bce": p - t,
        "squared": (p - t) * inner,
        "darknet_v2": weight * (p - t) * inner,
        "darknet_v3": p - t,
        "focal": (p - t) ** 3 + 2 * (p - t) * inner * crossed(p, t),
    }
    found = {name: value / (inner if state.axis == "p" else 1) for name, value in by_z.items()}
    return {name: abs(value) for name, value in (found | {"linear": p - t}).items()}


def arrived(state: ObjectnessState) -> bool:
    """Whether p is t: to six places, and its logit to a few of the digits that a link has."""
    p, t = output(state), state.target
    return 0 < t < 1 and abs(p - t) < 1e-6 and abs(p - t) < 1e-4 * p * (1 - p)


def number_in(pattern: str, words: str) -> float:
    found = re.search(pattern.replace("#", r"([0-9,]*\.?[0-9]+)"), words)
    assert found, (pattern, words)
    return float(found[1].replace(",", ""))


# ---- the sentences ----


@given(states())
@settings(deadline=None, max_examples=150)
@example(replace(PLAIN, logit=-0.619039, target=0.35))
@example(replace(PLAIN, logit=0.0, target=0.5))
@example(replace(PLAIN, logit=12.0, target=0.0, shown=("squared", "focal")))
def test_which_loss_is_steeper_is_said_as_it_is(state: ObjectnessState) -> None:
    words, true = ratio(ObjectnessView(state), ENGLISH), slopes(state)
    if "equals the target" in words:
        assert arrived(state)
        return
    assert not arrived(state)
    if len(state.shown) == 1:
        assert words == ENGLISH("objectness_drag")
        return
    called = [NAMES[name] for name in sorted(NAMES, key=len, reverse=True) if name in words]
    one, other = (true[name] for name in state.shown[:2])
    assert {*state.shown[:2]} <= {*called}
    if "the same gradient" in words:
        assert math.isclose(one, other, rel_tol=1e-4)
    else:
        found = re.fullmatch(r"At this point the gradient of (.*) is ([0-9,.]+) times that of (.*)\.", words)
        assert found, words
        steep, flat = (true[NAMES[found[n]]] for n in (1, 3))
        assert steep > flat > 0
        assert steep / flat == pytest.approx(float(found[2].replace(",", "")), rel=6e-4)
        assert found[2] != "1"


@given(states())
@settings(deadline=None, max_examples=100)
@example(replace(PLAIN, logit=-0.619039, target=0.35, shown=SHOWN))
def test_at_the_target_every_number_of_the_page_says_so(state: ObjectnessState) -> None:
    view = ObjectnessView(state)
    assert at_target(state) == arrived(state)
    if not arrived(state):
        p, t = output(state), state.target
        for name, numbers in view.numbers.items():
            assert abs(numbers.slope(state.axis)) == pytest.approx(slopes(state)[name], rel=1e-9, abs=1e-300)
        assert all(stage.delta * (t - p) >= 0 for stage in stages_of(state))
        return
    for numbers in view.numbers.values():
        assert (numbers.passed, numbers.outer) == (0, 0)
        assert numbers.loss == pytest.approx(numbers.floor, rel=1e-9, abs=1e-20)
    assert all((stage.delta, stage.gpu, stage.printed) == (0, 0, 0) for stage in stages_of(state))
    assert view.side is None
    assert not wakes(state)
    assert "What is left to learn?" in sentence(view, Visit(level="1"), resting=True)
    assert ENGLISH("objectness_done") in why.fast(view, ENGLISH)
    assert described(view, ENGLISH).count("derivative 0.000") == len(state.shown)


@given(states())
@settings(deadline=None, max_examples=80)
@example(replace(PLAIN, target=0.5))
@example(replace(PLAIN, logit=0.0))
def test_the_question_is_about_one_half_only_where_it_lies_between(state: ObjectnessState) -> None:
    low, high = sorted((output(state), state.target))
    key = question_of(state)
    assert key == ("done" if arrived(state) else "1" if low < 0.5 < high else "calm")
    said = sentence(ObjectnessView(state), Visit(level="1"), resting=False)
    assert ("useful gradient" in said) == (key == "1")
    assert (spoon(state, Visit()) != "") == ((state.logit, state.target) == (-6.8374, 1.0))


@given(states())
@settings(deadline=None, max_examples=100)
@example(replace(PLAIN, logit=-0.619039, target=0.35))
def test_the_floor_is_the_entropy_of_the_target_and_the_rest_is_reducible(state: ObjectnessState) -> None:
    words, t = floor(ObjectnessView(state), ENGLISH), state.target
    if not 0 < t < 1 or not {"bce", "darknet_v3"} & {*state.shown}:
        assert words == ""
        return
    assert number_in("fall below #, the entropy", words) == pytest.approx(entropy(t), rel=1e-3)
    if "nothing can be reduced" in words:
        assert arrived(state)
    else:
        assert not arrived(state)
        p = output(state)
        assert number_in("of # only", words) == pytest.approx(crossed(p, t), rel=1e-3)
        assert number_in("only # can", words) == pytest.approx(crossed(p, t) - entropy(t), rel=1e-3, abs=1e-15)


@given(states())
@settings(deadline=None, max_examples=80)
@example(replace(PLAIN, logit=-0.693147))
@example(replace(PLAIN, logit=14 - 0.184488 - 1.81551, target=0.999999))
def test_where_squared_error_learns_fastest_is_found_by_looking_everywhere(state: ObjectnessState) -> None:
    view, t, p = ObjectnessView(state), state.target, output(state)
    words = re.sub("<[^>]*>", "", why.fast(view, ENGLISH)).replace("−", "-")
    if arrived(state):
        return
    ends = (0.0, t) if p < t else (t, 1.0)
    places = [ends[0] + n / 4000 * (ends[1] - ends[0]) for n in range(4001)]
    best = max(abs(a - t) * a * (1 - a) for a in places)
    here = abs(p - t) * p * (1 - p)
    if "as large, to four digits" in words:
        assert here == pytest.approx(best, rel=2e-4)
    else:
        assert number_in("smaller by a factor of #", words) == pytest.approx(best / here, rel=2e-3)
        assert here < best
    edge = number_in("(?:Below|Above) p = # it is", words)
    beyond = [part * edge if p < t else 1 - part * (1 - edge) for part in (0.01, 0.5, 0.999)]
    assert ("Below" in words) == (p < t)
    assert all(abs(a - t) * a * (1 - a) < 0.0101 * best for a in beyond)


def way(state: ObjectnessState, name: str, most: int) -> list[float]:
    """Probabilities on the way to one half or as far as it is followed: z less rate times slope, step by step."""
    z, found = state.logit, [output(state)]
    while len(found) <= most and (found[-1] >= 0.5) == (found[0] >= 0.5):
        p = found[-1]
        z -= state.rate * (p - state.target) * (p * (1 - p) if name == "squared" else 1)
        found.append(1 / (1 + math.exp(-z)))
    return found


@given(states())
@settings(deadline=None, max_examples=25)
@example(PLAIN)
@example(replace(PLAIN, steps=10))
@example(replace(PLAIN, rate=10.0, logit=-0.1))
@example(replace(PLAIN, logit=-0.4))
@example(replace(PLAIN, rate=0.001))
def test_the_verdict_counts_the_steps_and_knows_whether_the_slope_grows(state: ObjectnessState) -> None:
    if not wakes(state):
        assert arrived(state) or (output(state) - 0.5) * (state.target - 0.5) >= 0
        return
    bce, squared = (steps_to_half(name, state) for name in ("bce", "squared"))
    words = guess.verdict(True, bce, squared, state, ENGLISH)
    p = output(state)
    assert number_in("by a factor of #", words) == pytest.approx(1 / (p * (1 - p)), rel=1e-3)
    assert number_in("# times as many", words) == pytest.approx(squared / bce, rel=6e-3)
    found = way(state, "squared", 10_000)
    passed = (found[-1] >= 0.5) != (p >= 0.5)
    assert ("would need about" in words) == (not passed)
    if passed:
        assert number_in("at step #:", words) == len(found) - 1
        sizes = [abs(a - state.target) * a * (1 - a) for a in found[:-1]]
        assert ("but it grows" in words) == (max(sizes) > sizes[0])
        assert ("does not grow" in words) == (max(sizes) <= sizes[0])
    assert isinstance(bce, int) == ((way(state, "bce", 10_000)[-1] >= 0.5) != (p >= 0.5))


@given(states())
@settings(deadline=None, max_examples=25)
@example(replace(PLAIN, steps=10))
def test_how_a_run_ends_is_said_as_it_ended_on_the_page_and_in_the_file(state: ObjectnessState) -> None:
    told = [why.stand(run, state, ENGLISH) for run in race_of(state)]
    caption = says(ObjectnessContent(state), ENGLISH)
    for words, name in zip(told, ("bce", "squared"), strict=True):
        found = way(state, name, state.steps)
        passed = wakes(state) and (found[-1] >= 0.5) != (found[0] >= 0.5) and len(found) <= state.steps + 1
        assert ("reaches p = 0.5 at step" in words) == passed
        assert ("would need about" in words) == (wakes(state) and not passed)
        if passed:
            assert number_in("at step #;", words) == len(found) - 1
            assert f"at step {len(found) - 1:,}." in caption
    assert "e+" not in "".join(told)


@pytest.mark.parametrize(("logit", "target"), [(-2.0, 0.5001), (3.0, 0.4999995), (-12.0, 0.51), (-0.5, 1.0)])
def test_the_time_to_one_half_is_right_next_to_a_target_of_one_half(logit: float, target: float) -> None:
    """Closed form of cross-entropy: dp / ((t - p) p (1 - p)) in partial fractions, for t between 0 and 1."""
    state = replace(PLAIN, logit=logit, target=target)
    p, t = output(state), target

    def primitive(a: float) -> float:
        if t == 1:
            return math.log(a / (1 - a)) + 1 / (1 - a)
        return math.log(a) / t + math.log(1 - a) / (1 - t) - math.log(abs(t - a)) / (t * (1 - t))

    assert flow_steps("bce", state) * state.rate == pytest.approx(primitive(0.5) - primitive(p), rel=1e-6)
