"""The teacher's side of the lessons as Streamlit runs it."""

from collections.abc import Callable

import pytest
from helpers.lab_page import body, memory, press
from helpers.links import said
from streamlit.testing.v1 import AppTest

from lossviz.core.lessons import LESSONS
from lossviz.core.progress import Record
from lossviz.core.text import LANGUAGES, Text
from lossviz.lessons.code import Completion, made, read
from lossviz.lessons.plans import UNITS
from lossviz.lessons.state import SEES
from lossviz.lessons.teacher.documents import DOCUMENTS

Visit = Callable[..., AppTest]
TEACHER = {"role": "teacher", "lang": "en"}
DONE = Completion(10, (True, True), (True,), 9)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("see", SEES)
def test_every_part_opens_from_its_link(visit: Visit, see: str, lang: str) -> None:
    page = visit("lessons", **TEACHER | {"lang": lang}, lesson="iou", see=see)
    assert not page.warning
    assert (f'data-testid="paper-{see}"' in body(page)) == (see in DOCUMENTS)
    own = {} if see == "plan" else {"v": "1", "see": see}
    assert said(memory(page).query() | {"lang": "en"}) == {"role": "teacher", "lesson": "iou", **own}


def test_the_way_in_is_at_the_end_of_the_lessons_and_leads_back(visit: Visit) -> None:
    page = visit("lessons")
    assert page.button[-1].key == "teacher-in"
    press(page, "teacher-in")
    assert said(memory(page).query()) == {"role": "teacher"}
    assert UNITS["numbers"].title["en"] in body(page), "the first lesson"
    press(page, "teacher-out")
    assert said(memory(page).query()) == {}
    assert 'data-testid="lesson-iou"' in body(page)


@pytest.mark.parametrize("query", [{}, {"see": "key"}, {"lesson": "iou", "see": "key"}, {"plan": "class-a"}])
def test_a_learner_sees_no_key(visit: Visit, query: dict[str, str]) -> None:
    page = visit("lessons", **query)
    assert "paper-" not in body(page).partition("</style>")[2]
    assert not page.exception


def test_a_lesson_or_a_class_is_chosen_and_the_address_says_so(visit: Visit) -> None:
    page = visit("lessons", **TEACHER, lesson="iou")
    assert page.selectbox(key="teacher-unit").value == "iou"
    page.selectbox(key="teacher-unit").set_value("class-c").run()
    assert said(memory(page).query()) == {"role": "teacher", "v": "1", "plan": "class-c"}
    assert UNITS["class-c"].title["en"] in body(page)
    page.selectbox(key="teacher-unit").set_value("v2").run()
    assert said(memory(page).query()) == {"role": "teacher", "lesson": "v2"}
    assert UNITS["v2"].title["en"] in body(page)


def test_the_word_of_the_class_goes_into_every_link_and_into_the_address(visit: Visit) -> None:
    page = visit("lessons", **TEACHER, lesson="iou", see="link")
    page.text_input(key="teacher-word").set_value("  night-b\u200b ").run()
    assert page.query_params["class"] == "night-b"
    for link in (code.value for code in page.code):
        assert "class=night-b" in link
        assert "role" not in link
    assert page.code[0].value.endswith("/lessons?lang=en&lesson=iou&hide=examples.share&class=night-b")
    page.segmented_control(key="teacher-see").set_value("handout").run()
    assert "class=night-b" in body(page)
    assert "role=teacher" not in body(page)


def test_codes_are_read_only_with_a_word_and_nothing_of_them_is_kept(visit: Visit) -> None:
    page = visit("lessons", **TEACHER, see="codes")
    column = f"Anna,{made(DONE, 'night-b', 7)}\n<b>Bo</b>,{made(DONE, 'night-b', 7)}\nno"
    page.text_area(key="teacher-codes").set_value(column).run()
    assert Text("en")("codes_word") in body(page)
    page.text_input(key="teacher-word").set_value("night-b").run()
    assert Text("en")("codes_sum", good=1, count=3) in body(page)
    assert body(page).count('class="lz-wrong"') == 2
    assert Text("en")("codes_copy", line=1) in body(page)
    assert "<b>Bo</b>" not in body(page)
    assert "Anna" not in str(page.query_params) + str(memory(page))
    page.text_area(key="teacher-codes").set_value("x\n" * 2_001).run()
    assert page.warning[0].value == Text("en")("codes_many", most="2,000")


def test_the_word_in_a_learner_s_link_stands_in_the_field_for_the_completion_code(visit: Visit) -> None:
    page = visit("lessons", lesson="iou", **{"class": "night-b"})
    memory(page).records = {card.name: Record(said=1, began=60, reached=120) for card in LESSONS["iou"].cards}
    page.run()
    assert page.text_input(key="lessons-word").value == "night-b"
    press(page, "make-code")
    assert read(page.code[-1].value, "night-b")


@pytest.mark.parametrize("query", [{"plan": "class-z"}, {"see": "secrets"}, {"role": "pupil"}])
def test_what_a_link_says_wrong_is_named(visit: Visit, query: dict[str, str]) -> None:
    page = visit("lessons", **TEACHER | query)
    assert page.warning
