"""thtrieu/darkflow: YOLOv2 on TensorFlow, with the responsibility of YOLOv1.

In a truth's cell the predictor answers whose present box fits best, not the one whose anchor does. Sides are compared as
roots, classes as probabilities, everything as squares; objectness wants 1, and nobody is ignored.
"""

import math
from dataclasses import dataclass, replace

import torch
from jaxtyping import Bool, Int
from torch import Tensor

from lossviz.engine.answers import Answers, Assigner, AssignmentInput, answered, asked, rows_of
from lossviz.engine.assign import Assignment, with_objectness
from lossviz.engine.box_terms import half_squared_of_root, root_rows
from lossviz.engine.boxes import Boxes
from lossviz.engine.heads import CENTRE, CLASSES, OBJECTNESS, ROOT, Head, softmax_outputs
from lossviz.engine.recipe import Recipe, Settings, Source, Term, knob, times, undefined_count
from lossviz.engine.remark import Remark
from lossviz.engine.scene import Scene, Truths
from lossviz.engine.terms import half_squared_of_sigmoid, half_squared_of_softmax


@dataclass(frozen=True)
class DarkflowSettings(Settings):
    """Settings that the program reads of a [region] section."""

    class_scale: float = knob(1.0, 0, 1000, "weight of the classes")
    object_scale: float = knob(5.0, 0, 1000, "weight of objectness where there is an object")
    noobject_scale: float = knob(1.0, 0, 1000, "weight of objectness where there is none")
    coord_scale: float = knob(1.0, 0, 1000, "weight of centre and size")


def table(settings: DarkflowSettings) -> tuple[Term, ...]:
    """Return the terms of the loss; the program takes the mean over the images of these sums.

    Source: thtrieu/darkflow, darkflow/net/yolov2/train.py.
    """
    box, kind = times(settings.coord_scale), times(settings.class_scale)
    yes, no = times(settings.object_scale), times(settings.noobject_scale)
    # fmt: off
    return (
        #    name        predictors              raw         weight  loss
        Term("centre",   lambda a: a.positives,  CENTRE,     box,    half_squared_of_sigmoid),
        Term("size",     lambda a: a.positives,  ROOT,       box,    half_squared_of_root),
        Term("object",   lambda a: a.positives,  OBJECTNESS, yes,    half_squared_of_sigmoid),
        Term("noobject", lambda a: a.negatives,  OBJECTNESS, no,     half_squared_of_sigmoid),
        Term("class",    lambda a: a.classified, CLASSES,    kind,   half_squared_of_softmax),
    )
    # fmt: on


def overwritten(field: AssignmentInput) -> Bool[Tensor, " m"]:
    """Return which truths' cells hold a later truth: the program writes box and class once a cell."""
    cell = field.slots(torch.zeros_like(field.truths.image), *field.cell)
    return (cell[:, None] == cell).triu(1).any(1)


def passed_over(field: AssignmentInput, slot: Tensor, fit: Tensor) -> Int[Tensor, "k 3"]:
    """Return the best predictors of truths whose cell holds a later one, as rows of predictor, truth, the cell's last."""
    cell = field.slots(torch.zeros_like(field.truths.image), *field.cell)
    last = (cell[:, None] == cell).long().cumsum(1).argmax(1)
    truth, anchor = ((fit == fit.amax(1, keepdim=True)) & overwritten(field)[:, None]).nonzero().unbind(1)
    return torch.stack([slot[truth, anchor], truth, last[truth]], 1)


def rule(settings: DarkflowSettings) -> Assigner:
    """Return the rule by which all predictors of a truth's cell answer that attain the cell's largest IoU.

    Where that is 0, all of them answer. Nobody is ignored.
    """

    def answers(field: AssignmentInput) -> Answers:
        images, anchors = field.head.raw.shape[:2]
        numbers = torch.arange(anchors, device=field.head.raw.device)
        slot = field.slots(numbers[:, None], *field.cell).T
        truth = torch.arange(len(slot), device=slot.device)[:, None].expand_as(slot)
        fit = field.fit(slot.flatten(), truth.flatten()).view(slot.shape)
        best = (fit == fit.amax(1, keepdim=True)) & ~overwritten(field)[:, None]
        nobody = torch.zeros(images, anchors * field.head.cells, dtype=torch.bool, device=slot.device)
        return Answers(slot[best], truth[best], nobody, passed=lambda: rows_of(passed_over(field, slot, fit)))

    return answers


def assign(
    settings: DarkflowSettings, head: Head, truths: Truths, scene: Scene, who: Assigner | None = None
) -> Assignment:
    """Return the assignment: those who answer learn the truth, all others that there is nothing."""
    field = AssignmentInput(head, truths, scene)
    found = (who or rule(settings))(field)
    match, positives = asked(field, found)
    boxes = Boxes.of(truths.table[positives.fact["truth"]])
    positives = replace(positives, target={**positives.target, "root": root_rows(positives, boxes, head)})
    return answered(field, found, match, with_objectness(positives, torch.ones_like(boxes.x)))


def undefined(settings: DarkflowSettings, scene: Scene) -> tuple[Bool[Tensor, "b a channels h w"], ...]:
    """Return where the program's own gradient is nan although its loss is finite: in x, y and objectness.

    It writes the sigmoid as 1 / (1 + e^-x). Where e^-x is infinite the value is a correct 0, but the chain rule
    multiplies 0 by infinity, whoever answers.
    """
    marks = [torch.exp(-head.raw).isinf() for head in scene.heads]
    for mark in marks:
        mark[:, :, [2, 3, *range(5, mark.shape[2])]] = False
    return tuple(marks)


def notes(settings: DarkflowSettings, scene: Scene) -> tuple[Remark, ...]:
    """Return how often the program's own gradient is nan: where -x is above the limit at which e^-x overflows."""
    count, dtype = undefined_count(undefined(settings, scene), scene), scene.heads[0].raw.dtype
    limit, name = math.log(torch.finfo(dtype).max), str(dtype).removeprefix("torch.")
    values = {"count": count, "limit": f"{limit:.1f}", "dtype": name}
    return (Remark("note_darkflow_v2_one" if count == 1 else "note_darkflow_v2", values),) if count else ()


RECIPE = Recipe(
    key="darkflow_v2",
    title="darkflow, YOLOv2",
    source=Source(
        "thtrieu/darkflow",
        "darkflow/net/yolov2/train.py",
        "eb7e830393f24233032b8578737141528be01d65",
        "as of that commit",
        "Redmon and Farhadi 2016, arXiv:1612.08242",
    ),
    settings=DarkflowSettings(),
    table=table,
    rule=rule,
    assign=assign,
    activate=softmax_outputs,
    truth_limit=lambda settings: 10_000,
    chooses_by="predicted",
    mean_over_images=True,
    undefined=undefined,
    notes=notes,
)
