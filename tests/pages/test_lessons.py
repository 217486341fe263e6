"""The lessons as Streamlit runs them: a card from its link to its end, progress, the summary, the words."""

import re
from collections.abc import Callable

import pytest
from helpers.lab_page import body, memory
from helpers.links import said
from helpers.sampling import sampled
from streamlit.testing.v1 import AppTest

from lossviz.core.lessons import CARDS, LESSONS, SHORT, Card
from lossviz.core.progress import Record, carried
from lossviz.core.text import LANGUAGES, Text
from lossviz.lessons.code import read
from lossviz.lessons.words import TEN

Visit = Callable[..., AppTest]
NEGATIVE = CARDS["iou/negative"]


def numbered(card: Card) -> str:
    return str(LESSONS[card.lesson].cards.index(card) + 1)


def opened(visit: Visit, card: Card, **more: str) -> AppTest:
    return visit(card.page, lesson=card.lesson, card=numbered(card), **more)


def press(page: AppTest, key: str) -> AppTest:
    page.button(key=key).click().run()
    assert not page.exception
    return page


def answer(page: AppTest, number: int, key: str = "lesson_sure") -> AppTest:
    page.radio(key="card-choice").set_value(number).run()
    return press(page, key)


def goal(page: AppTest) -> list[bool]:
    return [found == "true" for found in re.findall(r'data-testid="card-goal" data-reached="(\w+)"', body(page))]


def test_a_link_that_names_a_card_opens_it_where_it_begins_and_the_address_says_so(visit: Visit) -> None:
    page = opened(visit, NEGATIVE)
    assert memory(page).query() == {
        "lang": "en",
        "level": "1",
        "v": "1",
        "lesson": "iou",
        "card": "2",
        **NEGATIVE.query,
    }
    assert memory(page).written == memory(page).query()
    assert 'data-testid="card-ask"' in body(page)
    assert 'data-testid="giou"' not in body(page), "numbers wait for the answer"
    assert goal(page) == []


def test_with_a_state_the_link_opens_that_state_and_reset_leads_to_where_the_card_begins(visit: Visit) -> None:
    page = opened(visit, NEGATIVE, v="1", box="11_11_3_2")
    assert page.query_params["box"] == "11_11_3_2"
    press(page, "reset")
    assert said(page.query_params) == {"v": "1", "lesson": "iou", "card": numbered(NEGATIVE), **NEGATIVE.query}


def test_an_answer_shows_the_numbers_and_the_task_and_is_not_judged_before_the_goal_is_reached(visit: Visit) -> None:
    page = answer(opened(visit, NEGATIVE), NEGATIVE.right)
    assert 'data-testid="card-do"' in body(page)
    assert 'data-testid="card-verdict"' not in body(page)
    assert goal(page) == [True, False]
    assert "lesson" in page.query_params
    assert not {*page.query_params} & {"said", "sure", "progress"}


@pytest.mark.parametrize("right", [True, False])
def test_what_fulfils_the_goal_ends_the_task_and_says_why(visit: Visit, right: bool) -> None:
    wrong = NEGATIVE.right % len(NEGATIVE.choices) + 1
    page = answer(opened(visit, NEGATIVE, lang="en"), NEGATIVE.right if right else wrong, "lesson_unsure")
    found = memory(page)
    page.query_params.update(NEGATIVE.solved)
    page.run()
    assert goal(page) == [True, True]
    assert found.record.reached
    page.run()
    words = body(page)
    assert ('data-testid="card-verdict">✓' in words) == right
    assert "and were not sure" in words
    assert "−0.4437" in words
    for one in NEGATIVE.wild:
        assert f'href="https://github.com/{one.replace("#", "/issues/")}"' in words
    page.query_params.update(NEGATIVE.query)
    page.run()
    assert found.record.reached, "once reached stays reached"


@pytest.mark.parametrize("name", sampled(CARDS, lambda name: (CARDS[name].page,)))
def test_every_card_can_be_answered_shown_and_left_for_the_next(visit: Visit, name: str) -> None:
    card = CARDS[name]
    for lang in LANGUAGES:
        page = answer(opened(visit, card, lang=lang), 1)
        assert not page.warning
        if card.answer:
            press(page, "card-show")
        else:
            assert not all(goal(page))
            press(page, "card-show")
            assert all(goal(page))
        assert memory(page).record.shown
        assert 'data-testid="card-take"' in body(page)
        following = LESSONS[card.lesson].cards[int(numbered(card)) :]
        press(page, "card-next")
        assert memory(page).card == (following[0] if following else None)
        assert memory(page).page == (following[0].page if following else "lessons")


