"""L2: the squared error."""

from jaxtyping import Float
from torch import Tensor

from lossviz.losses.function import Function


def l2(y: Float[Tensor, "*n"], t: Float[Tensor, "*n"]) -> Float[Tensor, "*n"]:
    """Return the squared error (y - t)^2, without a half: the larger the mistake, the harder it pulls, unboundedly."""
    return (y - t) ** 2


def slope(y: Float[Tensor, "*n"], t: Float[Tensor, "*n"]) -> Float[Tensor, "*n"]:
    """Return the slope 2 (y - t) of the squared error; with a half in front, as in Darknet, it would be y - t."""
    return 2 * (y - t)


FUNCTION = Function(
    "l2",
    "output",
    latex=r"(y - t)^2",
    slope_latex=r"2 (y - t)",
    value=l2,
    slope=slope,
    span=(-3.0, 3.0),
    torch=('torch.nn.functional.mse_loss(y, t, reduction="none")',),
    tensorflow=("tf.math.squared_difference(y, t)",),
    sources=("open-mmlab/mmdetection, mmdet/models/losses/mse_loss.py, 44ebd17b145c2372c4b700bfb9cb20dbd28ab64a",),
)
