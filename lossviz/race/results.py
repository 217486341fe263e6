"""What an experiment of many boxes found, per case, beside the points read off the paper's figure."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np

from lossviz.core.assets import ASSETS
from lossviz.race.state import MEASURED

PAPER = ASSETS / "published_fig_digitised.npz"
PAPER_CASES = 1_715_000
DIGITISED = 0.01
"""Relative error of reading the paper's figure."""
ENOUGH = 500
"""How many points an experiment needs for conclusions to be worded."""
CASES = 343
"""How many cases each point has: 7 targets for 49 boxes."""
MIDDLE = (10.0, 10.0)
"""The x and the y where all targets lie."""


@dataclass(frozen=True, eq=False)
class Results:
    """What one experiment found; losses in the order IoU, GIoU, DIoU, CIoU.

    ``curves``: mean error per case after each step. ``low``, ``high``: its quartiles over the points.
    ``finals``: mean final error per case of each point. ``points``: where they are.
    """

    gradient: str
    points: np.ndarray
    curves: dict[str, np.ndarray]
    low: dict[str, np.ndarray]
    high: dict[str, np.ndarray]
    finals: dict[str, np.ndarray]

    @property
    def count(self) -> int:
        """Return how many points there are."""
        return len(self.points)

    @property
    def steps(self) -> int:
        """Return how many steps each regression takes."""
        return len(self.curves["iou"])

    @property
    def distances(self) -> np.ndarray:
        """Return the distances of the points from the targets."""
        apart: np.ndarray = np.hypot(*(self.points - MIDDLE).T)
        return apart

    @property
    def order(self) -> list[str]:
        """Return the losses with the smallest final error first."""
        return sorted(self.curves, key=lambda name: float(self.curves[name][-1]))

    def leads(self, one: str, other: str) -> list[tuple[str, int, int]]:
        """Return who of two has the smaller error ("" for equal ones), and from which step to which, counted from 1."""
        ahead = np.sign(self.curves[other] - self.curves[one])
        turns = [0, *(np.nonzero(np.diff(ahead))[0] + 1).tolist(), len(ahead)]
        leader = {1: one, -1: other}
        return [(leader.get(int(ahead[first]), ""), first + 1, last) for first, last in pairwise(turns)]


def results_of(gradient: str, found: Mapping[str, np.ndarray]) -> Results:
    """Return the results in what ``lossviz race --npz`` wrote."""
    points = found["xy"]
    cases = CASES * len(points)
    return Results(
        gradient,
        points,
        {name: found[f"curve_{name}"] / cases for name in MEASURED},
        {name: found[f"quartile_low_{name}"] for name in MEASURED},
        {name: found[f"quartile_high_{name}"] for name in MEASURED},
        {name: found[f"final_per_point_{name}"] / CASES for name in MEASURED},
    )


@cache
def shipped(gradient: str) -> Results:
    """Return the full experiment, as ``lossviz race --points 5000 --npz`` computed it once."""
    with np.load(ASSETS / f"experiment_{gradient}.npz", allow_pickle=False) as found:
        return results_of(gradient, found)


@dataclass(frozen=True, eq=False)
class Paper:
    """The points of the paper's figure: steps, and mean error per case of each loss (nan where it cannot be read)."""

    steps: np.ndarray
    curves: dict[str, np.ndarray]


@cache
def paper() -> Paper:
    """Return the points as they were read off the paper's figure."""
    with np.load(PAPER, allow_pickle=False) as found:
        return Paper(found["iteration"], {name: found[name] / PAPER_CASES for name in MEASURED})


def binned(results: Results, name: str, bins: int = 20) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean final error in rings around the targets, and the rings' middle distances."""
    edges = np.linspace(0, 3, bins + 1)
    ring = np.clip(np.digitize(results.distances, edges) - 1, 0, bins - 1)
    counts = np.bincount(ring, minlength=bins)
    sums = np.bincount(ring, results.finals[name], minlength=bins)
    kept = counts > 0
    return ((edges[1:] + edges[:-1]) / 2)[kept], sums[kept] / counts[kept]
