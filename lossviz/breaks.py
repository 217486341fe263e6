"""Cross-entropies as they are written down and as libraries compute them, over the whole axis, with their breaks."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from lossviz.stability import DTYPES, FARTHEST, FORMS, Break, Family, Way, first_break, values
from lossviz.zoo import weighted

WAYS: tuple[Way, ...] = ("naive", "stable")
STEP = 0.05
"""Between two logits."""


@dataclass(frozen=True)
class Strained:
    """One way in one precision: its numbers, and where it breaks below and above zero."""

    zs: npt.NDArray[np.float64]
    values: npt.NDArray[np.float64]
    below: Break | None
    above: Break | None


@lru_cache(maxsize=12)
@torch.inference_mode()
def strained(form: str, way: Way, dtype: str, t: float, w: float) -> Strained:
    """From one end of the axis to the other."""
    family = cast(Family, form)
    count = round(FARTHEST / STEP)
    zs = torch.arange(-count, count + 1, dtype=torch.float64) * STEP
    below, above = (first_break(family, way, dtype, t, w, side=side) for side in (-1, 1))
    return Strained(zs.numpy(), values(FORMS[family][way], dtype, zs, t, w).numpy(), below, above)


def all_strained(form: str, t: float, w: float) -> Mapping[tuple[Way, str], Strained]:
    """Both ways in every precision."""
    return {(way, dtype): strained(form, way, dtype, t, w) for dtype in DTYPES for way in WAYS}


def latex_of(form: str, way: Way) -> str:
    """The formula that is computed."""
    return FORMS[cast(Family, form)][way].latex


def true_slope(z: float, t: float, w: float) -> float:
    """Of the weighted form."""
    return float(weighted.slope(number(z), number(t), pos_weight=w))


def tensorflow_slope(z: float, t: float, w: float) -> float:
    """As TensorFlow returns it."""
    return float(weighted.tensorflow_slope(number(z), number(t), pos_weight=w))


def number(value: float) -> Tensor:
    """In float64."""
    return torch.tensor(value, dtype=torch.float64)
