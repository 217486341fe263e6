"""Kullback-Leibler divergence of two outcomes: p and 1 - p against t and 1 - t."""

from jaxtyping import Float
from torch import Tensor

from lossviz.losses.bce_probability import bce_probability, slope
from lossviz.losses.function import Function


def kl_two(p: Float[Tensor, "*n"], t: Float[Tensor, "*n"]) -> Float[Tensor, "*n"]:
    """Return t ln(t/p) + (1 - t) ln((1 - t)/(1 - p)): binary cross-entropy moved down to touch 0 at p = t.

    What it is moved by, the entropy of t, does not depend on p: the slope is that of the binary cross-entropy.
    """
    return bce_probability(p, t) - bce_probability(t, t)


FUNCTION = Function(
    "kl_two",
    "probability",
    latex=r"t \ln \frac{t}{p} + (1 - t) \ln \frac{1 - t}{1 - p}",
    slope_latex=r"\frac{1 - t}{1 - p} - \frac{t}{p}",
    value=kl_two,
    slope=slope,
    span=(0.001, 0.999),
    target=1.0,
    torch=(
        'torch.nn.functional.kl_div(p.log(), t, reduction="none")'
        ' + torch.nn.functional.kl_div((1 - p).log(), 1 - t, reduction="none")',
    ),
    tensorflow=("tf.keras.losses.kl_divergence(tf.stack([t, 1 - t], -1), tf.stack([p, 1 - p], -1))",),
    sources=("Kullback & Leibler 1951, On information and sufficiency, Ann. Math. Statist. 22",),
)
