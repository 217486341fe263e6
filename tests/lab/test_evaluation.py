"""State to what is evaluated: truths moved, renamed, removed and added, channels set, settings and switches."""

import pytest
import torch

from lossviz.engine.evaluate import evaluate
from lossviz.engine.heads import Predictor
from lossviz.lab.dragging import new_label
from lossviz.lab.evaluation import recipe_for, scene_for, truth_numbers
from lossviz.lab.state import MOST_TRUTHS, State, TruthEdit, from_query
from lossviz.lab.view import view_of
from lossviz.recipes import RECIPES
from lossviz.scenes.gallery import SAMPLES, scene_of

CUP, SPOON = 41, 44
HALF = (0.5, 0.5, 0.2, 0.2)


def rows(state: State) -> list[list[float]]:
    """The truths there are, to six digits."""
    scene = scene_for(state)
    return [[round(number, 6) for number in row] for row in scene.truth[0, : scene.live(90).images[0]].tolist()]


def test_at_rest_the_scene_is_the_gallerys_own() -> None:
    assert all(scene_for(State(scene=scene)) is scene_of(scene) for scene in SAMPLES)


def test_a_deleted_truth_is_gone_and_the_others_keep_their_numbers_and_order() -> None:
    state = State("motorcycle").with_truth(1, gone=True)
    before = rows(State("motorcycle"))
    assert rows(state) == [before[0], before[2]]
    assert truth_numbers(state) == (0, 2)
    assert [(truth.number, truth.line) for truth in view_of(state).truths] == [(0, 0), (2, 1)]


def test_a_renamed_truth_stays_where_it_is() -> None:
    before, after = rows(State()), rows(State().with_truth(1, kind=7))
    assert [row[4] for row in before] == [CUP, SPOON]
    assert after == [before[0], [*before[1][:4], 7]]


def test_a_moved_truth_stays_what_it_is() -> None:
    assert rows(State().with_truth(0, xywh=HALF)) == [[*HALF, CUP], rows(State())[1]]


def test_an_added_truth_stands_after_the_scenes_own_in_the_order_of_the_numbers() -> None:
    state = State().with_truth(9, xywh=HALF, kind=9).with_truth(4, xywh=HALF, kind=4)
    assert truth_numbers(state) == (0, 1, 4, 9)
    assert rows(state) == [*rows(State()), [*HALF, 4], [*HALF, 9]]


def test_without_truths_the_list_ends_at_once() -> None:
    state = State().with_truth(0, gone=True).with_truth(1, gone=True)
    assert (rows(state), truth_numbers(state), view_of(state).truths) == ([], (), ())


def test_what_was_removed_comes_back_where_it_was() -> None:
    assert rows(State().with_truth(0, gone=True).with_truth(0, gone=False)) == rows(State())


def test_a_new_label_has_the_next_free_number_and_is_in_hand() -> None:
    first = new_label(State())
    second = new_label(first)
    assert (first.label, second.label, first.mode) == (2, 3, "label")
    assert truth_numbers(second) == (0, 1, 2, 3)
    assert new_label(second.with_truth(2, gone=True)).label == 2
    assert rows(first)[2] == [*HALF, 0]
    assert from_query(first.to_query()) == (first, ())


def test_new_labels_end_where_a_link_can_carry_no_more() -> None:
    state = State()
    for _ in range(MOST_TRUTHS):
        state = new_label(state)
    assert truth_numbers(state) == tuple(range(MOST_TRUTHS))
    assert new_label(state) == state
    assert from_query(state.to_query()) == (state, ())


def test_a_truth_may_be_larger_than_the_picture_and_wins_by_shape_alone() -> None:
    (truth,) = view_of(State("astronaut").with_truth(0, xywh=(0.5, 0.5, 4.0, 4.0))).truths
    assert truth.answers == (Predictor("13", 2, 6, 6),)


def test_a_channel_that_is_set_changes_one_raw_output_and_nothing_else() -> None:
    predictor = Predictor("26", 2, 3, 4)
    scene, before = scene_for(State().with_raw(predictor, {84: 1.5})), scene_of("coffee")
    assert torch.equal(scene.heads[0].raw, before.heads[0].raw)
    assert int((scene.heads[1].raw != before.heads[1].raw).sum()) == 1
    assert float(scene.heads[1].raw[0, 2, 84, 3, 4]) == 1.5


@pytest.mark.parametrize("recipe", [key for key in RECIPES if key.startswith("darknet")])
def test_the_visitors_settings_win_over_the_scenes_and_those_over_the_programs(recipe: str) -> None:
    name, value = ("ignore_thresh", 0.25) if recipe == "darknet_v3" else ("thresh", 0.25)
    assert getattr(recipe_for(State("coffee", recipe)).settings, name) != value
    assert getattr(recipe_for(State("coffee", recipe).with_setting(name, value)).settings, name) == value
    own, scenes = ("max_boxes", 30) if recipe == "darknet_v3" else ("seen", 50_000)
    assert getattr(recipe_for(State("grid", recipe)).settings, own) == scenes
    assert getattr(recipe_for(State("grid", recipe).with_setting(own, 7)).settings, own) == 7


def test_each_switch_changes_its_own_rows() -> None:
    losses = [term.loss.name for term in recipe_for(State()).terms]
    switched = State(coordinates="mse", classes="softmax", objectness="mse", small_boxes="off")
    assert losses == ["bce", "half_squared", "bce", "bce", "bce"]
    assert [term.loss.name for term in recipe_for(switched).terms] == [
        "half_squared_of_sigmoid",
        "half_squared",
        "half_squared_of_sigmoid",
        "half_squared_of_sigmoid",
        "softmax_cross_entropy",
    ]


def test_a_box_loss_takes_the_place_of_centre_and_size_and_the_other_way_round() -> None:
    assert [term.name for term in recipe_for(State(coordinates="giou")).terms] == ["box", "object", "noobject", "class"]
    mended = recipe_for(State(recipe="yunyang_v3", coordinates="mse"))
    assert [term.name for term in mended.terms] == ["centre", "size", "object", "noobject", "class"]
    assert [term.loss.name for term in mended.terms[:2]] == ["half_squared_of_sigmoid", "half_squared"]


@pytest.mark.parametrize("recipe", RECIPES)
@pytest.mark.parametrize("other", RECIPES)
def test_under_another_programs_rule_the_same_predictors_answer_as_there(recipe: str, other: str) -> None:
    borrowed, own = (
        evaluate(recipe_for(State("coffee", key, assigner=who)), scene_of("coffee"))
        for key, who in ((recipe, other), (other, "as-written"))
    )
    for ours, theirs in zip(borrowed.assignments, own.assignments, strict=True):
        assert torch.equal(ours.positives.slot.sort().values, theirs.positives.slot.sort().values)
        assert torch.equal(ours.near, theirs.near)


def test_an_edit_as_a_link_spells_it() -> None:
    assert str(TruthEdit(3, HALF, 5)) == "3_0.5_0.5_0.2_0.2_k5"
    assert str(TruthEdit(3, kind=5)) == "3_k5"
    assert str(TruthEdit(3, HALF)) == "3_0.5_0.5_0.2_0.2"
    assert str(TruthEdit(3, HALF, 5, gone=True)) == "3_gone"
