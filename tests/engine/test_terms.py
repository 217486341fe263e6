"""Every formula: its value, its slope, the least it can be."""

import math

import pytest
import torch
from helpers.scenes import finite_difference
from torch import Tensor

from lossviz.engine import terms
from lossviz.engine.formula import Formula
from lossviz.engine.terms import (
    CLASS_SLOPES_OF_JOINT_SOFTMAX,
    OBJECTNESS_SLOPES_OF_JOINT_SOFTMAX,
    bce,
    entropy,
    half_squared,
    half_squared_of_sigmoid,
    of_first_column,
    softmax_cross_entropy,
)

FORMULAS = {f.name: f for f in vars(terms).values() if isinstance(f, Formula) and f.value is not None}
NARROW = {f"{f.name} of the first column": of_first_column(f) for f in (bce, half_squared_of_sigmoid)}
FORMULAS |= NARROW
every_formula = pytest.mark.parametrize("loss", FORMULAS.values(), ids=FORMULAS)


def numbers(*rows: object) -> Tensor:
    return torch.tensor(rows, dtype=torch.float64)


def near(ours: Tensor, theirs: object, atol: float = 1e-12, case: object = None) -> None:
    expected = torch.as_tensor(theirs, dtype=torch.float64).expand_as(ours)
    torch.testing.assert_close(
        ours, expected, rtol=0, atol=atol, msg=None if case is None else lambda said: f"{case}: {said}"
    )


def examples(z: float, loss: Formula = bce) -> tuple[Tensor, Tensor]:
    """Rows of three raw outputs, the first z, against targets that add up to 1, hard and soft."""
    targets = numbers((1, 0, 0), (0, 0, 1), (0.2, 0.5, 0.3), (0.25, 0.7, 0.05), (1 / 3, 1 / 3, 1 / 3))
    dice = torch.Generator().manual_seed(3)
    others = torch.randn(targets.shape, generator=dice, dtype=torch.float64)
    return torch.where(torch.arange(3) == 0, z, others), targets[:, :1] if loss in NARROW.values() else targets


@every_formula
def test_the_slope_is_the_slope_of_the_value(loss: Formula) -> None:
    for z in (0.0, 0.3, -2.0, 5.0, -12.0, 40.0):
        raw, target = examples(z, loss)
        # Squares near 1000 keep ten digits in a difference over 1e-5.
        near(loss.slope(raw, target), finite_difference(lambda r: loss(r, target), raw), 1e-7, case=z)  # noqa: B023


@every_formula
def test_the_slope_is_what_automatic_differentiation_finds(loss: Formula) -> None:
    for z in (0.0, -0.0, 0.3, 5.0, -12.0, 40.0, 1000.0, -1000.0):
        raw, target = examples(z, loss)
        raw = raw.requires_grad_()
        (found,) = torch.autograd.grad(loss(raw, target).sum(), raw)
        near(loss.slope(raw.detach(), target), found, case=z)


@pytest.mark.parametrize("z", [1000.0, -1000.0])
@every_formula
def test_no_raw_output_is_too_large(loss: Formula, z: float) -> None:
    raw, target = examples(z, loss)
    raw[1] = z
    raw[2, 1] = -z
    assert loss(raw, target).isfinite().all()
    assert loss.slope(raw, target).isfinite().all()


@every_formula
def test_nothing_is_below_the_floor(loss: Formula) -> None:
    like, target = examples(0, loss)
    for seed in range(50):
        raw = torch.randn(like.shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64) * 3
        assert (loss(raw, target).sum(-1) >= loss.floor(target).sum(-1) - 1e-12).all()


@pytest.mark.parametrize(
    ("loss", "perfect"),
    [
        (bce, torch.logit),
        (half_squared_of_sigmoid, torch.logit),
        (half_squared, torch.clone),
        (softmax_cross_entropy, torch.log),
    ],
    ids=lambda x: getattr(x, "name", None),
)
def test_the_floor_is_what_a_perfect_prediction_costs_and_there_the_slope_is_zero(
    loss: Formula, perfect: object
) -> None:
    target = examples(0)[1][2:]
    raw = perfect(target)  # type: ignore[operator]
    near(loss(raw, target).sum(-1), loss.floor(target).sum(-1))
    near(loss.slope(raw, target), 0)


def test_hard_targets_have_no_floor() -> None:
    hard = numbers((0, 1))
    for loss in FORMULAS.values():
        near(loss.floor(hard), 0, 0)


@pytest.mark.parametrize("t", [-0.1, 1.1, -5, 7])
def test_a_target_a_sigmoid_cannot_reach_has_no_least_cross_entropy(t: float) -> None:
    target = numbers((t,))
    assert entropy(target) == -math.inf
    assert bce(numbers((-300.0 if t < 0 else 300.0,)), target) < -20
    # The squared error has one, reached in the limit.
    least = half_squared_of_sigmoid.floor(target)
    near(least, (t - min(max(t, 0), 1)) ** 2 / 2)
    near(half_squared_of_sigmoid(numbers((-800.0 if t < 0 else 800.0,)), target), least)


