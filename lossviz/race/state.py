"""What the visitor of the box race chose, and how a link spells it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from lossviz.core.link import Query, Reader, decimal, numbers, one_of, read, some_of, spell, switch, version, whole
from lossviz.core.plane import BOUNDS, box_reader, inside
from lossviz.engine.boxes import XYWH

CONTENDERS = ("iou", "giou", "diou", "ciou", "l2", "smooth_l1", "darknet")
MEASURED = CONTENDERS[:4]
"""Contenders that are overlap measures: they have published directions, too."""
GRADIENTS = ("true", "published")
SCHEDULES = ("paper", "constant")
TABS = ("one", "all")
RATES = (1e-4, 10.0)
STEPS = (10, 400)
POINTS = (25, 100, 500, 1000, 5000)
SMALLEST = 0.05
"""Shortest side of a start or a target: an empty target has no way to reach it."""
LIMITS = (*BOUNDS[:2], (SMALLEST, BOUNDS[2][1]), (SMALLEST, BOUNDS[3][1]))


@dataclass(frozen=True)
class RaceState:
    """A start, a target, who runs, by which rules; ``at``: the step shown, None while the film runs from the beginning."""

    dragged: ClassVar[tuple[str, ...]] = ("start", "target")
    """Names of the fields that a hand drags."""

    start: XYWH = (12.2, 12.2, 1.0, 1.0)
    target: XYWH = (10.0, 10.0, 1.0, 1.0)
    who: tuple[str, ...] = ("giou", "diou")
    gradient: str = "true"
    rate: float = 0.1
    schedule: str = "paper"
    factor: bool = True
    steps: int = 200
    at: int | None = None
    tab: str = "one"
    points: int = 25

    def with_box(self, name: str, box: XYWH) -> "RaceState":
        """Return the state in which the start or the target lies elsewhere."""
        changes: dict[str, Any] = {name: inside(box, LIMITS)}
        return replace(self, **changes)

    def before_looks(self) -> tuple[object, ...]:
        """Return what the numbers depend on, leaving out how one looks at them."""
        return self.start, self.target, self.who, self.gradient, self.rate, self.schedule, self.factor, self.steps

    def to_query(self) -> dict[str, str]:
        """Return the state as keys and values of a link, only what differs from the default."""
        return spell(self, PLAIN, KEYS, SPELLED)


PLAIN = RaceState()
KEYS = {
    "start": "start",
    "target": "target",
    "who": "who",
    "gradient": "grad",
    "rate": "lr",
    "schedule": "schedule",
    "factor": "factor",
    "steps": "steps",
    "at": "at",
    "tab": "tab",
    "points": "points",
}
SPELLED: dict[str, Callable[[Any], str]] = {
    "start": numbers,
    "target": numbers,
    "who": ".".join,
    "rate": lambda rate: f"{rate:.6g}",
    "factor": lambda on: str(int(on)),
}
READERS: dict[str, Reader] = {
    "start": box_reader(LIMITS),
    "target": box_reader(LIMITS),
    "who": some_of(*CONTENDERS),
    "gradient": one_of(*GRADIENTS),
    "rate": decimal(*RATES),
    "schedule": one_of(*SCHEDULES),
    "factor": switch,
    "steps": whole(STEPS[1], STEPS[0]),
    "tab": one_of(*TABS),
    "points": lambda text: int(one_of(*map(str, POINTS))(text)),
}


def from_query(query: Query) -> tuple[RaceState, tuple[str, ...]]:
    """Return the state a link spells, and the keys whose values were no good."""
    bad: list[str] = []
    version(query, bad)
    found = read(query, PLAIN, KEYS, READERS, bad)
    shown = read(query, PLAIN, KEYS, {"at": whole(found["steps"])}, bad)
    return RaceState(**found, **shown), tuple(bad)
