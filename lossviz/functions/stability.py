"""Cross-entropies as the formula says and as libraries write them, in few digits and many: where each breaks."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, cast

import numpy as np
import numpy.typing as npt
import torch
from jaxtyping import Float
from torch import Tensor

from lossviz.losses import weighted

Row = Float[Tensor, " n"]
Family = Literal["sigmoid", "weighted", "softmax"]
Way = Literal["naive", "stable"]
Kind = Literal["nan", "inf", "error"]

DTYPES: Mapping[str, torch.dtype] = {"float16": torch.float16, "float32": torch.float32, "float64": torch.float64}
BOUND = 0.01
"""A value is broken whose error exceeds this times the larger of 1 and the true value."""
FARTHEST, STEPS = 1000.0, 20_000
"""How far out a form is followed, and in how many steps."""


@dataclass(frozen=True)
class Form:
    """One way to write a loss; ``value(z, t, w)``: a row of logits, the target, the weight of positives.

    The softmax has two classes with the logits z and 0 and the targets t and 1 - t: its loss is that of the sigmoid.
    """

    latex: str
    value: Callable[[Row, Row, float], Row]


@dataclass(frozen=True)
class Break:
    """The first logit, from 0 outwards, at which a form no longer says the truth, what it says there, and how it fails.

    ``then``: of a form that is merely wrong there, the first logit at which it is infinite or nan, and which of the two.
    """

    z: float
    said: float
    true: float
    kind: Kind
    then: tuple[float, Kind] | None = None


def naive_sigmoid(z: Row, t: Row, w: float) -> Row:
    """Return the loss as the formula says.

    e^-z overflows, p is rounded to 0 or 1, and ln 0 is infinite, or nan times 0.
    """
    p = 1 / (1 + torch.exp(-z))
    return -t * torch.log(p) - (1 - t) * torch.log(1 - p)


def stable_sigmoid(z: Row, t: Row, w: float) -> Row:
    """Return the loss as max(z, 0) - z t + ln(1 + e^-|z|).

    The exponent is never positive, and no logarithm is taken of nearly 0.
    """
    return z.clamp(min=0) - z * t + torch.log1p(torch.exp(-z.abs()))


def naive_weighted(z: Row, t: Row, w: float) -> Row:
    """Return the loss as the formula says, with w before the first logarithm."""
    p = 1 / (1 + torch.exp(-z))
    return -w * t * torch.log(p) - (1 - t) * torch.log(1 - p)


def stable_weighted(z: Row, t: Row, w: float) -> Row:
    """Return the loss in TensorFlow's form, (1 - t) z + (1 + (w - 1) t)(ln(1 + e^-|z|) + max(-z, 0))."""
    return (1 - t) * z + (1 + (w - 1) * t) * (torch.log1p(torch.exp(-z.abs())) + (-z).clamp(min=0))


def naive_softmax(z: Row, t: Row, w: float) -> Row:
    """Return the loss as the formula says: e^z overflows, and inf / inf is nan."""
    powers = torch.exp(torch.stack([z, torch.zeros_like(z)], -1))
    p = powers / powers.sum(-1, keepdim=True)
    return -(torch.stack([t, 1 - t], -1) * torch.log(p)).sum(-1)


def stable_softmax(z: Row, t: Row, w: float) -> Row:
    """Return the loss with the largest logit m taken off before anything is raised.

    It uses z_k - m - ln sum e^(z - m).
    """
    logits = torch.stack([z, torch.zeros_like(z)], -1)
    shifted = logits - logits.amax(-1, keepdim=True)
    log_p = shifted - torch.log(torch.exp(shifted).sum(-1, keepdim=True))
    return -(torch.stack([t, 1 - t], -1) * log_p).sum(-1)


