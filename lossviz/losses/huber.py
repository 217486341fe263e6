"""Huber's loss: smooth L1, delta times as high."""

from jaxtyping import Float
from torch import Tensor

from lossviz.losses.function import Function, Knob
from lossviz.losses.smooth_l1 import slope as smooth_l1_slope
from lossviz.losses.smooth_l1 import smooth_l1


def huber(y: Float[Tensor, "*n"], t: Float[Tensor, "*n"], *, delta: float) -> Float[Tensor, "*n"]:
    r"""Return half the squared error up to a mistake of delta and a straight line beyond, so no pull exceeds delta.

    $$ \mathrm{huber}_\delta = \delta \cdot \mathrm{smooth\,L1}_\delta $$

    At delta = 1 the two are one. As delta grows Huber becomes half the squared error; as beta shrinks smooth L1 becomes
    L1.

    Source: Huber 1964, Robust estimation of a location parameter.
    """
    return delta * smooth_l1(y, t, beta=delta)


def slope(y: Float[Tensor, "*n"], t: Float[Tensor, "*n"], *, delta: float) -> Float[Tensor, "*n"]:
    """Return the slope of Huber's loss in y: y - t, cut to -delta and delta."""
    return delta * smooth_l1_slope(y, t, beta=delta)


FUNCTION = Function(
    "huber",
    "output",
    latex=r"\begin{cases} \frac{d^2}{2} & d < \delta \\ \delta \left(d - \frac{\delta}{2}\right) & d \ge \delta \end{cases}"
    r" \quad d = |y - t|",
    slope_latex=r"\min(\delta, \max(-\delta, y - t))",
    value=huber,
    slope=slope,
    span=(-3.0, 3.0),
    knobs=(Knob("delta", 1.0, 0.05, 3.0, 0.05),),
    torch=('torch.nn.functional.huber_loss(y, t, reduction="none", delta=delta)',),
    tensorflow=("tf.keras.losses.huber(t[..., None], y[..., None], delta=delta)",),
    sources=("Huber 1964, Robust estimation of a location parameter, Ann. Math. Statist. 35",),
)
