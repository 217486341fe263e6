"""Kullback-Leibler divergence of two distributions."""

from jaxtyping import Float
from torch import Tensor

from lossviz.losses.cross_entropy import slope
from lossviz.losses.function import Function


def kl(p: Float[Tensor, "*n c"], t: Float[Tensor, "*n c"]) -> Float[Tensor, "*n"]:
    """Return KL(t || p) = sum of t_k ln(t_k / p_k), one number a row; never below 0, and 0 only at p = t.

    It is the cross-entropy less the entropy of t, which does not move, so the slope is the cross-entropy's.
    Not the same the other way round: t where p is 0 costs infinitely much, p where t is 0 costs nothing by itself.
    """
    return (t.xlogy(t) - t.xlogy(p)).sum(-1)


FUNCTION = Function(
    "kl",
    "distribution",
    latex=r"\sum_k t_k \ln \frac{t_k}{p_k}",
    slope_latex=r"-\frac{t_k}{p_k}",
    value=kl,
    slope=slope,
    span=(0.001, 0.999),
    target=1.0,
    torch=('torch.nn.functional.kl_div(p.log(), t, reduction="none").sum(-1)',),
    tensorflow=("tf.keras.losses.kl_divergence(t, p)",),
    sources=("Kullback & Leibler 1951, On information and sufficiency, Ann. Math. Statist. 22",),
)
