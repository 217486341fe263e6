"""Entropy: how much is still open."""

from jaxtyping import Float
from torch import Tensor

from lossviz.losses.function import Function


def entropy(p: Float[Tensor, "*n c"], t: Float[Tensor, "*n c"]) -> Float[Tensor, "*n"]:
    """Return - sum of p_k ln p_k in nats, one number a row: 0 where all is certain, ln C where nothing is.

    There is no target: t does not count.
    """
    return -p.xlogy(p).sum(-1)


def slope(p: Float[Tensor, "*n c"], t: Float[Tensor, "*n c"]) -> Float[Tensor, "*n c"]:
    """Return the slope -ln p_k - 1 of the entropy, each probability for itself.

    What one probability gains another loses, so the 1 cancels.
    """
    return -p.log() - 1


FUNCTION = Function(
    "entropy",
    "distribution",
    latex=r"-\sum_k p_k \ln p_k",
    slope_latex=r"-\ln p_k - 1",
    value=entropy,
    slope=slope,
    span=(0.001, 0.999),
    target=1.0,
    torch=("torch.special.entr(p).sum(-1)",),
    tensorflow=("-tf.reduce_sum(tf.math.xlogy(p, p), -1)",),
    sources=("Shannon 1948, A mathematical theory of communication, Bell Syst. Tech. J. 27",),
)
