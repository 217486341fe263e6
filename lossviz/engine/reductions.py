"""From one number a row to the number that is descended: what it is divided by decides how hard everything pulls.

All of these are linear: what a row counts is its coefficient, and its slope is multiplied by it.
"""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

Losses = Float[Tensor, "*n"]
Number = Float[Tensor, ""]

AVG_EPS = 1.1920929e-7
"""The smallest step of a float32 at 1, which mmdetection adds to every avg_factor, so that none is 0."""


def none(loss: Losses) -> Losses:
    """Return the losses as they are: one number a row."""
    return loss


def mean(loss: Losses) -> Number:
    """Return the sum divided by how many losses there are, whatever they weigh."""
    return loss.mean()


def total(loss: Losses) -> Number:
    """Return the sum of the losses: it grows with the batch."""
    return loss.sum()


def per_sample(loss: Losses, weight: Float[Tensor, "*#n"]) -> Losses:
    """Return loss x weight, one weight a number or one a row.

    A weight of 0 silences a row, but a mean still counts it.
    """
    return loss * weight


def by_avg_factor(loss: Losses, avg_factor: float) -> Number:
    r"""Return the sum over a number of one's own and mmdetection's eps.

    $$ \frac{\sum_i L_i}{\mathrm{avg} + \epsilon} $$
    """
    return loss.sum() / (avg_factor + AVG_EPS)


def coefficients(reduce: Callable[[Float[Tensor, " n"]], Tensor], rows: int) -> Float[Tensor, " n"]:
    """Return what each row counts: the reduction of a batch that costs 1 in this row and nothing elsewhere."""
    return torch.stack([reduce(one).sum() for one in torch.eye(rows, dtype=torch.float64, device="cpu")])
