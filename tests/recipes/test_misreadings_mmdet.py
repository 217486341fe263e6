"""mmdetection's rules, read wrong on purpose: its reference files, or a scene drawn by hand, must notice."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from helpers.reference_mmdet import KEY, Fields, check_head, kind_by_fields
from torch import Tensor

from lossviz.engine.answers import Answers, Assigner, AssignmentInput
from lossviz.engine.assign import NEGATIVE, POSITIVE, Assignment, Selection, constant_rows, with_objectness
from lossviz.engine.evaluate import Report, evaluate
from lossviz.engine.heads import Head
from lossviz.engine.overlap import Pair
from lossviz.engine.recipe import Recipe, small_boxes_count_more, times
from lossviz.engine.scene import Scene, Truths
from lossviz.engine.terms import bce, half_squared, half_squared_of_sigmoid, softmax_cross_entropy
from lossviz.recipes import RECIPES, mmdet_v3

Edit = Callable[[Recipe], Recipe]
RIGHT = RECIPES[KEY]


@cache
def files() -> tuple[tuple[Path, Fields], ...]:
    """The program's heads, small ones first."""
    found = []
    folder = Path(__file__).parents[1] / "golden/mmdet"
    for path in sorted(folder.glob("*.npz"), key=lambda path: path.stat().st_size):
        with np.load(path, allow_pickle=False) as archive:
            fields = {name: archive[name] for name in archive.files}
        if kind_by_fields(fields) == "mmdet_head":
            found.append((path, fields))
    return tuple(found)


def drawn(recipe: Recipe, grids: tuple[int, ...], sizes: tuple[tuple[int, int], ...], box: tuple[int, ...]) -> Report:
    """One truth, x, y, w, h in pixels of an input 64 wide; every head has these anchors."""
    anchors = torch.tensor(sizes, dtype=torch.float64) / 64
    mask = tuple(range(len(sizes)))
    raws = [torch.zeros(1, len(sizes), 6, side, side, dtype=torch.float64) for side in grids]
    heads = tuple(Head(str(side), raw, anchors, mask) for side, raw in zip(grids, raws, strict=True))
    truth = torch.zeros(1, 2, 5, dtype=torch.float64)
    truth[0, 0, :4] = torch.tensor(box) / 64
    return evaluate(recipe, Scene(heads, truth, net=(64, 64)))


def an_overlap_equal_to_the_thresholds_is_negative(recipe: Recipe) -> None:
    """A truth half as high as the first anchor, and like the second."""
    (states,) = drawn(recipe, (2,), ((32, 32), (32, 16)), (16, 16, 32, 16)).states
    assert states[0, :, 0, 0].tolist() == [NEGATIVE, POSITIVE]


def a_truth_whose_best_overlap_equals_min_pos_iou_may_find_nobody(recipe: Recipe) -> None:
    (states,) = drawn(recipe.with_settings({"min_pos_iou": 0.5}), (2,), ((32, 32),), (16, 16, 32, 16)).states
    assert states[0, 0, 0, 0] == NEGATIVE


def of_equal_anchors_the_one_of_the_coarse_head_is_first(recipe: Recipe) -> None:
    """The truth's centre is as far from the middle of a coarse cell as from that of a fine one."""
    report = drawn(
        recipe.with_settings({"gt_max_assign_all": 0, "pos_iou_thr": 1}), (4, 2), ((16, 16),), (12, 12, 16, 16)
    )
    assert [int((states == POSITIVE).sum()) for states in report.states] == [0, 1]
    report = drawn(recipe.with_settings({"pos_iou_thr": 1}), (4, 2), ((16, 16),), (12, 12, 16, 16))
    assert [int((states == POSITIVE).sum()) for states in report.states] == [1, 1]


DRAWN = (
    an_overlap_equal_to_the_thresholds_is_negative,
    a_truth_whose_best_overlap_equals_min_pos_iou_may_find_nobody,
    of_equal_anchors_the_one_of_the_coarse_head_is_first,
)


@pytest.mark.parametrize("fact", DRAWN, ids=lambda fact: fact.__name__)
def test_drawn_by_hand(fact: Callable[[Recipe], None]) -> None:
    fact(RIGHT)


def wrong_rows(*names: str, **changes: Any) -> Edit:
    """Some rows of the table are wrong; weights only where the program sums."""

    def edit(recipe: Recipe) -> Recipe:
        def table(settings: Any) -> Any:
            return tuple(replace(row, **changes) if row.name in names else row for row in recipe.table(settings))

        return replace(recipe, table=table)

    return edit


def wrong_settings(**wrong: Any) -> Edit:
    """The assignment reads these settings wrong, a number or a function of the settings."""

    def edit(recipe: Recipe) -> Recipe:
        def assign(settings: Any, *rest: Any) -> Assignment:
            values = {name: value(settings) if callable(value) else value for name, value in wrong.items()}
            return recipe.assign(replace(settings, **values), *rest)

        return replace(recipe, assign=assign)

    return edit


def wrong_table(**wrong: Any) -> Edit:
    """The table reads these settings wrong."""
    return lambda recipe: replace(recipe, table=lambda settings: recipe.table(replace(settings, **wrong)))


