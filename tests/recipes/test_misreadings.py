"""Every rule of the original programs, read wrong on purpose: the reference files must notice."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from helpers.reference import kind_of
from test_reference_values import RECIPE, Fields, check_layer

from lossviz.engine.assign import Assignment, Selection, constant_rows, one_hot, where, with_objectness, without
from lossviz.engine.heads import Head
from lossviz.engine.recipe import Recipe, Term, small_boxes_count_more, times
from lossviz.engine.scene import Scene, Truths
from lossviz.engine.terms import bce, half_squared, half_squared_of_sigmoid, softmax_cross_entropy
from lossviz.recipes import RECIPES, darknet_v2

Edit = Callable[[Recipe], Recipe]

SHIPPED = Path(__file__).parents[1] / "golden"
REGION, YOLO, REGION_2016 = "region", "yolo", "region2016"


@cache
def files(kind: str) -> tuple[tuple[Path, Fields], ...]:
    """The reference files of a kind, small ones first."""
    found = []
    for path in sorted(SHIPPED.glob("darknet*/*.npz"), key=lambda path: path.stat().st_size):
        with np.load(path, allow_pickle=False) as archive:
            if kind_of(archive) == kind:
                found.append((path, {name: archive[name] for name in archive.files}))
    return tuple(found)


def wrong_settings(**wrong: Any) -> Edit:
    """The assignment reads these settings wrong, a number or a function of the settings; the table reads them right."""

    def edit(recipe: Recipe) -> Recipe:
        def assign(settings: Any, *rest: Any) -> Assignment:
            values = {name: value(settings) if callable(value) else value for name, value in wrong.items()}
            return recipe.assign(replace(settings, **values), *rest)

        return replace(recipe, assign=assign)

    return edit


def wrong_table_settings(**wrong: Any) -> Edit:
    """The table reads these settings wrong."""

    def edit(recipe: Recipe) -> Recipe:
        def table(settings: Any) -> tuple[Term, ...]:
            values = {name: value(settings) if callable(value) else value for name, value in wrong.items()}
            return recipe.table(replace(settings, **values))

        return replace(recipe, table=table)

    return edit


def wrong_rows(*names: str, **changes: Any) -> Edit:
    """Some rows of the table are wrong; a change may be a function of the settings, marked by ``by_settings``."""

    def edit(recipe: Recipe) -> Recipe:
        def table(settings: Any) -> tuple[Term, ...]:
            values = {k: v.make(settings) if isinstance(v, BySettings) else v for k, v in changes.items()}
            return tuple(replace(row, **values) if row.name in names else row for row in recipe.table(settings))

        return replace(recipe, table=table)

    return edit


class BySettings:
    """A change that depends on the settings."""

    def __init__(self, make: Callable[[Any], Any]) -> None:
        self.make = make


def swapped(name: str, loss: Any) -> Edit:
    """The gradient of one row is that of another loss; what is written stays."""
    return lambda recipe: recipe.swap(name, loss=loss)


def wrong_head(change: Callable[[Head], Head]) -> Edit:
    """The assignment sees another head."""

    def edit(recipe: Recipe) -> Recipe:
        return replace(recipe, assign=lambda s, head, truths, scene: recipe.assign(s, change(head), truths, scene))

    return edit


def wrong_truths(change: Callable[[Truths, Scene], tuple[Truths, Scene]]) -> Edit:
    """Assignment and log see other truths."""

    def edit(recipe: Recipe) -> Recipe:
        return replace(
            recipe,
            assign=lambda s, head, truths, scene: recipe.assign(s, head, *change(truths, scene)),
            printed=lambda s, head, a, truths, scene: recipe.printed(s, head, a, *change(truths, scene)),
        )

    return edit


def wrong_result(change: Callable[[Assignment, Head, Truths, Scene, Any], Assignment]) -> Edit:
    """The assignment is changed afterwards."""

    def edit(recipe: Recipe) -> Recipe:
        def assign(settings: Any, head: Head, truths: Truths, scene: Scene) -> Assignment:
            return change(recipe.assign(settings, head, truths, scene), head, truths, scene, settings)

        return replace(recipe, assign=assign)

    return edit


def only(rows: Selection, keep: torch.Tensor) -> Selection:
    """Some of the rows."""
    return Selection(
        rows.slot[keep], {k: v[keep] for k, v in rows.target.items()}, {k: v[keep] for k, v in rows.fact.items()}
    )


def with_positives(a: Assignment, positives: Selection) -> Assignment:
    return replace(a, positives=positives, classified=positives if a.classified is a.positives else a.classified)


def first_truth_wins(recipe: Recipe) -> Recipe:
    """The truths of each image in the opposite order; what is averaged in the log stays."""

    def assign(settings: Any, head: Head, truths: Truths, scene: Scene) -> Assignment:
        start = np.cumsum((0, *truths.images))
        order = torch.cat([torch.arange(a, b).flip(0) for a, b in pairwise(start.tolist())])
        kinds = truths.kinds[order]
        turned = Truths(truths.boxes.pick(order), kinds, truths.images, tuple(kinds.tolist()))
        found = recipe.assign(settings, head, turned, scene)
        return replace(found, match=replace(found.match, truth=order[found.match.truth]))

    return replace(recipe, assign=assign)


def last_class_only(a: Assignment, head: Head, truths: Truths, scene: Scene, settings: Any) -> Assignment:
    kinds = scene.mapped(truths.kinds)[a.positives.fact["truth"]].tolist()
    target = {**a.positives.target, "classes": one_hot([frozenset([k]) for k in kinds], head.classes, head.raw)}
    return with_positives(a, replace(a.positives, target=target))


def column_of_the_truth(a: Assignment, head: Head, truths: Truths, scene: Scene, settings: Any) -> Assignment:
    target = {**a.positives.target, "centre": a.positives.target["centre"] % 1}
    return with_positives(a, replace(a.positives, target=target))


def objectness_wants_the_iou(a: Assignment, *_: Any) -> Assignment:
    return with_positives(a, with_objectness(a.positives, a.match.iou[a.positives.fact["last"]]))


def ignored_positives_stay_ignored(a: Assignment, *_: Any) -> Assignment:
    return with_positives(a, only(a.positives, ~torch.isin(a.positives.slot, a.near)))


def priors_spare_the_ignored(a: Assignment, *_: Any) -> Assignment:
    return replace(a, priors=only(a.priors, ~torch.isin(a.priors.slot, a.near)))


def priors_add_to_positives(a: Assignment, head: Head, truths: Truths, scene: Scene, settings: Any) -> Assignment:
    slots = torch.cat([a.priors.slot, a.positives.slot]) if len(a.priors.slot) else a.priors.slot
    return replace(a, priors=constant_rows(head, slots, centre=(0.5, 0.5), size=(0, 0)))


def priors_pull_to_the_corner(a: Assignment, head: Head, *_: Any) -> Assignment:
    return replace(a, priors=constant_rows(head, a.priors.slot, centre=(0, 0), size=(0, 0)))


def positives_are_negatives_too(a: Assignment, head: Head, *_: Any) -> Assignment:
    both = torch.cat([a.negatives.slot, a.positives.slot[~torch.isin(a.positives.slot, a.near)]])
    return replace(a, negatives=constant_rows(head, both, objectness=(0,)))


def nobody_is_ignored(a: Assignment, head: Head, *_: Any) -> Assignment:
    everybody = torch.ones(head.predictors, dtype=torch.bool)
    return replace(a, negatives=constant_rows(head, where(without(everybody, a.positives.slot)), objectness=(0,)))


def all_rows_of_truth(truths: Truths, scene: Scene) -> tuple[Truths, Scene]:
    """Rows with x = 0 are skipped, but do not end the list."""
    rows = scene.truth
    alive = rows[..., 0] != 0
    packed = torch.zeros_like(rows)
    for image, keep in enumerate(alive):
        packed[image, : int(keep.sum())] = rows[image][keep]
    return replace(scene, truth=packed).live(rows.shape[1]), scene


def all_truths(truths: Truths, scene: Scene) -> tuple[Truths, Scene]:
    return scene.live(scene.truth.shape[1]), scene


def unmapped(truths: Truths, scene: Scene) -> tuple[Truths, Scene]:
    return truths, replace(scene, class_map=())


def mapped_classfix(recipe: Recipe) -> Recipe:
    """The classes of ignored predictors go through the map as well."""

    def assign(settings: Any, head: Head, truths: Truths, scene: Scene) -> Assignment:
        mapped = replace(truths, kinds=scene.mapped(truths.kinds))
        return recipe.assign(settings, head, mapped, replace(scene, class_map=()))

    return replace(recipe, assign=assign)


def left_of_the_edge(truths: Truths, scene: Scene) -> tuple[Truths, Scene]:
    """A centre on an edge falls into the left, upper cell; nothing else moves by more than the tolerance."""
    boxes = replace(truths.boxes, x=truths.boxes.x - 2e-7, y=truths.boxes.y - 2e-7)
    return replace(truths, boxes=boxes), scene


def own_anchors_only(head: Head) -> Head:
    return replace(head, anchors=head.own_anchors, mask=tuple(range(len(head.mask))))


def later_anchors_a_little(sign: int) -> Callable[[Head], Head]:
    """Of equal anchors another one wins; sizes change less than the tolerance."""

    def change(head: Head) -> Head:
        ramp = 1 + sign * 1e-6 * torch.arange(len(head.anchors))[:, None]
        return replace(head, anchors=head.anchors * ramp)

    return change


def no_class_is_certain(head: Head) -> Head:
    """Class 0 is nowhere exactly 0 or 1 for the class rule."""
    raw = head.raw.clone()
    raw[:, :, 5] = 0
    return replace(head, raw=raw)


def anchors_instead_of_predictions(recipe: Recipe) -> Recipe:
    """Ignored is whose anchor, not whose prediction, lies near a truth."""

    def assign(settings: Any, head: Head, truths: Truths, scene: Scene) -> Assignment:
        right = recipe.assign(settings, head, truths, scene)
        other = recipe.assign(settings, replace(head, raw=torch.zeros_like(head.raw)), truths, scene)
        kept = without(where_mask(head, other.negatives.slot), right.positives.slot)
        return replace(right, negatives=constant_rows(head, where(kept), objectness=(0,)))

    return replace(recipe, assign=assign)


def where_mask(head: Head, slot: torch.Tensor) -> torch.Tensor:
    mask = torch.zeros(head.predictors, dtype=torch.bool)
    mask[slot] = True
    return mask


def coord(settings: Any) -> Any:
    return times(settings.coord_scale)


def coord_and_size(settings: Any) -> Any:
    return lambda rows: settings.coord_scale * small_boxes_count_more(rows)


BOX, PRIOR = ("centre", "size"), ("prior_centre", "prior_size")
RULES_OF_BOTH_V2: dict[str, Edit] = {
    "an IoU equal to thresh is ignored": wrong_settings(thresh=lambda s: s.thresh - 1e-6),
    "thresh is always .5": wrong_settings(thresh=0.5),
    "nobody is ignored": wrong_result(nobody_is_ignored),
    "ignored by anchor, not by prediction": anchors_instead_of_predictions,
    "the first truth wins": first_truth_wins,
    "the prior ends one image early": wrong_settings(seen=lambda s: s.seen + 1),
    "the prior ends one image late": wrong_settings(seen=lambda s: s.seen - 1),
    "the prior weighs .1": wrong_rows(*PRIOR, weight=times(0.1)),
    "the prior is scaled by coord_scale": wrong_rows(*PRIOR, weight=BySettings(lambda s: times(0.01 * s.coord_scale))),
    "the prior spares the ignored": wrong_result(priors_spare_the_ignored),
    "the prior adds to assigned boxes": wrong_result(priors_add_to_positives),
    "the prior pulls to the cell's corner": wrong_result(priors_pull_to_the_corner),
    "objectness always wants the IoU": wrong_settings(rescore=1),
    "objectness always wants 1": wrong_settings(rescore=0),
    "anchors always compete by their own sizes": wrong_settings(bias_match=1),
    "anchors always compete by predicted sizes": wrong_settings(bias_match=0),
    "of equal anchors the last wins": wrong_head(later_anchors_a_little(-1)),
    "an ignored owner has no object": wrong_result(ignored_positives_stay_ignored),
    "an owner is background as well": wrong_result(positives_are_negatives_too),
    "x = 0 is skipped and the list goes on": wrong_truths(all_rows_of_truth),
    "classes are not mapped": wrong_truths(unmapped),
    "an edge belongs to the left cell": wrong_truths(left_of_the_edge),
    "object and noobject scales exchanged": wrong_table_settings(
        object_scale=lambda s: s.noobject_scale, noobject_scale=lambda s: s.object_scale
    ),
    "class_scale is 1": wrong_table_settings(class_scale=1),
    "coord_scale is 1": wrong_table_settings(coord_scale=1),
    "classes are sigmoids": wrong_rows("class", loss=bce),
    "classes are a squared error": wrong_rows("class", loss=half_squared),
    "centre without the sigmoid's slope": swapped("centre", bce),
    "prior without the sigmoid's slope": swapped("prior_centre", bce),
    "object without the sigmoid's slope": swapped("object", bce),
    "noobject without the sigmoid's slope": swapped("noobject", bce),
    "size behind a sigmoid": swapped("size", half_squared_of_sigmoid),
}

MISREAD: dict[str, dict[str, Edit]] = {
    REGION: RULES_OF_BOTH_V2
    | {
        "no 2 - w h": wrong_rows(*BOX, weight=BySettings(coord)),
        "2 - w h also on the prior": wrong_rows(*PRIOR, weight=times(0.02)),
        "classes are joined in spite of the softmax": wrong_settings(softmax=0),
        "classes are never joined": wrong_settings(softmax=1),
        "no exact zero in the class rule": wrong_head(no_class_is_certain),
        "background wants the usual targets": wrong_settings(background=0),
        "background in the table only": wrong_table_settings(background=0),
        "29 truths": lambda recipe: replace(recipe, truth_limit=lambda settings: 29),
        "the printed cost is made of slopes": wrong_rows("centre", "object", "noobject", delta=None),
    },
    REGION_2016: RULES_OF_BOTH_V2
    | {
        "2 - w h": wrong_rows(*BOX, weight=BySettings(coord_and_size)),
        "the log and output of later: x and y activated": lambda recipe: replace(
            recipe,
            activate=lambda s, raw: darknet_v2.activate(replace(darknet_v2.V2Settings(), softmax=s.softmax), raw),
        ),
        "classfix off": wrong_settings(classfix=0),
        "classfix 2 without objectness": wrong_settings(classfix=lambda s: min(s.classfix, 1)),
        "classfix maps classes": mapped_classfix,
        "the printed cost has no slopes in it": lambda recipe: recipe.swap(
            "object", loss=bce, delta=lambda z, t: t - torch.sigmoid(z)
        ),
    },
    YOLO: {
        "an IoU equal to ignore_thresh is ignored": wrong_settings(ignore_thresh=lambda s: s.ignore_thresh - 1e-6),
        "an IoU equal to truth_thresh is positive": wrong_settings(truth_thresh=lambda s: s.truth_thresh - 1e-6),
        "ignore_thresh is always .5": wrong_settings(ignore_thresh=0.5),
        "ignore_thresh is always .7": wrong_settings(ignore_thresh=0.7),
        "nobody is ignored": wrong_result(nobody_is_ignored),
        "ignored by anchor, not by prediction": anchors_instead_of_predictions,
        "truth_thresh is never used": wrong_settings(truth_thresh=2),
        "truth_thresh needs ignore_thresh": wrong_settings(truth_thresh=lambda s: max(s.truth_thresh, s.ignore_thresh)),
        "truth_thresh takes the truth's column": wrong_result(column_of_the_truth),
        "the first truth wins": first_truth_wins,
        "classes are never joined": wrong_result(last_class_only),
        "no exact zero in the class rule": wrong_head(no_class_is_certain),
        "objectness wants the IoU": wrong_result(objectness_wants_the_iou),
        "an ignored owner has no object": wrong_result(ignored_positives_stay_ignored),
        "an owner is background as well": wrong_result(positives_are_negatives_too),
        "the best anchor of the mask answers": wrong_head(own_anchors_only),
        "of equal anchors the last wins": wrong_head(later_anchors_a_little(1)),
        "x = 0 is skipped and the list goes on": wrong_truths(all_rows_of_truth),
        "max_boxes is not read": wrong_truths(all_truths),
        "89 truths": lambda recipe: replace(recipe, truth_limit=lambda settings: min(89, settings.max_boxes)),
        "classes are not mapped": wrong_truths(unmapped),
        "an edge belongs to the left cell": wrong_truths(left_of_the_edge),
        "no 2 - w h": wrong_rows(*BOX, weight=times(1)),
        "2 - w h also on objectness": wrong_rows("object", weight=small_boxes_count_more),
        "object_scale 5 as in YOLOv2": wrong_rows("object", weight=times(5)),
        "a softmax over the classes": wrong_rows("class", loss=softmax_cross_entropy),
        "centre with the sigmoid's slope": swapped("centre", half_squared_of_sigmoid),
        "object with the sigmoid's slope": swapped("object", half_squared_of_sigmoid),
        "noobject with the sigmoid's slope": swapped("noobject", half_squared_of_sigmoid),
        "classes with the sigmoid's slope": swapped("class", half_squared_of_sigmoid),
        "centre as a squared error of the raw output": wrong_rows("centre", loss=half_squared),
        "raw x and y in the output": lambda recipe: replace(
            recipe, activate=lambda s, raw: torch.cat([raw[..., :4], torch.sigmoid(raw[..., 4:])], -1)
        ),
    },
}

CASES = [(kind, name) for kind, table in MISREAD.items() for name in table]


UNCHANGED: dict[str, Edit] = {
    "settings": wrong_settings(),
    "table settings": wrong_table_settings(),
    "rows": wrong_rows("object"),
    "head": wrong_head(lambda head: head),
    "truths": wrong_truths(lambda truths, scene: (truths, scene)),
    "result": wrong_result(lambda a, *_: with_positives(a, only(a.positives, a.positives.slot >= 0))),
}


@pytest.mark.parametrize("kind", MISREAD)
@pytest.mark.parametrize("name", UNCHANGED)
def test_an_edit_that_changes_no_rule_agrees_with_the_small_files(
    kind: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = RECIPE[kind]
    monkeypatch.setitem(RECIPES, key, UNCHANGED[name](RECIPES[key]))
    for path, fields in files(kind)[:6]:
        check_layer(path, fields)


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_a_misread_rule_disagrees_with_a_reference_file(kind: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    key = RECIPE[kind]
    monkeypatch.setitem(RECIPES, key, MISREAD[kind][name](RECIPES[key]))
    for path, fields in files(kind):
        try:
            check_layer(path, fields)
        except AssertionError:
            return
    pytest.fail(f"no reference file notices: {name}")
