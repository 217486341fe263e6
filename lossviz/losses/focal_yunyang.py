"""The confidence loss of tensorflow-yolov3: cross-entropy times the squared mistake."""

import torch
from jaxtyping import Float
from torch import Tensor

from lossviz.losses import bce
from lossviz.losses.function import Function


def focal_yunyang(z: Float[Tensor, "*n"], t: Float[Tensor, "*n"]) -> Float[Tensor, "*n"]:
    """Return (t - s(z))^2 BCE: the focal loss with gamma = 2 and no balance, if the target is 0 or 1.

    For a target in between it is another function: its factor is 0 at s(z) = t, the focal loss' is not.

    Source: YunYang1994/tensorflow-yolov3, core/yolov3.py.
    """
    return (t - torch.sigmoid(z)) ** 2 * bce.bce(z, t)


def slope(z: Float[Tensor, "*n"], t: Float[Tensor, "*n"]) -> Float[Tensor, "*n"]:
    """Return the slope (s - t)^3 + 2 (s - t) s (1 - s) BCE in z: the factor is differentiated, too."""
    s = torch.sigmoid(z)
    return (s - t) ** 3 + 2 * (s - t) * s * torch.sigmoid(-z) * bce.bce(z, t)


FUNCTION = Function(
    "focal_yunyang",
    "logit",
    latex=r"(t - \sigma(z))^2 \mathrm{BCE}(\sigma(z), t)",
    slope_latex=r"(\sigma(z) - t)^3 + 2 (\sigma(z) - t) \sigma(z) (1 - \sigma(z)) \mathrm{BCE}(\sigma(z), t)",
    value=focal_yunyang,
    slope=slope,
    span=(-8.0, 8.0),
    target=1.0,
    torch=(
        '(t - torch.sigmoid(z)) ** 2 * torch.nn.functional.binary_cross_entropy_with_logits(z, t, reduction="none")',
    ),
    tensorflow=("tf.pow(tf.abs(t - tf.sigmoid(z)), 2) * tf.nn.sigmoid_cross_entropy_with_logits(labels=t, logits=z)",),
    sources=("YunYang1994/tensorflow-yolov3, core/yolov3.py, 03cb272af2e26d598c553f3a2d38024fc6f67a0b",),
)
