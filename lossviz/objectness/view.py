"""Losses of one output: their value, their slopes and the number that is printed, at one logit and along a curve.

z: the logit; a = s(z): the output; t: the target. dL/dz = dL/da * da/dz, and da/dz = a (1 - a).
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from lossviz.engine import terms
from lossviz.objectness.state import AXES, MOST, ObjectnessState

Places = Float[Tensor, " n"]
Curve = Callable[[Places, Places], Places]
"""A function of (z, t), rows of logits and of targets, which returns one number for each."""


def sigmoid_slope(z: Places) -> Places:
    """Return the slope s(z) (1 - s(z)) of the sigmoid."""
    return torch.sigmoid(z) * torch.sigmoid(-z)


def in_rows(formula: Callable[[Tensor, Tensor], Tensor]) -> Curve:
    """Return a formula of the engine, which wants a row a predictor, as a function of a row of places."""
    return lambda z, t: formula(z[:, None], t[:, None])[:, 0]


def half_squared_of_output(z: Places, t: Places) -> Places:
    """Return (a - t)^2 / 2, the squared error of an output a without a sigmoid that says s(z)."""
    return in_rows(terms.half_squared)(torch.sigmoid(z), t)


def output_minus_target(z: Places, t: Places) -> Places:
    """Return a - t, the slope of an output that has no sigmoid after it."""
    return in_rows(terms.half_squared.slope)(torch.sigmoid(z), t)


def squared_delta(z: Places, t: Places) -> Places:
    """Return (t - a)^2, which Darknet prints of delta = t - a."""
    return (t - torch.sigmoid(z)) ** 2


@dataclass(frozen=True)
class OneLoss:
    """A loss of one output.

    ``value``; ``passed``: the slope that goes back to the layer before; ``printed``: the number in the log, None: the loss
    itself. ``sigmoid``: whether one stands between that layer and the output. ``scaled``: times YOLOv2's object_scale.
    ``formula``, ``outer``, ``latex``: L, dL/da and what is passed back, as the page prints them.
    """

    name: str
    value: Curve
    passed: Curve
    formula: str
    outer: str
    latex: str
    printed: Curve | None = None
    sigmoid: bool = True
    scaled: bool = False

    def inner_slope(self, z: Places) -> Places:
        """Return the slope da/dz of the output in the logit; 1 where the raw output is the output."""
        return sigmoid_slope(z) if self.sigmoid else torch.ones_like(z)

    def outer_slope(self, z: Places, t: Places) -> Places:
        """Return the slope dL/da of the loss in the output."""
        return self.passed(z, t) / self.inner_slope(z)

    def slope(self, z: Places, t: Places, axis: str) -> Places:
        """Return the slope in the raw output, or in the probability that is said, by ``axis``."""
        return self.passed(z, t) if axis == "z" else self.outer_slope(z, t)


BCE, BCE_SLOPE = in_rows(terms.bce), in_rows(terms.bce.slope)
MSE, MSE_SLOPE = in_rows(terms.half_squared_of_sigmoid), in_rows(terms.half_squared_of_sigmoid.slope)
SQUARED = r"(a - t) \cdot a (1 - a)"
ENTROPY = r"\frac{a - t}{a (1 - a)}"
LOSSES = {
    loss.name: loss
    for loss in (
        OneLoss("bce", BCE, BCE_SLOPE, r"\mathrm{BCE}(a, t)", ENTROPY, "a - t"),
        OneLoss("squared", MSE, MSE_SLOPE, r"\tfrac12 (a - t)^2", "(a - t)", SQUARED),
        OneLoss(
            "linear",
            half_squared_of_output,
            output_minus_target,
            r"\tfrac12 (a - t)^2",
            "(a - t)",
            "a - t",
            sigmoid=False,
        ),
        OneLoss(
            "darknet_v2",
            MSE,
            MSE_SLOPE,
            r"\tfrac{s}{2} (a - t)^2",
            "s (a - t)",
            rf"s {SQUARED}",
            squared_delta,
            scaled=True,
        ),
        OneLoss("darknet_v3", BCE, BCE_SLOPE, r"\mathrm{BCE}(a, t)", ENTROPY, "a - t", squared_delta),
        OneLoss(
            "focal",
            in_rows(terms.focal_bce),
            in_rows(terms.focal_bce.slope),
            r"(a - t)^2 \mathrm{BCE}(a, t)",
            r"\left(\frac{(a - t)^3}{a (1 - a)} + 2 (a - t) \mathrm{BCE}(a, t)\right)",
            r"(a - t)^3 + 2 (a - t) a (1 - a) \mathrm{BCE}(a, t)",
        ),
    )
}
FACTORS = {True: "a (1 - a)", False: "1"}
"""How da/dz is written, behind a sigmoid and without one."""


@dataclass(frozen=True)
class Numbers:
    """What one loss says of one logit and its target."""

    loss: float
    floor: float
    outer: float
    inner: float
    passed: float
    printed: float

    def slope(self, axis: str) -> float:
        """Return the slope in the raw output, or in the probability, by ``axis``."""
        return self.passed if axis == "z" else self.outer


@dataclass(frozen=True)
class Line:
    """A loss and its slope along the axis."""

    name: str
    values: Places
    slopes: Places


def weight_of(loss: OneLoss, state: ObjectnessState) -> int:
    """Return YOLOv2's object_scale where an object is wanted; a background counts once."""
    return state.scale if loss.scaled and state.target > 0 else 1


