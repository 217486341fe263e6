"""What a teacher looks at on the page of the lessons, and how a link says it."""

from dataclasses import dataclass
from typing import ClassVar

from lossviz.core.link import Query, one_of, read, spell, version
from lossviz.lessons.plans import CLASSES

SEES = ("plan", "key", "handout", "link", "codes", "keys")
"""What a teacher may see: plan, key, handout, link for the class, completion codes, keys of links."""


@dataclass(frozen=True)
class LessonsState:
    """A teacher's choice; what a learner sees does not depend on it."""

    dragged: ClassVar[tuple[str, ...]] = ()

    see: str = "plan"
    plan: str = ""
    """The class of 90 minutes that is chosen; "": the lesson that the link names."""

    def before_looks(self) -> tuple[object, ...]:
        """Return nothing, as no number is worked out."""
        return ()

    def to_query(self) -> dict[str, str]:
        """Return the state as keys and values of a link, only what differs from the default."""
        return spell(self, PLAIN, KEYS, {})


PLAIN = LessonsState()
KEYS = {"see": "see", "plan": "plan"}


def from_query(query: Query) -> tuple[LessonsState, tuple[str, ...]]:
    """Return the state a link spells, and the keys whose values were no good."""
    bad: list[str] = []
    version(query, bad)
    found = read(query, PLAIN, KEYS, {"see": one_of(*SEES), "plan": one_of(*CLASSES)}, bad)
    return LessonsState(**found), tuple(bad)
