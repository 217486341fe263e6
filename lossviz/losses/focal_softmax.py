"""Focal loss over classes that exclude one another."""

import torch
from jaxtyping import Float
from torch import Tensor

from lossviz.losses.function import Function, Knob


def focal_softmax(
    z: Float[Tensor, "*n c"], t: Float[Tensor, "*n c"], *, alpha: float | Float[Tensor, " c"], gamma: float
) -> Float[Tensor, "*n"]:
    """Return - sum of alpha_k t_k (1 - p_k)^gamma ln p_k with p = softmax(z), one number a row.

    ``alpha`` is one number, or one a class: more for rare ones.

    Source: Lin et al. 2017, arXiv:1708.02002, equation 5.
    """
    log_p = torch.log_softmax(z, -1)
    return -(alpha * t * (-log_p.expm1()) ** gamma * log_p).sum(-1)


def slope(
    z: Float[Tensor, "*n c"], t: Float[Tensor, "*n c"], *, alpha: float | Float[Tensor, " c"], gamma: float
) -> Float[Tensor, "*n c"]:
    """Return the slope a_k - p_k sum of a_j of the focal loss in z, where a_k is its slope in ln p_k.

    p ln p / (1 - p) tends to -1 as p goes to 1.
    """
    log_p = torch.log_softmax(z, -1)
    p, rest = log_p.exp(), -log_p.expm1()
    share = torch.where(rest > 0, p * log_p / rest, -1)
    a = alpha * t * rest**gamma * (gamma * share - 1)
    return a - p * a.sum(-1, keepdim=True)


FUNCTION = Function(
    "focal_softmax",
    "classes",
    latex=r"-\sum_k \alpha_k t_k (1 - p_k)^\gamma \ln p_k \quad p_k = \mathrm{softmax}_k(z)",
    slope_latex=r"a_k - p_k \sum_j a_j \quad a_k = \alpha_k t_k (1 - p_k)^\gamma"
    r" \left(\gamma \frac{p_k \ln p_k}{1 - p_k} - 1\right), \; p_k = \mathrm{softmax}_k(z)",
    value=focal_softmax,
    slope=slope,
    span=(-8.0, 8.0),
    target=1.0,
    knobs=(Knob("alpha", 1.0, 0.05, 1.0, 0.05), Knob("gamma", 2.0, 0.0, 5.0, 0.1)),
    tensorflow=("tf.keras.losses.categorical_focal_crossentropy(t, z, alpha=alpha, gamma=gamma, from_logits=True)",),
    sources=("Lin et al. 2017, Focal loss for dense object detection, arXiv:1708.02002, eq. 5",),
)
