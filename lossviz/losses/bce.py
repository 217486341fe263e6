"""Binary cross-entropy of a logit."""

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import logsigmoid

from lossviz.losses.function import Function


def bce(z: Float[Tensor, "*n"], t: Float[Tensor, "*n"]) -> Float[Tensor, "*n"]:
    """Return the binary cross-entropy -t ln s(z) - (1 - t) ln s(-z) of logits z, where s is the sigmoid; shape as z.

    As 1 - s(z) = s(-z), no large numbers are subtracted and any logit will do. The value equals
    max(z, 0) - z t + ln(1 + e^-|z|), which libraries write out.
    """
    return -t * logsigmoid(z) - (1 - t) * logsigmoid(-z)


def slope(z: Float[Tensor, "*n"], t: Float[Tensor, "*n"]) -> Float[Tensor, "*n"]:
    """Return the slope s(z) - t of the binary cross-entropy in z: the plain mistake, however far out the logit is."""
    return torch.sigmoid(z) - t


FUNCTION = Function(
    "bce",
    "logit",
    latex=r"-t \ln \sigma(z) - (1 - t) \ln(1 - \sigma(z))",
    slope_latex=r"\sigma(z) - t",
    value=bce,
    slope=slope,
    span=(-8.0, 8.0),
    target=1.0,
    torch=('torch.nn.functional.binary_cross_entropy_with_logits(z, t, reduction="none")',),
    tensorflow=("tf.nn.sigmoid_cross_entropy_with_logits(labels=t, logits=z)",),
    sources=("pjreddie/darknet, src/yolo_layer.c, delta = t - o, f6afaabcdf85f77e7aff2ec55c020c0e297c77f9",),
)
