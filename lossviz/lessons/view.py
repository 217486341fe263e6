"""What the course shows: how far each lesson is, a card's sentences with this state's numbers, the lines of its goal."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from lossviz.core.lessons import Card, Lesson, Words
from lossviz.core.progress import NEW, Records, right
from lossviz.core.spoken import spoken
from lossviz.core.text import Text, minus
from lossviz.lessons.facts import Fact, Facts, facts_of
from lossviz.lessons.goals import fulfilled

PLACE = re.compile(r"\{(?!now\})(?:(start|key):)?([\w.]+)\}")
"""Where a number of a state goes into a sentence: of the present one, of the card's start, of its solution."""


NOW = re.compile(r" ?[（(][^()（）]*\{now\}[^()（）]*[)）]")
"""What a line of a goal says of the present state, in brackets."""


@dataclass(frozen=True)
class GoalLine:
    """One test of a goal: whether it holds, and the test in words with the number as it is now."""

    reached: bool
    words: str
    bare: str = ""
    """The test without the number as it is now."""

    def done(self) -> "GoalLine":
        """Return the line of a goal that was reached before."""
        return GoalLine(True, self.bare or self.words, self.bare)


@dataclass(frozen=True)
class LessonProgress:
    """How far a lesson is."""

    lesson: Lesson
    reached: int
    minutes: int
    """About how many minutes are left."""
    following: int
    """The number of the first card that is not done, counted from 1; 0: all are."""

    @property
    def begun(self) -> bool:
        """Return whether a card of it was reached, and not all."""
        return 0 < self.reached < len(self.lesson.cards)


def progress_of(lesson: Lesson, records: Records) -> LessonProgress:
    """Return how far a lesson is."""
    left = [n for n, card in enumerate(lesson.cards, 1) if not records.get(card.name, NEW).reached]
    minutes = sum(lesson.cards[n - 1].minutes for n in left)
    return LessonProgress(lesson, len(lesson.cards) - len(left), minutes, left[0] if left else 0)


def mistaken(cards: Sequence[Card], records: Records) -> list[Card]:
    """Return the cards whose first answer was wrong although the learner was sure."""
    return [card for card in cards if (found := records.get(card.name, NEW)).sure and not right(card.name, found)]


def goal_lines(said: "Sentences", facts: Facts) -> list[GoalLine]:
    """Return the tests of a card's goal with this state's numbers."""
    lines = []
    for test in said.card.goal:
        words = said(test["says"])
        now = words.replace("{now}", shown(facts.get(test["fact"])))
        lines.append(GoalLine(fulfilled(test, facts), now, NOW.sub("", words)))
    return lines


def shown(fact: Fact) -> str:
    """Return a fact as a sentence has it: a number with four digits, a dash where there is none."""
    if fact is None or isinstance(fact, bool):
        return "–"
    return fact if isinstance(fact, str) else minus(spoken(float(fact)))


@cache
def facts_at(page: str, reads: Any, link: tuple[tuple[str, str], ...]) -> Facts:
    """Return the facts of a link's state. ``reads``: the page's reader of links."""
    return facts_of(page, reads(dict(link))[0])


@dataclass(frozen=True)
class Sentences:
    """A card's texts in one language, with the numbers of the states that they are about."""

    card: Card
    reads: Any
    """The reader of links of the card's page."""
    text: Text

    def __call__(self, words: Words, here: Facts | None = None) -> str:
        """Return a text with its numbers; ``here``: the facts of the present state."""
        return PLACE.sub(lambda found: self.number(found[1] or "", found[2], here or {}), self.text.of(words))

    def number(self, state: str, fact: str, here: Facts) -> str:
        """Return one number; a state's facts are worked out only if a sentence needs them."""
        queries: Mapping[str, Mapping[str, str]] = {"start": self.card.query, "key": self.card.solved}
        facts = facts_at(self.card.page, self.reads, tuple(queries[state].items())) if state else here
        return shown(facts.get(fact))
