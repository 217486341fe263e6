"""Loss functions over one axis: values, slopes, and both at a point. Plain numbers, in float64."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from lossviz.core.text import minus
from lossviz.functions.state import SPANS, FunctionsState
from lossviz.losses import LOSSES
from lossviz.losses.function import Function

COUNT = 241
"""How many points a curve has."""
CORNERS = {"l1": "", "smooth_l1": "beta", "huber": "delta"}
"""The functions whose slope jumps (at the target) or bends, and the knob that says how far from the target."""
BESIDE = 1e-9
"""Distance from a corner at which a curve is known on either side."""
Numbers = npt.NDArray[np.float64]
Carry = Callable[[Tensor], tuple[Tensor, Tensor]]
"""Takes x; returns what a function is given, and the slope of that along x."""


@dataclass(frozen=True)
class Curve:
    """A function over the axis: rising places, values, slopes along the axis; nan where there is none.

    The places are evenly spaced, and where a slope jumps or bends there is one on either side.
    """

    key: str
    xs: Numbers
    values: Numbers
    slopes: Numbers


@dataclass(frozen=True)
class Point:
    """A function at one x."""

    key: str
    value: float
    slope: float

    @property
    def pull(self) -> float:
        """Return the size of its gradient, |dL/dx|."""
        return abs(self.slope)

    @property
    def defined(self) -> bool:
        """Return whether it has a value and a slope here; they may be infinite."""
        return not (np.isnan(self.value) or np.isnan(self.slope))


def same(x: Tensor) -> tuple[Tensor, Tensor]:
    """Return x itself, with the slope 1."""
    return x, torch.ones_like(x)


def squashed(x: Tensor) -> tuple[Tensor, Tensor]:
    """Return the sigmoid s(x), with the slope s (1 - s)."""
    p = torch.sigmoid(x)
    return p, p * (1 - p)


def unsquashed(x: Tensor) -> tuple[Tensor, Tensor]:
    """Return the logit ln(x / (1 - x)), with the slope 1 / (x (1 - x))."""
    return torch.logit(x), 1 / (x * (1 - x))


def two_logits(carry: Carry) -> Carry:
    """Return the logits of two classes: the first that logit, the other 0; softmax is then the sigmoid."""

    def both(x: Tensor) -> tuple[Tensor, Tensor]:
        z, slope = carry(x)
        nothing = torch.zeros_like(z)
        return torch.stack([z, nothing], -1), torch.stack([slope, nothing], -1)

    return both


def two_probabilities(carry: Carry) -> Carry:
    """Return the chances p and 1 - p: what one gains the other loses."""

    def both(x: Tensor) -> tuple[Tensor, Tensor]:
        p, slope = carry(x)
        return torch.stack([p, 1 - p], -1), torch.stack([slope, -slope], -1)

    return both


CARRIES: dict[str, dict[str, Carry]] = {
    "output": {"output": same, "logit": squashed, "probability": same},
    "size": {"output": same, "logit": squashed, "probability": same},
    "probability": {"output": squashed, "logit": squashed, "probability": same},
    "logit": {"output": same, "logit": same, "probability": unsquashed},
    "classes": {
        axis: two_logits(carry) for axis, carry in {"output": same, "logit": same, "probability": unsquashed}.items()
    },
    "distribution": {
        axis: two_probabilities(carry)
        for axis, carry in {"output": squashed, "logit": squashed, "probability": same}.items()
    },
}
"""How x is carried over, by what a function is given and by what x is."""
ROWS = ("classes", "distribution")


def wanted(function: Function, t: float, like: Tensor) -> Tensor:
    """Return the target: one number, or t and 1 - t for the two classes."""
    one = torch.full_like(like, t)
    return torch.stack([one, 1 - one], -1) if function.variable in ROWS else one


def along(function: Function, by: str, x: Tensor, t: float, knobs: dict[str, float]) -> tuple[Tensor, Tensor]:
    """Return value and slope along the axis at each x, by the chain rule."""
    given, inner = CARRIES[function.variable][by](x)
    target = wanted(function, t, x)
    outer = function.slope(given, target, **knobs)
    slope = outer * inner
    return function.value(given, target, **knobs), slope.sum(-1) if function.variable in ROWS else slope


@lru_cache(maxsize=128)
@torch.inference_mode()
def curve_of(
    key: str, by: str, t: float, knobs: tuple[tuple[str, float], ...], corners: tuple[float, ...] = ()
) -> Curve:
    """Return one function over the whole axis, known on either side of these corners."""
    even = torch.linspace(*SPANS[by], COUNT, dtype=torch.float64, device="cpu")
    sides = [x + side for x in corners for side in (-BESIDE, BESIDE)]
    xs = torch.cat([even, torch.tensor(sides, dtype=torch.float64, device="cpu")]).unique()
    value, slope = along(LOSSES[key], by, xs, t, dict(knobs))
    return Curve(key, xs.numpy(), plain(value), plain(slope))


def plain(numbers: Tensor) -> Numbers:
    """Return numbers as an array; nan for what is not a number or without bounds."""
    return np.where(np.isfinite(numbers.numpy()), numbers.numpy(), np.nan)


def curves_of(state: FunctionsState) -> list[Curve]:
    """Return every shown function over the axis, in order."""
    corners = corners_of(state)
    return [curve_of(key, state.by, state.t, tuple(state.knobs_of(key).items()), corners) for key in state.functions]


def corners_of(state: FunctionsState) -> tuple[float, ...]:
    """Return where the slope of a shown function jumps or bends: at the target, or as far from it as a knob says."""
    found: set[float] = set()
    for key in state.functions:
        knobs = state.knobs_of(key)
        far = [knobs[CORNERS[key]] if CORNERS[key] else 0.0] if key in CORNERS else []
        found.update(state.t + side * distance for distance in far for side in (-1, 1))
    places = (place_at(given, state.by) for given in found)
    (low, high) = SPANS[state.by]
    return tuple(sorted(x for x in places if low + BESIDE < x < high - BESIDE))


def place_at(given: float, by: str) -> float:
    """Return the x at which a function of a number or a width is given this; nan where there is none."""
    if by != "logit":
        return given
    return math.log(given / (1 - given)) if 0 < given < 1 else math.nan


@torch.inference_mode()
def points_of(state: FunctionsState) -> list[Point]:
    """Return every shown function at the point, in order."""
    x = torch.tensor([state.x], dtype=torch.float64, device="cpu")
    found = []
    for key in state.functions:
        value, slope = along(LOSSES[key], state.by, x, state.t, state.knobs_of(key))
        found.append(Point(key, float(value[0]), float(slope[0])))
    return found


def given_of(key: str, state: FunctionsState) -> str:
    """Return what the function is given at the point, with its letter; of two classes or chances both."""
    function = LOSSES[key]
    given, _ = CARRIES[function.variable][state.by](torch.tensor([state.x], dtype=torch.float64, device="cpu"))
    shown = minus(", ".join(f"{number:.3g}" for number in given.flatten().tolist()))
    return f"{function.letter} = ({shown})" if function.variable in ROWS else f"{function.letter} = {shown}"
