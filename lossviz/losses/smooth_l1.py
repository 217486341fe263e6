"""Smooth L1: a parabola near zero, a straight line beyond beta."""

import torch
from jaxtyping import Float
from torch import Tensor

from lossviz.losses.function import Function, Knob


def smooth_l1(y: Float[Tensor, "*n"], t: Float[Tensor, "*n"], *, beta: float) -> Float[Tensor, "*n"]:
    r"""Return squared error up to a mistake of beta and absolute error beyond: no mistake pulls harder than 1.

    $$ \frac{d^2}{2\beta} \text{ if } d < \beta, \quad d - \tfrac{\beta}{2} \text{ else}, \quad d = |y - t| $$

    Source: Girshick 2015, arXiv:1504.08083, equation 3 (beta = 1); the general beta is that of libraries.
    """
    d = (y - t).abs()
    return torch.where(d < beta, d * d / (2 * beta), d - beta / 2)


def slope(y: Float[Tensor, "*n"], t: Float[Tensor, "*n"], *, beta: float) -> Float[Tensor, "*n"]:
    """Return the slope of smooth L1 in y: (y - t) / beta, cut to -1 and 1."""
    return ((y - t) / beta).clamp(-1, 1)


FUNCTION = Function(
    "smooth_l1",
    "output",
    latex=r"\begin{cases} \frac{d^2}{2\beta} & d < \beta \\ d - \frac{\beta}{2} & d \ge \beta \end{cases} \quad d = |y - t|",
    slope_latex=r"\min\left(1, \max\left(-1, \frac{y - t}{\beta}\right)\right)",
    value=smooth_l1,
    slope=slope,
    span=(-3.0, 3.0),
    knobs=(Knob("beta", 1.0, 0.05, 3.0, 0.05),),
    torch=('torch.nn.functional.smooth_l1_loss(y, t, reduction="none", beta=beta)',),
    tensorflow=("tf.keras.losses.huber(t[..., None], y[..., None], delta=beta) / beta",),
    sources=(
        "Girshick 2015, Fast R-CNN, arXiv:1504.08083, eq. 3",
        "open-mmlab/mmdetection, mmdet/models/losses/smooth_l1_loss.py, 44ebd17b145c2372c4b700bfb9cb20dbd28ab64a",
    ),
)
