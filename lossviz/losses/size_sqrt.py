"""A width compared by its square root: YOLOv1 and darkflow."""

from jaxtyping import Float
from torch import Tensor

from lossviz.losses.function import Function


def size_sqrt(w: Float[Tensor, "*n"], t: Float[Tensor, "*n"]) -> Float[Tensor, "*n"]:
    """Return (sqrt w - sqrt t)^2 of widths: the same mistake costs a small box more, about in proportion 1/t.

    Source: Redmon et al. 2016, arXiv:1506.02640, equation 3.
    """
    return (w.sqrt() - t.sqrt()) ** 2


def slope(w: Float[Tensor, "*n"], t: Float[Tensor, "*n"]) -> Float[Tensor, "*n"]:
    """Return the slope 1 - sqrt t / sqrt w in the width w: a root is steep at 0, so is this."""
    return 1 - t.sqrt() / w.sqrt()


FUNCTION = Function(
    "size_sqrt",
    "size",
    latex=r"\left(\sqrt{w} - \sqrt{t}\right)^2",
    slope_latex=r"1 - \frac{\sqrt{t}}{\sqrt{w}}",
    value=size_sqrt,
    slope=slope,
    span=(0.01, 1.0),
    target=0.3,
    torch=('torch.nn.functional.mse_loss(w.sqrt(), t.sqrt(), reduction="none")',),
    tensorflow=("tf.math.squared_difference(tf.sqrt(w), tf.sqrt(t))",),
    sources=(
        "Redmon et al. 2016, You Only Look Once, arXiv:1506.02640, eq. 3",
        "thtrieu/darkflow, net/yolov2/train.py, eb7e830393f24233032b8578737141528be01d65",
    ),
)
