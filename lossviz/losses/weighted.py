"""Binary cross-entropy in which a miss costs more than a false alarm."""

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import logsigmoid

from lossviz.losses.function import Function, Knob


def weighted(
    z: Float[Tensor, "*n"], t: Float[Tensor, "*n"], *, pos_weight: float | Float[Tensor, " c"]
) -> Float[Tensor, "*n"]:
    """Return -w t ln s(z) - (1 - t) ln s(-z), the binary cross-entropy with the positives weighted by w.

    ``pos_weight`` is w, one number, or one a column: above 1 it buys recall, below 1 precision.
    """
    return -pos_weight * t * logsigmoid(z) - (1 - t) * logsigmoid(-z)


def slope(
    z: Float[Tensor, "*n"], t: Float[Tensor, "*n"], *, pos_weight: float | Float[Tensor, " c"]
) -> Float[Tensor, "*n"]:
    """Return the slope (1 - t) s(z) - w t s(-z) in z; at z = 0 this is (1 - t)/2 - w t/2."""
    return (1 - t) * torch.sigmoid(z) - pos_weight * t * torch.sigmoid(-z)


def tensorflow_slope(
    z: Float[Tensor, "*n"], t: Float[Tensor, "*n"], *, pos_weight: float | Float[Tensor, " c"]
) -> Float[Tensor, "*n"]:
    """Return the slope as TensorFlow has it: 1 - t at exactly z = 0, which is a mistake, the true one elsewhere.

    It computes (1 - t) z + q (ln(1 + e^-|z|) + max(-z, 0)) with q = 1 + (w - 1) t and differentiates it term by term.
    Left and right of 0 the kinks of |z| and of max cancel; at 0 itself both are given the slope 0, and nothing is left
    of the bracket where -q/2 belongs. A network whose last layer starts with zeros feels no pull towards positives.

    Source: tensorflow/tensorflow, tensorflow/python/ops/nn_impl.py, v2.21.0.
    """
    return torch.where(z == 0, 1 - t, slope(z, t, pos_weight=pos_weight))


FUNCTION = Function(
    "weighted",
    "logit",
    latex=r"-w t \ln \sigma(z) - (1 - t) \ln(1 - \sigma(z))",
    slope_latex=r"(1 - t) \sigma(z) - w t (1 - \sigma(z))",
    value=weighted,
    slope=slope,
    span=(-8.0, 8.0),
    target=1.0,
    knobs=(Knob("pos_weight", 10.0, 0.0, 20.0, 0.5, "w"),),
    torch=(
        "torch.nn.functional.binary_cross_entropy_with_logits("
        'z, t, reduction="none", pos_weight=torch.as_tensor(pos_weight))',
    ),
    tensorflow=("tf.nn.weighted_cross_entropy_with_logits(labels=t, logits=z, pos_weight=pos_weight)",),
    sources=("tensorflow/tensorflow, tensorflow/python/ops/nn_impl.py, v2.21.0",),
)
