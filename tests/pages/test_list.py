"""The list for a class as Streamlit runs it: turned, revealed, edited, kept in a file."""

import re
from collections.abc import Callable
from urllib.parse import parse_qsl

import pytest
from helpers.lab_page import body, memory
from streamlit.testing.v1 import AppTest

from lossviz.core.examples import PAGES
from lossviz.core.slides import as_file, parts_of, unpacked
from lossviz.core.text import LANGUAGES, Text
from lossviz.core.visit import MOST_SLIDES
from lossviz.web import class_list

Visit = Callable[..., AppTest]
FIVE = (
    "lab?v=1#Coffee#Which term is largest?",
    "overlap?v=1&box=10_10_2_2&hide=answers#Which way?",
    "race?v=1",
    "objectness?v=1&hide=answers##Let them vote",
    "lab?v=1&obj=mse",
)
SLIDES = "|".join(FIVE)


def press(page: AppTest, key: str) -> AppTest:
    page.button(key=key).click().run()
    assert not page.exception
    return page


def listed(page: AppTest) -> tuple[str, ...]:
    """The list as the address says it."""
    assert memory(page).written == memory(page).query()
    return memory(page).visit.slides


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_bar_says_where_one_is_and_what_the_state_is_called(visit: Visit, lang: str) -> None:
    page = visit("lab", slides=SLIDES, lang=lang)
    assert re.search(r'data-value="1" data-count="5">.* data-testid="slide-name">Coffee<', body(page))
    assert "Which term is largest?" in body(page)
    page = visit("race", slides=SLIDES, slide="3", lang=lang)
    assert f'data-testid="slide-name">{Text(lang)("page_race")} · ' in body(page)


def test_an_answer_is_revealed_and_hidden_again_and_the_address_says_nothing_of_it(visit: Visit) -> None:
    page = visit("overlap", hide="answers", slides=SLIDES, slide="2", box="10_10_2_2")
    before = dict(page.query_params)
    assert 'data-testid="giou"' not in body(page)
    press(page, "reveal")
    assert 'data-testid="giou"' in body(page)
    assert dict(page.query_params) == before
    press(page, "reveal")
    assert 'data-testid="giou"' not in body(page)


def test_whoever_may_not_reveal_has_no_button_and_a_card_has_none(visit: Visit) -> None:
    for query in ({"hide": "answers.reveal"}, {}, {"hide": "answers", "lesson": "iou", "card": "1"}):
        page = visit("overlap", **query)
        assert "reveal" not in {button.key for button in page.button}


def test_an_entry_that_hides_nothing_of_its_own_has_no_button(visit: Visit) -> None:
    page = visit("lab", slides=SLIDES)
    assert "reveal" not in {button.key for button in page.button}


def test_names_notes_order_and_what_is_hidden_are_edited_in_one_place(visit: Visit) -> None:
    page = visit("list", slides=SLIDES)
    page.text_input(key="entry-name-2").set_value("The race").run()
    page.text_area(key="entry-note-2").set_value("First ask\nthen play").run()
    page.multiselect(key="entry-hide-2").set_value(["answers", "examples"]).run()
    assert parts_of(listed(page)[2]) == (
        "race",
        {"v": "1", "hide": "answers.examples"},
        "The race",
        "First ask\nthen play",
    )
    page.multiselect(key="entry-hide-1").set_value([]).run()
    assert parts_of(listed(page)[1])[1] == {"v": "1", "box": "10_10_2_2"}
    press(page, "entry-up-2")
    assert [parts_of(entry)[0] for entry in listed(page)] == ["lab", "race", "overlap", "objectness", "lab"]
    assert page.text_input(key="entry-name-1").value == "The race"
    press(page, "entry-out-0")
    assert len(listed(page)) == 4


def test_the_first_cannot_go_up_and_the_last_not_down(visit: Visit) -> None:
    page = visit("list", slides=SLIDES)
    assert page.button(key="entry-up-0").disabled
    assert page.button(key="entry-down-4").disabled
    assert not page.button(key="entry-down-0").disabled


