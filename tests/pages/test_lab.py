"""The Loss Lab as Streamlit runs it: what it shows for which link, what its buttons do."""

from collections.abc import Callable
from itertools import product

import pytest
from helpers.lab_page import body, desk, memory, numbers, press, send, shown
from helpers.links import said
from helpers.sampling import sampled
from streamlit.testing.v1 import AppTest

from lossviz.core.text import LANGUAGES, Text
from lossviz.engine.heads import Predictor
from lossviz.engine.recipe import OBJECTNESS_CHOICES
from lossviz.lab.dragging import moved_prediction
from lossviz.lab.state import State
from lossviz.lab.view import resting_view
from lossviz.recipes import RECIPES
from lossviz.scenes.gallery import SAMPLES, scene_name

Visit = Callable[..., AppTest]
CUP = Predictor("13", 1, 5, 6)
MOVED = moved_prediction(State(), CUP, (0.5, 0.42, 0.5, 0.3))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_opens_on_coffee_with_the_same_numbers_in_every_language(visit: Visit, lang: str) -> None:
    page = visit(lang=lang)
    assert numbers(page) == shown(State())
    assert numbers(page)["loss"] == pytest.approx(16.634, abs=5e-4)
    assert not page.warning
    assert page.radio(key="scene").options == [scene_name(key, Text(lang)) for key in SAMPLES]


@pytest.mark.parametrize(("scene", "recipe"), sampled(product(SAMPLES, RECIPES)))
def test_every_scene_opens_with_every_implementation_and_every_objectness(
    visit: Visit, scene: str, recipe: str
) -> None:
    page = visit(scene=scene, recipe=recipe)
    for choice in OBJECTNESS_CHOICES:
        if choice != "as-written":
            page.button_group(key="objectness").set_value(choice).run()
        assert not page.exception
        assert numbers(page) == shown(State(scene, recipe, choice))


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ({"scene": "nowhere"}, "scene"),
        ({"raw": "13.1.5.6_nan_0_0_0"}, "moved predictions (raw)"),
        ({"truth": "99_.5_.5_.5_.5"}, "moved labels (truth)"),
        ({"at": "9" * 5000}, "selected predictor (at)"),
        ({"lang": "xx"}, "language (lang)"),
        ({"v": "2"}, "version (v)"),
        ({"obj": "<script>alert(1)</script>"}, "objectness (obj)"),
    ],
    ids=str,
)
def test_a_broken_link_opens_on_the_default_and_says_what_was_wrong(
    visit: Visit, query: dict[str, str], named: str
) -> None:
    page = visit(**query)
    assert numbers(page) == shown(State())
    assert len(page.warning) == 1
    assert named in page.warning[0].value
    assert said(memory(page).written or {}) == {}


def test_an_unknown_key_is_no_mistake(visit: Visit) -> None:
    assert not visit(utm_source="newsletter").warning


@pytest.mark.parametrize(
    "state",
    [MOVED, State().with_truth(0, xywh=(0.46, 0.43, 0.4, 0.5)), State("chelsea", "darknet_v2", "mse", mode="label")],
    ids=str,
)
def test_a_link_shows_the_numbers_of_its_state_and_stays_as_it_was(visit: Visit, state: State) -> None:
    page = visit(**state.to_query())
    assert numbers(page) == shown(state)
    assert said(page.query_params) == state.to_query()


def test_a_move_changes_the_numbers_and_its_end_the_link(visit: Visit) -> None:
    page = visit()
    wish = {"boxes": {"prediction": (0.5, 0.42, 0.5, 0.3)}}
    send(page, "move", **wish)
    assert numbers(page) == shown(MOVED)
    assert said(memory(page).written or {}) == {}
    send(page, "end", **wish)
    assert numbers(page) == shown(MOVED)
    assert said(page.query_params) == MOVED.to_query()


def test_a_box_put_back_where_it_was_has_not_been_moved(visit: Visit) -> None:
    page = send(visit(), "end")
    assert desk(page).state == State()
    assert said(memory(page).written or {}) == {}


def test_an_event_counts_once_and_an_older_revision_not_at_all(visit: Visit) -> None:
    page = visit()
    send(page, "end", boxes={"prediction": (0.5, 0.42, 0.5, 0.3)})
    page.run()
    assert len(desk(page).past) == 1
    send(page, "end", rev=7, boxes={"prediction": (0.5, 0.42, 0.9, 0.9)})
    assert desk(page).state == MOVED


def test_reset_leads_to_the_links_state_first_then_to_the_photograph_as_the_network_left_it(visit: Visit) -> None:
    page = visit(**MOVED.to_query())
    send(page, "end", boxes={"prediction": (0.5, 0.42, 0.9, 0.9)})
    assert desk(page).state != MOVED
    press(page, "reset")
    assert desk(page).state == MOVED
    assert said(page.query_params) == MOVED.to_query()
    press(page, "reset")
    assert numbers(page) == shown(State())
    assert said(memory(page).written or {}) == {}


