"""Darknet's region layer as released with the YOLOv2 paper, November 2016.

The sigmoid's slope is already inside ``delta``, so the CPU trains too and the printed number is much smaller than today's.
There is no factor 2 - w h yet; it came in March 2017.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from lossviz.engine.answers import Assigner, AssignmentInput, asked, best_own_anchor, best_predicted_size, one_each
from lossviz.engine.assign import (
    Assignment,
    Selection,
    best_truth,
    constant_rows,
    overlaps,
    where,
    with_objectness,
    without,
)
from lossviz.engine.heads import ALL, CENTRE, CLASSES, OBJECTNESS, SIZE, Head
from lossviz.engine.log_line import averages
from lossviz.engine.recipe import Recipe, Source, Term, knob, scaled, stated, times
from lossviz.engine.region_settings import EARLY, RegionSettings
from lossviz.engine.scene import Scene, Truths
from lossviz.engine.terms import half_squared, half_squared_of_sigmoid, softmax_cross_entropy


@dataclass(frozen=True)
class V2ReleaseSettings(RegionSettings):
    """Settings of the [region] section in 2016. With softmax = 0 classes are squared errors of raw scores."""

    classfix: int = knob(0, -1, 2, "1, 2: ignored predictors learn a class, -1: none is ignored")


def table(settings: V2ReleaseSettings) -> tuple[Term, ...]:
    """Return the terms of the loss.

    Source: pjreddie/darknet, src/region_layer.c, as of November 2016.
    """
    coords, kind = times(settings.coord_scale), scaled(settings.class_scale, stated("class_weight"))
    yes, no = times(settings.object_scale), times(settings.noobject_scale)
    half, classes = half_squared_of_sigmoid, softmax_cross_entropy if settings.softmax else half_squared
    # fmt: off
    return (
        #    name            predictors               raw         weight      loss
        Term("prior_centre", lambda a: a.priors,      CENTRE,     times(.01), half),
        Term("prior_size",   lambda a: a.priors,      SIZE,       times(.01), half_squared),
        Term("centre",       lambda a: a.positives,   CENTRE,     coords,     half),
        Term("size",         lambda a: a.positives,   SIZE,       coords,     half_squared),
        Term("object",       lambda a: a.positives,   OBJECTNESS, yes,        half),
        Term("noobject",     lambda a: a.negatives,   OBJECTNESS, no,         half),
        Term("class",        lambda a: a.classified,  CLASSES,    kind,       classes),
    )
    # fmt: on


def rule(settings: V2ReleaseSettings) -> Assigner:
    """Return the rule by which the best anchor of this head answers for a truth, and near predictions are ignored.

    A prediction is near if its best IoU with a truth is above ``thresh``; with classfix = -1 none is ignored.
    """
    choose = best_own_anchor if settings.bias_match else best_predicted_size
    thresh = math.inf if settings.classfix == -1 else settings.thresh
    return lambda field: one_each(field, choose(field), field.best > thresh)


def assign(
    settings: V2ReleaseSettings, head: Head, truths: Truths, scene: Scene, who: Assigner | None = None
) -> Assignment:
    """Return the assignment: those who answer learn the truth, the others that there is nothing.

    Early in training all others are pulled to their anchors.
    """
    field = AssignmentInput(head, truths, scene)
    found = (who or rule(settings))(field)
    match, positives = asked(field, found)
    fit = match.iou[positives.fact["last"]]
    positives = with_objectness(positives, fit if settings.rescore else torch.ones_like(fit))
    above = found.ignored
    negative = where(without(~above, positives.slot))
    wanted = field.best.flatten()[negative] if settings.classfix == -1 else fit.new_zeros(len(negative))
    others = without(torch.full_like(above, settings.seen < EARLY), positives.slot)
    fixed = where(without(above & (settings.classfix > 0), positives.slot))
    return Assignment(
        predicted=field.predicted,
        positives=positives,
        negatives=Selection(negative, {"objectness": wanted[:, None]}),
        priors=constant_rows(head, where(others), centre=(0.5, 0.5), size=(0, 0)),
        classified=classified(settings, head, positives, fixed, truths.kinds[best_truth(field.overlap, truths, fixed)]),
        ignored=above,
        match=match,
    )


def classified(
    settings: V2ReleaseSettings, head: Head, positives: Selection, fixed: Tensor, kinds: Tensor
) -> Selection:
    """Return the positives, and with classfix the ignored: these learn the class of their nearest truth.

    That class is used as it stands, not renamed by ``class_map``.
    """
    confidence = torch.sigmoid(head.gather(fixed, OBJECTNESS))[:, 0]
    weight = confidence if settings.classfix == 2 else torch.ones_like(confidence)
    wanted = head.raw.new_zeros(len(fixed), head.classes).scatter_(1, kinds[:, None], 1)
    return Selection(
        torch.cat([positives.slot, fixed]),
        {"classes": torch.cat([positives.target["classes"], wanted])},
        {"class_weight": torch.cat([torch.ones_like(positives.fact["share"]), weight])},
    )


def activate(settings: V2ReleaseSettings, raw: Tensor) -> Tensor:
    """Return raw outputs with a sigmoid for objectness and a softmax for the classes (raw without it).

    x and y stay raw in memory.
    """
    classes = torch.softmax(raw[..., 5:], -1) if settings.softmax else raw[..., 5:]
    return torch.cat([raw[..., :4], torch.sigmoid(raw[..., 4:5]), classes], -1)


def printed(settings: V2ReleaseSettings, head: Head, assignment: Assignment, truths: Truths, scene: Scene) -> str:
    """Return the log line of a head; with classfix "Class" also averages over every predictor near a truth."""
    match = assignment.match
    rows = activate(settings, head.gather(match.slot, ALL))
    kind = rows[range(len(rows)), 5 + scene.mapped(truths.kinds)[match.truth]]
    if settings.classfix > 0:
        rows = activate(settings, head.gather(assignment.near, ALL))
        nearest = truths.kinds[best_truth(overlaps(assignment.predicted, truths), truths, assignment.near)]
        kind = torch.cat([kind, rows[range(len(rows)), 5 + nearest]])
    return averages(match, torch.sigmoid(head.raw[:, :, 4]), kind, len(kind)).region()


RECIPE = Recipe(
    key="darknet_v2_2016",
    title="Darknet, YOLOv2 as released in 2016",
    source=Source(
        "pjreddie/darknet",
        "src/region_layer.c",
        "c6afc7ff1499fbbe64069e1843d7929bd7ae2eaa",
        "2016-11-17",
        "Redmon and Farhadi 2016, arXiv:1612.08242",
    ),
    settings=V2ReleaseSettings(),
    table=table,
    rule=rule,
    assign=assign,
    activate=activate,
    printed=printed,
    prints="delta squared",
    truth_limit=lambda settings: 30,
    near=("thresh",),
    box_blind=lambda settings: settings.bias_match and not settings.rescore,
    reads_unmapped=lambda settings: settings.classfix > 0,
)
