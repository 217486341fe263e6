"""tensorflow-yolov3's rules, read wrong on purpose: its reference files must notice."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from helpers.reference_yunyang import KEY, YUNYANG_CHECKS, Fields, kind_by_fields

from lossviz.engine.box_terms import BOX_LOSSES
from lossviz.engine.formula import Formula
from lossviz.engine.recipe import Recipe, Weight, small_boxes_count_more, times
from lossviz.engine.terms import (
    bce,
    half_squared_of_sigmoid,
    sigmoid_minus_target,
    sigmoid_minus_target_times_slope,
    softmax_cross_entropy,
)
from lossviz.recipes import RECIPES, yunyang_v3

Edit = Callable[[Recipe], Recipe]
RIGHT = RECIPES[KEY]
near = yunyang_v3.near


@cache
def files() -> tuple[tuple[Path, Fields], ...]:
    """The program's files, small ones first."""
    found = []
    folder = Path(__file__).parents[1] / "golden/yunyang_yolov3"
    for path in sorted(folder.glob("*.npz"), key=lambda path: path.stat().st_size):
        with np.load(path, allow_pickle=False) as archive:
            found.append((path, {name: archive[name] for name in archive.files}))
    return tuple(found)


def rows(*names: str, **changes: Any) -> Edit:
    """Some rows of the table are wrong."""
    return lambda recipe: replace(
        recipe,
        table=lambda settings: tuple(
            replace(row, **changes) if row.name in names else row for row in recipe.table(settings)
        ),
    )


def settings(**wrong: Any) -> Edit:
    """The assignment reads these settings wrong."""
    return lambda recipe: replace(
        recipe,
        rule=lambda given: recipe.rule(replace(given, **wrong)),
        assign=lambda given, *rest, **who: recipe.assign(replace(given, **wrong), *rest, **who),
    )


def constant_factor(power: float, alpha: tuple[float, float] = (1, 1)) -> Formula:
    """Focal, but the factor is a constant for the gradient, or of another power, or weighs ones and zeros differently."""

    def value(z: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
        weight = t * alpha[0] + (1 - t) * alpha[1]
        return weight * (torch.sigmoid(z) - t).abs() ** power * bce(z, t)

    def slope(z: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
        error = (torch.sigmoid(z) - t).abs()
        whole = error**power * sigmoid_minus_target(z, t)
        inner = power * error ** (power - 2) * sigmoid_minus_target_times_slope(z, t) * bce(z, t)
        return (t * alpha[0] + (1 - t) * alpha[1]) * (whole + inner)

    return Formula("focal", "", value, slope)


def detached(z: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
    return (torch.sigmoid(z) - t) ** 2 * sigmoid_minus_target(z, t)


def unweighted(weight: Weight) -> Weight:
    return lambda given: weight(replace(given, fact={**given.fact, "share": given.fact["share"] * 0}))


def shapes_alone(heads: Any, cells: Any) -> torch.Tensor:
    """As if anchor and truth had one centre."""
    there = replace(cells, x=cells.x.floor() + 0.5, y=cells.y.floor() + 0.5)
    return anchor_overlaps(heads, there)


anchor_overlaps, last = yunyang_v3.anchor_overlaps, yunyang_v3.last
OBJECTNESS = ("object", "noobject")

MISREAD: dict[str, Edit] = {
    "no focal factor": rows(*OBJECTNESS, loss=bce),
    "the focal factor is a constant for the gradient": rows(
        *OBJECTNESS, loss=replace(constant_factor(2), slope=detached)
    ),
    "gamma 3": rows(*OBJECTNESS, loss=constant_factor(3)),
    "alpha .25": rows(*OBJECTNESS, loss=constant_factor(2, (0.25, 0.75))),
    "only negatives are focal": rows("object", loss=bce),
    "objectness is a squared error": rows(*OBJECTNESS, loss=half_squared_of_sigmoid),
    "classes in a softmax": rows("class", loss=softmax_cross_entropy),
    "no 2 - w h": rows("box", weight=times(1)),
    "always 2": rows("box", weight=unweighted(small_boxes_count_more)),
    "IoU, not GIoU": rows("box", loss=BOX_LOSSES["iou"]),
    "DIoU, not GIoU": rows("box", loss=BOX_LOSSES["diou"]),
    "twice the box loss": rows("box", weight=lambda given: 2 * small_boxes_count_more(given)),
    "sum over the images": lambda recipe: replace(recipe, mean_over_images=False),
    "classes are not smoothed": settings(smoothing=0.0),
    "smoothed by .1": settings(smoothing=0.1),
    "anchors from .5 on": settings(anchor_iou=0.5),
    "the fall-back stays in the truth's cell": settings(intended=1),
}
REPLACED: dict[str, tuple[str, Any]] = {
    "ignored by all truths, not by those of the scale": (
        "near",
        lambda given, field, listed: near(given, field, [True] * len(listed)),
    ),
    "nobody is ignored": (
        "near",
        lambda given, field, listed: near(replace(given, iou_loss_thresh=9.0), field, listed),
    ),
    "ignored from .45 on": (
        "near",
        lambda given, field, listed: near(replace(given, iou_loss_thresh=given.iou_loss_thresh - 0.05), field, listed),
    ),
    "boxes without an area are background": (
        "near",
        lambda given, field, listed: near(given, field, listed) & (field.best >= given.iou_loss_thresh),
    ),
    "anchors compared by shape alone": ("anchor_overlaps", shapes_alone),
    "a list without an end": ("last", lambda listed, truths: listed),
    "a list of 100": ("LISTED", 100),
    "anchors are compared without eps, the loss has none": ("EPS", 0.0),
}


def notices() -> bool:
    """Whether a file disagrees."""
    for path, fields in files():
        try:
            YUNYANG_CHECKS[kind_by_fields(fields) or ""](path, fields)
        except AssertionError:
            return True
    return False


def test_the_rules_as_they_are_agree() -> None:
    assert not notices()


@pytest.mark.parametrize("name", MISREAD)
def test_a_misread_rule_disagrees_with_a_reference_file(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(RECIPES, KEY, MISREAD[name](RIGHT))
    assert notices()


@pytest.mark.parametrize("name", REPLACED)
def test_a_misread_step_disagrees_with_a_reference_file(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yunyang_v3, *REPLACED[name])
    assert notices()