DONE, NEAR = 1e-6, 1e-4
"""How near p is to its target, and the logit to the target's, where p counts as equal to it."""


def at_target(state: ObjectnessState) -> bool:
    """Return whether p is the target but for the rounding of the logit, which a link gives six digits.

    |p - t| < 1e-6, and |p - t| < 1e-4 p (1 - p), which is about |z - logit t| < 1e-4.
    """
    p = state.probability
    return abs(p - state.target) < min(DONE, NEAR * p * (1 - p))


def exact(state: ObjectnessState) -> tuple[Places, Places]:
    """Return logit and target in double precision; at the target the logit that draws it without rounding."""
    t = double(state.target)
    return (torch.logit(t) if at_target(state) else double(state.logit)), t


def numbers_of(name: str, state: ObjectnessState) -> Numbers:
    """Return loss, both factors of the slope, their product, and what is printed.

    Delta squared, where that is printed, contains the weight squared. At the target every slope is 0.
    """
    loss, (z, t) = LOSSES[name], exact(state)
    weight = weight_of(loss, state)
    printed = weight * weight * loss.printed(z, t) if loss.printed else weight * loss.value(z, t)
    moves = 0 if at_target(state) else weight
    parts = (
        weight * loss.value(z, t),
        terms.entropy(t[:, None])[:, 0] if loss.outer == ENTROPY else torch.zeros_like(t),
        moves * loss.outer_slope(z, t),
        loss.inner_slope(z),
        moves * loss.passed(z, t),
        printed,
    )
    return Numbers(*(float(part) for part in parts))


def double(*values: float) -> Places:
    """Return numbers as a tensor in double precision."""
    return torch.tensor(values, dtype=torch.float64, device="cpu")


@lru_cache(maxsize=2)
def grid(axis: str) -> tuple[Places, Places]:
    """Return the places on the axis and their logits; probabilities crowd where the losses run away."""
    if axis == AXES[0]:
        z = torch.linspace(-MOST, MOST, 241, dtype=torch.float64, device="cpu")
        return z, z
    even = torch.linspace(0.01, 0.99, 99, dtype=torch.float64, device="cpu")
    p = torch.cat([even, torch.sigmoid(torch.linspace(-MOST, MOST, 97, dtype=torch.float64, device="cpu"))]).unique()
    return p, torch.logit(p)


@lru_cache(maxsize=64)
def line_of(name: str, axis: str, target: float, weight: int) -> Line:
    """Return value and slope of a loss along the axis."""
    loss, (_, z) = LOSSES[name], grid(axis)
    t = torch.full_like(z, target)
    return Line(name, weight * loss.value(z, t), weight * loss.slope(z, t, axis))


@dataclass(frozen=True)
class Fastest:
    """Where squared error behind a sigmoid learns fastest on one side of its target, and how steep it is there.

    Below ``asleep`` (for a target below: above it) the slope is less than a hundredth of that.
    """

    p: float
    slope: float
    asleep: float


SLEEPY = 0.01
"""Share of the largest slope below which a slope is as good as none."""


def squared_slope(p: Any, t: float) -> Any:
    """Return (p - t) p (1 - p), the slope dL/dz of half the squared error at one or many probabilities."""
    return (p - t) * p * (1 - p)


def fastest(target: float, *, below: bool) -> Fastest | None:
    r"""Return where squared error learns fastest below or above the target: the root of 3 p^2 - 2 (1 + t) p + t.

    $$ p = \frac{1 + t \mp \sqrt{1 - t + t^2}}{3} $$

    None where the target leaves no room on that side. For t = 1: p = 1/3, slope -4/27.
    """
    if not below:
        mirror = fastest(1 - target, below=True)
        return mirror and Fastest(1 - mirror.p, -mirror.slope, 1 - mirror.asleep)
    if target <= 0:
        return None
    p = (1 + target - math.sqrt(1 - target + target * target)) / 3
    slope = squared_slope(p, target)
    return Fastest(p, slope, crossing(target, p, SLEEPY * slope))


def crossing(target: float, high: float, level: float) -> float:
    """Return where the slope falls to ``level`` between 0 and ``high``, by halving."""
    low = 0.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if squared_slope(middle, target) < level else (middle, high)
    return high


@dataclass(frozen=True)
class ObjectnessView:
    """What the page on objectness shows of a state."""

    state: ObjectnessState

    @cached_property
    def numbers(self) -> Mapping[str, Numbers]:
        """Return the numbers of each loss that is shown, by its name."""
        return {name: numbers_of(name, self.state) for name in self.state.shown}

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """Return the curves of each loss that is shown."""
        state = self.state
        return tuple(line_of(name, state.axis, state.target, weight_of(LOSSES[name], state)) for name in state.shown)

    @property
    def places(self) -> Places:
        """Return the places along the axis at which the curves are known."""
        return grid(self.state.axis)[0]

    @property
    def here(self) -> float:
        """Return the present place on the axis: the logit, or the probability."""
        return self.state.logit if self.state.axis == "z" else self.state.probability

    @property
    def side(self) -> Fastest | None:
        """Return where squared error learns fastest on this side of the target; None at the target."""
        state = self.state
        return None if at_target(state) else fastest(state.target, below=state.probability < state.target)