def test_what_was_chosen_on_one_card_is_not_chosen_on_the_next(visit: Visit) -> None:
    page = opened(visit, CARDS["iou/flat"])
    page.radio(key="card-choice").set_value(2).run()
    assert not page.button(key="lesson_sure").disabled
    press(page, "card-skip")
    assert memory(page).card == NEGATIVE
    assert page.radio(key="card-choice").value is None
    assert page.button(key="lesson_sure").disabled


def test_a_typed_number_is_taken_within_its_tolerance(visit: Visit) -> None:
    card = next(card for card in CARDS.values() if card.answer)
    assert card.answer
    page = answer(opened(visit, card), 1)
    page.number_input(key="card-typed").set_value(card.answer[0] * 2).run()
    assert 'data-testid="card-typed"' in body(page)
    page.number_input(key="card-typed").set_value(card.answer[0] * (1 + card.answer[1] / 2)).run()
    assert 'data-testid="card-why"' in body(page)


def test_the_hint_shows_for_the_asking(visit: Visit) -> None:
    page = answer(opened(visit, NEGATIVE), 1)
    assert 'data-testid="card-hint"' not in body(page)
    assert 'data-testid="card-hint"' in body(press(page, "card-hint-button"))


def test_on_another_page_the_card_is_one_line_that_leads_there(visit: Visit) -> None:
    page = visit("race", lesson="iou", card="2")
    assert 'data-testid="card-ask"' not in body(page)
    press(page, "card-there")
    assert memory(page).page == "overlap"
    assert 'data-testid="card-ask"' in body(page)


@pytest.mark.parametrize("query", [{}, {"tab": "tensor"}, {"tab": "passthrough"}])
def test_the_page_asks_nothing_of_its_own_while_a_card_does(visit: Visit, query: dict[str, str]) -> None:
    def guesses(page: AppTest) -> list[str]:
        return [str(button.key) for button in page.button if "guess" in str(button.key)]

    assert guesses(visit("decode", **query))
    assert not guesses(answer(visit("decode", **query, v="1", lesson="numbers", card="1"), 1))


def test_a_lesson_is_left_where_one_is(visit: Visit) -> None:
    page = opened(visit, NEGATIVE)
    press(page, "card-close")
    assert said(page.query_params) == {"v": "1", **NEGATIVE.query}
    assert 'data-testid="giou"' in body(page)


@pytest.mark.parametrize(
    "query", [{"lesson": "no"}, {"lesson": "iou", "card": "9"}, {"card": "2"}, {"lesson": "iou", "card": "x"}]
)
def test_a_card_that_does_not_exist_is_named_and_the_page_stands(visit: Visit, query: dict[str, str]) -> None:
    page = visit("overlap", **query)
    assert page.warning
    assert memory(page).card is None
    assert 'data-testid="giou"' in body(page)


def test_all_lessons_are_there_with_how_far_one_is(visit: Visit) -> None:
    page = visit("lessons")
    assert re.findall(r'data-testid="lesson-(\w+)"', body(page)) == [*LESSONS]
    first = next(card for card in LESSONS[SHORT].cards)
    memory(page).records = {first.name: Record(said=1, reached=5)}
    page.run()
    assert Text("en")("lessons_count", reached=1, count=12, minutes=LESSONS[SHORT].minutes - first.minutes) in body(
        page
    )
    press(page, f"open-{SHORT}")
    assert memory(page).visit.card == 2
    assert memory(page).page == LESSONS[SHORT].cards[1].page


