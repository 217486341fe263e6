"""Soft labels with one sigmoid a class."""

from jaxtyping import Float
from torch import Tensor

from lossviz.losses import bce
from lossviz.losses.function import Function, Knob


def smoothed(t: Float[Tensor, "*n"], smoothing: float, classes: float) -> Float[Tensor, "*n"]:
    """Return the smoothed target t (1 - s) + s / C, where s is the smoothing and C the number of classes.

    With C = 2 both labels are equally far from 0 and 1; Keras means that.
    """
    return t * (1 - smoothing) + smoothing / classes


def smoothed_bce(
    z: Float[Tensor, "*n"], t: Float[Tensor, "*n"], *, smoothing: float, classes: float
) -> Float[Tensor, "*n"]:
    """Return the binary cross-entropy of logits z with a smoothed target.

    tensorflow-yolov3 takes s = 0.01 and divides by its C = 80 classes, though sigmoids share nothing among one another:
    a class that is there should be 0.990125, one that is not 0.000125.
    """
    return bce.bce(z, smoothed(t, smoothing, classes))


def slope(z: Float[Tensor, "*n"], t: Float[Tensor, "*n"], *, smoothing: float, classes: float) -> Float[Tensor, "*n"]:
    """Return the slope in the logit: s(z) minus the smoothed target."""
    return bce.slope(z, smoothed(t, smoothing, classes))


FUNCTION = Function(
    "smoothed_bce",
    "logit",
    latex=r"-u \ln \sigma(z) - (1 - u) \ln(1 - \sigma(z)) \quad u = t (1 - s) + \frac{s}{C}",
    slope_latex=r"\sigma(z) - t (1 - s) - \frac{s}{C}",
    value=smoothed_bce,
    slope=slope,
    span=(-8.0, 8.0),
    target=1.0,
    knobs=(Knob("smoothing", 0.01, 0.0, 0.5, 0.01, "s"), Knob("classes", 80, 2, 100, 1, "C")),
    torch=(
        "torch.nn.functional.binary_cross_entropy_with_logits("
        'z, t * (1 - smoothing) + smoothing / classes, reduction="none")',
    ),
    tensorflow=("tf.nn.sigmoid_cross_entropy_with_logits(labels=t * (1 - smoothing) + smoothing / classes, logits=z)",),
    sources=("YunYang1994/tensorflow-yolov3, core/dataset.py, 03cb272af2e26d598c553f3a2d38024fc6f67a0b",),
)
