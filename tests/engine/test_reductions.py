"""What a batch costs, by what it is divided by."""

import math

import pytest
import torch
from torch import Tensor

from lossviz.engine import reductions as r

LOSS = torch.tensor([4.0, 1.0, 0.5, 0.5, 2.0], dtype=torch.float64)
WEIGHT = torch.tensor([1.0, 0.5, 0.0, 2.0, 0.0], dtype=torch.float64)
POSITIVE = torch.tensor([True, False, False, False, True])


def near(found: Tensor, meant: object, atol: float = 1e-12) -> None:
    torch.testing.assert_close(found, torch.as_tensor(meant, dtype=torch.float64), rtol=0, atol=atol)


def test_none_mean_and_sum_are_what_they_are_called() -> None:
    near(r.none(LOSS), LOSS)
    near(r.mean(LOSS), 1.6)
    near(r.total(LOSS), 8)


def test_a_mean_counts_rows_without_weight_and_an_avg_factor_counts_what_one_likes() -> None:
    weighted = r.per_sample(LOSS, WEIGHT)
    near(weighted, (4, 0.5, 0, 1, 0))
    near(r.mean(weighted), 5.5 / 5)
    near(r.by_avg_factor(weighted, 3), 5.5 / (3 + 1.1920929e-7))
    near(r.by_weights(LOSS, WEIGHT), 5.5 / 3.5)


def test_an_avg_factor_of_zero_is_no_division_by_zero() -> None:
    near(r.by_avg_factor(LOSS * 0, 0), 0, 0)
    near(r.by_avg_factor(LOSS, 0), 8 / 1.1920929e-7, 1e-3)


def test_the_first_version_had_no_eps_and_answered_with_a_row() -> None:
    near(r.by_legacy_factor(LOSS, 3), (8 / 3,))
    assert r.by_legacy_factor(LOSS, 0).item() == math.inf
    assert r.by_legacy_factor(LOSS * 0, 0).isnan().all()


def test_the_first_version_counted_weights_above_zero() -> None:
    assert r.legacy_box_factor(WEIGHT) == pytest.approx(0.75 + 1e-6, abs=1e-15)
    assert r.legacy_label_factor(WEIGHT) == 3
    assert r.legacy_label_factor(WEIGHT * 0) == 1
    assert r.legacy_focal_factor(WEIGHT, 5) == pytest.approx(0.6 + 1e-6, abs=1e-15)


def test_the_trap_the_same_losses_divided_by_two_numbers() -> None:
    near(r.mean_over_all(LOSS, POSITIVE), 1.6)
    near(r.sum_per_positive(LOSS, POSITIVE), 4)
    near(r.mean_of_positives(LOSS, POSITIVE), 3)
    near(r.mean_of_each(LOSS, POSITIVE, 100), 3 + 100 * 2 / 3)


def test_a_batch_without_positives_costs_what_its_negatives_cost() -> None:
    nobody = torch.zeros(5, dtype=torch.bool)
    near(r.sum_per_positive(LOSS, nobody), 8)
    near(r.mean_of_positives(LOSS, nobody), 0)
    near(r.mean_of_each(LOSS, nobody, 0.5), 0.8)


def test_one_object_among_ten_thousand_counts_a_ten_thousandth_of_a_mean() -> None:
    rows = 10_647
    positive = torch.arange(rows) == 0
    loss = torch.where(positive, 5.0, 0.0).double()
    near(r.mean_over_all(loss, positive), 5 / rows)
    near(r.sum_per_positive(loss, positive), 5)


def test_what_a_row_counts_is_the_slope_of_the_reduction() -> None:
    near(r.coefficients(r.mean, 5), torch.full((5,), 0.2, dtype=torch.float64))
    near(r.coefficients(lambda loss: r.mean_of_each(loss, POSITIVE, 100), 5), (0.5, 100 / 3, 100 / 3, 100 / 3, 0.5))
    moving = LOSS.clone().requires_grad_()
    (slope,) = torch.autograd.grad(r.by_avg_factor(r.per_sample(moving, WEIGHT), 3), moving)
    near(r.coefficients(lambda loss: r.by_avg_factor(r.per_sample(loss, WEIGHT), 3), 5), slope)
