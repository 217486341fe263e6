"""Cross-entropy of a softmax with the number of the class for a label."""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from lossviz.losses.function import Function


def sparse_ce(z: Float[Tensor, "*n c"], number: Int[Tensor, "*n"]) -> Float[Tensor, "*n"]:
    """Return -ln softmax_t(z), one number a row: the cross-entropy with a 1 in column t, without writing the zeros.

    Not as ln(sum of e^z) - z_t: in float32 a difference of two logits near 1000 keeps four digits.
    """
    return -torch.log_softmax(z, -1).gather(-1, number[..., None])[..., 0]


def slope(z: Float[Tensor, "*n c"], number: Int[Tensor, "*n"]) -> Float[Tensor, "*n c"]:
    """Return the slope in the logits: softmax_k(z), less 1 in column t."""
    return torch.softmax(z, -1) - torch.nn.functional.one_hot(number, z.shape[-1])


def number_of(t: Float[Tensor, "*n c"]) -> Int[Tensor, "*n"]:
    """Return the label that each row of targets stands for: its largest. A number cannot say half and half."""
    return t.argmax(-1)


FUNCTION = Function(
    "sparse_ce",
    "classes",
    latex=r"-\ln \mathrm{softmax}_t(z)",
    slope_latex=r"\mathrm{softmax}_k(z) - [k = t]",
    value=lambda z, t: sparse_ce(z, number_of(t)),
    slope=lambda z, t: slope(z, number_of(t)),
    span=(-8.0, 8.0),
    target=1.0,
    torch=('torch.nn.functional.cross_entropy(z, t.argmax(-1), reduction="none")',),
    tensorflow=("tf.nn.sparse_softmax_cross_entropy_with_logits(labels=tf.argmax(t, -1), logits=z)",),
    sources=(
        "open-mmlab/mmdetection, mmdet/models/losses/cross_entropy_loss.py, 44ebd17b145c2372c4b700bfb9cb20dbd28ab64a",
    ),
)
