"""The documents by what a link calls them."""

from collections.abc import Callable, Mapping

from lossviz.core.text import labelled
from lossviz.lessons.teacher.edition import Edition
from lossviz.lessons.teacher.handout import handout
from lossviz.lessons.teacher.key import key
from lossviz.lessons.teacher.paper import standing_alone
from lossviz.lessons.teacher.plan import plan
from lossviz.lessons.teacher.plans import Unit

DOCUMENTS: Mapping[str, Callable[[Unit, Edition], str]] = {"plan": plan, "key": key, "handout": handout}
"""The documents about a unit."""


def file_of(kind: str, unit: Unit, edition: Edition) -> str:
    """Return a document about a unit as a file that stands alone."""
    title = labelled(edition.text(f"teacher_{kind}"), edition.text.of(unit.title), edition.text)
    return standing_alone(DOCUMENTS[kind](unit, edition), title, edition)
