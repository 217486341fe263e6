"""Every rule of the libraries' functions, read wrong on purpose: the reference files must notice."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from helpers import library_functions
from helpers import reference_functions as checks
from helpers.reference import SHIPPED
from torch import Tensor

from lossviz.engine import reductions
from lossviz.losses import LOSSES, bce, focal, smooth_l1, softmax_ce, sparse_ce, weighted

Patch = Callable[[pytest.MonkeyPatch], None]


@cache
def files(kind: str) -> tuple[tuple[Path, checks.Fields], ...]:
    """The reference files of a kind."""
    found = []
    for path in SHIPPED:
        with np.load(path, allow_pickle=False) as archive:
            if checks.kind_by_fields(archive) == kind:
                found.append((path, {name: archive[name] for name in archive.files}))
    return tuple(found)


def function(key: str, **sides: Any) -> Patch:
    """Another value or slope."""
    return lambda patch: patch.setitem(LOSSES, key, replace(LOSSES[key], **sides))


def part(module: Any, name: str, wrong: Any) -> Patch:
    """Another function, or number, in a module."""
    return lambda patch: patch.setattr(module, name, wrong)


def naive_bce(z: Tensor, t: Tensor) -> Tensor:
    p = torch.sigmoid(z)
    return -t * p.log() - (1 - t) * (1 - p).log()


def both_weighted(z: Tensor, t: Tensor, *, pos_weight: Any) -> Tensor:
    return pos_weight * bce.bce(z, t)


def weighted_slope_of_both(z: Tensor, t: Tensor, *, pos_weight: Any) -> Tensor:
    return pos_weight * bce.slope(z, t)


def focal_slope_of_a_constant_factor(z: Tensor, t: Tensor, *, alpha: float, gamma: float) -> Tensor:
    return focal.balance(t, alpha) * focal.mistake(z, t) ** gamma * bce.slope(z, t)


def focal_of_difference(z: Tensor, t: Tensor, *, alpha: float, gamma: float) -> Tensor:
    """tensorflow-yolov3's factor: the same for hard targets."""
    return focal.balance(t, alpha) * (t - torch.sigmoid(z)).abs() ** gamma * bce.bce(z, t)


def background_is_the_last_class(number: Tensor, like: Tensor) -> Tensor:
    clipped = number.clamp(max=like.shape[1] - 1)
    target = torch.zeros_like(like)
    target[clipped >= 0, clipped[clipped >= 0]] = 1
    return target


def nothing_ignored(way: Callable[..., Tensor]) -> Callable[..., Tensor]:
    return lambda z, number, *, class_weight, ignore_index: way(
        z, number.clamp(max=z.shape[1] - 1), class_weight=class_weight, ignore_index=-1
    )


