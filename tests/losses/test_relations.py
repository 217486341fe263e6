"""How the building blocks are related, and numbers that anybody can check."""

import math

import torch
from helpers.library_functions import bce_label_slope, softmax_label_slope, tensorflow_softmax_slope
from torch import Tensor

from lossviz.engine import terms
from lossviz.losses.bce import bce
from lossviz.losses.bce import slope as bce_slope
from lossviz.losses.bce_probability import bce_probability
from lossviz.losses.bce_probability import slope as bce_probability_slope
from lossviz.losses.cross_entropy import cross_entropy
from lossviz.losses.entropy import entropy
from lossviz.losses.focal import focal
from lossviz.losses.focal import slope as focal_slope
from lossviz.losses.focal_softmax import focal_softmax
from lossviz.losses.focal_softmax import slope as focal_softmax_slope
from lossviz.losses.focal_yunyang import focal_yunyang
from lossviz.losses.focal_yunyang import slope as yunyang_slope
from lossviz.losses.huber import huber
from lossviz.losses.kl import kl
from lossviz.losses.kl_two import kl_two
from lossviz.losses.label_smoothing import label_smoothing
from lossviz.losses.size_linear import size_linear
from lossviz.losses.size_log import size_log
from lossviz.losses.size_sqrt import size_sqrt
from lossviz.losses.smooth_l1 import smooth_l1
from lossviz.losses.smoothed_bce import smoothed
from lossviz.losses.softmax_ce import slope as softmax_slope
from lossviz.losses.softmax_ce import softmax_ce
from lossviz.losses.sparse_ce import sparse_ce
from lossviz.losses.squared_sigmoid import slope as squared_slope
from lossviz.losses.squared_sigmoid import squared_sigmoid
from lossviz.losses.weighted import slope as weighted_slope
from lossviz.losses.weighted import tensorflow_slope as weighted_slope_of_tensorflow
from lossviz.losses.weighted import weighted

Z = torch.tensor([-1000.0, -3.0, -0.0, 0.0, 0.7, 4.0, 1000.0], dtype=torch.float64)
HARD = torch.tensor([0.0, 1.0, 1.0, 0.0, 1.0, 0.0, 1.0], dtype=torch.float64)
SOFT = torch.tensor([0.1, 0.2, 0.9, 0.5, 0.5, 0.3, 0.8], dtype=torch.float64)


def numbers(*values: object) -> Tensor:
    return torch.tensor(values, dtype=torch.float64)


def near(found: Tensor, meant: object, atol: float = 1e-12) -> None:
    torch.testing.assert_close(found, torch.as_tensor(meant, dtype=torch.float64).expand_as(found), rtol=0, atol=atol)


def test_the_engine_and_the_zoo_have_the_same_formulas() -> None:
    z, t = Z[:, None], SOFT[:, None]
    near(bce(z, t), terms.bce(z, t))
    near(bce_slope(z, t), terms.bce.slope(z, t))
    near(squared_sigmoid(z, t), terms.half_squared_of_sigmoid(z, t))
    near(squared_slope(z, t), terms.half_squared_of_sigmoid.slope(z, t))
    near(focal_yunyang(z, t), terms.focal_bce(z, t))
    near(yunyang_slope(z, t), terms.focal_bce.slope(z, t))
    rows = torch.stack([Z, Z.flip(0), SOFT], -1)
    targets = torch.stack([SOFT, SOFT, 1 - SOFT], -1)
    near(softmax_ce(rows, targets), terms.softmax_cross_entropy(rows, targets).sum(-1))
    near(softmax_slope(rows, targets), terms.softmax_cross_entropy.slope(rows, targets))


def test_huber_is_smooth_l1_delta_times_as_high() -> None:
    y, t = numbers(-3, -0.5, 0, 0.2, 0.4, 7), numbers(0, 0, 0, 0, 0, 0)
    near(huber(y, t, delta=0.4), 0.4 * smooth_l1(y, t, beta=0.4))
    near(huber(y, t, delta=1), smooth_l1(y, t, beta=1))
    near(huber(y, t, delta=100), y**2 / 2)


def test_smooth_l1_bends_at_beta() -> None:
    d, t = numbers(0.5, 3), numbers(0, 0)
    near(smooth_l1(d, t, beta=1), (0.125, 2.5))
    near(smooth_l1(d, t, beta=1 / 9), (4 / 9, 3 - 1 / 18))


