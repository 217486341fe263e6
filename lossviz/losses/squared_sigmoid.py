"""Squared error behind a sigmoid."""

import torch
from jaxtyping import Float
from torch import Tensor

from lossviz.losses.function import Function


def squared_sigmoid(z: Float[Tensor, "*n"], t: Float[Tensor, "*n"]) -> Float[Tensor, "*n"]:
    """Return (s(z) - t)^2 / 2 of logits z; the half makes the slope in s(z) the plain difference."""
    return (torch.sigmoid(z) - t) ** 2 / 2


def slope(z: Float[Tensor, "*n"], t: Float[Tensor, "*n"]) -> Float[Tensor, "*n"]:
    """Return the slope (s - t) s (1 - s) in z: where the sigmoid is flat nothing is learnt, also where it is wrong."""
    s = torch.sigmoid(z)
    return (s - t) * s * torch.sigmoid(-z)


FUNCTION = Function(
    "squared_sigmoid",
    "logit",
    latex=r"\tfrac12 (\sigma(z) - t)^2",
    slope_latex=r"(\sigma(z) - t) \sigma(z) (1 - \sigma(z))",
    value=squared_sigmoid,
    slope=slope,
    span=(-8.0, 8.0),
    target=1.0,
    torch=('torch.nn.functional.mse_loss(torch.sigmoid(z), t, reduction="none") / 2',),
    tensorflow=("tf.math.squared_difference(tf.sigmoid(z), t) / 2",),
    sources=("pjreddie/darknet, src/region_layer.c, objectness, f6afaabcdf85f77e7aff2ec55c020c0e297c77f9",),
)