def test_the_lecturers_link_opens_the_stage_and_the_class_gets_no_notes(visit: Visit) -> None:
    page = visit("list", slides=SLIDES)
    lecturer, students = (code.value for code in page.code)
    assert "view=present" in lecturer
    assert "view=" not in students
    assert [parts_of(entry)[3] for entry in unpacked(dict(parse_qsl(students.partition("?")[2]))["slides"])] == [""] * 5
    assert parts_of(unpacked(dict(parse_qsl(lecturer.partition("?")[2]))["slides"])[0])[3] == "Which term is largest?"


def test_an_empty_list_says_how_it_is_filled(visit: Visit) -> None:
    page = visit("list")
    assert Text("en")("list_empty") in body(page)
    assert not page.code


FILES = {
    "five": (as_file(FIVE).encode(), FIVE, ()),
    "one that cannot be opened": (as_file(["nowhere?v=1", FIVE[2]]).encode(), FIVE[2:3], ("slides.1",)),
    "no list": (b"lab?v=1", None, ()),
    "nothing in it": (as_file([]).encode(), None, ()),
    "nothing that opens": (as_file(["nowhere?"]).encode(), None, ()),
    "too many": (as_file([FIVE[2]] * (MOST_SLIDES + 1)).encode(), None, ()),
    "a photograph": (b"\xff\xd8\xff\xe0" * 99, None, ()),
}


@pytest.mark.parametrize(("content", "found", "bad"), FILES.values(), ids=FILES)
def test_a_file_takes_the_place_of_the_list_and_another_one_changes_nothing(
    visit: Visit, content: bytes, found: tuple[str, ...] | None, bad: tuple[str, ...]
) -> None:
    reads = memory(visit("list")).reads
    slides, refused = class_list.of_upload(content, reads)
    assert slides == (found or ())
    assert refused == (bad if found else ())


def test_a_state_that_stands_as_its_entry_has_it_need_not_be_kept_whatever_the_list_hides(visit: Visit) -> None:
    page = visit("race", hide="answers", slides="race?v=1|zoo?v=1")
    page.session_state["share_part"] = "list"
    page.session_state["share"] = True
    page.run()
    assert "list-keep" not in {button.key for button in page.button}
    press(page, "list-add")
    assert listed(page) == ("race?v=1", "zoo?v=1", "race?v=1")


def test_what_was_revealed_is_hidden_again_in_another_example_and_on_another_page(visit: Visit) -> None:
    page = press(visit("overlap", hide="answers"), "reveal")
    page.session_state["examples"] = True
    page.run()
    press(page, f"example-{next(iter(PAGES['overlap']))}")
    assert 'data-testid="giou"' not in body(page)


def test_on_its_own_page_the_list_is_what_the_code_opens(visit: Visit) -> None:
    page = press(visit("list", slides=SLIDES, view="present"), "qr-full")
    link = re.search(r'data-link="([^"]*)"', body(page))
    assert link
    assert "slides=" in link[1]


@pytest.mark.parametrize("path", ["list", "lessons", "words", "start"])
def test_where_nothing_is_hidden_there_is_nothing_to_reveal(visit: Visit, path: str) -> None:
    assert "reveal" not in {button.key for button in visit(path, hide="answers").button}


def test_the_card_of_an_entry_asks_on_the_projector_and_goes_with_the_entry(visit: Visit) -> None:
    slides = "overlap?v=1&box=9_9_2_2&lesson=iou&card=2|zoo?v=1"
    page = visit("overlap", view="present", slides=slides, box="9_9_2_2", lesson="iou", card="2")
    assert 'data-testid="card-ask"' in body(page)
    assert 'data-testid="giou"' not in body(page), "numbers wait for the answer"
    press(page, "slide-after")
    assert (memory(page).visit.lesson, memory(page).visit.card) == ("", 0)


def test_whoever_shares_hidden_answers_is_offered_no_picture_of_them(visit: Visit) -> None:
    for hide, offered in (("bars", True), ("answers", False)):
        page = visit("lab", hide=hide)
        page.session_state["share"] = True
        page.run()
        parts = next(group for group in page.button_group if group.key == "share_part")
        assert (Text("en")("share_figure") in parts.options) is offered
        assert page.toggle(key="share_hidden").value is not offered
