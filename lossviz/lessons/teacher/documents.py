"""The documents by what a link calls them."""

from collections.abc import Callable, Mapping

from lossviz.core.text import labelled
from lossviz.lessons.plans import Unit
from lossviz.lessons.teacher.edition import Edition
from lossviz.lessons.teacher.handout import handout
from lossviz.lessons.teacher.key import key
from lossviz.lessons.teacher.keys import table_of_keys
from lossviz.lessons.teacher.paper import standing_alone
from lossviz.lessons.teacher.plan import plan
from lossviz.lessons.teacher.projected import links

DOCUMENTS: Mapping[str, Callable[[Unit, Edition], str]] = {
    "plan": plan,
    "key": key,
    "handout": handout,
    "link": links,
    "keys": lambda unit, edition: table_of_keys(edition),
}
"""What a document is made of: all but the keys of links are about a lesson or a class."""


def file_of(kind: str, unit: Unit, edition: Edition) -> str:
    """Return a document about a unit as a file that stands alone."""
    name = edition.text(f"teacher_{kind}")
    title = name if kind == "keys" else labelled(name, edition.text.of(unit.title), edition.text)
    return standing_alone(DOCUMENTS[kind](unit, edition), title, edition)
