"""A width compared by its logarithm: Darknet since YOLOv2."""

from jaxtyping import Float
from torch import Tensor

from lossviz.losses.function import Function


def size_log(w: Float[Tensor, "*n"], t: Float[Tensor, "*n"]) -> Float[Tensor, "*n"]:
    """Return (ln w - ln t)^2 of widths: only the ratio counts, a tenth too wide costs the same at any size.

    t_w = ln(w / anchor) is what the network puts out, so this is the plain squared error of the raw output.
    """
    return (w.log() - t.log()) ** 2


def slope(w: Float[Tensor, "*n"], t: Float[Tensor, "*n"]) -> Float[Tensor, "*n"]:
    """Return the slope 2 (ln w - ln t) / w in the width w."""
    return 2 * (w.log() - t.log()) / w


FUNCTION = Function(
    "size_log",
    "size",
    latex=r"(\ln w - \ln t)^2",
    slope_latex=r"\frac{2 (\ln w - \ln t)}{w}",
    value=size_log,
    slope=slope,
    span=(0.01, 1.0),
    target=0.3,
    torch=('torch.nn.functional.mse_loss(w.log(), t.log(), reduction="none")',),
    tensorflow=("tf.math.squared_difference(tf.math.log(w), tf.math.log(t))",),
    sources=(
        "pjreddie/darknet, src/region_layer.c, delta_region_box, f6afaabcdf85f77e7aff2ec55c020c0e297c77f9",
        "Redmon & Farhadi 2018, YOLOv3, arXiv:1804.02767, section 2.1",
    ),
)