def test_five_pixels_matter_by_size_for_roots_and_logarithms_only() -> None:
    t = numbers(20, 200) / 416
    w = t + 5 / 416
    near(size_linear(w, t), 1.44e-4, 5e-7)
    near(size_sqrt(w, t), (6.7e-4, 7.4e-5), 5e-6)
    near(size_log(w, t), (0.0498, 6.1e-4), 5e-5)


def test_one_logit_against_a_zero_is_a_softmax_of_two() -> None:
    two = torch.stack([Z, torch.zeros_like(Z)], -1)
    wanted = torch.stack([SOFT, 1 - SOFT], -1)
    near(softmax_ce(two, wanted), bce(Z, SOFT))
    near(softmax_slope(two, wanted)[:, 0], bce_slope(Z, SOFT))


def test_a_class_number_stands_for_a_row_with_a_single_one() -> None:
    z = torch.stack([Z, Z.flip(0), SOFT], -1)
    number = torch.tensor([0, 1, 2, 0, 1, 2, 2])
    near(sparse_ce(z, number), softmax_ce(z, torch.eye(3, dtype=torch.float64)[number]))


def test_cross_entropy_is_entropy_and_divergence() -> None:
    t, p = numbers((0.99, 0.005, 0.005)), numbers((0.7, 0.2, 0.1))
    near(cross_entropy(p, t), 0.37267, 5e-6)
    near(entropy(t, t), 0.06293, 5e-6)
    near(kl(p, t), 0.30974, 5e-6)
    near(cross_entropy(p, t), entropy(t, t) + kl(p, t))
    assert (kl(p, t) - kl(t, p)).abs() > 0.1


def test_divergence_is_zero_only_at_the_target_and_infinite_where_it_is_ruled_out() -> None:
    t, sure = numbers((0.5, 0.5, 0)), numbers((1, 0, 0))
    near(kl(t, t), 0, 0)
    near(kl(t, sure), math.log(2))
    assert kl(sure, t) == math.inf
    near(entropy(numbers((0.25, 0.25, 0.25, 0.25)), numbers((1, 0, 0, 0))), math.log(4))


def test_two_outcomes_are_a_distribution_and_bce_is_moved_down_to_touch_zero() -> None:
    p, t = numbers(0.2, 0.5, 0.9), numbers(0.7, 0.5, 1.0)
    near(kl_two(p, t), kl(torch.stack([p, 1 - p], -1), torch.stack([t, 1 - t], -1)))
    near(kl_two(t, t), 0)
    near(kl_two(p, t), bce_probability(p, t) - entropy(torch.stack([t, 1 - t], -1), torch.stack([t, 1 - t], -1)))


def test_a_probability_that_is_certain_and_right_costs_nothing_and_has_a_slope() -> None:
    near(bce_probability(numbers(0, 1), numbers(0, 1)), 0, 0)
    near(bce_probability_slope(numbers(0, 1), numbers(0, 1)), (1, -1), 0)
    assert bce_probability(numbers(0), numbers(1)) == math.inf


def test_by_the_probability_the_slope_is_that_of_the_logit_divided_by_p_times_1_minus_p() -> None:
    z, t = Z[1:-1], SOFT[1:-1]
    p = torch.sigmoid(z)
    near(bce_probability(p, t), bce(z, t))
    near(bce_probability_slope(p, t) * p * (1 - p), bce_slope(z, t))


def test_without_gamma_and_balance_the_focal_loss_is_the_cross_entropy() -> None:
    near(focal(Z, SOFT, alpha=-1, gamma=0), bce(Z, SOFT))
    near(focal_slope(Z, SOFT, alpha=-1, gamma=0), bce_slope(Z, SOFT))
    near(focal(Z, SOFT, alpha=0.5, gamma=0), bce(Z, SOFT) / 2)
    rows, targets = torch.stack([Z, Z.flip(0)], -1), torch.stack([SOFT, 1 - SOFT], -1)
    near(focal_softmax(rows, targets, alpha=1.0, gamma=0), softmax_ce(rows, targets))
    near(focal_softmax_slope(rows, targets, alpha=1.0, gamma=0), softmax_slope(rows, targets))