def wrong_rule(change: Callable[[AssignmentInput, Answers, Any], Answers]) -> Edit:
    """What the rule answers is changed afterwards."""

    def edit(recipe: Recipe) -> Recipe:
        def rule(settings: Any) -> Assigner:
            return lambda field: change(field, recipe.rule(settings)(field), settings)

        def assign(settings: Any, *rest: Any) -> Assignment:
            return recipe.assign(settings, *rest, who=rule(settings))

        return replace(recipe, rule=rule, assign=assign)

    return edit


def wrong_result(change: Callable[[Assignment, Head, Truths, Scene], Assignment]) -> Edit:
    """The assignment is changed afterwards."""

    def edit(recipe: Recipe) -> Recipe:
        def assign(settings: Any, head: Head, truths: Truths, scene: Scene) -> Assignment:
            return change(recipe.assign(settings, head, truths, scene), head, truths, scene)

        return replace(recipe, assign=assign)

    return edit


def cells_of(field: AssignmentInput, found: Answers) -> tuple[Tensor, Tensor]:
    """The cell each answer comes from, and that of its truth, both numbered within the image."""
    column, row = field.cell
    return found.slot % field.head.cells, (row * field.head.grid[0] + column)[found.truth]


def kept(found: Answers, keep: Tensor) -> Answers:
    return replace(found, slot=found.slot[keep], truth=found.truth[keep])


def own_cell_only(field: AssignmentInput, found: Answers, settings: Any) -> Answers:
    there, own = cells_of(field, found)
    return kept(found, there == own)


def first_writing_wins(field: AssignmentInput, found: Answers, settings: Any) -> Answers:
    return replace(found, slot=found.slot.flip(0), truth=found.truth.flip(0))


def ignored_by_predictions(field: AssignmentInput, found: Answers, settings: Any) -> Answers:
    return replace(found, ignored=field.best > settings.neg_iou_thr)


def nobody_is_ignored(field: AssignmentInput, found: Answers, settings: Any) -> Answers:
    return replace(found, ignored=torch.zeros_like(found.ignored))


def every_near_anchor_answers(field: AssignmentInput, found: Answers, settings: Any) -> Answers:
    """In any cell, not only in the truths'."""
    rows = []
    for image, theirs in enumerate(field.truths.by_image):
        first, box = sum(field.truths.images[:image]), field.scene.in_pixels(theirs)
        overlap = Pair(field.anchors, box).iou.flatten(1)
        if len(overlap):
            best, truth = overlap.max(0)
            slot = (best > settings.pos_iou_thr).nonzero()[:, 0]
            rows.append((slot + image * overlap.shape[1], truth[slot] + first))
    slots, truths = zip(*rows, strict=True) if rows else ((), ())
    return replace(found, slot=torch.cat([*slots, found.slot]), truth=torch.cat([*truths, found.truth]))


def by_the_best_of_the_head(field: AssignmentInput, found: Answers, settings: Any) -> Answers:
    """Each head as if it were alone."""
    truths = replace(field.truths)  # without what was worked out for all heads together
    return RIGHT.rule(settings)(replace(field, truths=truths, scene=replace(field.scene, heads=(field.head,))))


def by_shape(recipe: Recipe) -> Recipe:
    """Every truth in the middle of its cell, for the rule."""

    def rule(settings: Any) -> Assigner:
        def answers(field: AssignmentInput) -> Answers:
            finest = max(field.scene.heads, key=lambda head: head.cells).grid
            x, y = (
                ((side * count).floor() + 0.5) / count
                for side, count in zip((field.truths.boxes.x, field.truths.boxes.y), finest, strict=True)
            )
            truths = Truths(
                replace(field.truths.boxes, x=x, y=y), field.truths.kinds, field.truths.images, field.truths.classes
            )
            return RIGHT.rule(settings)(replace(field, truths=truths))

        return answers

    return replace(recipe, assign=lambda settings, *rest: recipe.assign(settings, *rest, who=rule(settings)))


def with_positives(a: Assignment, rows: Selection) -> Assignment:
    return replace(a, positives=rows, classified=rows)


def unclamped(a: Assignment, head: Head, truths: Truths, scene: Scene) -> Assignment:
    columns, rows = head.grid
    boxes = truths.boxes.pick(a.positives.fact["truth"])
    column = a.positives.slot % columns
    row = torch.div(a.positives.slot, columns, rounding_mode="floor") % rows
    centre = torch.stack([boxes.x * columns - column, boxes.y * rows - row], 1)
    return with_positives(a, replace(a.positives, target={**a.positives.target, "centre": centre}))


def objectness_wants_the_iou(a: Assignment, *_: Any) -> Assignment:
    return with_positives(a, with_objectness(a.positives, a.match.iou[a.positives.fact["last"]]))


def positives_are_negatives_too(a: Assignment, head: Head, *_: Any) -> Assignment:
    both = torch.cat([a.negatives.slot, a.positives.slot])
    rows = constant_rows(head, both, objectness=(0,))
    return replace(a, negatives=mmdet_v3.counted(rows, head))


