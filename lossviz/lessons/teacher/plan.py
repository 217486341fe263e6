"""The plan of a lesson, and of a class of 90 minutes: what to open, to say and to expect, minute by minute."""

from collections.abc import Sequence
from typing import NamedTuple

from lossviz.articles.view import articles
from lossviz.core.lessons import LESSONS, Card, Words
from lossviz.lessons.plans import PLANS, ClassPlan, LessonPlan, Unit, number_of, prompt_of
from lossviz.lessons.teacher.edition import Edition
from lossviz.lessons.teacher.paper import anchor, row, sheet, table

OPENING, CLOSING = 3, 2
"""Minutes before a lesson's first card and after its last."""


class Stage(NamedTuple):
    """A stretch of a class of 90 minutes."""

    key: str
    minutes: int


STAGES = (
    Stage("vote", 5),
    Stage("show", 15),
    Stage("first", 25),
    Stage("discuss", 10),
    Stage("second", 20),
    Stage("again", 10),
    Stage("take", 5),
)
"""The timetable of a class."""


def plan(unit: Unit, edition: Edition) -> str:
    """Return the plan of a unit."""
    return of_class(unit, unit.whole, edition) if unit.whole else of_lesson(unit, PLANS[unit.key], edition)


def of_lesson(unit: Unit, told: LessonPlan, edition: Edition) -> str:
    """Return the plan of a lesson."""
    before = [row(span(0, OPENING), edition.words("plan_opening"), edition.of(told.opening), spans=2)]
    end = OPENING + sum(card.minutes for card in unit.cards)
    after = [row(span(end, end + CLOSING), edition.words("plan_closing"), edition.words("plan_take_home"), spans=2)]
    body = (
        facts([("plan_aim", unit.aim), ("plan_needs", told.needs)], edition)
        + table(heads(edition), [*before, *played(unit.cards, OPENING, edition), *after])
        + facts([("plan_detours", told.detours), ("plan_homework", told.homework)], edition)
    )
    under = edition.words("plan_under", minutes=end + CLOSING, count=len(unit.cards))
    return sheet("plan", edition.of(unit.title), under, body, edition)


def of_class(unit: Unit, told: ClassPlan, edition: Edition) -> str:
    """Return the plan of a class of 90 minutes."""
    halves = {"first": told.cards[: told.split], "second": told.cards[told.split :]}
    said = {"vote": told.vote, "show": told.show, "discuss": told.discuss, "again": told.truth}
    rows, minute = list[str](), 0
    for stage in STAGES:
        words = edition.of(said[stage.key]) if stage.key in said else edition.words(f"plan_stage_{stage.key}_do")
        heading = f"<b>{edition.words(f'plan_stage_{stage.key}')}</b>"
        rows.append(row(f"<b>{span(minute, minute + stage.minutes)}</b>", heading, words, spans=2))
        rows += played(halves.get(stage.key, ()), minute, edition, most=stage.minutes)
        minute += stage.minutes
    named = [articles()[key].title.in_(edition.text.lang) for key in told.articles]
    goes_with = f"<p>{edition.words('plan_article', article=edition.text('list_semicolon').join(named))}</p>"
    body = facts([("plan_truth", told.truth)], edition) + goes_with + table(heads(edition), rows)
    under = edition.words("plan_under", minutes=minute, count=len(unit.cards))
    return sheet("plan", edition.of(unit.title), under, body, edition)


def heads(edition: Edition) -> list[str]:
    """Return the heads of the table's columns."""
    return [edition.words(f"plan_{key}") for key in ("minute", "open", "say", "expect")]


def span(first: int, last: int) -> str:
    """Return from which minute to which something lasts."""
    return f"{first}–{last}"


def played(cards: Sequence[Card], begin: int, edition: Edition, *, most: int = 999) -> list[str]:
    """Return a row for each card, one after another from a minute on; they share ``most`` minutes where these are few."""
    whole = sum(card.minutes for card in cards)
    rows, done = list[str](), 0
    for card in cards:
        first, last = (begin + round(minute * min(1.0, most / whole)) for minute in (done, done + card.minutes))
        open_it = anchor(edition.projected(card), f"{edition.words(f'page_{card.page}')} →")
        name = f"{place_of(card)} {edition.of(card.title)}<br>{open_it}"
        prompt = prompt_of(card)
        said, expected = (edition.said(card, words) for words in (prompt.say, prompt.expect))
        rows.append(row(span(first, last), name, said, expected))
        done += card.minutes
    return rows


def place_of(card: Card) -> str:
    """Return the numbers of a card's lesson and of the card in it."""
    return f"<b>{LESSONS[card.lesson].order}.{number_of(card)}</b>"


def facts(told: Sequence[tuple[str, Words]], edition: Edition) -> str:
    """Return paragraphs, each with what it is about before it."""
    return "".join(edition.told(key, edition.of(words)) for key, words in told)
