"""Every sentence of the page on loss functions that depends on the state, against numbers worked out apart from it."""

import math
import re
from dataclasses import replace
from typing import Any

import pytest
import torch
from functions.test_state import states
from hypothesis import example, given, settings

from lossviz.core.text import LANGUAGES, Text, four
from lossviz.functions.batch import traps
from lossviz.functions.distributions import distributions_of
from lossviz.functions.stability import DTYPES, FORMS, strained, truth, values
from lossviz.functions.state import PLAIN, SPANS, TYPES, FunctionsState
from lossviz.functions.view import points_of
from lossviz.functions.widgets.curves import FunctionsDesk, sentence
from lossviz.functions.widgets.distributions import laws
from lossviz.functions.widgets.distributions import sentence as divergence
from lossviz.functions.words import broken_sides, special, spelled, trap_says
from lossviz.losses import LOSSES

ENGLISH = Text("en")
NAMES = {ENGLISH(f"zoo_{key}"): key for key in LOSSES}


def plain(html: str) -> str:
    found = re.sub(r"<span.*|<[^>]*>", "", html)
    return found.replace("&#x27;", "'").replace("−", "-")


def number_in(pattern: str, words: str) -> float:
    found = re.search(pattern.replace("#", r"(-?[0-9,]*\.?[0-9]+(?:e[+-][0-9]+)?|-?∞)"), words)
    assert found, (pattern, words)
    return float(found[1].replace(",", "").replace("∞", "inf"))


def keys(names: str) -> set[str]:
    """Functions by their names in a row; a name may hold the comma itself."""
    found = set()
    for name in sorted(NAMES, key=len, reverse=True):
        if name in names:
            found.add(NAMES[name])
            names = names.replace(name, "")
    assert not names.replace(" and ", "").strip(", "), names
    return found


def steepness(state: FunctionsState) -> dict[str, float]:
    """Size of each gradient along x by automatic differentiation of the value; nan where value or gradient is none."""
    found = {}
    for key in state.functions:
        x = torch.tensor(state.x, dtype=torch.float64, requires_grad=True)
        function = LOSSES[key]
        squash = torch.sigmoid(x) if state.by != "probability" else x
        logit = torch.logit(x) if state.by == "probability" else x
        t = torch.tensor(state.t, dtype=torch.float64)
        given: Any = {
            "output": squash if state.by == "logit" else x,
            "size": squash if state.by == "logit" else x,
            "probability": squash,
            "logit": logit,
            "classes": torch.stack([logit, 0 * logit]),
            "distribution": torch.stack([squash, 1 - squash]),
        }[function.variable]
        target = torch.stack([t, 1 - t]) if function.variable in ("classes", "distribution") else t
        value = function.value(given, target, **state.knobs_of(key))
        (slope,) = torch.autograd.grad(value, x, allow_unused=True)
        size = 0.0 if slope is None else abs(slope.item())
        found[key] = math.nan if math.isnan(value.item()) else size
    return found


TIE = replace(PLAIN, functions=("bce", "weighted"), x=math.log(4), t=0.0, knobs=(("weighted.pos_weight", 1.0),))
GAMMA = replace(PLAIN, functions=("focal", "bce"), knobs=(("focal.alpha", 0.5), ("focal.gamma", 0.0)), t=1.0)
EXTREMES = (
    TIE,
    GAMMA,
    replace(PLAIN, functions=("focal", "bce"), knobs=(("focal.alpha", 0.0),), t=1.0),
    replace(PLAIN, functions=("focal", "bce"), knobs=(("focal.alpha", 1.0),), t=0.0),
    replace(PLAIN, functions=("l1", "smooth_l1", "huber"), x=5.0),
    replace(PLAIN, functions=("size_sqrt", "size_log", "l2"), x=-1.0, t=0.3),
    replace(PLAIN, functions=("size_sqrt", "size_log"), x=-1.0, t=0.3),
    replace(PLAIN, functions=("l2", "l1"), x=0.5, t=0.5),
    replace(PLAIN, functions=("bce", "bce_probability", "size_log"), x=0.0, t=1.0),
    replace(PLAIN, functions=("bce", "focal", "l2", "squared_sigmoid"), x=8.0, by="logit", t=0.0),
    replace(PLAIN, functions=("kl", "cross_entropy", "kl_two", "bce_probability"), x=0.001, by="probability", t=1.0),
)


