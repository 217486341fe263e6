"""Every card: its start does not fulfil the goal, its key does; its texts are whole, its numbers come from a state."""

import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from helpers.chinese import untidy

from lossviz.articles.view import articles
from lossviz.core.lessons import CARDS, LESSONS, SHORT, Card
from lossviz.core.text import LANGUAGES, Text
from lossviz.decode.view import moved as dragged_box
from lossviz.decode.view import view_of as decoded
from lossviz.lab.view import view_of as lab_view
from lossviz.lessons.facts import facts_of
from lossviz.lessons.goals import KINDS, fulfilled
from lossviz.lessons.view import PLACE, Sentences, facts_at, goal_lines
from pages import all_pages

PAGES = {page.path: page for page in all_pages()}
NUMBER = re.compile(r"(?<![\w.])\d[\d,]*(?:\.\d+)?")
TEXTS = ("title", "ask", "do", "hint", "why", "take")


def state_of(card: Card, query: dict[str, str]) -> Any:
    reads = PAGES[card.page].reads
    assert reads
    state, bad = reads(query)
    assert bad == ()
    return state


def facts(card: Card, query: dict[str, str]) -> Any:
    return facts_at(card.page, PAGES[card.page].reads, tuple(query.items()))


def holds(card: Card, state: Any) -> bool:
    found = facts_of(card.page, state)
    return all(fulfilled(test, found) for test in card.goal)


def texts(card: Card) -> Iterator[dict[str, str]]:
    yield from (getattr(card, name) for name in TEXTS)
    yield from card.choices
    yield from (test["says"] for test in card.goal)


def test_there_are_twelve_lessons_with_sixty_cards_and_a_short_way_through_twelve_of_them() -> None:
    own = [lesson for lesson in LESSONS.values() if lesson.key != SHORT]
    assert [lesson.order for lesson in own] == [*range(1, 13)]
    assert len(CARDS) == sum(len(lesson.cards) for lesson in own) == 60
    assert all(4 <= len(lesson.cards) <= 6 for lesson in own)
    assert len(LESSONS[SHORT].cards) == 12
    assert {card.name for card in LESSONS[SHORT].cards} < CARDS.keys()
    assert next(iter(LESSONS)) == SHORT
    assert LESSONS[SHORT].minutes <= 45


def test_every_question_of_learners_is_taken_up_by_a_card() -> None:
    assert {m for card in CARDS.values() for m in card.m} == {f"M{n}" for n in range(1, 53)}


def test_every_row_that_a_card_names_is_one_of_an_article() -> None:
    rows = {f"{key}/{row.key}" for key, article in articles().items() for row in article.rows}
    assert {row for card in CARDS.values() for row in card.articles} <= rows


@pytest.mark.parametrize("name", CARDS)
def test_the_start_does_not_fulfil_the_goal_and_the_key_does(name: str) -> None:
    card = CARDS[name]
    if card.answer:
        value, share = card.answer
        assert card.goal == []
        assert math.isfinite(value)
        assert 0 < share <= 0.05
        return
    assert not holds(card, state_of(card, card.query))
    assert holds(card, state_of(card, card.solved))
    for lang in LANGUAGES:
        lines = goal_lines(Sentences(card, PAGES[card.page].reads, Text(lang)), facts(card, card.solved))
        assert [line.reached for line in lines] == [True] * len(card.goal)
        for line in lines:
            for words in (line.words, line.done().words):
                assert words
                assert not {*"{}–"} & {*words}, words


@pytest.mark.parametrize("name", CARDS)
def test_a_card_is_whole_in_every_language(name: str) -> None:
    card = CARDS[name]
    assert 2 <= len(card.choices) <= 4
    assert 1 <= card.right <= len(card.choices)
    assert sorted(card.order) == [*range(1, len(card.choices) + 1)]
    assert bool(card.goal) != bool(card.answer)
    for words in texts(card):
        assert words.keys() == {*LANGUAGES}
        assert all(words.values())
        assert sorted(PLACE.findall(words["en"])) == sorted(PLACE.findall(words["zh"])), words
        assert untidy(PLACE.sub("7", words["zh"])) == []
    for test in card.goal:
        assert {*test} & {*KINDS}
    for one in card.wild:
        assert re.fullmatch(r"[\w.-]+/[\w.-]+#\d+", one)