def mean_over_positives(a: Assignment, *_: Any) -> Assignment:
    count = a.positives.like.new_tensor(max(1, len(a.positives.slot))).expand(len(a.positives.slot))
    return with_positives(a, replace(a.positives, fact={**a.positives.fact, "predictors": count}))


def one_mean_an_image(a: Assignment, head: Head, *_: Any) -> Assignment:
    def counted(rows: Selection) -> Selection:
        return replace(rows, fact={**rows.fact, "predictors": rows.fact["predictors"] / head.raw.shape[0]})

    return replace(with_positives(a, counted(a.positives)), negatives=counted(a.negatives))


def smoothed_without_classes(a: Assignment, head: Head, *_: Any) -> Assignment:
    """Every class at least s, not s / C."""
    classes = a.positives.target["classes"]
    share = classes.amin(1, keepdim=True) * (head.classes - 1)
    return with_positives(a, replace(a.positives, target={**a.positives.target, "classes": classes + share}))


MISREAD: dict[str, Edit] = {
    "an IoU equal to pos_iou_thr answers": wrong_settings(pos_iou_thr=lambda s: s.pos_iou_thr - 1e-6),
    "an IoU equal to neg_iou_thr is ignored": wrong_settings(neg_iou_thr=lambda s: s.neg_iou_thr - 1e-6),
    "an IoU equal to min_pos_iou is enough": wrong_settings(min_pos_iou=lambda s: s.min_pos_iou - 1e-6),
    "min_pos_iou is not read": wrong_settings(min_pos_iou=0),
    "neg_iou_thr is pos_iou_thr": wrong_settings(neg_iou_thr=lambda s: s.pos_iou_thr),
    "pos_iou_thr is neg_iou_thr": wrong_settings(pos_iou_thr=lambda s: s.neg_iou_thr),
    "only the best anchors answer": wrong_settings(pos_iou_thr=2),
    "only anchors above the threshold answer": wrong_settings(min_pos_iou=2),
    "only the first of equal anchors answers": wrong_settings(gt_max_assign_all=0),
    "all of equal anchors always answer": wrong_settings(gt_max_assign_all=1),
    "an anchor answers for truths of its own cell only": wrong_rule(own_cell_only),
    "anchors of any cell answer": wrong_rule(every_near_anchor_answers),
    "the first truth wins": wrong_rule(first_writing_wins),
    "the best of every head": wrong_rule(by_the_best_of_the_head),
    "anchors are compared by shape": by_shape,
    "ignored by predictions": wrong_rule(ignored_by_predictions),
    "nobody is ignored": wrong_rule(nobody_is_ignored),
    "an owner is background as well": wrong_result(positives_are_negatives_too),
    "objectness wants the IoU": wrong_result(objectness_wants_the_iou),
    "centre targets are not clamped": wrong_result(unclamped),
    "half in the size": wrong_rows("size", loss=half_squared),
    "centre as a squared error behind a sigmoid": wrong_rows("centre", loss=half_squared_of_sigmoid),
    "centre as a squared error of the raw output": wrong_rows("centre", loss=half_squared),
    "the centre weighs 1": wrong_table(loss_xy=1.0),
    "the size weighs 1": wrong_table(loss_wh=1.0),
    "objectness weighs 2": wrong_table(loss_conf=2.0),
    "2 - w h": wrong_rows("centre", "size", weight=lambda rows: 2 * small_boxes_count_more(rows)),
    "a softmax over the classes": wrong_rows("class", loss=softmax_cross_entropy),
    "noobject weighs .5": wrong_rows("noobject", weight=times(0.5)),
    "size behind a cross-entropy": wrong_rows("size", loss=bce),
    "smoothing is ignored": wrong_settings(smooth=0),
    "smoothing adds s to every class": wrong_result(smoothed_without_classes),
    "sums in spite of the mean": wrong_table(sum_reduction=1),
    "a mean over the positives": wrong_result(mean_over_positives),
    "a mean an image, summed": wrong_result(one_mean_an_image),
    "the sum is divided by the images": lambda recipe: replace(recipe, mean_over_images=True),
}

UNCHANGED: dict[str, Edit] = {
    "rows": wrong_rows("object"),
    "settings": wrong_settings(),
    "table": wrong_table(),
    "rule": wrong_rule(lambda field, found, settings: found),
    "result": wrong_result(lambda a, *_: with_positives(a, a.positives)),
}


@pytest.mark.parametrize("name", UNCHANGED)
def test_an_edit_that_changes_no_rule_agrees_with_the_files(name: str) -> None:
    recipe = UNCHANGED[name](RIGHT)
    for path, fields in files()[:4]:
        check_head(path, fields, recipe)
    for fact in DRAWN:
        fact(recipe)


@pytest.mark.parametrize("name", MISREAD)
def test_a_misread_rule_disagrees_with_a_file_or_a_drawing(name: str) -> None:
    recipe = MISREAD[name](RIGHT)
    for fact in DRAWN:
        try:
            fact(recipe)
        except AssertionError:
            return
    for path, fields in files():
        try:
            check_head(path, fields, recipe)
        except AssertionError:
            return
    pytest.fail(f"nothing notices: {name}")
