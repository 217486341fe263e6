"""Binary cross-entropy of a probability."""

import torch
from jaxtyping import Float
from torch import Tensor

from lossviz.losses.function import Function


def bce_probability(p: Float[Tensor, "*n"], t: Float[Tensor, "*n"]) -> Float[Tensor, "*n"]:
    """-t ln p - (1 - t) ln(1 - p), infinite where p rules out what happens.

    Libraries stop before that: PyTorch cuts the logarithms at -100, Keras the probabilities at 1e-7.
    """
    return -t.xlogy(p) - (1 - t).xlogy(1 - p)


def slope(p: Float[Tensor, "*n"], t: Float[Tensor, "*n"]) -> Float[Tensor, "*n"]:
    """(1 - t)/(1 - p) - t/p: divided by p (1 - p) what the logit's slope is. A share of nothing is nothing."""
    wrong = torch.where(t == 1, 0, (1 - t) / (1 - p))
    right = torch.where(t == 0, 0, t / p)
    return wrong - right


FUNCTION = Function(
    "bce_probability",
    "probability",
    latex=r"-t \ln p - (1 - t) \ln(1 - p)",
    slope_latex=r"\frac{1 - t}{1 - p} - \frac{t}{p}",
    value=bce_probability,
    slope=slope,
    span=(0.001, 0.999),
    target=1.0,
    torch=('torch.nn.functional.binary_cross_entropy(p, t, reduction="none")',),
    tensorflow=("tf.keras.losses.binary_crossentropy(t[..., None], p[..., None])",),
    sources=("Good 1952, Rational decisions, J. R. Stat. Soc. B 14",),
)
