"""Who answers for which truth: the page's numbers against the engine's reports and against IoUs worked out by hand."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
import torch

from lossviz.assignment.state import PLAIN, Truth, from_query
from lossviz.assignment.view import (
    FITS,
    STATES,
    AssignmentView,
    Comparison,
    comparison_of,
    recipe_of,
    scene_with,
    view_of,
)
from lossviz.bench import COCO_ANCHORS
from lossviz.core.examples import PAGES
from lossviz.engine.answers import AssignmentInput
from lossviz.engine.evaluate import evaluate
from lossviz.engine.heads import Predictor
from lossviz.recipes import RECIPES
from lossviz.recipes.yhcc_v2 import scores
from lossviz.scenes.gallery import scene_of
from lossviz.scenes.untrained import ANCHORS, FIELDS, scene_for

SIDE = 416


def box(x: float, y: float, w: float, h: float) -> tuple[float, float, float, float]:
    """Pixels as shares."""
    return x / SIDE, y / SIDE, w / SIDE, h / SIDE


def one(w: float, h: float, at: tuple[float, float] = (200, 180), **more: str) -> AssignmentView:
    return view_of(replace(PLAIN, **more).with_box(0, box(*at, w, h)))  # type: ignore[arg-type]


def example(key: str) -> AssignmentView:
    return view_of(from_query(PAGES["assignment"][key].query)[0])


def by_hand(w: float, h: float, anchor: tuple[float, float]) -> float:
    """IoU of two sizes around one centre."""
    shared = min(w, anchor[0]) * min(h, anchor[1])
    return shared / (w * h + anchor[0] * anchor[1] - shared)


def test_the_anchors_are_those_of_the_configuration_files() -> None:
    assert ANCHORS["v3"] == COCO_ANCHORS
    own = torch.tensor(ANCHORS["voc"]) / 13
    assert torch.allclose(own, scene_of("voc").heads[0].anchors, atol=1e-6)


def test_yolov2_has_845_predictors_and_yolov3_10647() -> None:
    for field, count in (("v3", 10_647), ("voc", 845), ("coco", 845)):
        result = view_of(PLAIN.over(field)).result
        assert result.predictors == count == sum(result.count(state) for state in STATES)
    assert [13 * 13 * 3 + 26 * 26 * 3 + 52 * 52 * 3, 13 * 13 * 5] == [10_647, 845]


@pytest.mark.parametrize(
    ("w", "h", "anchor", "head", "fit"),
    [
        (100, 60, 6, "13", 0.575),
        (45, 52, 4, "26", 0.652),
        (200, 120, 7, "13", 0.518),
        (10, 13, 0, "52", 1.0),
    ],
)
def test_the_best_of_nine_shapes_answers_in_the_head_where_it_stands(
    w: float, h: float, anchor: int, head: str, fit: float
) -> None:
    view = one(w, h)
    assert view.winner
    assert (view.anchor, view.winner.predictor.head) == (anchor, head)
    assert view.winner.fits["shape"] == pytest.approx(fit, abs=5e-4)
    assert len(view.truth.answers) == 1
    assert [c.number for c in view.candidates] == [*range(9)]
    for candidate in view.candidates:
        assert candidate.pixels == pytest.approx(ANCHORS["v3"][candidate.number])
        assert candidate.fits["shape"] == pytest.approx(by_hand(w, h, ANCHORS["v3"][candidate.number]), rel=1e-5)


def test_the_runner_up_of_100_by_60_is_anchor_4_by_a_tenth_less() -> None:
    first, second = view_of(PLAIN).ranked[:2]
    assert (first.number, second.number) == (6, 4)
    assert first.fits["shape"] - second.fits["shape"] == pytest.approx(6000 / 10440 - 2790 / 6000, abs=1e-5)


@pytest.mark.parametrize(("field", "recipe"), [*product(FIELDS, RECIPES)])
def test_states_and_owners_are_those_of_the_engines_report(field: str, recipe: str) -> None:
    state = replace(PLAIN.over(field), recipe=recipe)
    state = replace(state.added().with_box(1, (0.3, 0.6, 0.3, 0.25)).added(), hand=0)
    view = view_of(state)
    report = evaluate(recipe_of(state), scene_with(state.field, state.boxes))
    for head, assignment, bits in zip(report.scene.heads, report.assignments, report.states, strict=True):
        assert (view.result.states[head.name] == bits[0].numpy() & 7).all()
        owners = view.result.owners[head.name]
        rows = assignment.positives
        assert sorted(np.flatnonzero(owners >= 0)) == sorted(rows.slot.tolist())
        assert owners.ravel()[rows.slot.numpy()].tolist() == rows.fact["truth"].tolist()
    answers = [who for truth in view.result.truths for who in truth.answers]
    assert len(answers) == len({*answers}) == view.result.count("positive")


@pytest.mark.parametrize("recipe", RECIPES)
def test_the_measure_of_a_rule_is_the_one_by_which_it_chooses(recipe: str) -> None:
    """On photographs, where predictions differ from anchors: in every head that answers, the best own anchor does."""
    for field in ("coffee", "motorcycle", "v3", "voc"):
        start = replace(PLAIN.over(field), recipe=recipe)
        for w, h in ((0.1, 0.3), (0.5, 0.4), (0.24, 0.14)):
            view = view_of(start.with_box(0, (0.55, 0.45, w, h)))
            for head in {who.head for who in view.truth.answers}:
                here = [c for c in view.candidates if c.predictor.head == head]
                best = max(here, key=lambda c: c.fits[view.measure])
                assert best.predictor.anchor in {who.anchor for who in view.truth.answers if who.head == head}


def test_the_score_is_yhccs() -> None:
    view = view_of(PLAIN.over("voc").by("yhcc_v2"))
    scene = scene_with("voc", view.state.boxes)
    wanted = scores(AssignmentInput(scene.heads[0], scene.live(10), scene))[0].tolist()
    assert [c.fits["score"] for c in view.candidates] == pytest.approx(wanted)
    assert view.measure == "score"
    assert view_of(view.state.with_setting("intended", 1)).measure == "shape"


def test_without_bias_match_the_predicted_sizes_compete() -> None:
    assert view_of(PLAIN.over("voc").with_setting("bias_match", 0)).measure == "predicted_shape"


def test_in_an_untrained_network_predictors_draw_their_anchors_in_the_middle_of_their_cells() -> None:
    for candidate in view_of(PLAIN).candidates:
        assert candidate.said == pytest.approx(candidate.anchor, abs=1e-6)
        assert candidate.fits["predicted"] == pytest.approx(candidate.fits["centred"], abs=1e-6)
        assert {*candidate.fits} == {*FITS}


# ---- what learners ask: who answers, how many, who is left in peace ----


def test_m28_darknet_asks_the_shape_darkflow_the_present_box() -> None:
    """In one cell of the photograph the anchor of the best shape and that of the best prediction are two."""
    state = PLAIN.over("coffee").with_box(0, (0.485833, 0.438038, 0.75, 0.7))
    shape, said = view_of(state), view_of(state.by("darkflow_v2"))
    assert shape.ranked[0].fits["shape"] == max(c.fits["shape"] for c in shape.candidates)
    assert (shape.measure, said.measure) == ("shape", "predicted")
    assert said.winner == max(said.candidates, key=lambda c: c.fits["predicted"])


def test_m29_one_truth_one_answer_in_darknet_every_anchor_above_three_tenths_in_tensorflow_yolov3() -> None:
    view = example("several")
    many = view_of(view.state.by("yunyang_v3"))
    assert len(view.truth.answers) == 1
    above = {c.number for c in many.candidates if c.fits["centred"] > 0.3}
    assert {c.number for c in many.candidates if c.answers} == above
    assert len(above) == len(many.truth.answers) == 3
    assert len({who.head for who in many.truth.answers}) == 2


def test_m30_the_ignore_threshold_moves_negatives_to_ignored_and_never_a_positive() -> None:
    start = PLAIN.with_box(0, box(200, 180, 300, 280))
    counts = []
    for value in (1.0, 0.7, 0.5, 0.3):
        result = view_of(start.with_setting("ignore_thresh", value)).result
        assert result.count("positive") == 1
        counts.append(result.count("ignored"))
    assert counts == sorted(counts)
    assert counts[0] == 0
    assert counts[-1] > 20


def test_m31_the_code_ignores_by_predictions_the_paper_by_anchors() -> None:
    state = PLAIN.over("chelsea")
    code = view_of(state.with_setting("ignore_thresh", 0.5)).result
    paper = view_of(state.by("paper_v3")).result
    assert code.count("positive") == paper.count("positive") == 1
    assert any((code.states[head] != paper.states[head]).any() for head in code.states)
    untrained = PLAIN.with_box(0, box(200, 180, 300, 280))
    same = view_of(untrained.with_setting("ignore_thresh", 0.5)).result
    prior = view_of(untrained.by("paper_v3")).result
    assert all((same.states[head] == prior.states[head]).all() for head in same.states)


def test_m32_below_1_the_truth_threshold_lets_near_predictions_answer_too() -> None:
    start = PLAIN.with_box(0, box(200, 180, 300, 280))
    assert view_of(start).result.count("positive") == 1
    assert view_of(start.with_setting("truth_thresh", 0.6)).result.count("positive") > 1


def test_m33_the_later_of_two_truths_has_the_predictor() -> None:
    view = example("overwritten")
    (crash,) = view.result.collisions
    assert crash.truths == (0, 1)
    assert crash.keeps == 1
    assert crash.classes == (view.state.boxes[1].kind,)
    assert view.result.truths[0].answers == ()
    assert view.result.truths[0].lost == (crash.predictor,)
    assert view.taken_by == 1
    turned = view_of(view.state.last(0))
    (crash,) = turned.result.collisions
    assert crash.classes == (view.state.boxes[0].kind,)


def test_two_classes_of_one_predictor_are_both_asked_for_by_sigmoids() -> None:
    view = example("two")
    (crash,) = view.result.collisions
    assert crash.classes == tuple(sorted(truth.kind for truth in view.state.boxes)) == (0, 1)
    assert view.result.truths[1].answers == (crash.predictor,)


def test_in_darkflow_a_later_truth_takes_the_whole_cell() -> None:
    state = (
        PLAIN.over("voc").by("darkflow_v2").with_truths((Truth((0.5, 0.5, 0.1, 0.3)), Truth((0.51, 0.51, 0.6, 0.5))))
    )
    view = view_of(state)
    assert view.truth.answers == ()
    assert [(crash.truths, crash.passed) for crash in view.result.collisions] == [((0, 1), True)]
    assert view.taken_by == 1
    assert view_of(replace(state, hand=1)).taken_by is None


def test_m34_the_same_truth_in_pixels_and_in_cells_has_the_same_fits() -> None:
    """The anchors of YOLOv2 are in cells of 32 pixels."""
    view = view_of(PLAIN.over("voc"))
    for candidate, anchor in zip(view.candidates, ANCHORS["voc"], strict=True):
        in_pixels = (32 * anchor[0], 32 * anchor[1])
        assert candidate.pixels == pytest.approx(in_pixels, abs=1e-3)
        assert candidate.fits["shape"] == pytest.approx(by_hand(100, 60, in_pixels), rel=1e-4)


# ---- the examples ----


def test_border_on_a_corner_of_cells_the_right_lower_one_answers_and_a_pixel_away_its_neighbour() -> None:
    view = example("border")
    x, y, w, h = view.truth.truth.xywh
    assert view.truth.answers == (Predictor("26", 1, 13, 13),)
    left = view_of(view.state.with_box(0, (x - 1 / SIDE, y, w, h)))
    above = view_of(view.state.with_box(0, (x, y - 1 / SIDE, w, h)))
    assert left.truth.answers == (Predictor("26", 1, 13, 12),)
    assert above.truth.answers == (Predictor("26", 1, 12, 13),)


def test_huge_beyond_every_anchor_the_largest_wins_whatever_the_shape() -> None:
    view = example("huge")
    w, h = view.pixels
    assert all(w > a and h > b for a, b in ANCHORS["v3"])
    for candidate in view.candidates:
        area = candidate.pixels[0] * candidate.pixels[1]
        assert candidate.fits["shape"] == pytest.approx(area / (w * h), rel=1e-5)
    assert view.anchor == 8
    assert one(374, 580).anchor == 8


def test_tiny_the_best_of_all_is_123_thousandths_and_it_answers() -> None:
    view = example("tiny")
    assert view.anchor == 0
    assert view.ranked[0].fits["shape"] == pytest.approx(16 / 130, rel=1e-4)
    assert view.pixels == pytest.approx((4, 4), rel=1e-5)


def test_outside_a_head_without_the_best_anchor_asks_nobody() -> None:
    view = example("outside")
    assert view.head == "52"
    assert view.result.count("positive", "52") == 0
    assert view.result.count("positive") == 1
    assert view.winner
    assert view.winner.predictor.head == "13"


def test_swapped_the_answer_stands_in_the_mirrored_cell_unless_mended() -> None:
    view = example("swapped")
    (who,) = view.truth.answers
    own = view.candidates[0].predictor
    assert (who.row, who.column) == (own.column, own.row) != (own.row, own.column)
    assert view.winner is None
    assert [*view.strays] == [view.anchor]
    mended = view_of(view.state.with_setting("intended", 1))
    assert (mended.truth.answers[0].row, mended.truth.answers[0].column) == (own.row, own.column)


# ---- two rules ----


def test_the_same_rule_twice_differs_nowhere() -> None:
    found = comparison_of(replace(PLAIN, other=PLAIN.recipe))
    assert found.count == 0
    assert found.differences == []


def test_where_two_rules_differ_is_in_a_state_or_in_the_truth() -> None:
    state = PLAIN.with_box(0, box(200, 180, 300, 280)).added()
    found = comparison_of(state)
    one, other = found.results
    assert (one.recipe, other.recipe) == (state.recipe, state.other)
    assert found.count == len(found.differences) > 0
    listed = {difference.predictor for difference in found.differences}
    for head, bits in one.states.items():
        for place in np.argwhere(bits != other.states[head]).tolist():
            assert Predictor(head, *place) in listed
    for difference in found.differences:
        assert difference.states[0] != difference.states[1] or difference.truths[0] != difference.truths[1]
        for truth, state_there in zip(difference.truths, difference.states, strict=True):
            assert (truth >= 0) == (state_there == "positive")
    flags = ["positive" in difference.states for difference in found.differences]
    assert flags == sorted(flags, reverse=True)


def test_a_predictor_that_answers_for_another_truth_is_a_difference_too() -> None:
    """Both answer with one predictor: for one rule it is the second truth's, for the other, without it, the first's."""
    one = PLAIN.over("voc").with_truths((Truth((0.5, 0.5, 0.2, 0.3)), Truth((0.51, 0.51, 0.2, 0.3), 3)))
    first, second = view_of(one).result, view_of(one.last(0)).result
    assert all((first.states[head] == second.states[head]).all() for head in first.states)
    turned = {name: np.where(owners < 0, owners, 1 - owners) for name, owners in first.owners.items()}
    found = Comparison((first, replace(first, owners=turned)))
    assert found.count == 1
    assert found.differences[0].states == ("positive", "positive")
    assert found.differences[0].truths == (1, 0)


def test_those_that_answer_under_either_rule_come_first() -> None:
    found = comparison_of(replace(PLAIN.over("motorcycle").by("darkflow_v2"), other="mmdet_v3")).differences
    flags = ["positive" in difference.states for difference in found]
    assert flags == sorted(flags, reverse=True)
    places = [difference.predictor for difference in found]
    assert places != sorted(places)


def test_only_the_second_rule_has_its_own_thresholds() -> None:
    state = PLAIN.with_box(0, box(200, 180, 300, 280)).with_setting("ignore_thresh", 0.3)
    first, second = comparison_of(replace(state, other="darknet_v3")).results
    assert first.count("ignored") > second.count("ignored")


def test_the_state_names_cover_every_predictor() -> None:
    result = view_of(PLAIN.over("motorcycle")).result
    assert all(np.isin(bits, [*STATES.values()]).all() for bits in result.states.values())
    grids = [bits.shape[1:] for bits in result.states.values()]
    assert grids == [head.raw.shape[3:] for head in scene_for("motorcycle").heads]
