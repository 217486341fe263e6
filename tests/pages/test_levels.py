"""The levels of the Loss Lab, gradient steps, questions, what is hidden and the teacher's list, as Streamlit runs them."""

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import product

import pytest
from helpers.examples import opened
from helpers.lab_page import body, desk, every_number, memory, numbers, press, shown
from helpers.links import said
from helpers.sampling import sampled
from streamlit.testing.v1 import AppTest

from lossviz.core.examples import PRESETS
from lossviz.core.text import LANGUAGES, Text
from lossviz.core.visit import Visit as Seen
from lossviz.core.visit import slide_for
from lossviz.engine.heads import Predictor
from lossviz.lab.channels import why_of
from lossviz.lab.descent import walked
from lossviz.lab.state import State
from lossviz.lab.view import view_of
from lossviz.recipes import RECIPES
from lossviz.scenes.gallery import SAMPLES

Visit = Callable[..., AppTest]
SPOON = Predictor("13", 1, 6, 8)


@pytest.mark.parametrize(("scene", "recipe"), sampled(product(SAMPLES, RECIPES)))
def test_every_level_opens_with_the_numbers_of_its_state_in_every_language(
    visit: Visit, scene: str, recipe: str
) -> None:
    page, state = visit(scene=scene, recipe=recipe), State(scene, recipe)
    reading = why_of(view_of(state)).reading
    assert reading
    for lang in LANGUAGES:
        page.button_group(key="language").set_value(lang).run()
        for level in ("2", "3", "1"):
            page.button_group(key="levels").set_value(level).run()
            assert not page.exception
            assert memory(page).visit.level == level
            assert numbers(page) == shown(state)
            found = every_number(page)
            squares = RECIPES[recipe].prints == "delta squared"
            assert ("reading-closed" in found) == (level == "2")
            assert ("sum-heads" in found) == (level == "2" and squares)
            assert ('data-testid="map-title"' in body(page)) == (level == "3")
            if level == "2":
                assert found["reading-value"] == pytest.approx(reading.value, rel=1e-7)
                assert found["reading-closed"] == pytest.approx(reading.closed, rel=1e-7)
                assert found["reading-delta"] == pytest.approx(reading.delta, rel=1e-7)
                if squares:
                    assert found["reading-printed"] == pytest.approx(reading.printed, rel=1e-7)
                assert squares or "reading-printed" not in found


def unfold(page: AppTest, key: str) -> AppTest:
    """Open a panel that draws nothing while it is folded."""
    page.session_state[key] = True
    page.run()
    assert not page.exception
    return page


def test_a_level_changes_the_link_and_is_no_step_to_undo(visit: Visit) -> None:
    page = visit()
    page.button_group(key="levels").set_value("2").run()
    assert said(page.query_params) == {"level": "2"}
    assert page.button(key="undo").disabled


@pytest.mark.parametrize("key", PRESETS)
def test_every_preset_opens_on_the_deeper_levels(visit: Visit, key: str) -> None:
    page = visit(level="2", **opened(PRESETS[key]).to_query())
    assert not page.warning
    assert numbers(page) == shown(desk(page).state)
    page.button_group(key="levels").set_value("3").run()
    assert not page.exception
    assert numbers(page) == shown(desk(page).state)


@pytest.mark.parametrize("level", ["1", "2", "3"])
@pytest.mark.parametrize("key", ["spoon", "empty"])
def test_asking_no_number_is_shown_until_the_answer(visit: Visit, key: str, level: str) -> None:
    page = visit(ask=key, level=level, **opened(PRESETS[key]).to_query())
    assert every_number(page) == {}
    assert 'data-testid="loss"' not in body(page)
    press(page, "answer-1")
    assert numbers(page) == shown(desk(page).state)
    reply = Text("en")(f"ask_{key}_1_reply")
    assert any(reply in markdown.value for markdown in page.markdown)
    press(page, "understood")
    assert not any(reply in markdown.value for markdown in page.markdown)
    assert "ask" not in page.query_params


