"""The course: lessons and their cards, one file a lesson in ``assets/lessons``, both languages inside.

A card opens a page in a state, asks a question, sets a task whose end facts of the page decide, and refutes a belief.
"""

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl

from lossviz.core.assets import ASSETS

FOLDER = ASSETS / "lessons"
Words = Mapping[str, str]
"""A text in every language."""
SHORT = "short"
"""The key of the short way: it has no cards of its own, but the cards of other lessons."""


@dataclass(frozen=True)
class Card:
    """One card of a lesson, named as in its file."""

    lesson: str
    key: str
    page: str
    level: str
    minutes: int
    title: Words
    ask: Words
    choices: Sequence[Words]
    right: int
    """The number of the right choice, counted from 1."""
    do: Words
    hint: Words
    why: Words
    take: Words
    goal: Sequence[Mapping[str, Any]]
    """Tests of facts, all of which hold when the task is done; ``says``: the test in words."""
    start: str
    """The link of the state in which the card opens."""
    solution: str
    """The link of a state that fulfils the goal."""
    m: Sequence[str] = ()
    """The questions of learners that the card takes up."""
    articles: Sequence[str] = ()
    wild: Sequence[str] = ()
    """Where the question was asked, as repository#number."""
    answer: Sequence[float] | None = None
    """A number to type in place of a goal, and how far off it may be, as a share of it."""
    constants: Mapping[str, str] | None = None
    """Numbers in the texts that no state gives, with their sources."""

    @property
    def name(self) -> str:
        """Return the card's name in notes about progress."""
        return f"{self.lesson}/{self.key}"

    @property
    def query(self) -> dict[str, str]:
        """Return the keys and values of the state in which the card opens."""
        return dict(parse_qsl(self.start))

    @property
    def solved(self) -> dict[str, str]:
        """Return the keys and values of a state that fulfils the goal."""
        return dict(parse_qsl(self.solution))

    @cached_property
    def order(self) -> tuple[int, ...]:
        """Return the numbers of the choices in the order in which they stand: drawn once for each card."""
        numbers = list(range(1, len(self.choices) + 1))
        random.Random(self.name).shuffle(numbers)
        return tuple(numbers)


@dataclass(frozen=True)
class Lesson:
    """A lesson: its title, what one can do after it, its cards."""

    key: str
    order: int
    title: Words
    aim: Words
    cards: tuple[Card, ...]

    @property
    def minutes(self) -> int:
        """Return about how long it takes."""
        return sum(card.minutes for card in self.cards)


def lessons() -> dict[str, Lesson]:
    """Return all lessons by key in their order, the short way first."""
    files = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in FOLDER.glob("*.json")}
    cards = {key: tuple(Card(key, **entry) for entry in found["cards"]) for key, found in files.items() if key != SHORT}
    named = {card.name: card for own in cards.values() for card in own}
    if SHORT in files:
        cards[SHORT] = tuple(named[name] for name in files[SHORT]["cards"])
    found = [Lesson(key, file["order"], file["title"], file["aim"], cards[key]) for key, file in files.items()]
    return {lesson.key: lesson for lesson in sorted(found, key=lambda lesson: lesson.order)}


LESSONS = lessons()
CARDS = {card.name: card for lesson in LESSONS.values() for card in lesson.cards}
"""Every card by its name."""
MOST_CARDS = 20
"""The largest number of a card that a link may name."""


def card_at(lesson: str, number: int) -> Card | None:
    """Return a lesson's card, counted from 1, or None where there is none."""
    cards = LESSONS[lesson].cards if lesson in LESSONS else ()
    return cards[number - 1] if 0 < number <= len(cards) else None
