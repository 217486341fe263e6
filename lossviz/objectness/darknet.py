"""What Darknet's layers made of one objectness through the years: delta, what goes back, what is printed."""

from dataclasses import dataclass
from functools import cache

from lossviz.objectness.state import ObjectnessState
from lossviz.objectness.view import at_target
from lossviz.programs.words import Version, versions

INSIDE, AFTER, NEVER = "inside", "after", "never"
"""Where the slope of the sigmoid is multiplied in: into delta, on the way back, not at all."""
STAGES = (
    ("c6afc7ff", "region", INSIDE, True, True),
    ("60e952ba", "region", AFTER, True, False),
    ("b40bbdc7", "region", NEVER, True, False),
    ("777b0982", "yolo", NEVER, False, True),
    ("777b0982", "region", AFTER, True, False),
)
"""The versions: commit and layer; where the slope enters; whether there are scales; whether the CPU gets a gradient."""


@dataclass(frozen=True)
class Stage:
    """One version of a layer and what it does with this output and this target."""

    version: Version
    slope: str
    delta: float
    gpu: float
    cpu: float | None
    printed: float

    @property
    def squared(self) -> bool:
        """Return whether what goes back is the slope of squared error; else it is that of cross-entropy."""
        return self.slope != NEVER


@cache
def dated() -> dict[tuple[str, str], Version]:
    """Return the versions of Darknet's layers by commit and layer."""
    return {(version.commit, version.layer): version for version in versions()}


def stages_of(state: ObjectnessState) -> tuple[Stage, ...]:
    """Return what each version does with the state's output and target, the oldest first.

    ``delta`` and what goes back point downhill: -dL/dz.
    """
    found = []
    p = state.target if at_target(state) else state.probability
    for commit, layer, slope, scaled, cpu in STAGES:
        weight = state.scale if scaled and state.target > 0 else 1
        delta = weight * (state.target - p) * (p * (1 - p) if slope == INSIDE else 1)
        back = delta * (p * (1 - p) if slope == AFTER else 1)
        found.append(Stage(dated()[commit, layer], slope, delta, back, back if cpu else None, delta * delta))
    return tuple(found)
