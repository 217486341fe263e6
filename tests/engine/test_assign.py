"""Who answers for which truth: the rules, one fact each, on scenes made by hand."""

from collections.abc import Callable

import pytest
import torch

from lossviz.engine.answers import AssignmentInput, best_of_all_anchors, best_own_anchor, best_predicted_size, one_each
from lossviz.engine.assign import (
    best_overlap,
    best_truth,
    box_targets,
    join_class,
    one_hot,
    overlaps,
    replace_class,
    shape_iou,
    wanted_classes,
)
from lossviz.engine.boxes import Boxes
from lossviz.engine.evaluate import evaluate
from lossviz.engine.heads import Head, Place, predicted_boxes
from lossviz.engine.overlap import Pair
from lossviz.engine.scene import Scene
from lossviz.recipes import RECIPES

COCO = torch.tensor(
    [(10, 13), (16, 30), (33, 23), (30, 61), (62, 45), (59, 119), (116, 90), (156, 198), (373, 326)],
    dtype=torch.float64,
)


def scene(*truths: tuple[float, ...], raw: torch.Tensor | None = None, mask: tuple[int, ...] = (0, 1)) -> Scene:
    """A 4x4 grid with two of three anchors (a quarter, a half, all of the input) and three classes."""
    anchors = torch.tensor([[0.25, 0.25], [0.5, 0.5], [1, 1]], dtype=torch.float64)
    raw = torch.zeros(1, len(mask), 8, 4, 4, dtype=torch.float64) if raw is None else raw
    table = torch.tensor(truths, dtype=torch.float64).reshape(1, -1, 5)
    return Scene((Head("4x4", raw, anchors, mask),), table)


def one_raw(place: Place, **values: float) -> torch.Tensor:
    """Raw zeros, but for some channels of one predictor."""
    raw = torch.zeros(1, 2, 8, 4, 4, dtype=torch.float64)
    for name, value in values.items():
        raw[place.image, place.anchor, "xywho".index(name), place.row, place.column] = value
    return raw


def owners(recipe: str, picture: Scene, **settings: float) -> list[tuple[int, ...]]:
    """Anchor, row and column of every positive."""
    report = evaluate(RECIPES[recipe].for_scene(picture, settings), picture)
    return [tuple(picture.heads[0].place(slot))[1:] for slot in report.assignments[0].positives.slot.tolist()]


every_recipe = pytest.mark.parametrize("recipe", [key for key in RECIPES if key.startswith("darknet")])


@every_recipe
def test_the_centre_chooses_the_cell_and_the_shape_the_anchor(recipe: str) -> None:
    assert owners(recipe, scene((0.3, 0.6, 0.2, 0.2, 0))) == [(0, 2, 1)]
    assert owners(recipe, scene((0.3, 0.6, 0.6, 0.4, 0))) == [(1, 2, 1)]


@every_recipe
def test_a_centre_on_an_edge_belongs_to_the_right_and_lower_cell(recipe: str) -> None:
    picture = scene((0.5, 0.25, 0.2, 0.2, 0))
    assert owners(recipe, picture) == [(0, 1, 2)]
    report = evaluate(RECIPES[recipe], picture)
    assert report["centre"].target.tolist() == [[0, 0]]


@every_recipe
def test_of_two_truths_in_one_predictor_the_later_gives_the_box(recipe: str) -> None:
    picture = scene((0.3, 0.6, 0.2, 0.2, 0), (0.35, 0.6, 0.25, 0.2, 1))
    report = evaluate(RECIPES[recipe], picture)
    assert report["object"].predictors == 1
    torch.testing.assert_close(report["centre"].target, torch.tensor([[0.4, 0.4]], dtype=torch.float64))
    assert report.log(0).endswith("count: 2")  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("recipe", "settings", "classes"),
    [
        ("darknet_v2_2016", {"softmax": 0}, [0, 1, 0]),
        ("darknet_v2", {}, [0, 1, 0]),
        ("darknet_v2", {"softmax": 0}, [1, 1, 0]),
        ("darknet_v3", {}, [1, 1, 0]),
    ],
)
def test_only_independent_classes_are_joined_and_not_in_2016(
    recipe: str, settings: dict[str, float], classes: list[float]
) -> None:
    picture = scene((0.3, 0.6, 0.2, 0.2, 0), (0.35, 0.6, 0.25, 0.2, 1))
    report = evaluate(RECIPES[recipe].for_scene(picture, settings), picture)
    assert report["class"].target.tolist() == [classes]


def test_equal_anchors_go_to_the_first() -> None:
    assert owners("darknet_v3", scene((0.3, 0.6, 0.2, 0.2, 0), mask=(0, 0))) == [(0, 2, 1)]
    assert owners("darknet_v2", scene((0.3, 0.6, 0.2, 0.2, 0), mask=(0, 0))) == [(0, 2, 1)]


def test_yolov3_has_no_second_choice_if_the_best_anchor_is_not_in_the_mask() -> None:
    large = scene((0.3, 0.6, 0.9, 0.9, 0))
    assert owners("darknet_v3", large) == []
    assert owners("darknet_v2", large) == [(1, 2, 1)]


