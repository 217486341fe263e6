"""What a state says in plain numbers and words: the vocabulary of a card's goal, and of the numbers in its sentences.

One file a page, with a function from the page's state to its facts. Nothing is worked out here: facts rename what the
subjects' own views return.
"""

from collections.abc import Callable, Mapping
from typing import Any

from lossviz.lessons.facts import assignment, decode, lab, objectness, overlap, race, zoo

Fact = float | str | bool | None
Facts = Mapping[str, Fact]
"""The facts of a state by name."""

PAGES: Mapping[str, Callable[[Any], Facts]] = {
    "lab": lab.facts,
    "overlap": overlap.facts,
    "race": race.facts,
    "assignment": assignment.facts,
    "objectness": objectness.facts,
    "zoo": zoo.facts,
    "decode": decode.facts,
}
"""How each page's state becomes facts, by the page's path."""


def facts_of(page: str, state: Any) -> Facts:
    """Return the facts of a page's state; none for a page without any."""
    return PAGES[page](state) if page in PAGES else {}