def judge(state: FunctionsState) -> None:
    """Whether what is said of the gradients is true of those that automatic differentiation finds."""
    desk = FunctionsDesk(state, state, state)
    words = plain(sentence(points_of(state), desk, ENGLISH, resting=False))
    shown = {point.key: point for point in points_of(state)}
    # at a corner, and where autograd meets 0 times infinity, the printed formulas of the gradient decide
    true = {key: size if math.isfinite(size) else abs(shown[key].slope) for key, size in steepness(state).items()}
    corner = {key for key, point in shown.items() if abs(state.x - state.t) < 1e-9}
    for key, point in shown.items():
        if key not in corner and point.defined and math.isfinite(point.slope):
            assert abs(point.slope) == pytest.approx(true[key], rel=1e-6, abs=1e-12)
    sizes = {key: abs(point.slope) for key, point in shown.items() if point.defined}
    if not sizes:
        assert "none of the curves shown has a value" in words
        return
    high, low = max(sizes.values()), min(sizes.values())
    without = set(state.functions) - sizes.keys()
    found = re.search(r" No value or gradient there: (.*)\.$", words)
    assert (keys(found[1]) if found else set()) == without
    if "equally large" in words:
        assert four(high) == four(low)
        named = re.search(r"gradients of (.*) are equally", words)
        assert named
        assert keys(named[1]) == sizes.keys()
    elif "largest for" in words:
        assert four(high) != four(low)
        named = re.search(r"largest for (.*) \((\S+)\) and smallest for (.*) \((\S+)\), sign", words)
        assert named
        assert keys(named[1]) == {key for key, size in sizes.items() if four(size) == four(high)}
        assert keys(named[3]) == {key for key, size in sizes.items() if four(size) == four(low)}
        assert (named[2], named[4]) == (four(high), four(low))
        assert named[2] != named[4]
    else:
        assert len(sizes) == 1
        assert number_in(r"gradient of .* is #, sign", words) == pytest.approx(high, rel=1e-3)


@pytest.mark.parametrize("state", EXTREMES, ids=lambda state: ".".join(state.functions))
def test_ties_corners_and_ends_are_said_as_they_are(state: FunctionsState) -> None:
    judge(state)


@given(states())
@settings(deadline=None, max_examples=150)
def test_whose_gradient_is_largest_and_smallest_is_said_of_all_that_tie(state: FunctionsState) -> None:
    judge(replace(state, tab="curves"))


def test_a_gamma_of_0_and_an_alpha_of_one_half_is_half_of_bce_and_one_weight_is_bce() -> None:
    half, whole = points_of(GAMMA)
    assert half.value == pytest.approx(whole.value / 2)
    assert "equally large" in sentence(points_of(TIE), FunctionsDesk(TIE, TIE, TIE), ENGLISH, resting=False)


ENDS = ("low", "high", "usual", "one")
"""Where parameters are put: at both ends of theirs, where they usually are, at 1."""


def turned(key: str, end: str) -> dict[str, float]:
    """The parameters of a function at one end."""
    return {
        knob.name: min(max(1.0, knob.low), knob.high) if end == "one" else float(getattr(knob, end))
        for knob in LOSSES[key].knobs
    }


