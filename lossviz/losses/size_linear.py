"""A width compared as it is."""

from jaxtyping import Float
from torch import Tensor

from lossviz.losses.function import Function


def size_linear(w: Float[Tensor, "*n"], t: Float[Tensor, "*n"]) -> Float[Tensor, "*n"]:
    """Return (w - t)^2 of widths: five pixels too wide cost the same for a mouse and for an elephant."""
    return (w - t) ** 2


def slope(w: Float[Tensor, "*n"], t: Float[Tensor, "*n"]) -> Float[Tensor, "*n"]:
    """Return the slope 2 (w - t) of the squared difference of widths."""
    return 2 * (w - t)


FUNCTION = Function(
    "size_linear",
    "size",
    latex=r"(w - t)^2",
    slope_latex=r"2 (w - t)",
    value=size_linear,
    slope=slope,
    span=(0.01, 1.0),
    target=0.3,
    torch=('torch.nn.functional.mse_loss(w, t, reduction="none")',),
    tensorflow=("tf.math.squared_difference(w, t)",),
)
