"""Cross-entropy of a softmax: classes that exclude one another."""

import torch
from jaxtyping import Float
from torch import Tensor

from lossviz.losses.function import Function


def softmax_ce(z: Float[Tensor, "*n c"], t: Float[Tensor, "*n c"]) -> Float[Tensor, "*n"]:
    """Return - sum of t_k ln softmax_k(z) over the classes, one number a row.

    ln softmax = z - ln sum e^z is computed at once and stays finite.
    """
    return -(t * torch.log_softmax(z, -1)).sum(-1)


def slope(z: Float[Tensor, "*n c"], t: Float[Tensor, "*n c"]) -> Float[Tensor, "*n c"]:
    """Return the slope softmax_k(z) times the sum of t, minus t_k: output minus target if targets add up to 1."""
    return torch.softmax(z, -1) * t.sum(-1, keepdim=True) - t


FUNCTION = Function(
    "softmax_ce",
    "classes",
    latex=r"-\sum_k t_k \ln \mathrm{softmax}_k(z)",
    slope_latex=r"\mathrm{softmax}_k(z) \sum_j t_j - t_k",
    value=softmax_ce,
    slope=slope,
    span=(-8.0, 8.0),
    target=1.0,
    torch=('torch.nn.functional.cross_entropy(z, t, reduction="none")',),
    tensorflow=("tf.nn.softmax_cross_entropy_with_logits(labels=t, logits=z)",),
    sources=(
        "pjreddie/darknet, src/region_layer.c, delta_region_class, f6afaabcdf85f77e7aff2ec55c020c0e297c77f9",
        "open-mmlab/mmdetection, mmdet/models/losses/cross_entropy_loss.py, 44ebd17b145c2372c4b700bfb9cb20dbd28ab64a",
    ),
)
