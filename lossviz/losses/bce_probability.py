"""Binary cross-entropy of a probability."""

import torch
from jaxtyping import Float
from torch import Tensor

from lossviz.losses.function import Function


def bce_probability(p: Float[Tensor, "*n"], t: Float[Tensor, "*n"]) -> Float[Tensor, "*n"]:
    """Return -t ln p - (1 - t) ln(1 - p) of probabilities p, infinite where p rules out what happens.

    Libraries stop before that: PyTorch cuts the logarithms at -100 and, going back, p (1 - p) at 1e-12; Keras cuts the
    probabilities at 1e-7 from 0 and 1, and Keras 2 adds 1e-7 inside the logarithms as well.
    """
    return -t.xlogy(p) - (1 - t).xlogy(1 - p)


def slope(p: Float[Tensor, "*n"], t: Float[Tensor, "*n"]) -> Float[Tensor, "*n"]:
    """Return the slope (1 - t)/(1 - p) - t/p of the binary cross-entropy in the probability p.

    It is the slope in the logit, divided by p (1 - p). A term whose numerator is 0 counts as 0, also where p is 0 or 1.
    """
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
    sources=(
        "Good 1952, Rational decisions, J. R. Stat. Soc. B 14",
        "keras-team/keras, keras/src/backend/tensorflow/nn.py, 0036744c2cd4d12156b5cfabd2e5a84c53644680",
        "keras-team/keras, keras/backend.py, 032f13e5702a50a407d3de10be6ba11973f4744d",
    ),
)
