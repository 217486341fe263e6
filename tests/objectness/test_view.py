"""Losses of one output: against closed forms, autograd and laws; the race; Darknet's layers."""

import math
from dataclasses import replace

import pytest
import torch
from helpers.latex import evaluate

from lossviz.core.examples import PAGES
from lossviz.core.text import LANGUAGES, Text
from lossviz.objectness.darknet import Stage, stages_of
from lossviz.objectness.descent import SLOPES, flow_steps, race_of, run_of, steps_to_half, wakes
from lossviz.objectness.state import AXES, PLAIN, SHOWN, ObjectnessState, from_query
from lossviz.objectness.view import (
    FACTORS,
    LOSSES,
    SLEEPY,
    Numbers,
    ObjectnessView,
    double,
    fastest,
    grid,
    numbers_of,
    squared_slope,
)

Z = torch.linspace(-9, 9, 37, dtype=torch.float64)
TARGETS = (0.0, 0.35, 0.8, 1.0)
THIRD = -math.log(2)


def at(p: float, t: float = 1.0, **more: object) -> ObjectnessState:
    state = replace(PLAIN, shown=SHOWN, target=t, **more)  # type: ignore[arg-type]
    return replace(state, logit=math.log(p / (1 - p)))


def said(p: float, t: float = 1.0, **more: object) -> dict[str, Numbers]:
    return {name: numbers_of(name, at(p, t, **more)) for name in SHOWN}


def test_the_losses_are_those_that_a_link_can_name() -> None:
    assert tuple(LOSSES) == SHOWN