@pytest.mark.parametrize("name", CARDS)
def test_every_number_in_a_card_comes_from_a_state_or_has_its_source(name: str) -> None:
    card = CARDS[name]
    sources = {number.lstrip("−-"): source for number, source in (card.constants or {}).items()}
    limits = [value for test in card.goal for value in test.values() if type(value) in (int, float)]
    sources |= {f"{abs(value):,}": "the goal's own limit" for value in limits}
    for lang in LANGUAGES:
        said = Sentences(card, PAGES[card.page].reads, Text(lang))
        for words in texts(card):
            here = facts(card, card.solved) if card.solution else {}
            whole = said({lang: words[lang].replace("{now}", "7")}, here)
            assert "{" not in whole
            assert "–" not in re.sub(r"\d–\d", "", whole), "a fact that is not there"
            literal = NUMBER.findall(PLACE.sub("", words[lang]).replace("{now}", ""))
            assert [n for n in literal if ("." in n or len(n.replace(",", "")) > 2) and n not in sources] == []
    assert all(sources.values())


def test_the_right_answer_stands_first_as_often_as_elsewhere() -> None:
    places = Counter(card.order.index(card.right) for card in CARDS.values())
    assert min(places[0], places[1], places[2]) >= 12


@pytest.mark.parametrize("name", CARDS)
def test_the_drawn_order_of_answers_is_always_the_same(name: str) -> None:
    assert CARDS[name].order == replace(CARDS[name]).order


# ---- a hand can reach it: the goal is two pixels wide at 1366 ----

BOARD = 540.0
"""Pixels of a canvas at 1366."""
CURVE = 420.0
"""Pixels of a curve's axis at 1366."""


def beside(card: Card, state: Any) -> list[Any]:
    """States one pixel of a drag away from this one; none on pages where this card drags nothing."""
    if card.page == "overlap":
        step = 10 / BOARD
        boxes = [[*state.moving] for _ in range(8)]
        for n, box in enumerate(boxes):
            box[n % 4] += step if n < 4 else -step
        return [replace(state, moving=tuple(box)) for box in boxes]
    if card.page == "objectness":
        return [state.with_logit(state.logit + side * 24 / CURVE) for side in (-1, 1)]
    if card.page == "zoo" and state.tab == "curves":
        return [replace(state, x=state.x + side * 16 / CURVE) for side in (-1, 1)]
    if card.page == "decode" and state.tab == "box" and card.level != "3":
        x, y, w, h = decoded(state).shown()
        step = 1 / BOARD
        return [dragged_box(state, (x + a * step, y, w + b * step, h)) for a, b in ((1, 0), (-1, 0), (0, 1), (0, -1))]
    if card.page == "lab" and state.raws and state.mode == "prediction":
        predictor = lab_view(state).prediction.predictor
        raw = lab_view(state).prediction.raw
        step = 13 / BOARD
        return [
            state.with_raw(predictor, {channel: raw[channel] + side * step}) for channel in range(4) for side in (-1, 1)
        ]
    return []


NOT_DRAGGED = ("gradients/identical", "reductions/beta")
"""Their last step is a number that is typed, or arrow keys; and a slider."""


@pytest.mark.parametrize("name", [name for name in CARDS if name not in NOT_DRAGGED and CARDS[name].goal])
def test_a_goal_is_at_least_two_pixels_wide(name: str) -> None:
    card = CARDS[name]
    near = beside(card, state_of(card, card.solved))
    assert not near or any(holds(card, state) for state in near)
