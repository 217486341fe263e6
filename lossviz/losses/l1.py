"""L1: the absolute error."""

from jaxtyping import Float
from torch import Tensor

from lossviz.losses.function import Function


def l1(y: Float[Tensor, "*n"], t: Float[Tensor, "*n"]) -> Float[Tensor, "*n"]:
    """Return the absolute error |y - t|: every mistake pulls equally hard, the smallest too."""
    return (y - t).abs()


def slope(y: Float[Tensor, "*n"], t: Float[Tensor, "*n"]) -> Float[Tensor, "*n"]:
    """Return the slope of the absolute error in y: the sign of y - t; 0 at y = t, halfway between the two sides."""
    return (y - t).sign()


FUNCTION = Function(
    "l1",
    "output",
    latex=r"|y - t|",
    slope_latex=r"\mathrm{sign}(y - t)",
    value=l1,
    slope=slope,
    span=(-3.0, 3.0),
    torch=('torch.nn.functional.l1_loss(y, t, reduction="none")',),
    tensorflow=("tf.abs(y - t)",),
    sources=(
        "open-mmlab/mmdetection, mmdet/models/losses/smooth_l1_loss.py, 44ebd17b145c2372c4b700bfb9cb20dbd28ab64a",
    ),
)
