"""What the Loss Lab shows, as plain numbers."""

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lossviz.engine.evaluate import evaluate
from lossviz.engine.heads import Head, Predictor
from lossviz.engine.recipe import OBJECTNESS_CHOICES
from lossviz.lab.dragging import moved_prediction, nearest_predictor
from lossviz.lab.evaluation import recipe_for, scene_for
from lossviz.lab.state import State, from_query
from lossviz.lab.view import LabView, head_of, resting_view, view_of
from lossviz.recipes import RECIPES
from lossviz.scenes.gallery import SAMPLES, scene_of
from lossviz.scenes.limits import TRUTH_LIMITS, limits_of

CUP, SPOON = Predictor("13", 1, 5, 6), Predictor("13", 1, 6, 8)
COFFEE = State()
CHOICES = [
    State(scene, recipe)
    for scene in SAMPLES
    for recipe in RECIPES
    if recipe.startswith("darknet") or scene in ("coffee", "voc")
]


def term(view: LabView, name: str) -> float:
    value = next(term.value for term in view.terms if term.name == name)
    assert value is not None
    return value


def printed(view: LabView, name: str) -> float:
    return float((view.report[name].delta ** 2).sum())


def test_on_coffee_the_loss_is_16_63_of_which_4_34_is_floor_and_the_missed_spoon_is_dearest() -> None:
    view = resting_view(COFFEE)
    assert view.loss == pytest.approx(16.634, abs=5e-4)
    assert view.floor == pytest.approx(4.3386, abs=5e-5)
    assert sum(view.printed_costs) == pytest.approx(4.313, abs=5e-4)
    assert view.printed_cost == pytest.approx(4.313 / 2, abs=5e-4)
    assert view.prediction.predictor == CUP
    cup, spoon = view.truths
    assert (cup.answers, spoon.answers) == ((CUP,), (SPOON,))
    assert spoon.objectness == pytest.approx(0.00107, abs=5e-6)
    assert spoon.cost == pytest.approx(10.62, abs=5e-3)
    assert (spoon.worst, spoon.worst_cost) == ("object", pytest.approx(-math.log(spoon.objectness), rel=1e-4))


def test_on_astronaut_the_missed_person_outweighs_the_background_in_print_but_not_in_the_loss() -> None:
    view = resting_view(State(scene="astronaut"))
    assert printed(view, "object") == pytest.approx(0.911, abs=5e-4)
    assert printed(view, "noobject") == pytest.approx(0.413, abs=5e-4)
    assert term(view, "object") == pytest.approx(3.09, abs=5e-3)
    assert term(view, "noobject") == pytest.approx(4.83, abs=1e-2)


def test_the_cups_label_ten_pixels_to_the_left_lowers_the_loss_and_raises_what_darknet_prints() -> None:
    x, y, w, h = resting_view(COFFEE).truths[0].xywh
    view = view_of(COFFEE.with_truth(0, xywh=(x - 10 / 600, y, w, h)))
    assert view.loss == pytest.approx(16.23, abs=5e-3)
    assert sum(view.printed_costs) == pytest.approx(4.39, abs=5e-3)
    assert view.floor is not None
    assert view.floor < 4.3
    assert view.excess is not None
    assert view.excess > 12.3


@pytest.mark.parametrize("choice", CHOICES, ids=lambda state: f"{state.scene}-{state.recipe}")
@pytest.mark.parametrize("objectness", OBJECTNESS_CHOICES)
def test_the_numbers_shown_are_those_of_evaluate(choice: State, objectness: str) -> None:
    state = replace(choice, objectness=objectness)
    view, report = view_of(state), evaluate(recipe_for(state), scene_of(state.scene))
    assert report.loss is not None
    assert report.floor is not None
    assert view.loss == float(report.loss)
    assert view.floor == float(report.floor)
    if report.recipe.prints == "delta squared":
        assert view.printed_cost == pytest.approx(float(report.printed_cost), rel=1e-6)
    else:
        assert (view.printed_cost, view.printed_costs, {term.printed for term in view.terms}) == (None, (), {None})
    assert [(t.name, t.predictors, t.value) for t in view.terms] == [
        (r.term.name, r.predictors, float(r.loss)) for r in report.terms if r.loss is not None
    ]
    assert sum(t.value or 0 for t in view.terms) == pytest.approx(view.loss, rel=1e-5)