def worth(key: str, t: float, knobs: dict[str, float]) -> list[float]:
    """The loss at a few logits."""
    state = replace(PLAIN, functions=(key,), t=t)
    for name, value in knobs.items():
        state = state.with_knob(f"{key}.{name}", value)
    return [points_of(state.at(x))[0].value for x in (-4.0, -0.5, 0.3, 2.0, 5.0)]


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("key", ["focal", "weighted"])
def test_where_one_side_has_no_loss_it_is_said_and_only_there(key: str, end: str) -> None:
    knobs = turned(key, end)
    said = special(key, knobs)
    assert ("zoo_no_positives" in said) == (worth(key, 1.0, knobs) == [0.0] * 5)
    assert ("zoo_no_negatives" in said) == (worth(key, 0.0, knobs) == [0.0] * 5)


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize(
    ("key", "other"), [("weighted", "bce"), ("smoothed_bce", "bce"), ("label_smoothing", "softmax_ce")]
)
def test_where_a_loss_is_another_it_is_said_and_only_there(key: str, other: str, end: str) -> None:
    knobs = turned(key, end)
    remarks = {"zoo_no_weight", "zoo_no_smoothing", "zoo_no_smoothing_softmax"} & {*special(key, knobs)}
    assert (remarks != set()) == (worth(key, 0.8, knobs) == pytest.approx(worth(other, 0.8, {})))


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize(("key", "other"), [("focal", "bce"), ("focal_softmax", "softmax_ce")])
def test_a_gamma_of_0_leaves_the_cross_entropy_times_alpha(key: str, other: str, end: str) -> None:
    knobs = turned(key, end)
    said = {"zoo_no_focus", "zoo_no_focus_softmax"} & {*special(key, knobs)} != set()
    assert said == (knobs["gamma"] == 0)
    plain = knobs | {"gamma": 0.0}
    assert special(key, plain) != ()
    for t, factor in ((1.0, knobs["alpha"]), (0.0, 1 - knobs["alpha"] if key == "focal" else knobs["alpha"])):
        assert worth(key, t, plain) == pytest.approx([factor * one for one in worth(other, t, {})])


@pytest.mark.parametrize("key", LOSSES)
def test_every_remark_has_its_words(key: str) -> None:
    remarks = {one for end in ENDS for one in special(key, turned(key, end))}
    assert all(Text(lang).knows(one) for lang in LANGUAGES for one in remarks)


# ---- the trap ----


@given(states())
@settings(deadline=None, max_examples=80)
@example(replace(PLAIN, noobj=10_646.0))
@example(replace(PLAIN, noobj=3548.0, objects=3))
@example(replace(PLAIN, noobj=20_000.0, objects=20))
def test_two_means_are_weighed_as_their_gradients_are(state: FunctionsState) -> None:
    words = trap_says(state, ENGLISH)
    losses = torch.zeros(state.net, dtype=torch.float64, requires_grad=True)
    (losses[: state.objects].mean() + state.noobj * losses[state.objects :].mean()).backward()
    assert losses.grad is not None
    worth = (losses.grad[0] / losses.grad[-1]).item()
    assert next(one.worth for one in traps(state) if one.way == "scaled") == pytest.approx(worth)
    if "count the same" in words:
        assert worth == pytest.approx(1, rel=1e-3)
    else:
        assert number_in("as much as # background", words) == pytest.approx(worth, rel=6e-4)
        assert number_in("; noobj_scale = # restores", words) * worth == pytest.approx(
            state.noobj * worth * worth, rel=1e-3
        )


# ---- distributions ----


def kl(p: tuple[float, ...], q: tuple[float, ...]) -> float:
    p, q = (tuple(one / sum(row) for one in row) for row in (p, q))
    pairs = [(one, other) for one, other in zip(p, q, strict=True) if one > 0]
    return math.inf if any(other == 0 for _, other in pairs) else sum(a * math.log(a / b) for a, b in pairs)


@given(states())
@settings(deadline=None, max_examples=150)
@example(replace(PLAIN, q=PLAIN.p))
@example(replace(PLAIN, p=(0.25,) * 4, q=(0.25, 0.25, 0.25, 0.25005)))
@example(replace(PLAIN, p=(0.5, 0.5, 0.0, 0.0), q=(0.0, 0.0, 0.5, 0.5)))
@example(replace(PLAIN, p=(0.25,) * 4, q=(0.7, 0.2, 0.1, 0.0)))
@example(replace(PLAIN, p=(0.7, 0.2, 0.1, 0.0), q=(0.2, 0.7, 0.1, 0.0)))
@example(replace(PLAIN, p=(1.0, 0.0, 0.0, 0.0), q=(1.0, 0.0, 0.0, 0.0)))
def test_what_is_said_of_two_distributions_is_true_of_them(state: FunctionsState) -> None:
    found, there, back = distributions_of(state), kl(state.p, state.q), kl(state.q, state.p)
    words, law = plain(divergence(found, ENGLISH)), plain(laws(found, state, ENGLISH))
    assert "e-" not in words
    assert min(found.divergences) >= 0
    if "Now q equals p" in words:
        assert state.p == pytest.approx(state.q, abs=1e-9)
        return
    assert found.p != found.q
    if "Each rules out" in words:
        assert (there, back) == (math.inf, math.inf)
    elif "q rules out" in words:
        assert there == math.inf > back
        assert number_in("other way round it is #", words) == pytest.approx(back, rel=1e-3, abs=1e-15)
    else:
        assert there < math.inf
        assert number_in(r"\+ divergence #[;,]", words) == pytest.approx(there, rel=1e-3, abs=1e-15)
        assert number_in("round the divergence is #", words) == pytest.approx(back, rel=1e-3, abs=1e-15)
    assert ("both ways, to four digits" in law) == (four(found.divergences[0]) == four(found.divergences[1]))


