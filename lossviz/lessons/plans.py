"""What a teacher is told beside the cards: a file a lesson and a file a class in ``assets/plans``, both languages inside."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lossviz.core.assets import ASSETS
from lossviz.core.lessons import CARDS, LESSONS, SHORT, Card, Words

FOLDER = ASSETS / "plans"


@dataclass(frozen=True)
class Prompt:
    """What belongs to one card: what to say, and what the class will answer."""

    say: Words
    expect: Words


@dataclass(frozen=True)
class LessonPlan:
    """The plan of a lesson, named as in its file."""

    needs: Words
    opening: Words
    cards: Mapping[str, Prompt]
    """By the keys of the lesson's cards."""
    detours: Words
    homework: Words


@dataclass(frozen=True)
class ClassPlan:
    """The plan of a class of 90 minutes, named as in its file."""

    order: int
    title: Words
    articles: tuple[str, ...]
    cards: tuple[Card, ...]
    vote: Words
    truth: Words
    show: Words
    discuss: Words
    split: int
    """How many of the cards come before the discussion."""


@dataclass(frozen=True)
class Unit:
    """What one teaches at a time: a lesson, or a class of 90 minutes made of cards of several."""

    key: str
    title: Words
    cards: tuple[Card, ...]
    aim: Words
    whole: ClassPlan | None = None
    """The plan of the class; None for a lesson."""


def loaded(key: str) -> dict[str, Any]:
    """Return what a file holds."""
    found: dict[str, Any] = json.loads((FOLDER / f"{key}.json").read_text(encoding="utf-8"))
    return found


def lesson_plan(key: str) -> LessonPlan:
    """Return the plan of a lesson."""
    file = loaded(key)
    cards = {name: Prompt(entry["say"], entry["expect"]) for name, entry in file["cards"].items()}
    return LessonPlan(file["needs"], file["opening"], cards, file["detours"], file["homework"])


def class_plan(key: str) -> ClassPlan:
    """Return the plan of a class; its cards by their names."""
    file = loaded(key)
    named: str | Sequence[str] = file.pop("article")
    cards = tuple(CARDS[name] for name in file.pop("cards"))
    return ClassPlan(articles=(named,) if isinstance(named, str) else tuple(named), cards=cards, **file)


def classes() -> dict[str, ClassPlan]:
    """Return the classes by key, in their order."""
    found = {path.stem: class_plan(path.stem) for path in FOLDER.glob("class-*.json")}
    return dict(sorted(found.items(), key=lambda entry: entry[1].order))


PLANS = {key: lesson_plan(key) for key in LESSONS if key != SHORT and (FOLDER / f"{key}.json").is_file()}
"""The plans of the lessons by key."""
CLASSES = classes()
UNITS = {
    **{key: Unit(key, LESSONS[key].title, LESSONS[key].cards, LESSONS[key].aim) for key in PLANS},
    **{key: Unit(key, plan.title, plan.cards, plan.truth, plan) for key, plan in CLASSES.items()},
}
"""Everything that can be taught, by key: the lessons, then the classes."""


def number_of(card: Card) -> int:
    """Return a card's number in its own lesson, counted from 1."""
    return LESSONS[card.lesson].cards.index(card) + 1


def prompt_of(card: Card) -> Prompt:
    """Return what to say at a card, and what the class will answer."""
    return PLANS[card.lesson].cards[card.key]
