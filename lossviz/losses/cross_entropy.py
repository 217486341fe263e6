"""Cross-entropy of two distributions."""

import torch
from jaxtyping import Float
from torch import Tensor

from lossviz.losses.function import Function


def cross_entropy(p: Float[Tensor, "*n c"], t: Float[Tensor, "*n c"]) -> Float[Tensor, "*n"]:
    """Return - sum of t_k ln p_k over the classes: what t costs in the code of p, one number a row.

    It is the entropy of t plus KL(t || p).
    """
    return -t.xlogy(p).sum(-1)


def slope(p: Float[Tensor, "*n c"], t: Float[Tensor, "*n c"]) -> Float[Tensor, "*n c"]:
    """Return the slope -t_k / p_k of the cross-entropy, each probability for itself; 0 where nothing is wanted."""
    return -torch.where(t == 0, 0, t / p)


FUNCTION = Function(
    "cross_entropy",
    "distribution",
    latex=r"-\sum_k t_k \ln p_k",
    slope_latex=r"-\frac{t_k}{p_k}",
    value=cross_entropy,
    slope=slope,
    span=(0.001, 0.999),
    target=1.0,
    torch=("-torch.special.xlogy(t, p).sum(-1)",),
    tensorflow=("-tf.reduce_sum(tf.math.xlogy(t, p), -1)",),
    sources=("Good 1952, Rational decisions, J. R. Stat. Soc. B 14",),
)
