"""Every rule of darkflow and of yhcc/yolo2, read wrong on purpose: the reference files must notice."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from helpers.reference_yolo2 import YOLO2_CHECKS, Fields, kind_by_fields
from torch import Tensor

from lossviz.engine.answers import Answers, Assigner, AssignmentInput, best_own_anchor, best_predicted_size, one_each
from lossviz.engine.assign import Assignment, Selection, constant_rows, with_objectness
from lossviz.engine.box_terms import half_squared_of_root, root, squared_of_root
from lossviz.engine.formula import Formula
from lossviz.engine.heads import CENTRE, SIZE, Head
from lossviz.engine.recipe import Recipe, scaled, small_boxes_count_more, times
from lossviz.engine.terms import (
    bce,
    half_squared,
    half_squared_of_sigmoid,
    half_squared_of_softmax,
    softmax_cross_entropy,
    softmax_minus_target,
    squared,
    squared_of_sigmoid,
    squared_of_softmax,
)
from lossviz.recipes import RECIPES, darkflow_v2, yhcc_v2

Edit = Callable[[Recipe], Recipe]

KEYS = {"darkflow": "darkflow_v2", "yhcc": "yhcc_v2"}
SHIPPED = Path(__file__).parents[1] / "golden"
DARKFLOW, YHCC = darkflow_v2.rule(darkflow_v2.DarkflowSettings()), yhcc_v2.rule(yhcc_v2.YhccSettings())


@cache
def files(kind: str) -> tuple[tuple[Path, Fields], ...]:
    """The reference files of a kind, small ones first."""
    found = []
    for path in sorted(SHIPPED.glob("*/*.npz"), key=lambda path: path.stat().st_size):
        with np.load(path, allow_pickle=False) as archive:
            if kind_by_fields(archive) == kind:
                found.append((path, {name: archive[name] for name in archive.files}))
    return tuple(found)


def row(*names: str, **changes: Any) -> Edit:
    """Some rows of the table are wrong."""

    def edit(recipe: Recipe) -> Recipe:
        def table(settings: Any) -> tuple[Any, ...]:
            return tuple(replace(term, **changes) if term.name in names else term for term in recipe.table(settings))

        return replace(recipe, table=table)

    return edit


def rule(who: Assigner) -> Edit:
    """Others answer."""
    return lambda recipe: recipe.under(who)


def result(change: Callable[[Assignment, Head], Assignment]) -> Edit:
    """The assignment is changed afterwards."""

    def edit(recipe: Recipe) -> Recipe:
        def assign(settings: Any, head: Head, *rest: Any, **who: Any) -> Assignment:
            return change(recipe.assign(settings, head, *rest, **who), head)

        return replace(recipe, assign=assign)

    return edit


def settings(**swapped: str) -> Edit:
    """The table reads one setting for another."""

    def edit(recipe: Recipe) -> Recipe:
        return replace(
            recipe, table=lambda s: recipe.table(replace(s, **{a: getattr(s, b) for a, b in swapped.items()}))
        )

    return edit


def small_boxes_weigh_more(recipe: Recipe) -> Recipe:
    def table(settings: Any) -> tuple[Any, ...]:
        weight = scaled(settings.coord_scale, small_boxes_count_more)
        return row("centre", "size", weight=weight)(recipe).table(settings)

    return replace(recipe, table=table)


def with_target(name: str, change: Callable[[Tensor, Selection], Tensor]) -> Edit:
    """Positives are asked for something else."""

    def changed(a: Assignment, head: Head) -> Assignment:
        rows = a.positives
        rows = replace(rows, target={**rows.target, name: change(rows.target[name], rows)})
        return replace(a, positives=rows, classified=rows)

    return result(changed)


def objectness_wants_the_iou(a: Assignment, head: Head) -> Assignment:
    last = dict(zip(a.match.slot.tolist(), a.match.iou.tolist(), strict=True))
    wanted = head.raw.new_tensor([last[slot] for slot in a.positives.slot.tolist()])
    rows = with_objectness(a.positives, wanted)
    return replace(a, positives=rows, classified=rows)


def positives_are_negatives_too(a: Assignment, head: Head) -> Assignment:
    return replace(a, negatives=constant_rows(head, torch.arange(head.predictors), objectness=(0,)))


def nobody_ignored(field: AssignmentInput) -> Tensor:
    return torch.zeros(field.head.raw[:, :, 0].shape, dtype=torch.bool).flatten(1)


def near_ones_ignored(who: Assigner) -> Assigner:
    return lambda field: replace(who(field), ignored=field.best > 0.6)


def first_of_ties(field: AssignmentInput) -> Answers:
    found = DARKFLOW(field)
    first = [n for n, truth in enumerate(found.truth.tolist()) if truth not in found.truth[:n].tolist()]
    return replace(found, slot=found.slot[first], truth=found.truth[first])


def only_where_they_meet(field: AssignmentInput) -> Answers:
    found = DARKFLOW(field)
    meet = field.fit(found.slot, found.truth) > 0
    return replace(found, slot=found.slot[meet], truth=found.truth[meet])


def first_truth_of_a_cell(field: AssignmentInput) -> Answers:
    """The others of the cell are not there."""
    cell = field.slots(torch.zeros_like(field.truths.image), *field.cell)
    first = ~(cell[:, None] == cell).tril(-1).any(1)
    found = DARKFLOW(AssignmentInput(field.head, field.truths.only(first.tolist()), field.scene))
    return replace(found, truth=first.nonzero()[:, 0][found.truth])


def shape_in_cell(field: AssignmentInput) -> Answers:
    return one_each(field, best_own_anchor(field), nobody_ignored(field))


def predicted_shape_in_cell(field: AssignmentInput) -> Answers:
    return one_each(field, best_predicted_size(field), nobody_ignored(field))


def side(z: Tensor, t: Tensor) -> Tensor:
    return root(z, t) ** 2


NO_ROOTS = Formula(
    "side",
    "",
    lambda z, t: (side(z, t) - t[:, :2] ** 2) ** 2 / 2,
    lambda z, t: (side(z, t) - t[:, :2] ** 2) * side(z, t),
)
TWICE_NO_ROOTS = Formula("side", "", lambda z, t: 2 * NO_ROOTS(z, t), lambda z, t: 2 * NO_ROOTS.slope(z, t))


def times_slope(loss: Formula, factor: float | Callable[[Tensor], Tensor]) -> Formula:
    """The same value with another slope."""
    return replace(
        loss, slope=lambda z, t: loss.slope(z, t) * (factor(t) if callable(factor) else z.new_tensor(factor))
    )


def no_undefined(settings: Any, scene: Any) -> tuple[Tensor, ...]:
    return tuple(torch.zeros_like(head.raw, dtype=torch.bool) for head in scene.heads)


def undefined_above(settings: Any, scene: Any) -> tuple[Tensor, ...]:
    marks = no_undefined(settings, scene)
    for mark, head in zip(marks, scene.heads, strict=True):
        mark[:, :, [0, 1, 4]] = torch.exp(head.raw[:, :, [0, 1, 4]]).isinf()
    return marks


def undefined_in_classes(settings: Any, scene: Any) -> tuple[Tensor, ...]:
    return tuple(torch.exp(-head.raw).isinf() for head in scene.heads)


def not_transposed(field: AssignmentInput) -> Answers:
    found = YHCC(field)
    columns, rows = field.head.grid
    column, above = found.slot % columns, torch.div(found.slot, columns, rounding_mode="floor")
    row_number, above = above % rows, torch.div(above, rows, rounding_mode="floor")
    return replace(found, slot=(above * rows + column) * columns + row_number)


def true_intersection(field: AssignmentInput) -> Answers:
    column, row_number = field.cell
    slot = field.slots(best_own_anchor(field), row_number, column)
    return Answers(slot, torch.arange(len(slot)), nobody_ignored(field))


def score_closest_to_1(field: AssignmentInput) -> Answers:
    column, row_number = field.cell
    slot = field.slots((1 - yhcc_v2.scores(field)).abs().argmin(1), row_number, column)
    return Answers(slot, torch.arange(len(slot)), nobody_ignored(field))


def place_without_jump(z: Tensor, t: Tensor) -> Tensor:
    return (torch.sigmoid(z) + t[:, 2:4]) / t[:, 4:] - t[:, :2]


NO_JUMP = replace(yhcc_v2.squared_of_place, value=lambda z, t: place_without_jump(z, t) ** 2)
JUMP_IN_EVERY_CELL = replace(
    yhcc_v2.squared_of_place,
    value=lambda z, t: torch.where(torch.sigmoid(z) == 1, t[:, :2], yhcc_v2.place(z, t) - t[:, :2]) ** 2,
)
HALF_PLACE = replace(
    yhcc_v2.squared_of_place,
    value=lambda z, t: yhcc_v2.squared_of_place(z, t) / 2,
    slope=lambda z, t: yhcc_v2.squared_of_place.slope(z, t) / 2,
)
BOX = ("centre", "size")

MISREAD: dict[str, dict[str, Edit]] = {
    "darkflow": {
        "the best anchor answers": rule(shape_in_cell),
        "the best predicted shape answers": rule(predicted_shape_in_cell),
        "only the first of ties answers": rule(first_of_ties),
        "nobody answers where nobody overlaps": rule(only_where_they_meet),
        "the first truth of a cell wins": rule(first_truth_of_a_cell),
        "near predictions are ignored": rule(near_ones_ignored(DARKFLOW)),
        "who answers is background as well": result(positives_are_negatives_too),
        "objectness wants the IoU": result(objectness_wants_the_iou),
        "2 - w h": small_boxes_weigh_more,
        "sizes without roots": row("size", loss=NO_ROOTS),
        "sizes as raw outputs": row("size", loss=half_squared, part=SIZE),
        "roots in cells": with_target("root", lambda t, rows: t * 13**0.5),
        "the root's slope without its half": row("size", loss=times_slope(half_squared_of_root, 2)),
        "classes as a cross-entropy": row("class", loss=softmax_cross_entropy),
        "classes as sigmoids": row("class", loss=half_squared_of_sigmoid),
        "classes without the softmax's slope": row(
            "class", loss=replace(half_squared_of_softmax, slope=softmax_minus_target)
        ),
        "centre without the sigmoid's slope": row("centre", loss=bce),
        "object without the sigmoid's slope": row("object", loss=bce),
        "noobject without the sigmoid's slope": row("noobject", loss=bce),
        "centre without the half": row("centre", loss=squared_of_sigmoid),
        "size without the half": row("size", loss=squared_of_root),
        "object without the half": row("object", loss=squared_of_sigmoid),
        "noobject without the half": row("noobject", loss=squared_of_sigmoid),
        "class without the half": row("class", loss=squared_of_softmax),
        "a sum over the images": lambda recipe: replace(recipe, mean_over_images=False),
        "object and noobject scales exchanged": settings(object_scale="noobject_scale", noobject_scale="object_scale"),
        "coord and class scales exchanged": settings(coord_scale="class_scale", class_scale="coord_scale"),
        "object_scale 1": row("object", weight=times(1)),
        "noobject_scale 1": row("noobject", weight=times(1)),
        "a gradient everywhere": lambda recipe: replace(recipe, undefined=no_undefined),
        "no gradient where e^x overflows": lambda recipe: replace(recipe, undefined=undefined_above),
        "no gradient for classes": lambda recipe: replace(recipe, undefined=undefined_in_classes),
    },
    "yhcc": {
        "targets at [row, column]": rule(not_transposed),
        "the intersection is one": rule(true_intersection),
        "the score closest to 1 wins": rule(score_closest_to_1),
        "as intended": lambda recipe: recipe.with_settings({"intended": 1}),
        "who answers is background as well": result(positives_are_negatives_too),
        "objectness wants the IoU": result(objectness_wants_the_iou),
        "centres in cells": row("centre", loss=squared_of_sigmoid, part=CENTRE),
        "the fraction is none": row("centre", loss=NO_JUMP),
        "the fraction jumps in every cell": row("centre", loss=JUMP_IN_EVERY_CELL),
        "row and column of the predictor exchanged": with_target("place", lambda t, rows: t[:, [0, 1, 3, 2, 4, 5]]),
        "the centre's slope in cells": row("centre", loss=times_slope(yhcc_v2.squared_of_place, lambda t: t[:, 4:])),
        "2 - w h": row(*BOX, weight=lambda rows: 5 * small_boxes_count_more(rows)),
        "sizes without roots": row("size", loss=TWICE_NO_ROOTS),
        "sizes as raw outputs": row("size", loss=squared, part=SIZE),
        "the root's slope without its half": row("size", loss=times_slope(squared_of_root, 2)),
        "centre with a half": row("centre", loss=HALF_PLACE),
        "size with a half": row("size", loss=half_squared_of_root),
        "object with a half": row("object", loss=half_squared_of_sigmoid),
        "noobject with a half": row("noobject", loss=half_squared_of_sigmoid),
        "class with a half": row("class", loss=half_squared_of_softmax),
        "classes as a cross-entropy": row("class", loss=softmax_cross_entropy),
        "classes as sigmoids": row("class", loss=squared_of_sigmoid),
        "object without the sigmoid's slope": row("object", loss=bce),
        "noobject without the sigmoid's slope": row("noobject", loss=bce),
        "centre weighs 1": row("centre", weight=times(1)),
        "size weighs 1": row("size", weight=times(1)),
        "object weighs 5": row("object", weight=times(5)),
        "noobject weighs 1": row("noobject", weight=times(1)),
        "the mean over the images": lambda recipe: replace(recipe, mean_over_images=True),
    },
}

UNCHANGED: dict[str, dict[str, Edit]] = {
    "darkflow": {"rule": rule(DARKFLOW), "settings": settings()},
    "yhcc": {"rule": rule(YHCC), "place": with_target("place", lambda t, rows: t[:, [0, 1, 2, 3, 4, 5]])},
}
for both in UNCHANGED.values():
    both |= {"row": row("object"), "result": result(lambda a, head: a)}

CASES = [(kind, name) for kind, table in MISREAD.items() for name in table]
RIGHT = [(kind, name) for kind, table in UNCHANGED.items() for name in table]


@pytest.mark.parametrize(("kind", "name"), RIGHT)
def test_an_edit_that_changes_no_rule_agrees_with_every_file(
    kind: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(RECIPES, KEYS[kind], UNCHANGED[kind][name](RECIPES[KEYS[kind]]))
    assert len(files(kind)) >= 9
    for path, fields in files(kind):
        YOLO2_CHECKS[kind](path, fields)


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_a_misread_rule_disagrees_with_a_reference_file(kind: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(RECIPES, KEYS[kind], MISREAD[kind][name](RECIPES[KEYS[kind]]))
    for path, fields in files(kind):
        try:
            YOLO2_CHECKS[kind](path, fields)
        except AssertionError:
            return
    pytest.fail(f"no reference file notices: {name}")