def test_tensorflow_yolov3s_factor_is_the_focal_one_for_hard_targets_only() -> None:
    near(focal_yunyang(Z, HARD), focal(Z, HARD, alpha=-1, gamma=2))
    near(yunyang_slope(Z, HARD), focal_slope(Z, HARD, alpha=-1, gamma=2))
    assert (focal_yunyang(Z, SOFT) - focal(Z, SOFT, alpha=-1, gamma=2)).abs().max() > 0.05


def test_what_is_nearly_right_counts_little() -> None:
    z, t = torch.logit(numbers(0.9, 0.1, 0.9)), numbers(1, 1, 0)
    near(focal(z, t, alpha=-1, gamma=2), (0.00105, 1.86509, 1.86509), 5e-6)
    near(focal(z, t, alpha=0.25, gamma=2)[1:], (0.46627, 1.39882), 5e-6)


def test_alpha_may_be_one_number_a_class() -> None:
    z, alpha = numbers((1.0, 0.0, -1.0), (0.0, 2.0, 0.5)), numbers(0.2, 1.0, 3.0)
    one = torch.eye(3, dtype=torch.float64)
    for k in range(3):
        t = one[k].expand(2, 3)
        near(focal_softmax(z, t, alpha=alpha, gamma=2), alpha[k] * focal_softmax(z, t, alpha=1.0, gamma=2))
        near(focal_softmax_slope(z, t, alpha=alpha, gamma=2), alpha[k] * focal_softmax_slope(z, t, alpha=1.0, gamma=2))


def test_two_classes_of_a_softmax_have_the_sigmoids_focal_loss() -> None:
    two, wanted = torch.stack([Z, torch.zeros_like(Z)], -1), torch.stack([HARD, 1 - HARD], -1)
    near(focal_softmax(two, wanted, alpha=1.0, gamma=1.5), focal(Z, HARD, alpha=-1, gamma=1.5))


def test_smoothed_labels_are_least_at_finite_logits() -> None:
    near(smoothed(numbers(0, 1), 0.01, 80), (0.000125, 0.990125))
    near(smoothed(numbers(0, 1), 0.2, 2), (0.1, 0.9))
    u = numbers((0.9 + 0.1 / 3, 0.1 / 3, 0.1 / 3))
    least = label_smoothing(u.log(), numbers((1, 0, 0)), smoothing=0.1)
    near(least, entropy(u, u))
    assert label_smoothing(numbers((30, 0, 0)), numbers((1, 0, 0)), smoothing=0.1) > least


def test_a_weight_of_one_changes_nothing_and_one_may_stand_for_each_column() -> None:
    near(weighted(Z, SOFT, pos_weight=1.0), bce(Z, SOFT))
    near(weighted_slope(Z, SOFT, pos_weight=1.0), bce_slope(Z, SOFT))
    z, t, w = Z[:, None].expand(7, 2), SOFT[:, None].expand(7, 2), numbers(0.5, 10.0)
    near(weighted(z, t, pos_weight=w)[:, 1], weighted(Z, SOFT, pos_weight=10.0))


def test_at_exactly_zero_tensorflow_does_not_pull_towards_positives() -> None:
    z, t = numbers(0.0, -0.0, 1e-12, 0.0), numbers(1, 1, 1, 0)
    near(weighted_slope(z, t, pos_weight=10.0), (-5, -5, -5, 0.5), 1e-10)
    near(weighted_slope_of_tensorflow(z, t, pos_weight=10.0), (0, 0, -5, 1), 1e-10)


def test_tensorflows_softmax_takes_for_granted_that_targets_add_up_to_one() -> None:
    z, t = numbers((2, 1, 0)), numbers((1, 1, 0))
    near(softmax_slope(z, t) - tensorflow_softmax_slope(z, t), torch.softmax(z, -1))
    near(softmax_slope(z, t / 2), tensorflow_softmax_slope(z, t / 2))


def test_labels_have_slopes_too() -> None:
    t = SOFT.clone().requires_grad_()
    near(bce_label_slope(Z, SOFT), torch.autograd.grad(bce(Z, t).sum(), t)[0])
    rows, wanted = torch.stack([Z, Z.flip(0)], -1), torch.stack([SOFT, 1 - SOFT], -1).requires_grad_()
    near(softmax_label_slope(rows, wanted.detach()), torch.autograd.grad(softmax_ce(rows, wanted).sum(), wanted)[0])