FORMS: Mapping[Family, Mapping[Way, Form]] = {
    "sigmoid": {
        "naive": Form(r"-t \ln p - (1 - t) \ln(1 - p) \quad p = \frac{1}{1 + e^{-z}}", naive_sigmoid),
        "stable": Form(r"\max(z, 0) - z t + \ln\left(1 + e^{-|z|}\right)", stable_sigmoid),
    },
    "weighted": {
        "naive": Form(r"-w t \ln p - (1 - t) \ln(1 - p) \quad p = \frac{1}{1 + e^{-z}}", naive_weighted),
        "stable": Form(
            r"(1 - t) z + (1 + (w - 1) t) \left(\ln\left(1 + e^{-|z|}\right) + \max(-z, 0)\right)", stable_weighted
        ),
    },
    "softmax": {
        "naive": Form(r"-\sum_k t_k \ln \frac{e^{z_k}}{\sum_j e^{z_j}}", naive_softmax),
        "stable": Form(
            r"-\sum_k t_k \left(z_k - m - \ln \sum_j e^{z_j - m}\right) \quad m = \max_j z_j", stable_softmax
        ),
    },
}


def values(form: Form, dtype: str, z: Row, t: float, w: float = 1.0) -> Row:
    """Return what a form says at these logits when it is computed in that precision; given in float64."""
    low = z.to(DTYPES[dtype])
    return form.value(low, torch.full_like(low, t), w).double()


def truth(family: Family, dtype: str, z: Row, t: float, w: float = 1.0) -> Row:
    """Return the stable form in float64, at the logits as they are in that precision: they are not what is judged."""
    return values(FORMS[family]["stable"], "float64", z.to(DTYPES[dtype]).double(), t, w)


def first_break(family: Family, way: Way, dtype: str, t: float, w: float = 1.0, *, side: int = 1) -> Break | None:
    """Return the first logit, outwards from 0 on one side (1 or -1), where a form breaks.

    There it is nan, infinite, or off by more than the bound; None where it never is.
    """
    z = side * torch.linspace(0, FARTHEST, STEPS + 1, dtype=torch.float64, device="cpu")
    said, true = values(FORMS[family][way], dtype, z, t, w), truth(family, dtype, z, t, w)
    broken = ~((said - true).abs() <= BOUND * true.abs().clamp(min=1))
    if not broken.any():
        return None
    first, gone = int(broken.int().argmax()), ~said.isfinite()
    last = int(gone.int().argmax()) if gone.any() else first
    then = (round(float(z[last]), 2), kind_of(float(said[last]))) if last > first else None
    return Break(round(float(z[first]), 2), float(said[first]), float(true[first]), kind_of(float(said[first])), then)


def kind_of(said: float) -> Kind:
    """Return how a value fails: not a number, infinite, or finite and wrong."""
    if math.isnan(said):
        return "nan"
    return "inf" if math.isinf(said) else "error"


WAYS: tuple[Way, ...] = ("naive", "stable")
STEP = 0.05
"""Distance between two logits."""


@dataclass(frozen=True)
class Strained:
    """A form in one precision: its numbers, and where it breaks below and above zero."""

    zs: npt.NDArray[np.float64]
    values: npt.NDArray[np.float64]
    below: Break | None
    above: Break | None


@lru_cache(maxsize=12)
@torch.inference_mode()
def strained(form: str, way: Way, dtype: str, t: float, w: float) -> Strained:
    """Return a form in that precision from one end of the axis to the other."""
    family = cast(Family, form)
    count = round(FARTHEST / STEP)
    zs = torch.arange(-count, count + 1, dtype=torch.float64, device="cpu") * STEP
    below, above = (first_break(family, way, dtype, t, w, side=side) for side in (-1, 1))
    return Strained(zs.numpy(), values(FORMS[family][way], dtype, zs, t, w).numpy(), below, above)


def all_strained(form: str, t: float, w: float) -> Mapping[tuple[Way, str], Strained]:
    """Return the naive and the stable form in every precision."""
    return {(way, dtype): strained(form, way, dtype, t, w) for dtype in DTYPES for way in WAYS}


def latex_of(form: str, way: Way) -> str:
    """Return the formula that a form computes, as LaTeX."""
    return FORMS[cast(Family, form)][way].latex


def true_slope(z: float, t: float, w: float) -> float:
    """Return the true slope of the weighted form."""
    return float(weighted.slope(number(z), number(t), pos_weight=w))


def tensorflow_slope(z: float, t: float, w: float) -> float:
    """Return the slope of the weighted form as TensorFlow returns it."""
    return float(weighted.tensorflow_slope(number(z), number(t), pos_weight=w))


def number(value: float) -> Tensor:
    """Return a number as a tensor in float64."""
    return torch.tensor(value, dtype=torch.float64, device="cpu")