MISREAD: dict[str, dict[str, Patch]] = {
    "tf_sigmoid": {
        "the delta for the slope": function("bce", slope=lambda z, t: t - torch.sigmoid(z)),
        "as the formula stands": function("bce", value=naive_bce),
        "the label's slope with the other sign": part(library_functions, "bce_label_slope", lambda z, t: z),
    },
    "tf_weighted": {
        "the weight on negatives": function(
            "weighted", value=lambda z, t, pos_weight: weighted.weighted(-z, 1 - t, pos_weight=pos_weight)
        ),
        "the weight on both": function("weighted", value=both_weighted),
        "the slope with the weight on both": part(weighted, "tensorflow_slope", weighted_slope_of_both),
        "TensorFlow's slope at 0 is right": part(weighted, "tensorflow_slope", weighted.slope),
    },
    "tf_softmax": {
        "TensorFlow knows the sum of the targets": part(
            library_functions, "tensorflow_softmax_slope", softmax_ce.slope
        ),
        "the label's slope is a probability": part(
            library_functions, "softmax_label_slope", lambda z, t: -torch.softmax(z, -1)
        ),
        "the difference of two large logits": part(
            sparse_ce, "sparse_ce", lambda z, n: torch.logsumexp(z, -1) - z.gather(-1, n[:, None])[:, 0]
        ),
        "the targets are scaled to add up to 1": function(
            "softmax_ce", value=lambda z, t: softmax_ce.softmax_ce(z, t / t.sum(-1, keepdim=True).clamp(min=1e-9))
        ),
    },
    "tv_focal": {
        "alpha on negatives": part(focal, "balance", lambda t, alpha: 1 - alpha * t - (1 - alpha) * (1 - t)),
        "an alpha of -1 is a weight": part(focal, "balance", lambda t, alpha: alpha * t + (1 - alpha) * (1 - t)),
        "the factor of what is right": part(
            focal, "mistake", lambda z, t: t * torch.sigmoid(z) + (1 - t) * torch.sigmoid(-z)
        ),
        "the factor is a constant for the slope": function("focal", slope=focal_slope_of_a_constant_factor),
        "the factor is |t - s|": function("focal", value=focal_of_difference),
    },
    "mmdet_focal": {
        "no alpha": part(focal, "balance", lambda t, alpha: torch.ones_like(t)),
        "the factor is a constant for the slope": function("focal", slope=focal_slope_of_a_constant_factor),
        "background is the last class": part(library_functions, "spelled_out", background_is_the_last_class),
        "the legacy factor is not shared among classes": part(
            library_functions, "legacy_focal_factor", lambda weight, classes: library_functions.counted(weight) + 1e-6
        ),
        "the legacy factor adds the weights up": part(library_functions, "counted", lambda weight: float(weight.sum())),
    },
    "mmdet_smooth_l1": {
        "without the half": function("smooth_l1", value=lambda y, t, beta: 2 * smooth_l1.smooth_l1(y, t, beta=beta)),
        "Huber's scale": function("smooth_l1", value=lambda y, t, beta: beta * smooth_l1.smooth_l1(y, t, beta=beta)),
        "beta is 1": function("smooth_l1", value=lambda y, t, beta: smooth_l1.smooth_l1(y, t, beta=1)),
        "a slope without bound": function("smooth_l1", slope=lambda y, t, beta: (y - t) / beta),
        "a squared error with a half": function("l2", value=lambda y, t: (y - t) ** 2 / 2),
        "at a mistake of 0 the slope is 1": function("l1", slope=lambda y, t: torch.where(y >= t, 1, -1).to(y)),
        "no eps": part(reductions, "AVG_EPS", 0.0),
        "an eps of 1e-6": part(reductions, "AVG_EPS", 1e-6),
        "a mean over what weighs something": part(reductions, "mean", lambda loss: loss[loss != 0].mean()),
        "the legacy factor counts coordinates": part(
            library_functions, "legacy_box_factor", lambda weight: library_functions.counted(weight) + 1e-6
        ),
        "the legacy factor without its eps": part(library_functions, "LEGACY_EPS", 0.0),
        "the first version had the eps, too": part(
            library_functions, "by_legacy_factor", lambda loss, factor: loss.sum()[None] / (factor + reductions.AVG_EPS)
        ),
        "the first version answered with a number": part(
            library_functions, "by_legacy_factor", lambda loss, factor: loss.sum() / factor
        ),
    },
    "mmdet_cross_entropy": {
        "no label is ignored": part(library_functions, "labelled_ce", nothing_ignored(library_functions.labelled_ce)),
        "the ignored are spelled out": part(library_functions, "valid", lambda number, ignored: number >= 0),
        "labels below 0 count": part(library_functions, "valid", lambda number, ignored: number != ignored),
        "background does not count": part(
            library_functions, "valid", lambda number, ignored: (number >= 0) & (number != ignored) & (number < 4)
        ),
        "background is the last class": part(library_functions, "spelled_out", background_is_the_last_class),
        "class weights on both": function("weighted", value=both_weighted),
        "the legacy factor adds the weights up": part(
            library_functions, "legacy_label_factor", lambda weight: float(weight.sum())
        ),
    },
}
CASES = [(kind, name) for kind, table in MISREAD.items() for name in table]


@pytest.mark.parametrize(("kind", "name"), CASES)
def test_a_misread_rule_disagrees_with_a_reference_file(kind: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    MISREAD[kind][name](monkeypatch)
    for path, fields in files(kind):
        try:
            checks.check(path, fields)
        except AssertionError:
            return
    pytest.fail(f"no reference file notices: {name}")


def test_a_number_that_is_not_compared_is_an_error() -> None:
    path, fields = files("tv_focal")[0]
    with pytest.raises(AssertionError, match=r"not compared: .*f32_more"):
        checks.check(path, {**fields, "f32_more": fields["f32_sum"]})