@pytest.mark.parametrize("level", ["1", "2", "3"])
def test_with_hidden_answers_there_are_no_numbers_and_no_sentence_but_a_question(visit: Visit, level: str) -> None:
    page = visit(hide="answers", level=level)
    assert every_number(page) == {}
    assert re.findall(r'class="lz-sentence.*?">(.*?)</p>', body(page)) == [
        f"<b>{Text('en')('lab_question_prediction')}</b>"
    ]
    assert page.query_params["hide"] == "answers"


@pytest.mark.parametrize(
    ("name", "key"), [("undo", "undo"), ("undo", "reset"), ("steps", "steps"), ("levels", "levels"), ("mode", "mode")]
)
def test_what_a_link_hides_is_not_there(visit: Visit, name: str, key: str) -> None:
    def keys(page: AppTest) -> set[str | None]:
        return {widget.key for widget in (*page.button, *page.button_group)}

    assert key in keys(visit())
    assert key not in keys(visit(hide=name))


def test_steps_advance_one_and_ten_and_go_back_and_each_is_undone(visit: Visit) -> None:
    page = press(visit(at=str(SPOON)), "steps")
    assert desk(page).state.steps == 0
    press(page, "steps-1")
    press(page, "steps-10")
    state = State(at=SPOON, steps=11)
    assert desk(page).state == state
    assert walked(state)
    assert numbers(page) == shown(state)
    assert page.query_params["steps"] == "11"
    press(page, "undo")
    assert desk(page).state == replace(state, steps=1)
    press(press(page, "steps-10"), "steps-back")
    assert desk(page).state == replace(state, steps=0)
    assert numbers(page) == shown(State())


def test_steps_that_a_link_asks_for_are_walked(visit: Visit) -> None:
    page = visit(at=str(SPOON), steps="7")
    assert numbers(page) == shown(State(at=SPOON, steps=7))
    assert numbers(page)["loss"] != pytest.approx(view_of(State()).loss, rel=1e-4)


def test_closing_the_steps_forgets_them(visit: Visit) -> None:
    page = press(visit(at=str(SPOON), steps="7"), "steps")
    assert desk(page).state == State(at=SPOON)
    assert numbers(page) == shown(State())


def test_a_run_that_ran_off_says_so_and_the_page_stands(visit: Visit) -> None:
    state = opened(PRESETS["nan"])
    page = press(visit(**state.to_query()), "steps-10")
    assert numbers(page)["loss"] is None
    assert Text("en")("no_number") in body(page)
    press(page, "steps-back")
    assert numbers(page) == shown(State())


def test_in_a_duel_both_sides_say_their_objectness_and_how_much_steeper_one_starts(visit: Visit) -> None:
    page = press(visit(**opened(PRESETS["spoon"]).to_query()), "steps-10")
    found = every_number(page)
    assert found["slope-ratio"] == pytest.approx(934.06, abs=5e-3)
    bce, mse = found["duel-bce"], found["duel-mse"]
    assert bce is not None
    assert mse is not None
    assert bce > 2 * mse


def test_the_teachers_list_goes_on_and_back_and_an_entry_can_be_undone(visit: Visit) -> None:
    states = [State("chelsea"), State(recipe="darknet_v2", at=SPOON), State().with_truth(0, gone=True)]
    seen = [Seen(), Seen(level="2"), Seen(ask="empty")]
    slides = "|".join(slide_for("lab", state, other) for state, other in zip(states, seen, strict=True))
    page = visit(slides=slides, **states[0].to_query())
    assert page.button(key="slide-before").disabled
    press(page, "slide-after")
    assert (desk(page).state, memory(page).visit.level) == (states[1], "2")
    assert numbers(page) == shown(states[1])
    assert page.query_params["slide"] == "2"
    press(page, "slide-after")
    assert page.button(key="slide-after").disabled
    assert every_number(page) == {}
    press(page, "slide-before")
    assert numbers(page) == shown(states[1])
    press(page, "slide-before")
    assert numbers(page) == shown(states[0])
    press(page, "undo")
    assert desk(page).state == states[1]


def test_reset_on_an_entry_leads_to_that_entry(visit: Visit) -> None:
    entry = State(mode="label").with_truth(0, xywh=(0.5, 0.5, 0.3, 0.3))
    page = press(visit(slides=f"scene=chelsea|{slide_for('lab', entry, Seen())}", scene="chelsea"), "slide-after")
    assert desk(page).state == entry
    press(page, "label-delete")
    press(page, "reset")
    assert desk(page).state == entry