@pytest.mark.parametrize("t", TARGETS)
@pytest.mark.parametrize("name", SHOWN)
def test_what_is_passed_back_is_autograds_slope_of_the_value(name: str, t: float) -> None:
    loss, targets = LOSSES[name], torch.full_like(Z, t)
    raw = Z.clone().requires_grad_()
    (slope,) = torch.autograd.grad(loss.value(raw, targets).sum(), raw)
    if not loss.sigmoid:
        slope = slope / (torch.sigmoid(Z) * torch.sigmoid(-Z))  # its raw output is a itself
    torch.testing.assert_close(loss.passed(Z, targets), slope, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("t", TARGETS)
@pytest.mark.parametrize("name", SHOWN)
def test_the_slope_in_the_probability_is_autograds_there_and_times_the_sigmoids_what_is_passed_back(
    name: str, t: float
) -> None:
    loss, targets = LOSSES[name], torch.full_like(Z, t)
    a = torch.sigmoid(Z).requires_grad_()
    (slope,) = torch.autograd.grad(loss.value(torch.logit(a), targets).sum(), a)
    outer = loss.outer_slope(Z, targets)
    torch.testing.assert_close(outer, slope, rtol=1e-7, atol=1e-9)
    torch.testing.assert_close(outer * loss.inner_slope(Z), loss.passed(Z, targets), rtol=1e-12, atol=0)


@pytest.mark.parametrize("t", [0.2, 0.7])
@pytest.mark.parametrize("name", SHOWN)
def test_the_printed_formulas_say_what_is_computed(name: str, t: float) -> None:
    loss, targets = LOSSES[name], torch.full_like(Z, t)
    a, s = torch.sigmoid(Z), 1.0
    for latex, wanted in (
        (loss.formula, loss.value(Z, targets)),
        (loss.outer, loss.outer_slope(Z, targets)),
        (FACTORS[loss.sigmoid], loss.inner_slope(Z)),
        (loss.latex, loss.passed(Z, targets)),
        (rf"{loss.outer} \cdot {FACTORS[loss.sigmoid]}", loss.passed(Z, targets)),
    ):
        found = evaluate(latex, a=a, t=t, s=s).expand(Z.shape)
        torch.testing.assert_close(found, wanted, rtol=1e-7, atol=1e-9)


def test_at_one_half_cross_entropy_squared_error_and_darknets_print_are_three_numbers() -> None:
    found = said(0.5)
    assert found["bce"].loss == pytest.approx(math.log(2))
    assert found["squared"].loss == pytest.approx(0.125)
    assert found["darknet_v3"].printed == pytest.approx(0.25)
    assert found["darknet_v3"].passed == found["bce"].passed == pytest.approx(-0.5)
    assert found["squared"].passed == pytest.approx(-0.125)
    assert found["darknet_v2"].passed == pytest.approx(-0.625)


def test_at_one_hundredth_both_are_output_minus_label_in_different_variables() -> None:
    found = said(0.01)
    assert found["squared"].outer == pytest.approx(-0.99)
    assert found["bce"].passed == found["linear"].passed == pytest.approx(-0.99)
    assert found["squared"].passed == pytest.approx(-0.009801)
    assert found["bce"].passed / found["squared"].passed == pytest.approx(101.0101)


def test_focal_asks_little_of_what_is_nearly_right() -> None:
    assert said(0.9)["focal"].loss == pytest.approx(0.00105361, rel=1e-5)
    assert said(0.1)["focal"].loss == pytest.approx(1.86509, rel=1e-5)


def test_the_scale_counts_once_in_the_gradient_and_squared_in_the_print_and_not_for_background() -> None:
    one, five = (said(0.3, scale=scale)["darknet_v2"] for scale in (1, 5))
    assert five.passed == pytest.approx(5 * one.passed)
    assert five.loss == pytest.approx(5 * one.loss)
    assert five.printed == pytest.approx(25 * one.printed)
    assert said(0.3, 0.0, scale=5)["darknet_v2"] == said(0.3, 0.0, scale=1)["darknet_v2"]


def test_a_target_between_0_and_1_leaves_cross_entropy_its_entropy() -> None:
    found = said(0.35, 0.35)
    entropy = -0.35 * math.log(0.35) - 0.65 * math.log(0.65)
    assert found["bce"].loss == pytest.approx(found["bce"].floor) == pytest.approx(entropy)
    assert found["bce"].passed == pytest.approx(0, abs=1e-15)
    assert found["squared"].floor == 0


@pytest.mark.parametrize("axis", AXES)
def test_the_curves_pass_through_the_numbers(axis: str) -> None:
    view = ObjectnessView(at(0.25, 0.8, axis=axis))
    places, logits = grid(axis)
    assert (places.diff() > 0).all()
    near = int((places - view.here).abs().argmin())
    moved = ObjectnessView(replace(view.state, logit=float(logits[near])))
    for line in view.lines:
        there = moved.numbers[line.name]
        assert float(line.values[near]) == pytest.approx(there.loss, rel=1e-9)
        assert float(line.slopes[near]) == pytest.approx(there.slope(axis), rel=1e-9)


def test_for_the_target_1_squared_error_learns_fastest_at_one_third() -> None:
    best = fastest(1.0, below=True)
    assert best
    assert (best.p, best.slope) == pytest.approx((1 / 3, -4 / 27))
    assert fastest(1.0, below=False) is None
    assert fastest(0.0, below=True) is None


@pytest.mark.parametrize("below", [True, False])
@pytest.mark.parametrize("t", [0.001, 0.35, 0.5, 0.9])
def test_the_fastest_place_is_the_steepest_of_all_on_its_side(t: float, below: bool) -> None:
    best = fastest(t, below=below)
    assert best
    side = torch.linspace(0, t, 20_001) if below else torch.linspace(t, 1, 20_001)
    slopes = [abs(squared_slope(p, t)) for p in side.double().tolist()]
    assert abs(best.slope) == pytest.approx(max(slopes), rel=1e-6)
    assert abs(squared_slope(best.asleep, t)) == pytest.approx(SLEEPY * abs(best.slope), rel=1e-9)
    assert (best.asleep < best.p < t) if below else (best.asleep > best.p > t)


# ---- the race ----


def test_cross_entropy_wakes_the_spoon_at_step_79_and_squared_error_at_9554() -> None:
    assert [run.passes for run in race_of(PLAIN)] == [79, 9554]
    assert wakes(PLAIN)


@pytest.mark.parametrize("name", SLOPES)
def test_the_race_goes_down_the_slopes_of_the_losses(name: str) -> None:
    z, t, rate = 1.3, 0.2, 0.7
    raw, target = double(z), double(t)
    for step, p in enumerate(run_of(name, z, t, rate, 20).p.tolist()):
        assert p == pytest.approx(float(torch.sigmoid(raw)), rel=1e-12), step
        raw = raw - rate * LOSSES[name].passed(raw, target)


@pytest.mark.parametrize("logit", [-9.0, -6.8374, -2.0, -0.1])
def test_with_infinitely_small_steps_the_time_is_the_closed_form(logit: float) -> None:
    def bce(z: float) -> float:
        return z + math.exp(z)

    def squared(z: float) -> float:
        return -math.exp(-z) + 3 * z + 3 * math.exp(z) + math.exp(2 * z) / 2

    state = replace(PLAIN, logit=logit)
    mirrored = replace(PLAIN, logit=-logit, target=0.0)
    for name, closed in (("bce", bce), ("squared", squared)):
        wanted = (closed(0) - closed(logit)) / PLAIN.rate
        assert flow_steps(name, state) == pytest.approx(wanted, rel=1e-8)
        assert flow_steps(name, mirrored) == pytest.approx(wanted, rel=1e-8)


def test_small_steps_come_close_to_infinitely_small_ones() -> None:
    state = replace(PLAIN, logit=-1.5, target=0.8, rate=0.01)
    for run in race_of(state):
        assert run.passes == pytest.approx(flow_steps(run.name, state), rel=2e-3, abs=1)


def test_who_does_not_arrive_in_time_gets_an_estimate() -> None:
    state = replace(PLAIN, logit=-12.0)
    assert run_of("squared", -12.0, 1.0, state.rate, state.steps).passes is None
    assert steps_to_half("squared", state) == pytest.approx(math.exp(12) * 10, rel=1e-3)


def test_nobody_has_to_wake_on_the_same_side() -> None:
    assert not wakes(at(0.6))
    assert not wakes(at(0.1, 0.35))
    assert wakes(at(0.9, 0.0))


# ---- Darknet ----


def stages(state: ObjectnessState) -> dict[tuple[str, str], Stage]:
    return {(stage.version.commit, stage.version.layer): stage for stage in stages_of(state)}


def test_what_the_gpu_passes_back_is_the_slope_of_the_loss_the_version_descends() -> None:
    for p, t in ((0.0126, 0.786), (0.5, 1.0), (0.8, 0.0)):
        found = said(p, t)
        for stage in stages_of(at(p, t)):
            weight = 1 if stage.version.layer == "yolo" or t == 0 else 5
            name = "squared" if stage.squared else "bce"
            assert -stage.gpu == pytest.approx(weight * found[name].passed, rel=1e-9)
            assert stage.cpu in (None, stage.gpu)
            assert stage.printed == stage.delta**2


def test_the_golden_example_of_v2_and_the_last_version_agree() -> None:
    """Objectness .012613, IoU .786: delta 3.867068, input_delta .048159; in 2016 the slope is inside delta."""
    found = stages(at(0.012613, 0.012613 + 3.867068 / 5))
    last, first = found["777b0982", "region"], found["c6afc7ff", "region"]
    assert (last.delta, last.gpu, last.cpu) == (pytest.approx(3.867068), pytest.approx(0.048159, abs=3e-6), None)
    assert first.delta == first.gpu == first.cpu == pytest.approx(last.gpu)


def test_v3_passes_delta_back_on_both() -> None:
    stage = stages(at(0.200462))["777b0982", "yolo"]
    assert stage.delta == stage.gpu == stage.cpu == pytest.approx(0.799538)


# ---- numbers that examples name ----


def test_numbers_in_the_examples_words_are_true() -> None:
    state = {key: from_query(preset.query)[0] for key, preset in PAGES["objectness"].items()}
    assert state["third"].logit == pytest.approx(THIRD, rel=1e-5)
    assert numbers_of("squared", state["third"]).passed == pytest.approx(-4 / 27, rel=1e-5)
    assert abs(numbers_of("squared", state["saturated"]).passed) == pytest.approx(6e-6, rel=0.05)
    assert numbers_of("bce", state["iou"]).loss == pytest.approx(0.6474, abs=5e-5)
    assert state["variables"].probability == pytest.approx(0.01, rel=1e-5)
    focal, bce = (numbers_of(name, state["focal"]).loss for name in ("focal", "bce"))
    assert (bce, focal / bce) == (pytest.approx(0.1054, abs=5e-5), pytest.approx(0.01, rel=1e-4))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_missed_spoons_steps_stand_in_its_example(lang: str) -> None:
    words = Text(lang)("example_objectness_spoon_why")
    state = from_query(PAGES["objectness"]["spoon"].query)[0]
    assert state.probability == pytest.approx(0.0011, abs=5e-5)
    assert all(f"{run.passes:,}" in words for run in race_of(state))