def test_at_rest_there_is_nothing_to_reset_or_undo(visit: Visit) -> None:
    page = visit()
    assert page.button(key="reset").disabled
    assert page.button(key="undo").disabled
    send(page, "end", boxes={"prediction": (0.5, 0.42, 0.5, 0.3)})
    press(page, "reset")
    assert page.button(key="reset").disabled
    assert said(memory(page).written or {}) == {}


def test_reset_and_undo_restore_the_exact_numbers_and_the_link(visit: Visit) -> None:
    page = press(visit(**MOVED.to_query()), "reset")
    assert numbers(page) == shown(State())
    press(page, "undo")
    assert numbers(page) == shown(MOVED)
    assert said(page.query_params) == MOVED.to_query()
    assert page.button(key="undo").disabled


def test_calling_a_drag_off_restores_the_numbers_before_and_after_its_end(visit: Visit) -> None:
    page = visit()
    send(page, "move", boxes={"prediction": (0.5, 0.42, 0.5, 0.3)})
    send(page, "cancel")
    assert numbers(page) == shown(State())
    send(page, "end", boxes={"prediction": (0.5, 0.42, 0.5, 0.3)})
    send(page, "cancel")
    assert numbers(page) == shown(State())
    assert said(memory(page).written or {}) == {}


def test_a_tap_chooses_a_predictor_and_the_link_names_it(visit: Visit) -> None:
    page = send(visit(), "pick", pick=[8.1 / 13, 6.9 / 13])
    assert said(page.query_params) == {"v": "1", "at": "13.1.6.8"}


def test_a_tap_on_a_label_chooses_who_answers_for_it(visit: Visit) -> None:
    page = send(visit(), "select", selected="truth-1")
    assert desk(page).state.at == Predictor("13", 1, 6, 8)


def test_in_its_mode_a_label_moves_and_the_prediction_does_not(visit: Visit) -> None:
    page = visit(mode="label")
    sent = {"truth-0": (0.46, 0.43, 0.4, 0.5), "prediction": (0.5, 0.42, 0.5, 0.3)}
    send(page, "end", boxes=sent, selected="truth-0")
    state = desk(page).state
    assert (state.raws, [edit.number for edit in state.truths]) == ((), [0])
    assert numbers(page)["floor"] != pytest.approx(resting_view(State()).floor, rel=1e-4)


def test_another_scene_leaves_the_moved_boxes_behind_and_another_implementation_takes_them_along(visit: Visit) -> None:
    page = visit(**MOVED.to_query())
    page.radio(key="recipe").set_value("darknet_v2").run()
    assert desk(page).state.raws == MOVED.raws
    page.radio(key="scene").set_value("astronaut").run()
    assert desk(page).state == State("astronaut", "darknet_v2")
    assert numbers(page) == shown(State("astronaut", "darknet_v2"))


def test_the_language_switch_keeps_the_state(visit: Visit) -> None:
    page = visit(**MOVED.to_query())
    page.button_group(key="language").set_value("zh").run()
    assert numbers(page) == shown(MOVED)
    assert said(page.query_params) == {**MOVED.to_query(), "lang": "zh"}


def test_two_visitors_do_not_share_a_state(visit: Visit) -> None:
    first, second = visit(), visit()
    send(first, "end", boxes={"prediction": (0.5, 0.42, 0.5, 0.3)})
    second.run()
    assert numbers(second) == shown(State())


def test_embedded_there_is_no_language_switch_and_a_way_out(visit: Visit) -> None:
    page = visit(view="embed", **MOVED.to_query())
    assert "language" not in [group.key for group in page.button_group]
    assert "lz-out" in body(page)
    assert "raw=13.1.5.6" in body(page)


def test_a_label_can_be_added_renamed_and_deleted_each_undone_by_itself(visit: Visit) -> None:
    page = visit(mode="label")
    press(page, "label-add")
    assert [truth.number for truth in desk(page).view.truths] == [0, 1, 2]
    page.selectbox(key="label_class").set_value(45).run()
    assert [truth.kind for truth in desk(page).view.truths] == [41, 44, 45]
    renamed = desk(page).state
    press(page, "label-delete")
    assert [truth.number for truth in desk(page).view.truths] == [0, 1]
    press(page, "undo")
    assert desk(page).state == renamed
    press(press(page, "undo"), "undo")
    assert desk(page).state == State(mode="label")
    assert numbers(page) == shown(State(mode="label"))


def test_without_labels_the_page_still_stands(visit: Visit) -> None:
    page = press(press(visit(mode="label"), "label-delete"), "label-delete")
    assert desk(page).view.truths == ()
    assert numbers(page) == shown(desk(page).state)


def test_over_the_border_the_page_says_who_took_over_and_looks_at_him(visit: Visit) -> None:
    page = visit(mode="label")
    x, y, w, h = resting_view(State()).truths[0].xywh
    send(page, "end", boxes={"truth-0": (x + 1 / 13, y, w, h)}, selected="truth-0")
    assert 'data-testid="crossing"' in body(page)
    assert desk(page).state.at == Predictor("13", 1, 5, 7)
    assert "crossing" not in page.query_params
    press(page, "undo")
    assert 'data-testid="crossing"' not in body(page)
    assert numbers(page) == shown(State(mode="label"))