def test_a_broken_list_is_named_and_left_out(visit: Visit) -> None:
    page = visit(slides="scene=chelsea|scene=nowhere")
    assert page.warning[0].value == Text("en")("list_refused", entries="2")
    assert memory(page).visit.slides == ("lab?v=1&scene=chelsea",)
    page = visit(slides="|".join(["scene=chelsea"] * 41))
    assert Text("en")("link_key_slides") in page.warning[0].value
    assert memory(page).visit.slides == ()


def test_the_printed_number_as_a_reading_is_no_step_to_undo(visit: Visit) -> None:
    page = visit()
    page.button_group(key="reading").set_value("printed").run()
    assert desk(page).state == State(reading="printed")
    assert said(page.query_params) == {"v": "1", "read": "printed"}
    assert page.button(key="undo").disabled


def test_a_setting_of_the_program_changes_the_numbers_and_can_be_undone(visit: Visit) -> None:
    page = unfold(visit(level="3"), "settings_open")
    page.number_input(key="set_ignore_thresh").set_value(0.3).run()
    state = State().with_setting("ignore_thresh", 0.3)
    assert desk(page).state.settings == state.settings
    assert numbers(page) == shown(state)
    press(page, "undo")
    assert numbers(page) == shown(State())


@pytest.mark.parametrize(
    ("key", "value", "state"),
    [
        ("switch_coordinates", "mse", State(coordinates="mse")),
        ("switch_coordinates", "giou", State(coordinates="giou")),
        ("switch_assigner", "yunyang_v3", State(assigner="yunyang_v3")),
        ("classes", "softmax", State(classes="softmax")),
        ("small_boxes", "off", State(small_boxes="off")),
    ],
)
def test_a_switch_of_the_page_changes_the_numbers_and_the_link(
    visit: Visit, key: str, value: str, state: State
) -> None:
    page = unfold(visit(level="3"), "settings_open")
    control = page.selectbox if key.startswith("switch") else page.button_group
    control(key=key).set_value(value).run()
    assert desk(page).state == state
    assert numbers(page) == shown(state)
    assert said(page.query_params) == {"level": "3", **state.to_query()}


@pytest.mark.parametrize(("key", "ask"), [*((key, True) for key in PRESETS), ("rank", False), ("spoon", False)])
def test_an_example_opens_on_its_level_with_its_question_if_one_wants(visit: Visit, key: str, ask: bool) -> None:
    page = unfold(visit(), "examples")
    page.toggle(key="ask_first").set_value(ask).run()
    press(page, f"preset-{key}")
    assert desk(page).state.before_steps() == opened(PRESETS[key]).before_steps()
    assert memory(page).visit.level == PRESETS[key].level
    assert (every_number(page) == {}) is ask
    assert not page.warning


def test_the_share_panel_says_the_link_and_can_hide_the_answers(visit: Visit) -> None:
    page = unfold(visit(scene="chelsea"), "share")
    assert page.code[0].value.endswith("v=1&scene=chelsea")
    page.toggle(key="share_hidden").set_value(True).run()
    assert "hide=answers" in page.code[0].value
    assert 'data-testid="qr"' in body(page)


def test_a_state_is_added_to_the_list_and_taken_out_again(visit: Visit) -> None:
    page = visit(scene="chelsea")
    page.session_state["share_part"] = "list"
    press(unfold(page, "share"), "list-add")
    assert memory(page).visit.slides == ("lab?v=1&scene=chelsea",)
    assert page.query_params["slides"] == "lab?v=1&scene=chelsea"
    assert "list-keep" not in {button.key for button in page.button}, "it is as it stands there"
    press(page, "list-edit")
    assert page.title[0].value == "List for a class"
    press(page, "entry-out-0")
    assert "slides" not in page.query_params


def test_a_predictor_can_be_chosen_by_its_numbers(visit: Visit) -> None:
    page = visit(level="3")
    page.number_input(key="at_row").set_value(6).run()
    page.number_input(key="at_column").set_value(8).run()
    assert desk(page).state.at == SPOON