@pytest.mark.parametrize("choice", CHOICES, ids=lambda state: f"{state.scene}-{state.recipe}")
def test_what_the_truths_cost_and_the_rest_add_up_to_the_excess(choice: State) -> None:
    view = resting_view(choice)
    owned = {predictor for truth in view.truths for predictor in truth.answers}
    rest = 0.0
    for index, head in enumerate(view.report.scene.heads):
        for result in view.report.terms:
            assert result.value is not None
            lines = result.heads[index]
            excess = (result.value - result.floor)[lines].sum(1).tolist()
            for slot, cost in zip(result.slot[lines].tolist(), excess, strict=True):
                place = head.place(slot)
                if Predictor(head.name, place.anchor, place.row, place.column) not in owned:
                    rest += cost
    assert view.excess == pytest.approx(sum(group.cost for group in view.groups) + rest, rel=1e-4)


def test_the_objectness_switch_changes_two_terms_and_never_what_is_printed() -> None:
    written, bce, mse = (view_of(replace(COFFEE, objectness=choice)) for choice in OBJECTNESS_CHOICES)
    assert bce.terms == written.terms
    changed = {a.name for a, b in zip(written.terms, mse.terms, strict=True) if a != b}
    assert changed == {"object", "noobject"}
    assert written.printed_costs == bce.printed_costs == mse.printed_costs
    assert term(mse, "object") < term(written, "object") / 5


def test_a_moved_prediction_touches_its_own_box_terms_only() -> None:
    before, after = resting_view(COFFEE), view_of(moved_prediction(COFFEE, CUP, (0.5, 0.42, 0.5, 0.3)))
    changed = {a.name for a, b in zip(before.terms, after.terms, strict=True) if a.value != b.value}
    assert changed == {"centre", "size"}
    assert after.floor == before.floor


def test_in_yolov2_the_object_term_follows_the_box_because_its_target_is_the_overlap() -> None:
    state = State(recipe="darknet_v2")
    chosen = resting_view(state).prediction
    after = view_of(moved_prediction(state, chosen.predictor, (*chosen.xywh[:2], 0.2, 0.2)))
    assert term(after, "object") != term(resting_view(state), "object")


SHARES = st.floats(0, 1)


def sides_of(head: Head, predictor: Predictor) -> tuple[float, float]:
    width, height = head.own_anchors[predictor.anchor].tolist()
    return width, height


@given(st.sampled_from(CHOICES), st.tuples(SHARES, SHARES, SHARES, SHARES), st.tuples(SHARES, SHARES, SHARES, SHARES))
@settings(deadline=None, max_examples=50)
def test_a_moved_prediction_draws_the_box_that_was_asked_for(
    choice: State, who: tuple[float, ...], where: tuple[float, ...]
) -> None:
    heads = scene_of(choice.scene).heads
    head = heads[round(who[0] * (len(heads) - 1))]
    _, anchors, _, rows, columns = head.raw.shape
    places = (round(share * (size - 1)) for share, size in zip(who[1:], (anchors, rows, columns), strict=True))
    predictor = Predictor(head.name, *places)
    limits = limits_of(head.grid, sides_of(head, predictor), predictor)
    xywh = [low + share * (high - low) for share, (low, high) in zip(where, limits, strict=True)]
    moved = moved_prediction(replace(choice, at=predictor), predictor, xywh)
    assert view_of(moved).prediction.xywh == pytest.approx(xywh, rel=2e-5, abs=1e-6)  # float32, six digits of raw
    assert from_query(moved.to_query()) == (moved, ())


@pytest.mark.parametrize("scene", SAMPLES)
def test_a_predictions_limits_are_its_own_cell_with_seven_logits_to_either_side(scene: str) -> None:
    head = scene_of(scene).heads[0]
    predictor = Predictor(head.name, 0, 2, 1)
    (left, right), (top, bottom), width, height = limits_of(head.grid, sides_of(head, predictor), predictor)
    columns, rows = head.grid
    near = 1 / (1 + math.exp(7))
    assert (left * columns, right * columns) == pytest.approx((1 + near, 2 - near))
    assert (top * rows, bottom * rows) == pytest.approx((2 + near, 3 - near))
    assert width == height == (0.002, 4.0)