def test_yolov2_can_choose_by_the_predicted_sizes_instead() -> None:
    raw = one_raw(Place(0, 1, 2, 1), w=-1, h=-1)
    small = scene((0.3, 0.6, 0.18, 0.18, 0), raw=raw)
    assert owners("darknet_v2", small) == [(0, 2, 1)]
    assert owners("darknet_v2", small, bias_match=0) == [(1, 2, 1)]


@pytest.mark.parametrize(("threshold", "ignored"), [(0.5, False), (0.5 - 1e-9, True), (0.5 + 1e-9, False)])
def test_an_iou_that_equals_the_threshold_does_not_ignore(threshold: float, ignored: bool) -> None:
    # Anchor 1 in the middle of row 1, column 1 draws 0.375 +- 0.25; the truth is its upper half.
    picture = scene((0.375, 0.25, 0.5, 0.25, 0))
    drawn = predicted_boxes(picture.heads[0]).table()[0, 1, 1, 1]
    assert drawn.tolist() == [0.375, 0.375, 0.5, 0.5]
    report = evaluate(RECIPES["darknet_v3"].for_scene(picture, {"ignore_thresh": threshold}), picture)
    near = picture.heads[0].slot(Place(0, 1, 1, 1))
    assert (near in report.assignments[0].near.tolist()) == ignored


def test_truth_thresh_needs_no_ignore_thresh_and_answers_from_its_own_cell() -> None:
    # A truth of half the input, centred just right of a cell's edge: its neighbour draws nearly the same box.
    raw = one_raw(Place(0, 1, 2, 1), x=7, y=0)
    picture = scene((0.51, 0.625, 0.5, 0.5, 1), raw=raw)
    assert (1, 2, 1) in owners("darknet_v3", picture, truth_thresh=0.9, ignore_thresh=2)
    assert owners("darknet_v3", picture, truth_thresh=1) == [(1, 2, 2)]
    report = evaluate(RECIPES["darknet_v3"].for_scene(picture, {"truth_thresh": 0.9}), picture)
    line = report["centre"].of_slot(0, picture.heads[0].slot(Place(0, 1, 2, 1)))
    torch.testing.assert_close(report["centre"].target[line], torch.tensor([[1.04, 0.5]], dtype=torch.float64))
    assert report.floor == -torch.inf


@every_recipe
def test_a_list_of_truths_ends_at_the_first_x_of_zero(recipe: str) -> None:
    last = (0.9, 0.9, 0.2, 0.2, 1)
    assert len(owners(recipe, scene((0.3, 0.6, 0.2, 0.2, 0), (0, 0.5, 0.5, 0.5, 0), last))) == 1
    assert len(owners(recipe, scene((0.3, 0.6, 0.2, 0.2, 0), last))) == 2
    assert owners(recipe, scene((0, 0.6, 0.2, 0.2, 0), last)) == []