def test_the_summary_has_what_to_remember_what_deserves_a_second_look_and_a_code(visit: Visit) -> None:
    page = visit("lessons", lesson="iou", lang="en")
    wrong = NEGATIVE.right % len(NEGATIVE.choices) + 1
    done = {card.name: Record(said=card.right, began=60, reached=120) for card in LESSONS["iou"].cards[:3]}
    memory(page).records = done | {NEGATIVE.name: Record(said=wrong, sure=True, began=60, reached=180)}
    page.run()
    takes = body(page).partition('data-testid="takes"')[2]
    assert takes.count("<li>") == 3
    assert [button.key for button in page.button if str(button.key).startswith(("again-", "left-"))] == [
        "again-negative",
        *(f"left-{card.key}" for card in LESSONS["iou"].cards[3:]),
    ]
    page.text_input(key="lessons-word").set_value("Night class").run()
    press(page, "make-code")
    found = read(page.code[-1].value, "night class")
    assert found
    assert (found.lesson, found.done[:5], found.minutes) == (10, (True, True, True, False, False), 4)
    assert found.right[:3] == tuple(card.name != NEGATIVE.name for card in LESSONS["iou"].cards[:3])
    assert Text("en")("lessons_right", right=2, count=3) in body(page)
    press(page, "again-negative")
    assert memory(page).card == NEGATIVE
    assert memory(page).record.reached, "what was done stays"


def test_a_card_begins_anew_for_the_asking(visit: Visit) -> None:
    page = press(answer(opened(visit, NEGATIVE), 1), "card-show")
    press(page, "card-anew")
    assert NEGATIVE.name not in memory(page).records
    assert 'data-testid="card-ask"' in body(page)
    assert memory(page).query()["box"] == NEGATIVE.query["box"]


def test_a_lesson_begins_anew_only_after_a_question(visit: Visit) -> None:
    page = visit("lessons", lesson="iou", lang="en")
    memory(page).records = {NEGATIVE.name: Record(said=1, reached=5)}
    page.run()
    press(page, "onwards-anew-yes")
    assert memory(page).records == {}
    assert memory(page).card == LESSONS["iou"].cards[0]


def test_a_finished_card_that_is_opened_again_says_nothing_that_is_not_so(visit: Visit) -> None:
    page = opened(visit, NEGATIVE, lang="en")
    memory(page).records = {NEGATIVE.name: Record(said=NEGATIVE.right, reached=5)}
    page.run()
    page.run()
    assert goal(page) == [True, True]
    assert "now" not in body(page).partition('class="lz-goal"')[2].partition("</ul>")[0]
    assert "−0.4437" in body(page), "numbers of the solution: the start does not fulfil the goal"


@pytest.mark.parametrize("path", ["", "lessons", "articles", "words", "ledger"])
def test_pages_without_cards_open_while_a_card_is_open(visit: Visit, path: str) -> None:
    page = visit(path, lesson="iou", card="2")
    assert page.button(key="card-there")


def test_a_new_card_begins_with_nothing_to_undo_and_what_is_shown_can_be_undone(visit: Visit) -> None:
    page = answer(opened(visit, NEGATIVE), 1)
    press(page, "card-show")
    assert not page.button(key="undo").disabled
    press(page, "card-next")
    assert memory(page).page == "overlap"
    assert page.button(key="undo").disabled


def test_progress_is_carried_on_and_forgotten_and_another_text_changes_nothing(visit: Visit) -> None:
    page = visit("lessons", lang="en")
    brought = {NEGATIVE.name: Record(said=1, reached=5)}
    for text, known in (("no text of ours", {}), (carried(brought), brought)):
        page.text_area(key="lessons-pasted").set_value(text).run()
        press(page, "bring")
        assert memory(page).records == known
        assert len(page.warning) == (not known)
    press(page, "forget")
    assert memory(page).records == {}


def test_the_words_have_pictures_and_stand_behind_the_question_mark_of_every_page(visit: Visit) -> None:
    page = visit("words")
    for word in TEN:
        assert f'data-testid="word-{word}"' in body(page)
    assert body(page).count("data:image/svg+xml;base64,") == len(TEN) == 10
    for path in ("", "lab", "lessons"):
        page = visit(path)
        page.session_state["words"] = True
        page.run()
        assert body(page).count("<dt>") == 10
    assert "words" not in visit("lab", view="embed").session_state


def test_the_link_of_a_lesson_begins_with_its_start_and_tells_no_answer(visit: Visit) -> None:
    page = visit("lessons", lesson="iou")
    assert [page.button(key="summary-start").label] == [Text("en")("lessons_start")]
    titles = [LESSONS["iou"].cards[0].title["en"], LESSONS["iou"].cards[1].title["en"]]
    assert not [title for title in titles if title in body(page)]
    press(page, "summary-start")
    assert memory(page).visit.card == 1
