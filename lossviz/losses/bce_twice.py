"""A frequent mistake: a sigmoid is taken of what is a probability already."""

from jaxtyping import Float
from torch import Tensor

from lossviz.losses import bce
from lossviz.losses.function import Function


def bce_twice(z: Float[Tensor, "*n"], t: Float[Tensor, "*n"]) -> Float[Tensor, "*n"]:
    """Return the binary cross-entropy of s(s(z)): a loss that expects logits is given the probability s(z).

    The second sigmoid maps 0..1 to 0.5..0.731: for t = 1 the loss cannot fall below ln(1 + 1 / e) = 0.3133.
    """
    return bce.bce(z.sigmoid(), t)


def slope(z: Float[Tensor, "*n"], t: Float[Tensor, "*n"]) -> Float[Tensor, "*n"]:
    """Return the slope in the logit: (s(s(z)) - t) s(z) (1 - s(z))."""
    p = z.sigmoid()
    return bce.slope(p, t) * p * (1 - p)


FUNCTION = Function(
    "bce_twice",
    "logit",
    latex=r"-t \ln \sigma(\sigma(z)) - (1 - t) \ln(1 - \sigma(\sigma(z)))",
    slope_latex=r"(\sigma(\sigma(z)) - t) \, \sigma(z) (1 - \sigma(z))",
    value=bce_twice,
    slope=slope,
    span=(-8.0, 8.0),
    target=1.0,
    torch=('torch.nn.functional.binary_cross_entropy_with_logits(torch.sigmoid(z), t, reduction="none")',),
    tensorflow=("tf.nn.sigmoid_cross_entropy_with_logits(labels=t, logits=tf.math.sigmoid(z))",),
    sources=("pytorch/pytorch, torch/nn/modules/loss.py, BCEWithLogitsLoss: its input is a logit, v2.13.0",),
)
