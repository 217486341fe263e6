"""Labels as detectors hand them over: class numbers, some of which mean nobody and some nothing at all."""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from lossviz.losses import sparse_ce

Numbers = Int[Tensor, " n"]
Logits = Float[Tensor, "n c"]


def spelled_out(number: Numbers, like: Logits) -> Logits:
    """A 1 in the column of the class; number C is background and a row of zeros, and so is a number below 0."""
    classes = like.shape[1]
    known = (number >= 0) & (number < classes)
    target = torch.zeros_like(like)
    target[known, number[known]] = 1
    return target


def valid(number: Numbers, ignore_index: int) -> Bool[Tensor, " n"]:
    """Rows that say something: not below 0 and not ignore_index. Background does say something."""
    return (number >= 0) & (number != ignore_index)


def labelled_ce(
    z: Logits, number: Numbers, *, class_weight: Float[Tensor, " c"], ignore_index: int
) -> Float[Tensor, " n"]:
    """w_t times the cross-entropy of a softmax with class t; 0 where the label is ignore_index."""
    kept = number != ignore_index
    loss = z.new_zeros(len(z))
    loss[kept] = class_weight[number[kept]] * sparse_ce.sparse_ce(z[kept], number[kept])
    return loss


def labelled_ce_slope(z: Logits, number: Numbers, *, class_weight: Float[Tensor, " c"], ignore_index: int) -> Logits:
    """w_t (softmax_k(z) - [k = t]); 0 where the label is ignore_index."""
    kept = number != ignore_index
    slope = torch.zeros_like(z)
    slope[kept] = class_weight[number[kept], None] * sparse_ce.slope(z[kept], number[kept])
    return slope