def test_yolov2_reads_thirty_truths_and_yolov3_max_boxes() -> None:
    many = scene(*(((n % 4) / 4 + 0.1, (n // 4 % 4) / 4 + 0.1, 0.2 + n % 2 * 0.3, 0.2, 0) for n in range(100)))
    for recipe, count in (("darknet_v2", 30), ("darknet_v2_2016", 30), ("darknet_v3", 90)):
        assert evaluate(RECIPES[recipe], many).truths.images == (count,)
    report = evaluate(RECIPES["darknet_v3"].for_scene(many, {"max_boxes": 3}), many)
    assert report.truths.images == (3,)


def test_the_largest_overlap_is_zero_without_truths_and_keeps_to_its_image(make_scene: Callable[..., Scene]) -> None:
    picture = make_scene(images=3)
    empty = torch.zeros_like(picture.truth)
    empty[1] = picture.truth[1]
    head = picture.heads[0]
    predicted = predicted_boxes(head)
    truths = Scene(picture.heads, empty).live(30)
    overlap = overlaps(predicted, truths)
    best = best_overlap(overlap, truths)
    assert not best[0].any()
    assert not best[2].any()
    pairs = Pair(Boxes.of(predicted.table()[1].reshape(-1, 1, 4)), truths.boxes.pick(None)).iou
    assert torch.equal(best[1].flatten(), pairs.amax(1))
    slots = torch.arange(head.predictors).reshape(3, -1)[1]
    assert torch.equal(best_truth(overlap, truths, slots), pairs.argmax(1))


def test_the_best_of_all_anchors_is_the_best_of_each_heads_own_list() -> None:
    raw, mask = torch.zeros(1, 2, 6, 4, 4, dtype=torch.float64), (0, 1)
    lists = ([[0.1, 0.1], [0.5, 0.5]], [[0.5, 0.5], [0.1, 0.1]])
    heads = tuple(Head(str(n), raw, torch.tensor(rows).double(), mask) for n, rows in enumerate(lists))
    picture = Scene(heads, torch.tensor([[[0.5, 0.5, 0.4, 0.4, 0]]]).double())
    truths = picture.live(90)
    fields = [AssignmentInput(head, truths, picture) for head in (*heads, heads[0])]
    assert [best_of_all_anchors(field).tolist() for field in fields] == [[1], [0], [1]]


def test_the_best_shape_among_cocos_anchors() -> None:
    head = Head("13", torch.zeros(1, 3, 6, 13, 13, dtype=torch.float64), COCO / 416, (6, 7, 8))
    sizes = torch.tensor([(100, 60), (88, 88), (45, 52), (200, 120)], dtype=torch.float64) / 416
    table = torch.cat([torch.full((4, 2), 0.5, dtype=torch.float64), sizes, torch.zeros(4, 1, dtype=torch.float64)], 1)
    picture = Scene((head,), table[None])
    truths = picture.live(90)
    field = AssignmentInput(head, truths, picture)
    fit = shape_iou(head.anchors, truths)
    assert fit.argmax(1).tolist() == [6, 6, 4, 7]
    torch.testing.assert_close(fit.amax(1)[[0, 2, 3]], torch.tensor([0.575, 0.652, 0.518]).double(), rtol=0, atol=5e-4)
    assert best_of_all_anchors(field).tolist() == [0, 0, -1, 1]
    assert best_own_anchor(field).tolist() == [0, 0, 0, 1]
    # With raw zeros the predicted sizes are the anchors'.
    assert best_predicted_size(field).tolist() == [0, 0, 0, 1]
    found = one_each(field, best_of_all_anchors(field), field.best > 2)
    assert found.truth.tolist() == [0, 1, 3]
    assert [tuple(head.place(s)) for s in found.slot.tolist()] == [(0, 0, 6, 6), (0, 0, 6, 6), (0, 1, 6, 6)]


def test_a_box_that_meets_its_targets_is_the_truth() -> None:
    picture = scene((0.3, 0.6, 0.2, 0.3, 0), (0.8, 0.1, 0.6, 0.4, 0))
    head, truths = picture.heads[0], picture.live(30)
    field = AssignmentInput(head, truths, picture)
    slot = one_each(field, best_own_anchor(field), field.best > 2).slot
    target = box_targets(head, truths.boxes, slot)
    raw = head.raw.clone()
    for row, s in enumerate(slot.tolist()):
        image, anchor, r, c = head.place(s)
        raw[image, anchor, :2, r, c] = torch.logit(target["centre"][row])
        raw[image, anchor, 2:4, r, c] = target["size"][row]
    drawn = predicted_boxes(Head("4x4", raw, head.anchors, head.mask))
    found = torch.stack([column.flatten()[slot] for column in drawn], -1)
    torch.testing.assert_close(found, truths.boxes.table(), rtol=0, atol=1e-14)


def test_a_second_class_replaces_or_joins_the_first() -> None:
    assert replace_class(frozenset([2]), 1, 0.3) == ({1}, False)
    assert join_class(None, 1, 0.3) == ({1}, False)
    assert join_class(frozenset([2]), 1, 0.3) == ({1, 2}, True)
    # Class 0 wanted and its sigmoid exactly 1, or unwanted and exactly 0: Darknet forgets what was asked before.
    assert join_class(frozenset([0]), 1, 1.0) == ({1}, False)
    assert join_class(frozenset([2]), 1, 0.0) == ({1}, False)
    assert join_class(frozenset([2]), 1, 1.0) == ({1, 2}, True)
    wanted, joined = wanted_classes([5, 7, 5], [1, 1, 2], [0.5, 0.5, 0.5], join_class)
    assert wanted == {5: {1, 2}, 7: {1}}
    assert joined == (False, False, True)


def test_one_hot_marks_every_wanted_class() -> None:
    table = one_hot([frozenset([0, 2]), frozenset()], 3, torch.zeros(1))
    assert table.tolist() == [[1, 0, 1], [0, 0, 0]]


@pytest.mark.parametrize(("logit", "wanted"), [(16.0, {0, 1}), (17.0, {0, 1}), (17.4, {1})])
def test_class_zero_is_full_where_cs_sigmoid_rounds_to_one_not_where_float32s_does(
    logit: float, wanted: set[int]
) -> None:
    raw = torch.zeros(1, 2, 8, 4, 4)
    raw[0, :, 5] = logit
    both = scene((0.6, 0.6, 0.5, 0.5, 0), (0.6, 0.6, 0.5, 0.5, 1))
    head = Head("4x4", raw, both.heads[0].anchors.float(), both.heads[0].mask)
    report = evaluate(RECIPES["darknet_v3"], Scene((head,), both.truth.float()))
    assert set(report["class"].target[0].nonzero()[:, 0].tolist()) == wanted


@pytest.mark.parametrize(("scale", "alone"), [(1, 1), (0, 2)])
def test_with_a_class_scale_of_zero_every_truth_enters_the_logged_class(scale: int, alone: int) -> None:
    both = scene((0.6, 0.6, 0.5, 0.5, 0), (0.6, 0.6, 0.5, 0.5, 1))
    recipe = RECIPES["darknet_v2"].with_settings({"softmax": 0, "class_scale": scale})
    line = evaluate(recipe, both).log(0)
    assert line is not None
    assert f"Class: {0.5 * alone / 2:f}" in line
