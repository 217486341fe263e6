"""Darknet's yolo layer, YOLOv3, as it stands since March 2018.

The layer writes differences, target minus output, and hands them on without the sigmoid's slope: that is the gradient of
cross-entropies, although it prints a sum of squares.
"""

from dataclasses import dataclass
from functools import partial

import torch
from jaxtyping import Int
from torch import Tensor

from lossviz.engine.answers import (
    Answers,
    Assigner,
    AssignmentInput,
    answered,
    asked,
    best_of_all_anchors,
    one_each,
    rows_of,
)
from lossviz.engine.assign import (
    Assignment,
    best_truth,
    join_class,
    where,
    with_objectness,
)
from lossviz.engine.heads import ALL, CENTRE, CLASSES, OBJECTNESS, SIZE, Head, sigmoid_outputs
from lossviz.engine.log_line import averages
from lossviz.engine.recipe import Recipe, Settings, Source, Term, knob, small_boxes_count_more, times
from lossviz.engine.scene import Scene, Truths
from lossviz.engine.terms import bce, half_squared


@dataclass(frozen=True)
class V3Settings(Settings):
    """Settings of the [yolo] section of a configuration file."""

    ignore_thresh: float = knob(0.7, 0, 2, "a predictor whose best IoU is above this is no negative")
    truth_thresh: float = knob(1.0, 0, 2, "a predictor whose best IoU is above this is a positive")
    max_boxes: int = knob(90, 0, 10_000, "truths read per image")


def table(settings: V3Settings) -> tuple[Term, ...]:
    """Return the terms of the loss.

    Source: pjreddie/darknet, src/yolo_layer.c.
    """
    # fmt: off
    return (
        #    name        predictors                 raw         weight                  loss
        Term("centre",   lambda a: a.positives,     CENTRE,     small_boxes_count_more, bce),
        Term("size",     lambda a: a.positives,     SIZE,       small_boxes_count_more, half_squared),
        Term("object",   lambda a: a.positives,     OBJECTNESS, times(1),               bce),
        Term("noobject", lambda a: a.negatives,     OBJECTNESS, times(1),               bce),
        Term("class",    lambda a: a.classified,    CLASSES,    times(1),               bce),
    )
    # fmt: on


def passed_over(settings: V3Settings, field: AssignmentInput, early: Int[Tensor, " k"]) -> Int[Tensor, "n 3"]:
    """Return truths above truth_thresh at a predictor whose best IoU is another's: predictor, truth, the best one."""
    each, best = field.overlap.shape[1], best_truth(field.overlap, field.truths, early)
    same = field.truths.image[:, None] == early // each
    above = same & (field.overlap[:, early % each] > settings.truth_thresh)
    truth, n = above.scatter(0, best[None], False).nonzero().unbind(1) if len(early) else (early, early)
    return torch.stack([early[n], truth, best[n]], 1)


def rule(settings: V3Settings) -> Assigner:
    """Return the rule by which the best anchor of the whole network answers for a truth, in the one head that uses it.

    Predictions near a truth are ignored. Before that, a prediction whose best IoU is above truth_thresh answers for
    that truth.
    """

    def answers(field: AssignmentInput) -> Answers:
        early = where(field.best > settings.truth_thresh)
        found = one_each(field, best_of_all_anchors(field), field.best > settings.ignore_thresh)
        slot, truth = (early, found.slot), (best_truth(field.overlap, field.truths, early), found.truth)
        above = partial(passed_over, settings, field, early)
        return Answers(torch.cat(slot), torch.cat(truth), found.ignored, len(early), lambda: rows_of(above()))

    return answers


def assign(settings: V3Settings, head: Head, truths: Truths, scene: Scene, who: Assigner | None = None) -> Assignment:
    """Return the assignment: those who answer learn the truth, the others that there is nothing."""
    field = AssignmentInput(head, truths, scene)
    found = (who or rule(settings))(field)
    match, positives = asked(field, found, join_class)
    positives = with_objectness(positives, torch.ones_like(positives.fact["share"]))
    return answered(field, found, match.after(found.early), positives)


def printed(settings: V3Settings, head: Head, assignment: Assignment, truths: Truths, scene: Scene) -> str:
    """Return the log line of a head; only truths matched by shape count."""
    match = assignment.match
    rows = sigmoid_outputs(settings, head.gather(match.slot, ALL))
    kind = rows[range(len(rows)), 5 + scene.mapped(truths.kinds)[match.truth]]
    return averages(match, torch.sigmoid(head.raw[:, :, 4]), kind, len(kind)).yolo(head.number)


RECIPE = Recipe(
    key="darknet_v3",
    title="Darknet, YOLOv3",
    source=Source(
        "pjreddie/darknet",
        "src/yolo_layer.c",
        "f6afaabcdf85f77e7aff2ec55c020c0e297c77f9",
        "loss rules of 2018-03-24",
        "Redmon and Farhadi 2018, arXiv:1804.02767",
    ),
    settings=V3Settings(),
    table=table,
    rule=rule,
    assign=assign,
    activate=sigmoid_outputs,
    printed=printed,
    prints="delta squared",
    truth_limit=lambda settings: settings.max_boxes,
    near=("ignore_thresh", "truth_thresh"),
    box_blind=lambda settings: settings.truth_thresh >= 1,
)
