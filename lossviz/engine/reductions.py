"""From one number a row to the number that is descended: what it is divided by decides how hard everything pulls.

All of these are linear: what a row counts is its coefficient, and its slope is multiplied by it.
"""

from collections.abc import Callable

import torch
from jaxtyping import Bool, Float
from torch import Tensor

Losses = Float[Tensor, "*n"]
Number = Float[Tensor, ""]

AVG_EPS = 1.1920929e-7
"""mmdetection adds the smallest step of a float32 at 1 to every avg_factor, so that none is 0."""
LEGACY_EPS = 1e-6
"""What mmdetection's first version added to the number it counted itself."""


def none(loss: Losses) -> Losses:
    """As it is: one number a row."""
    return loss


def mean(loss: Losses) -> Number:
    """Divided by how many there are, whatever they weigh."""
    return loss.mean()


def total(loss: Losses) -> Number:
    """The sum: it grows with the batch."""
    return loss.sum()


def per_sample(loss: Losses, weight: Float[Tensor, "*#n"]) -> Losses:
    """loss x weight, one a number or one a row. A weight of 0 silences a row, but a mean still counts it."""
    return loss * weight


def by_avg_factor(loss: Losses, avg_factor: float) -> Number:
    r"""The sum over a number of one's own and mmdetection's eps: $$ \frac{\sum_i L_i}{\mathrm{avg} + \epsilon} $$."""
    return loss.sum() / (avg_factor + AVG_EPS)


def by_weights(loss: Losses, weight: Losses) -> Number:
    r"""PyTorch's mean with class weights; mmdetection divides by the rows: $$ \frac{\sum_i w_i L_i}{\sum_i w_i} $$."""
    return (loss * weight).sum() / weight.sum()


# ---- mmdetection's first version ----


def by_legacy_factor(loss: Losses, avg_factor: float) -> Float[Tensor, "1"]:
    """The sum divided by avg_factor, without an eps: 0 gives inf or nan. The answer is a row of one number."""
    return loss.sum()[None] / avg_factor


def legacy_box_factor(weight: Losses) -> float:
    """Weights above 0, a quarter each since a box has four coordinates."""
    return counted(weight) / 4 + LEGACY_EPS


def legacy_label_factor(weight: Losses) -> float:
    """Weights above 0, at least 1."""
    return max(counted(weight), 1.0)


def legacy_focal_factor(weight: Losses, classes: int) -> float:
    """Weights above 0, shared among the classes of a row."""
    return counted(weight) / classes + LEGACY_EPS


def counted(weight: Losses) -> float:
    """How many weights are above 0."""
    return float((weight > 0).sum())


# ---- the trap: thousands of negatives and a handful of positives ----


def mean_over_all(loss: Losses, positive: Bool[Tensor, "*n"]) -> Number:
    """Every row counts the same: with 3 positives among 10,647 rows they count 3/10,647 of the mean."""
    return loss.mean()


def sum_per_positive(loss: Losses, positive: Bool[Tensor, "*n"]) -> Number:
    r"""All rows, divided by the number of positives: an object counts in any crowd.

    $$ \frac{\sum_i L_i}{\max(n_+, 1)} $$

    Source: Lin et al. 2017, arXiv:1708.02002, section 4.1: the divisor is the number of anchors assigned to an object.
    """
    return loss.sum() / max(int(positive.sum()), 1)


def mean_of_positives(loss: Losses, positive: Bool[Tensor, "*n"]) -> Number:
    """The sum over the positives by their number; 0 without any. The negatives are left out."""
    return loss[positive].sum() / max(int(positive.sum()), 1)


def mean_of_each(loss: Losses, positive: Bool[Tensor, "*n"], noobj_scale: float) -> Number:
    r"""Two means with two divisors.

    $$ \frac{1}{n_+} \sum_+ L_i + \frac{s}{n_-} \sum_- L_i $$

    A scale of 100 looks enormous; against a sum over all rows it is small, as long as there are more than 100 negatives for
    each positive.
    """
    return mean_of_positives(loss, positive) + noobj_scale * mean_of_positives(loss, ~positive)


def coefficients(reduce: Callable[[Float[Tensor, " n"]], Tensor], rows: int) -> Float[Tensor, " n"]:
    """What each row counts: a linear reduction of a batch that costs 1 in this row and nothing elsewhere."""
    return torch.stack([reduce(one).sum() for one in torch.eye(rows, dtype=torch.float64)])
