"""Soft labels: cross-entropy of a softmax with a little of every target given to all classes."""

from jaxtyping import Float
from torch import Tensor

from lossviz.losses import softmax_ce
from lossviz.losses.function import Function, Knob


def smoothed(t: Float[Tensor, "*n c"], smoothing: float) -> Float[Tensor, "*n c"]:
    """Return the smoothed targets t (1 - s) + s / C, where s is the smoothing and C the number of classes."""
    return t * (1 - smoothing) + smoothing / t.shape[-1]


def label_smoothing(z: Float[Tensor, "*n c"], t: Float[Tensor, "*n c"], *, smoothing: float) -> Float[Tensor, "*n"]:
    """Return the softmax cross-entropy with smoothed targets, one number a row.

    It can no longer reach 0, and its minimum lies at finite logits.

    Source: Szegedy et al. 2016, arXiv:1512.00567, section 7.
    """
    return softmax_ce.softmax_ce(z, smoothed(t, smoothing))


def slope(z: Float[Tensor, "*n c"], t: Float[Tensor, "*n c"], *, smoothing: float) -> Float[Tensor, "*n c"]:
    """Return the slope in the logits: softmax output minus smoothed target, where the targets add up to 1."""
    return softmax_ce.slope(z, smoothed(t, smoothing))


FUNCTION = Function(
    "label_smoothing",
    "classes",
    latex=r"-\sum_k u_k \ln \mathrm{softmax}_k(z) \quad u_k = t_k (1 - s) + \frac{s}{C}",
    slope_latex=r"\mathrm{softmax}_k(z) \sum_j u_j - u_k \quad u_k = t_k (1 - s) + \frac{s}{C}",
    value=label_smoothing,
    slope=slope,
    span=(-8.0, 8.0),
    target=1.0,
    knobs=(Knob("smoothing", 0.1, 0.0, 0.5, 0.01, "s"),),
    torch=('torch.nn.functional.cross_entropy(z, t, reduction="none", label_smoothing=smoothing)',),
    tensorflow=("tf.keras.losses.categorical_crossentropy(t, z, from_logits=True, label_smoothing=smoothing)",),
    sources=("Szegedy et al. 2016, Rethinking the Inception architecture, arXiv:1512.00567, section 7",),
)
