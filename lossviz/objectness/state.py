"""What the visitor of the page on objectness chose, and how a link spells it."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from lossviz.core.link import (
    Query,
    Reader,
    decimal,
    decimals,
    numbers,
    one_of,
    read,
    six,
    some_of,
    spell,
    version,
    whole,
)
from lossviz.derivations import DERIVATIONS
from lossviz.engine.rules import RULES

SPOON = -6.8374
"""Raw objectness of the missed spoon in the coffee scene, predictor 13.1.6.8: p = .0011."""
MOST = 12.0
"""Largest size of a logit: as far as the curves are drawn."""
SHOWN = ("bce", "squared", "linear", "darknet_v2", "darknet_v3", "focal")
"""Names of the losses: cross-entropy, squared error with and without a sigmoid, and three programs' own."""
AXES = ("z", "p")
"""What the curves are drawn over and slopes are taken in: the logit, or the probability."""
PARTS = ("factors", "race", "darknet")
"""What the second level shows."""
SCALES = (1, 5)
"""YOLOv2's object_scale: as if there were none, and as its configurations have it."""
RATES = (0.001, 10.0)
STEPS = (10, 10_000)


@dataclass(frozen=True)
class ObjectnessState:
    """One logit, one target, and how one looks at them.

    ``derivation``, ``line``, ``rule``: where one reads on the third level; empty: at the beginning. ``scores``: three
    logits of a softmax, ``kind``: its true class. ``rate``, ``steps``: of the race.
    """

    dragged: ClassVar[tuple[str, ...]] = ("logit", "target")
    """Names of the fields that a hand drags."""

    logit: float = SPOON
    target: float = 1.0
    shown: tuple[str, ...] = ("bce", "squared")
    axis: str = "z"
    scale: int = 5
    part: str = "factors"
    derivation: str = ""
    line: int = 0
    rule: str = ""
    scores: tuple[float, ...] = (2.0, 1.0, 0.0)
    kind: int = 1
    rate: float = 0.1
    steps: int = STEPS[1]

    @property
    def probability(self) -> float:
        """Return the probability p = s(z)."""
        return 1 / (1 + math.exp(-self.logit))

    def with_logit(self, logit: float) -> "ObjectnessState":
        """Return the state in which the network says something else, within bounds."""
        return replace(self, logit=six(min(max(logit, -MOST), MOST)))

    def with_probability(self, p: float) -> "ObjectnessState":
        """Return the state with the logit whose sigmoid is p: ln p / (1 - p)."""
        return self.with_logit(math.log(p / (1 - p)) if 0 < p < 1 else math.copysign(MOST, p - 0.5))

    def before_looks(self) -> tuple[object, ...]:
        """Return what the numbers depend on, leaving out how one looks at them."""
        return self.logit, self.target, self.scale, self.scores, self.kind, self.rate

    def to_query(self) -> dict[str, str]:
        """Return the state as keys and values of a link, only what differs from the default."""
        return spell(self, PLAIN, KEYS, SPELLED)


PLAIN = ObjectnessState()
KEYS = {
    "logit": "z",
    "target": "t",
    "shown": "f",
    "axis": "by",
    "scale": "scale",
    "part": "see",
    "derivation": "d",
    "line": "line",
    "rule": "rule",
    "scores": "zs",
    "kind": "k",
    "rate": "lr",
    "steps": "steps",
}


def digits(value: float) -> str:
    """Return a number with six digits, as a link spells it."""
    return f"{value:.6g}"


SPELLED: dict[str, Callable[[Any], str]] = {
    "logit": digits,
    "target": digits,
    "shown": ".".join,
    "scores": numbers,
    "rate": digits,
}


READERS: dict[str, Reader] = {
    "logit": decimal(-MOST, MOST),
    "target": decimal(0, 1),
    "shown": some_of(*SHOWN),
    "axis": one_of(*AXES),
    "scale": lambda text: int(one_of(*map(str, SCALES))(text)),
    "part": one_of(*PARTS),
    "derivation": one_of(*DERIVATIONS),
    "line": whole(99),
    "rule": one_of(*RULES),
    "scores": decimals(((-MOST, MOST),) * 3),
    "kind": whole(2),
    "rate": decimal(*RATES),
    "steps": whole(STEPS[1], STEPS[0]),
}


def from_query(query: Query) -> tuple[ObjectnessState, tuple[str, ...]]:
    """Return the state a link spells, and the keys whose values were no good."""
    bad: list[str] = []
    version(query, bad)
    return ObjectnessState(**read(query, PLAIN, KEYS, READERS, bad)), tuple(bad)