def test_at_an_even_guess_three_numbers_go_by_the_name_of_loss() -> None:
    z, t = numbers((0.0,)), numbers((1.0,))
    near(bce.slope(z, t) ** 2, 0.25)
    near(half_squared_of_sigmoid(z, t), 0.125)
    near(bce(z, t), 0.693147, 5e-7)
    near(half_squared_of_sigmoid.slope(z, t), -0.125)
    near(bce.slope(z, t), -0.5)


def test_a_very_wrong_objectness_learns_a_hundred_times_faster_from_cross_entropy() -> None:
    z, t = torch.logit(numbers((0.01,))), numbers((1.0,))
    near(half_squared_of_sigmoid.slope(z, t), -0.009801)
    near(bce.slope(z, t), -0.99)
    near(bce.slope(z, t) / half_squared_of_sigmoid.slope(z, t), 101.01, 5e-3)


def test_squared_error_behind_a_sigmoid_is_steepest_at_one_third() -> None:
    p = torch.linspace(0.001, 0.999, 9981, dtype=torch.float64)
    slope = half_squared_of_sigmoid.slope(torch.logit(p)[:, None], torch.ones(len(p), 1, dtype=torch.float64))
    assert abs(p[slope[:, 0].abs().argmax()] - 1 / 3) < 1e-3
    near(half_squared_of_sigmoid.slope(torch.logit(numbers((1 / 3,))), numbers((1.0,))), -4 / 27)


def test_softmax_lets_one_class_win_and_sigmoids_do_not_mind() -> None:
    z, t = numbers((2.0, 1.0, 0.0)), numbers((0.0, 1.0, 0.0))
    near(torch.softmax(z, -1), ((0.6652, 0.2447, 0.0900),), 5e-5)
    near(softmax_cross_entropy(z, t).sum(), 1.4076, 5e-5)
    near(softmax_cross_entropy.slope(z, t), ((0.6652, -0.7553, 0.0900),), 5e-5)
    near(bce(z, t).sum(), 3.1333, 5e-5)
    near(bce.slope(z, t), ((0.8808, -0.2689, 0.5),), 5e-5)


def test_a_cross_entropy_with_a_soft_target_cannot_reach_zero() -> None:
    near(bce.floor(numbers((0.5,))), math.log(2))
    near(softmax_cross_entropy.floor(numbers((0.7, 0.2, 0.1))).sum(), 0.801819, 5e-7)


def test_a_bce_is_mirrored_with_its_target() -> None:
    z, t = numbers((0.7, -3.0, 800.0)), numbers((0.2, 0.9, 1.0))
    near(bce(z, t), bce(-z, 1 - t))


@pytest.mark.parametrize("slopes", [OBJECTNESS_SLOPES_OF_JOINT_SOFTMAX, CLASS_SLOPES_OF_JOINT_SOFTMAX])
def test_slopes_without_a_loss_refuse_to_give_a_value(slopes: Formula) -> None:
    with pytest.raises(ValueError, match="without a loss"):
        slopes(numbers((0.0, 0.0)), numbers((0.0,)))


def test_two_classes_wanted_of_one_softmax_cost_at_least_2_ln_2_and_of_two_sigmoids_nothing() -> None:
    t = numbers((1, 1, 0))
    near(softmax_cross_entropy.floor(t).sum(), 2 * math.log(2))
    near(softmax_cross_entropy(numbers((30, 30, -30)), t).sum(), 2 * math.log(2))
    near(bce.floor(t).sum(), 0)


@pytest.mark.parametrize("wanted", [(0, 0, 0), (1, 0, 0), (1, 1, 0), (1, 1, 1), (2, 0.5, 0)])
def test_however_many_classes_are_wanted_the_softmaxs_slope_is_that_of_its_value(wanted: tuple[float, ...]) -> None:
    z, t = numbers((2.0, -1.0, 0.3)), numbers(wanted)
    raw = z.clone().requires_grad_()
    (found,) = torch.autograd.grad(softmax_cross_entropy(raw, t).sum(), raw)
    near(softmax_cross_entropy.slope(z, t), found)
    near(softmax_cross_entropy.slope(z, t), finite_difference(lambda r: softmax_cross_entropy(r, t), z), 1e-9)


def test_the_slopes_of_the_joint_softmax_keep_to_their_own_columns() -> None:
    z = numbers((1.0, 0.0, -1.0))
    s = torch.softmax(z, -1)
    near(OBJECTNESS_SLOPES_OF_JOINT_SOFTMAX.slope(z, numbers((1.0,))), ((s[0, 0] - 1, 0, 0),))
    near(CLASS_SLOPES_OF_JOINT_SOFTMAX.slope(z, numbers((0.0, 1.0))), ((0, s[0, 1], s[0, 2] - 1),))