def test_a_truth_stays_inside_the_picture() -> None:
    assert TRUTH_LIMITS == ((1e-4, 1 - 1e-4), (1e-4, 1 - 1e-4), (0.002, 1.4), (0.002, 1.4))
    (_, _, (_, w), (_, h)) = TRUTH_LIMITS
    assert 2 - w * h > 0


def test_moving_changes_neither_the_gallery_nor_the_other_predictors() -> None:
    kept = scene_of("coffee").heads[0].raw.clone()
    state = moved_prediction(COFFEE, CUP, (0.5, 0.42, 0.5, 0.3)).with_truth(1, xywh=(0.3, 0.3, 0.1, 0.1))
    scene = scene_for(state)
    assert (scene_of("coffee").heads[0].raw == kept).all()
    assert int((scene.heads[0].raw != kept).sum()) == 4
    assert scene.heads[1] is scene_of("coffee").heads[1]
    assert view_of(state).truths[1].xywh == pytest.approx((0.3, 0.3, 0.1, 0.1))


def test_a_tap_means_who_answers_for_a_truth_there_else_the_most_confident() -> None:
    view = resting_view(COFFEE)
    assert nearest_predictor(view, 6.5 / 13, 5.5 / 13) == CUP
    assert nearest_predictor(view, 8.1 / 13, 6.9 / 13) == SPOON
    found = nearest_predictor(view, 0.01, 0.99)
    _, head = head_of(scene_of("coffee"), found)
    assert (found.head, found.row, found.column) == ("13", 12, 0)
    assert float(head.raw[0, found.anchor, 4, 12, 0]) == float(head.raw[0, :, 4, 12, 0].max())


def test_a_tap_on_the_very_edge_means_the_last_cell() -> None:
    assert nearest_predictor(resting_view(COFFEE), 1.0, 1.0)[2:] == (12, 12)


def test_the_facts_of_a_truth_are_what_its_predictor_says() -> None:
    view = resting_view(COFFEE)
    facts = view.facts_of(view.truths[1], SPOON)
    assert facts.wanted == 1
    assert facts.objectness == view.truths[1].objectness
    spoon = view_of(replace(COFFEE, at=SPOON)).prediction
    assert facts.width_ratio == pytest.approx(spoon.xywh[2] / view.truths[1].xywh[2])
    assert facts.height_ratio == pytest.approx(spoon.xywh[3] / view.truths[1].xywh[3])
    index, head = head_of(view.report.scene, SPOON)
    raw = head.raw[0, SPOON.anchor, 5 + 44, SPOON.row, SPOON.column]
    assert facts.probability == pytest.approx(1 / (1 + math.exp(-float(raw))), rel=1e-5)
    assert index == 0


def test_yolov2_wants_the_overlap_as_objectness() -> None:
    view = resting_view(State(recipe="darknet_v2"))
    assert all(0 < view.facts_of(truth, predictor).wanted < 1 for truth in view.truths for predictor in truth.answers)


@pytest.mark.parametrize("recipe", RECIPES)
def test_terms_of_the_early_pull_stand_in_the_sum_only_while_it_pulls(recipe: str) -> None:
    view = resting_view(State(recipe=recipe))
    names = {term.name for term in view.terms}
    assert {"object", "noobject", "class"} <= names
    assert {"centre", "size"} <= names or "box" in names
    assert {term.name for term in view.active_terms} == {
        t.name for t in view.terms if t.predictors or not t.name.startswith("prior")
    }


def test_what_is_not_asked_of_a_truths_predictors_is_the_rest_also_where_one_truth_overwrites_another() -> None:
    # Two labels in one cell of the 13x13 grid, in two cells of the 26x26 grid: YOLOv2's rules on both heads.
    state = (
        State(recipe="darknet_v2")
        .with_truth(0, xywh=(0.48, 0.44, 0.4, 0.48))
        .with_truth(1, xywh=(0.52, 0.4, 0.39, 0.47))
    )
    view = view_of(state)
    assert set(view.truths[0].lost) & set(view.truths[1].answers)
    assert view.rest == pytest.approx(next(t.excess for t in view.terms if t.name == "noobject"), abs=1e-5)
