"""One race: each contender's way from the start to the target, with IoU and error at every step."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch

from lossviz.core.plane import LOW, SIDE
from lossviz.engine.device import device_for, remembered
from lossviz.engine.host import to_host
from lossviz.engine.regression import errors, ious, race
from lossviz.race.state import MEASURED, PLAIN, RaceState

HALF = 0.5
"""The IoU from which a box counts as found."""


@dataclass(frozen=True, eq=False)
class Run:
    """A contender's boxes (steps + 1, 4) in units of the plane, and one IoU and error a step."""

    name: str
    boxes: np.ndarray
    iou: np.ndarray
    error: np.ndarray

    @property
    def moved(self) -> bool:
        """Return whether the box ever left its start."""
        return bool((self.boxes != self.boxes[0]).any())

    @property
    def half(self) -> int | None:
        """Return the first step after which the box covers its target to an IoU of .5; None if it never does."""
        reached = np.nonzero(self.iou >= HALF)[0]
        return int(reached[0]) if len(reached) else None

    @property
    def reaches(self) -> bool:
        """Return whether the box comes to cover its target to an IoU of .5: it did not at the start."""
        return self.half is not None and self.half > 0

    @property
    def late(self) -> bool:
        """Return whether the box moves, but never covers its target to an IoU of .5."""
        return self.half is None and self.moved

    @property
    def still(self) -> bool:
        """Return whether the box shares no area with its target and never moves."""
        return bool(self.iou[0] == 0) and not self.moved

    @property
    def shares(self) -> np.ndarray:
        """Return the boxes in shares of the picture."""
        found: np.ndarray = (self.boxes - (LOW, LOW, 0, 0)) / SIDE
        return found


def runs_of(state: RaceState) -> tuple[Run, ...]:
    """Return every contender's run; those without published directions take their true ones."""
    return _runs(replace(state, at=None, tab=PLAIN.tab, points=PLAIN.points))


@remembered("race", 16)
def _runs(state: RaceState) -> tuple[Run, ...]:
    kind: dict[str, Any] = {"dtype": torch.float64, "device": device_for("race")}
    start, target = (torch.tensor(box, **kind) for box in (state.start, state.target))
    ways = race(
        start,
        target,
        state.who,
        published=state.gradient == "published",
        rate=state.rate,
        schedule=state.schedule,
        factor=state.factor,
        steps=state.steps,
    )
    each = zip(state.who, *to_host(ways, ious(ways, target), errors(ways, target)), strict=True)
    return tuple(Run(*run) for run in each)


def ranked(runs: tuple[Run, ...]) -> list[Run]:
    """Return the runs with the nearest to the target in the end first; one that ran away is last."""
    return sorted(runs, key=lambda run: float(np.nan_to_num(run.error[-1], nan=np.inf)))


def coincide(state: RaceState) -> bool:
    """Return whether start and target are the same box."""
    return state.start == state.target


def published(state: RaceState) -> bool:
    """Return whether any contender follows a published direction: only the four measures have one."""
    return state.gradient == "published" and any(name in MEASURED for name in state.who)


def unpublished(state: RaceState) -> tuple[str, ...]:
    """Return the contenders that have no published directions."""
    return tuple(name for name in state.who if name not in MEASURED)