# ---- breaks ----


@pytest.mark.parametrize("dtype", TYPES)
@pytest.mark.parametrize("family", FORMS)
@pytest.mark.parametrize("t", [0.0, 1.0, 0.3])
def test_a_form_is_right_up_to_where_it_breaks_and_gone_from_where_it_is_said_to_be(
    family: Any, dtype: str, t: float
) -> None:
    for way in ("naive", "stable"):
        for w in (0.1, 100.0) if family == "weighted" else (1.0,):
            one = strained(family, way, dtype, t, w)
            ends = {-1: one.below, 1: one.above}
            for side, broken in ends.items():
                z = side * torch.arange(0, 20_001, dtype=torch.float64) * 0.05
                said, true = values(FORMS[family][way], dtype, z, t, w), truth(family, dtype, z, t, w)
                good = (said - true).abs() <= 0.01 * true.abs().clamp(min=1)
                words = spelled(broken, ENGLISH).replace("−", "-")
                if broken is None:
                    assert good.all()
                    assert words == "accurate throughout"
                    continue
                first = number_in("(?:from|first at) z = #", words)
                assert good[z.abs() < abs(first) - 0.06].all()
                assert not good[(z.abs() - abs(first)).abs().argmin() :][:2].all()
                gone = re.search(r"(infinite|nan) from z = (\S+)$", words)
                assert gone or said.isfinite().all()
                if gone:
                    beyond = said[z.abs() >= abs(float(gone[2])) + 0.06]
                    assert (beyond.isinf() if gone[1] == "infinite" else beyond.isnan()).all()
            both = {"both": (True, True), "below": (True, False), "above": (False, True), "none": (False, False)}
            assert both[broken_sides(one)] == (one.below is not None, one.above is not None)


def test_in_float32_at_t_0_the_naive_form_is_first_wrong_and_then_infinite() -> None:
    one = strained("sigmoid", "naive", "float32", 0.0, 1.0)
    assert one.above is not None
    assert one.above.then is not None
    z, kind = one.above.then
    assert kind == "inf"
    assert z == pytest.approx(24 * math.log(2), abs=0.06)
    assert re.search(r"first at z = 15, infinite from z = 16\.\d+", spelled(one.above, ENGLISH))


# ---- what libraries do ----


def test_pytorch_bounds_the_cross_entropy_of_a_probability_as_is_said() -> None:
    p = torch.tensor([0.0, 1.0, 1e-13], requires_grad=True)
    t = torch.tensor([1.0, 0.0, 1.0])
    loss = torch.nn.functional.binary_cross_entropy(p, t, reduction="none")
    assert loss.tolist() == pytest.approx([100, 100, -math.log(1e-13)], rel=1e-5)
    loss.sum().backward()
    assert p.grad is not None
    assert p.grad.abs().tolist() == pytest.approx([1e12] * 3, rel=1e-5)
    words = ENGLISH("zoo_bce_probability_about")
    assert f"{-math.log(1e-7):.3f}" in words
    assert f"{-math.log(2e-7):.3f}" in words


def test_the_opening_sentence_is_that_of_the_opening_state() -> None:
    assert "Five" in ENGLISH("zoo_sentence")
    assert "outputs 3" in ENGLISH("zoo_sentence")
    assert (len(PLAIN.functions), PLAIN.x, PLAIN.t) == (5, 3.0, 0.0)
    assert {*SPANS} >= {PLAIN.by}
    assert {*DTYPES} == {*TYPES}
