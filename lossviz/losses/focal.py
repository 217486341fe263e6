"""Focal loss: what is nearly right counts little."""

import torch
from jaxtyping import Float
from torch import Tensor

from lossviz.losses import bce
from lossviz.losses.function import Function, Knob


def mistake(z: Float[Tensor, "*n"], t: Float[Tensor, "*n"]) -> Float[Tensor, "*n"]:
    """Return m = t (1 - s) + (1 - t) s, with s the sigmoid of z: the chance given to what did not happen."""
    return t * torch.sigmoid(-z) + (1 - t) * torch.sigmoid(z)


def balance(t: Float[Tensor, "*n"], alpha: float) -> Float[Tensor, "*n"]:
    """Return alpha for what is there, 1 - alpha for what is not; an alpha below 0 stands for no balance at all."""
    return torch.ones_like(t) if alpha < 0 else alpha * t + (1 - alpha) * (1 - t)


def focal(z: Float[Tensor, "*n"], t: Float[Tensor, "*n"], *, alpha: float, gamma: float) -> Float[Tensor, "*n"]:
    """Return alpha_t m^gamma BCE, the focal loss of logits z; with gamma = 0 and no balance the plain cross-entropy.

    Source: Lin et al. 2017, arXiv:1708.02002, equation 5.
    """
    return balance(t, alpha) * mistake(z, t) ** gamma * bce.bce(z, t)


def slope(z: Float[Tensor, "*n"], t: Float[Tensor, "*n"], *, alpha: float, gamma: float) -> Float[Tensor, "*n"]:
    """Return the slope of the focal loss in z, in which the factor m^gamma moves too: dm/dz = (1 - 2 t) s (1 - s).

    Where m = 0 there is nothing left to learn.
    """
    m, s = mistake(z, t), torch.sigmoid(z)
    share = torch.where(m > 0, s * torch.sigmoid(-z) / m, 0)
    return balance(t, alpha) * m**gamma * (s - t + gamma * (1 - 2 * t) * share * bce.bce(z, t))


WITH = r"\quad m = t (1 - \sigma(z)) + (1 - t) \sigma(z), \; \alpha_t = \alpha t + (1 - \alpha) (1 - t)"

FUNCTION = Function(
    "focal",
    "logit",
    latex=r"\alpha_t m^\gamma \mathrm{BCE}(\sigma(z), t) " + WITH,
    slope_latex=r"\alpha_t m^\gamma \left(\sigma(z) - t + \gamma (1 - 2 t) \frac{\sigma(z) (1 - \sigma(z))}{m}"
    r" \mathrm{BCE}(\sigma(z), t)\right) " + WITH,
    value=focal,
    slope=slope,
    span=(-8.0, 8.0),
    target=1.0,
    knobs=(Knob("alpha", 0.25, 0.0, 1.0, 0.05), Knob("gamma", 2.0, 0.0, 5.0, 0.1)),
    torch=('torchvision.ops.sigmoid_focal_loss(z, t, alpha=alpha, gamma=gamma, reduction="none")',),
    tensorflow=(
        "tf.keras.losses.binary_focal_crossentropy(t[..., None], z[..., None], "
        "apply_class_balancing=True, alpha=alpha, gamma=gamma, from_logits=True)",
    ),
    sources=(
        "Lin et al. 2017, Focal loss for dense object detection, arXiv:1708.02002, eq. 5",
        "pytorch/vision, torchvision/ops/focal_loss.py, v0.28.0",
        "open-mmlab/mmdetection, mmdet/models/losses/focal_loss.py, 44ebd17b145c2372c4b700bfb9cb20dbd28ab64a",
    ),
)
