"""Two losses on the same way: gradient descent on one logit, and when its probability passes one half.

z becomes z - rate * dL/dz, in double precision. In a training the weights move, which all
predictors share; here a logit does.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from lossviz.objectness.state import STEPS, ObjectnessState
from lossviz.objectness.view import at_target, squared_slope

Row = npt.NDArray[np.float64]
Share = Any
"""One probability, or a row of probabilities."""
FINE = 4000
"""How many pieces an integral is cut into."""


def sigmoid(z: float) -> float:
    """Return the probability 1 / (1 + e^-z) of a logit."""
    return 1 / (1 + math.exp(-z))


def bce_slope(p: Share, t: float) -> Share:
    """Return the slope p - t of the cross-entropy in the logit, at probability p."""
    return p - t


SLOPES: Mapping[str, Callable[[Share, float], Share]] = {"bce": bce_slope, "squared": squared_slope}
"""Slopes dL/dz of the two losses that race, at one probability or at many."""


@dataclass(frozen=True)
class Run:
    """One loss on its way: ``p`` after each step, the first before any; ``passes``: the step that leads over one half."""

    name: str
    p: Row
    passes: int | None

    @property
    def steps(self) -> int:
        """Return how many steps the run has."""
        return len(self.p) - 1


@lru_cache(maxsize=16)
def run_of(name: str, logit: float, target: float, rate: float, steps: int) -> Run:
    """Return the run of one loss: so many steps from the logit."""
    slope, z = SLOPES[name], logit
    way = np.empty(steps + 1)
    for n in range(steps + 1):
        way[n] = z
        z -= rate * slope(sigmoid(z), target)
    over = np.flatnonzero((way >= 0) != (logit >= 0))
    return Run(name, 1 / (1 + np.exp(-way)), int(over[0]) if len(over) else None)


def race_of(state: ObjectnessState) -> tuple[Run, ...]:
    """Return the runs of both losses, from the state's logit to its target."""
    return tuple(run_of(name, state.logit, state.target, state.rate, state.steps) for name in SLOPES)


def wakes(state: ObjectnessState) -> bool:
    """Return whether one half lies strictly between what is said and what is wanted: (p - 1/2)(t - 1/2) < 0."""
    return not at_target(state) and (state.probability - 0.5) * (state.target - 0.5) < 0


def flow_steps(name: str, state: ObjectnessState) -> float:
    r"""Return the steps to one half if they were infinitely small.

    It is the integral of dz over rate times slope, by Simpson's rule. Where the target is next to one half the slope is
    tiny at the end: |z| = d (e^u - 1) with d = 4 |t - 1/2| puts the places there close together.

    $$ \frac{1}{r} \int_{z_0}^{0} \frac{dz}{-dL/dz} $$

    From z to a target of 1: with cross-entropy z + e^z, with squared error -e^-z + 3 z + 3 e^z + e^2z / 2, taken from
    z_0 to 0.
    """
    side, near = math.copysign(1.0, state.logit), 4 * abs(state.target - 0.5)
    u = np.linspace(0, math.log1p(abs(state.logit) / near), FINE + 1)
    z, dz = side * near * np.expm1(u), near * np.exp(u)
    slope = side * SLOPES[name](1 / (1 + np.exp(-z)), state.target)
    weights = np.ones(FINE + 1)
    weights[1:-1:2], weights[2:-1:2] = 4, 2
    return float((weights * dz / slope).sum() * u[1] / 3 / state.rate)


def steps_to_half(name: str, state: ObjectnessState) -> float:
    """Return the steps to one half as counted, a whole number; beyond 10,000 as the integral says.

    How many steps are drawn has no part in it.
    """
    run = run_of(name, state.logit, state.target, state.rate, STEPS[1])
    return flow_steps(name, state) if run.passes is None else run.passes
