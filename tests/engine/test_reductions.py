"""What a batch costs, by what it is divided by."""

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


def test_an_avg_factor_of_zero_is_no_division_by_zero() -> None:
    near(r.by_avg_factor(LOSS * 0, 0), 0, 0)
    near(r.by_avg_factor(LOSS, 0), 8 / 1.1920929e-7, 1e-3)


def test_what_a_row_counts_is_the_slope_of_the_reduction() -> None:
    near(r.coefficients(r.mean, 5), torch.full((5,), 0.2, dtype=torch.float64))
    two_means = r.coefficients(lambda loss: loss[POSITIVE].mean() + 100 * loss[~POSITIVE].mean(), 5)
    near(two_means, (0.5, 100 / 3, 100 / 3, 100 / 3, 0.5))
    moving = LOSS.clone().requires_grad_()
    (slope,) = torch.autograd.grad(r.by_avg_factor(r.per_sample(moving, WEIGHT), 3), moving)
    near(r.coefficients(lambda loss: r.by_avg_factor(r.per_sample(loss, WEIGHT), 3), 5), slope)
