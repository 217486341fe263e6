"""The page on objectness, as Streamlit runs it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from helpers.lab_page import body, every_number, memory, press
from streamlit.testing.v1 import AppTest

from lossviz.core.examples import PAGES
from lossviz.core.text import LANGUAGES
from lossviz.objectness.darknet import stages_of
from lossviz.objectness.descent import steps_to_half
from lossviz.objectness.state import MOST, PARTS, PLAIN, SHOWN, ObjectnessState, from_query
from lossviz.objectness.view import ObjectnessView
from lossviz.objectness.widgets.guess import offered

Visit = Callable[..., AppTest]


def desk(page: AppTest) -> Any:
    return memory(page).desks["objectness"]


def drag(page: AppTest, kind: str, x: float) -> AppTest:
    """What the browser sends of the grip."""
    now = desk(page)
    event = {"kind": kind, "seq": now.number(f"curves-{now.state.axis}") + 1, "rev": now.rev, "x": x, "y": 0.0}
    page.session_state[f"curves-{now.state.axis}"] = {"drag": event}
    page.run()
    assert not page.exception
    return page


def shows(page: AppTest, state: Any) -> None:
    """The numbers on the page are those of the state."""
    found = every_number(page)
    for name, numbers in ObjectnessView(state).numbers.items():
        for key, wanted in (("loss", numbers.loss), ("passed", numbers.passed), ("printed", numbers.printed)):
            assert found[f"{key}-{name}"] == pytest.approx(wanted, rel=1e-9)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_level_and_part_shows_the_numbers_of_its_state(visit: Visit, lang: str) -> None:
    everything = replace(PLAIN, shown=SHOWN)
    shows(visit("objectness", lang=lang, **everything.to_query()), everything)
    for part in PARTS:
        page = visit("objectness", lang=lang, level="2", see=part)
        assert desk(page).state.part == part
    found = every_number(page)
    for n, stage in enumerate(stages_of(PLAIN)):
        assert found[f"gpu-{n}"] == pytest.approx(stage.gpu)
    visit("objectness", lang=lang, level="3")


def test_a_closed_part_works_nothing_out(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError

    for name in ("race_of", "stages_of"):
        monkeypatch.setattr(f"lossviz.objectness.widgets.why.{name}", never)
    visit("objectness", level="2")
    monkeypatch.setattr("lossviz.objectness.widgets.why.chain", never)
    visit("objectness")


@pytest.mark.parametrize(("axis", "place", "logit"), [("z", 2.5, 2.5), ("p", 0.8, 1.38629)])
def test_a_drag_moves_the_numbers_and_its_end_is_in_the_link_and_can_be_undone(
    visit: Visit, axis: str, place: float, logit: float
) -> None:
    page = visit("objectness", by=axis)
    before = every_number(page)
    drag(page, "move", place)
    assert "z" not in page.query_params
    drag(page, "end", place)
    shows(page, replace(PLAIN, logit=logit))
    assert page.query_params["z"] == f"{logit:g}"
    page.run()
    press(page, "undo")
    assert every_number(page) == before


def test_a_drag_that_is_called_off_leaves_nothing_and_none_leaves_the_picture(visit: Visit) -> None:
    page = visit("objectness")
    drag(page, "move", 3)
    drag(page, "cancel", 3)
    assert desk(page).state == PLAIN
    assert desk(drag(page, "end", 99)).state.logit == MOST


def test_output_and_target_can_be_typed(visit: Visit) -> None:
    page = visit("objectness", by="p")
    page.session_state["logit"] = {"event": {"kind": "end", "seq": 1, "rev": desk(page).rev, "value": 0.25}}
    page.run()
    page.slider(key="target").set_value(0.35).run()
    shows(page, replace(PLAIN, logit=-1.09861, target=0.35))
    assert page.query_params["t"] == "0.35"


def test_a_guess_is_judged_and_forgotten_when_something_moves(visit: Visit) -> None:
    page = visit("objectness")
    press(page, "guess-3")
    assert "✗" in body(page)
    assert "9,554" in body(page)
    drag(page, "end", -5.0)
    assert 'data-testid="verdict"' not in body(page)
    page.run()
    press(page, f"guess-{offered(*counted(-5.0)).index(counted(-5.0)[1])}")
    assert "✓" in body(page)
    press(page, "watch")
    assert (desk(page).state.part, page.query_params["level"]) == ("race", "2")


def counted(logit: float) -> tuple[float, float]:
    """Steps of cross-entropy and of squared error."""
    state = replace(ObjectnessState(), logit=logit)
    return steps_to_half("bce", state), steps_to_half("squared", state)


@pytest.mark.parametrize("logit", [-6.8374, -5.0, -0.344734, -0.1])
def test_among_the_answers_one_is_right_and_the_others_are_clearly_not(logit: float) -> None:
    bce, squared = counted(logit)
    answers = offered(bce, squared)
    assert len(answers) == 4
    assert answers.count(squared) == 1
    assert all(one <= squared / 1.5 or one >= 1.5 * squared for one in answers if one != squared)


@pytest.mark.parametrize("name", PAGES["objectness"])
def test_every_example_opens_from_its_link_on_its_level(visit: Visit, name: str) -> None:
    preset = PAGES["objectness"][name]
    page = visit("objectness", level=preset.level, **preset.query)
    assert desk(page).state == from_query(preset.query)[0]
    assert not page.warning


def test_what_a_link_hides_is_not_there(visit: Visit) -> None:
    found = body(visit("objectness", hide="answers"))
    assert 'class="lz-sentence"' not in body(visit("objectness", hide="answers.sentence"))
    assert 'data-testid="losses"' not in found


def test_a_slider_is_written_only_where_it_shows_something_else(visit: Visit) -> None:
    """What is written replaces what the visitor does meanwhile: of keys pressed during a run one would be lost."""

    def written(page: AppTest) -> bool:
        assert not page.exception
        return bool(page.slider(key="target").proto.set_value)

    page = visit("objectness")
    assert written(page)
    assert not written(page.run())
    for value in (0.99, 0.98):
        assert not written(page.slider(key="target").set_value(value).run())
        assert desk(page).state.target == value
    assert written(press(page, "undo"))
    assert page.slider(key="target").value == 0.99
    page.segmented_control(key="language").set_value("zh").run()
    assert written(page)
