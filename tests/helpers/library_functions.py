"""What else the libraries compute around a loss, beside what the pages show: labels as detectors hand them over, slopes in
the labels, TensorFlow's slope of a softmax, and how mmdetection's first version averaged.
"""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from lossviz.engine.reductions import Losses
from lossviz.losses import sparse_ce

Numbers = Int[Tensor, " n"]
Logits = Float[Tensor, "n c"]

LEGACY_EPS = 1e-6
"""What mmdetection's first version added to the number it counted itself."""

# ---- labels: class numbers, some of which mean nobody and some nothing at all ----


def spelled_out(number: Numbers, like: Logits) -> Logits:
    """Return rows with a 1 in the column of the class, of the shape of ``like``.

    The number C is background and becomes a row of zeros, and so does a number below 0.
    """
    classes = like.shape[1]
    known = (number >= 0) & (number < classes)
    target = torch.zeros_like(like)
    target[known, number[known]] = 1
    return target


def valid(number: Numbers, ignore_index: int) -> Bool[Tensor, " n"]:
    """Return which rows say something: not below 0 and not ``ignore_index``; background does say something."""
    return (number >= 0) & (number != ignore_index)


def labelled_ce(
    z: Logits, number: Numbers, *, class_weight: Float[Tensor, " c"], ignore_index: int
) -> Float[Tensor, " n"]:
    """Return w_t times the softmax cross-entropy with class t, one number a row; 0 where t is ``ignore_index``.

    ``class_weight`` holds w, one number a class.
    """
    kept = number != ignore_index
    loss = z.new_zeros(len(z))
    loss[kept] = class_weight[number[kept]] * sparse_ce.sparse_ce(z[kept], number[kept])
    return loss


def labelled_ce_slope(z: Logits, number: Numbers, *, class_weight: Float[Tensor, " c"], ignore_index: int) -> Logits:
    """Return the slope w_t (softmax_k(z) - [k = t]) in the logits; 0 where the label is ``ignore_index``."""
    kept = number != ignore_index
    slope = torch.zeros_like(z)
    slope[kept] = class_weight[number[kept], None] * sparse_ce.slope(z[kept], number[kept])
    return slope


# ---- slopes ----


def bce_label_slope(z: Float[Tensor, "*n"], t: Float[Tensor, "*n"]) -> Float[Tensor, "*n"]:
    """Return the slope -z of the binary cross-entropy in the target t, for labels that are learnt themselves."""
    return -z


def softmax_label_slope(z: Float[Tensor, "*n c"], t: Float[Tensor, "*n c"]) -> Float[Tensor, "*n c"]:
    """Return the slope -ln softmax_k(z) in the target t_k, for labels that are learnt themselves."""
    return -torch.log_softmax(z, -1)


def tensorflow_softmax_slope(z: Float[Tensor, "*n c"], t: Float[Tensor, "*n c"]) -> Float[Tensor, "*n c"]:
    """Return softmax_k(z) - t_k whatever the targets add up to: TensorFlow takes for granted that it is 1.

    PyTorch does not.
    """
    return torch.softmax(z, -1) - t


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
