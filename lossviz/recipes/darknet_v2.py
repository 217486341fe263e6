"""Darknet's region layer, YOLOv2, last version, with the gradient as its GPU code passes it back.

The layer writes differences, target minus output; its way back multiplies those of x, y and objectness by the sigmoid's
slope. So these three really are squared errors, and the classes a softmax cross-entropy. (The CPU way back of this layer
is empty: YOLOv2 trains on a GPU only.)
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from lossviz.engine.answers import Assigner, AssignmentInput, asked, best_own_anchor, best_predicted_size, one_each
from lossviz.engine.assign import (
    Assignment,
    constant_rows,
    join_class,
    replace_class,
    where,
    with_objectness,
    without,
)
from lossviz.engine.formula import Rows
from lossviz.engine.heads import (
    ALL,
    CENTRE,
    CLASSES,
    CLASSES_IN_SOFTMAX,
    OBJECTNESS,
    OBJECTNESS_IN_SOFTMAX,
    SIZE,
    Head,
)
from lossviz.engine.log_line import averages
from lossviz.engine.recipe import (
    Recipe,
    Source,
    Term,
    knob,
    scaled,
    small_boxes_count_more,
    times,
)
from lossviz.engine.region_settings import EARLY, RegionSettings
from lossviz.engine.remark import Remark
from lossviz.engine.scene import Scene, Truths
from lossviz.engine.terms import (
    CLASS_SLOPES_OF_JOINT_SOFTMAX,
    OBJECTNESS_SLOPES_OF_JOINT_SOFTMAX,
    bce,
    half_squared,
    half_squared_of_sigmoid,
    sigmoid_minus_target,
    softmax_cross_entropy,
)


@dataclass(frozen=True)
class V2Settings(RegionSettings):
    """Settings of the [region] section of a configuration file. With softmax = 0 the classes are independent."""

    background: int = knob(0, 0, 1, "1: objectness becomes a class that means 'nothing here'")


def difference(z: Rows, t: Rows) -> Rows:
    """Return t - s(z), the region layer's delta, without the sigmoid's slope."""
    return -sigmoid_minus_target(z, t)


def table(settings: V2Settings) -> tuple[Term, ...]:
    """Return the terms of the loss.

    Source: pjreddie/darknet, src/region_layer.c.
    """
    coords = scaled(settings.coord_scale, small_boxes_count_more)
    yes, no, kind = times(settings.object_scale), times(settings.noobject_scale), times(settings.class_scale)
    joint = settings.background and settings.softmax
    half, classes = half_squared_of_sigmoid, softmax_cross_entropy if settings.softmax else bce
    # fmt: off
    rows = (
        #    name            predictors               raw         weight      loss          delta
        Term("prior_centre", lambda a: a.priors,      CENTRE,     times(.01), half,         difference),
        Term("prior_size",   lambda a: a.priors,      SIZE,       times(.01), half_squared),
        Term("centre",       lambda a: a.positives,   CENTRE,     coords,     half,         difference),
        Term("size",         lambda a: a.positives,   SIZE,       coords,     half_squared),
    )
    plain = (
        Term("object",       lambda a: a.positives,   OBJECTNESS, yes,        half,         difference),
        Term("noobject",     lambda a: a.negatives,   OBJECTNESS, no,         half,         difference),
        Term("class",        lambda a: a.classified,  CLASSES,    kind,       classes),
    )
    linear = (
        Term("object",       lambda a: a.positives,   OBJECTNESS, yes,        half_squared),
        Term("noobject",     lambda a: a.negatives,   OBJECTNESS, no,         half_squared),
        Term("class",        lambda a: a.classified,  CLASSES,    kind,       classes),
    )
    in_softmax = (
        Term("object",   lambda a: a.positives,  OBJECTNESS_IN_SOFTMAX, yes,  OBJECTNESS_SLOPES_OF_JOINT_SOFTMAX),
        Term("noobject", lambda a: a.negatives,  OBJECTNESS_IN_SOFTMAX, no,   OBJECTNESS_SLOPES_OF_JOINT_SOFTMAX),
        Term("class",    lambda a: a.classified, CLASSES_IN_SOFTMAX,    kind, CLASS_SLOPES_OF_JOINT_SOFTMAX),
    )
    # fmt: on
    return rows + (in_softmax if joint else linear if settings.background else plain)


def rule(settings: V2Settings) -> Assigner:
    """Return the rule by which the best anchor of this head answers for a truth, and near predictions are ignored.

    A prediction is near if its best IoU with a truth is above ``thresh``.
    """
    choose = best_own_anchor if settings.bias_match else best_predicted_size
    return lambda field: one_each(field, choose(field), field.best > settings.thresh)


def assign(settings: V2Settings, head: Head, truths: Truths, scene: Scene, who: Assigner | None = None) -> Assignment:
    """Return the assignment: those who answer learn the truth, the others that there is nothing.

    Early in training all others are pulled to their anchors.
    """
    field = AssignmentInput(head, truths, scene)
    found = (who or rule(settings))(field)
    # Whether a predictor has a class already is read from its class-0 delta: always 0 where the scale is.
    kinds = join_class if settings.class_scale and not settings.softmax else replace_class
    match, positives = asked(field, found, kinds)
    fit = match.iou[positives.fact["last"]]
    wanted = torch.zeros_like(fit) if settings.background else fit if settings.rescore else torch.ones_like(fit)
    positives = with_objectness(positives, wanted)
    others = without(torch.full_like(found.ignored, settings.seen < EARLY), positives.slot)
    nothing = float(settings.background)
    return Assignment(
        predicted=field.predicted,
        positives=positives,
        negatives=constant_rows(head, where(without(~found.ignored, positives.slot)), objectness=(nothing,)),
        priors=constant_rows(head, where(others), centre=(0.5, 0.5), size=(0, 0)),
        classified=positives,
        ignored=found.ignored,
        match=match,
    )


def activate(settings: V2Settings, raw: Tensor) -> Tensor:
    """Return raw outputs with a sigmoid for centre and objectness, a softmax (or sigmoid) for the classes."""
    centre, size, objectness, classes = torch.sigmoid(raw[..., :2]), raw[..., 2:4], raw[..., 4:5], raw[..., 5:]
    if settings.background and settings.softmax:
        return torch.cat([centre, size, torch.softmax(raw[..., 4:], -1)], -1)
    objectness = objectness if settings.background else torch.sigmoid(objectness)
    classes = torch.softmax(classes, -1) if settings.softmax else torch.sigmoid(classes)
    return torch.cat([centre, size, objectness, classes], -1)


def printed(settings: V2Settings, head: Head, assignment: Assignment, truths: Truths, scene: Scene) -> str:
    """Return the log line of a head.

    A truth whose class joined an earlier one adds nothing to "Class" but counts in its divisor.
    """
    match = assignment.match
    rows = activate(settings, head.gather(match.slot, ALL))
    kind = rows[range(len(rows)), 5 + scene.mapped(truths.kinds)[match.truth]]
    alone = kind[[n for n, joined in enumerate(match.joined) if not joined]]
    objectness = activate(settings, head.raw.movedim(2, -1))[..., 4]
    return averages(match, objectness, alone, len(kind)).region()


def notes(settings: V2Settings, scene: Scene) -> tuple[Remark, ...]:
    """Return what has no loss: a background class inside the softmax."""
    joint = scene.train and settings.background and settings.softmax
    return (Remark("note_darknet_v2"),) if joint else ()


RECIPE = Recipe(
    key="darknet_v2",
    title="Darknet, YOLOv2",
    source=Source(
        "pjreddie/darknet",
        "src/region_layer.c",
        "f6afaabcdf85f77e7aff2ec55c020c0e297c77f9",
        "loss rules of 2018-03-24",
        "Redmon and Farhadi 2016, arXiv:1612.08242",
    ),
    settings=V2Settings(),
    table=table,
    rule=rule,
    assign=assign,
    activate=activate,
    printed=printed,
    prints="delta squared",
    truth_limit=lambda settings: 30,
    near=("thresh",),
    box_blind=lambda settings: settings.bias_match and not settings.rescore,
    notes=notes,
)
