"""mmdetection's YOLOV3Head with its GridAssigner and YOLOBBoxCoder.

Anchors decide, not predictions: an anchor stands in the middle of its cell, and its overlap with the truths says who answers
and who is ignored. So the assignment of a picture never changes while a network trains.
"""

import math
from dataclasses import dataclass, replace

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from lossviz.engine.answers import Answers, Assigner, AssignmentInput, answered, asked, rows_of
from lossviz.engine.assign import Assignment, Selection, with_objectness
from lossviz.engine.boxes import Boxes
from lossviz.engine.heads import CENTRE, CLASSES, OBJECTNESS, SIZE, Head, sigmoid_outputs
from lossviz.engine.overlap import Pair
from lossviz.engine.recipe import Recipe, Settings, Source, Term, Weight, knob, times
from lossviz.engine.scene import Scene, Truths
from lossviz.engine.terms import bce, squared

EPS = 1e-6
"""Least distance of centre targets from 0 and 1, and least side as a part of its anchor's."""


@dataclass(frozen=True)
class MMDetSettings(Settings):
    """Settings of a configuration file; the defaults are those of the published yolov3_d53 files."""

    pos_iou_thr: float = knob(0.5, 0, 2, "an anchor in a truth's cell with a larger IoU answers")
    neg_iou_thr: float = knob(0.5, 0, 2, "an anchor whose best IoU is at most this is a negative")
    min_pos_iou: float = knob(0.0, 0, 2, "a truth whose best IoU is at most this may find nobody")
    gt_max_assign_all: int = knob(1, 0, 1, "1: all anchors that share a truth's best IoU answer, 0: the first")
    loss_cls: float = knob(1.0, 0, 1000, "weight of the classes")
    loss_conf: float = knob(1.0, 0, 1000, "weight of objectness")
    loss_xy: float = knob(2.0, 0, 1000, "weight of the centre")
    loss_wh: float = knob(2.0, 0, 1000, "weight of the size")
    smooth: float = knob(0.0, 0, 1, "share of a class target that is spread over all classes")
    sum_reduction: int = knob(1, 0, 1, "1: sums, 0: means over all elements of a head, also those without weight")


def mean_of(factor: float, part: str) -> Weight:
    """Return the weight that makes a mean over all images, predictors and columns of a head."""
    return lambda rows: factor / (rows.fact["predictors"] * rows.target[part].shape[1])


def table(settings: MMDetSettings) -> tuple[Term, ...]:
    """Return the terms of the loss, sums or means over a head.

    Source: open-mmlab/mmdetection, mmdet/models/dense_heads/yolo_head.py.
    """
    xy, wh, conf, cls = settings.loss_xy, settings.loss_wh, settings.loss_conf, settings.loss_cls

    def reduced(factor: float, part: str) -> Weight:
        return times(factor) if settings.sum_reduction else mean_of(factor, part)

    # fmt: off
    return (
        #    name        predictors              raw         weight                       loss
        Term("centre",   lambda a: a.positives,  CENTRE,     reduced(xy, "centre"),       bce),
        Term("size",     lambda a: a.positives,  SIZE,       reduced(wh, "size"),         squared),
        Term("object",   lambda a: a.positives,  OBJECTNESS, reduced(conf, "objectness"), bce),
        Term("noobject", lambda a: a.negatives,  OBJECTNESS, reduced(conf, "objectness"), bce),
        Term("class",    lambda a: a.classified, CLASSES,    reduced(cls, "classes"),     bce),
    )
    # fmt: on


def every_head(field: AssignmentInput) -> list[AssignmentInput]:
    """Return the field of every head, coarse ones first.

    So the program counts its anchors: by head, row, column and anchor.
    """
    return [replace(field, head=head) for head in sorted(field.scene.heads, key=lambda head: head.cells)]


def overlaps_in_cells(field: AssignmentInput, number: Int[Tensor, "k m"]) -> Float[Tensor, "m k m"]:
    """Return the IoU of each truth with every anchor in every truth's cell, that is with all who may answer.

    First axis: whose box; second: an anchor, of any head; third: whose cell. -1: in another image, or in the cell of
    an earlier truth as well, so that each anchor counts once.
    """
    found = []
    for there in every_head(field):
        (column, row), anchors = there.cell, there.anchors
        boxes = Boxes(anchors.x[0, column], anchors.y[row, 0], anchors.w[:, 0], anchors.h[:, 0])
        found.append(Pair(boxes, there.scene.in_pixels(there.truths.boxes).pick((slice(None), None, None))).iou)
    together = field.truths.image[:, None] == field.truths.image
    again = ((number[:, :, None] == number[:, None]) & together).tril(-1).any(2)
    return torch.where(together[:, None] & ~again, torch.cat(found, 1), -1)


def numbers(field: AssignmentInput) -> Int[Tensor, "k m"]:
    """Return the program's number of each anchor in the cell of each truth, within its image."""
    found, before = [], 0
    for there in every_head(field):
        (column, row), anchors = there.cell, len(there.head.mask)
        cell = row * there.head.grid[0] + column
        found += [before + cell * anchors + anchor for anchor in range(anchors)]
        before += there.head.cells * anchors
    return torch.stack(found)


def claims(
    settings: MMDetSettings, overlap: Float[Tensor, "m k m"], number: Int[Tensor, "k m"]
) -> Bool[Tensor, "m k m"]:
    """Return where each truth finds the largest IoU it has with any of these anchors: all equals, or the first."""
    best = overlap.amax((1, 2), keepdim=True)
    claimed = (overlap == best) & (best > settings.min_pos_iou)
    if settings.gt_max_assign_all:
        return claimed
    return claimed & (number == torch.where(claimed, number, number.max() + 1).amin((1, 2), keepdim=True))


def chosen(settings: MMDetSettings, field: AssignmentInput) -> Int[Tensor, "n 3"]:
    """Return every writing in all heads, in order, as rows of truth, anchor, and whose cell.

    First anchors near a truth answer for the nearest, which may be one whose centre lies in another cell; then each
    truth claims its best.
    """
    number = numbers(field)
    overlap = overlaps_in_cells(field, number)
    claimed = claims(settings, overlap, number)
    best, nearest = overlap.max(0)
    near = (best > settings.pos_iou_thr) & ~claimed.gather(0, nearest[None])[0]
    return torch.cat([torch.cat([nearest[near][:, None], near.nonzero()], 1), claimed.nonzero()])


def passed_over(settings: MMDetSettings, field: AssignmentInput) -> Int[Tensor, "n 4"]:
    """Return truths near enough to an anchor that another one overlaps better: truth, anchor, whose cell, the better one.

    A truth that claims the anchor as its best is written to it all the same.
    """
    overlap = overlaps_in_cells(field, numbers(field))
    nearest = overlap.argmax(0)
    near = (overlap > settings.pos_iou_thr) & ~claims(settings, overlap, numbers(field))
    truth, anchor, cell = near.scatter(0, nearest[None], False).nonzero().unbind(1)
    return torch.stack([truth, anchor, cell, nearest[anchor, cell]], 1)


def in_head(field: AssignmentInput, rows: Int[Tensor, "n k"]) -> tuple[Int[Tensor, " j"], Int[Tensor, "i j"]]:
    """Return the predictor of each row that belongs to this head, and what its truths are.

    A row holds a truth, an anchor of all heads, coarse ones first, whose cell, and possibly another truth.
    """
    heads = every_head(field)
    coarser = heads[: [there.head.name for there in heads].index(field.head.name)]
    anchor = rows[:, 1] - sum(len(there.head.mask) for there in coarser)
    own = (anchor >= 0) & (anchor < len(field.head.mask))
    slots = field.slots(torch.arange(len(field.head.mask), device=rows.device)[:, None], *field.cell)
    return slots[anchor[own], rows[own, 2]], torch.cat([rows[own, :1], rows[own, 3:]], 1).T


def rule(settings: MMDetSettings) -> Assigner:
    """Return the rule by which anchors in the truths' cells answer, if they are near enough or a truth's best.

    Best means of all heads. Anchors that overlap some truth too well for a negative and were not chosen are ignored.
    """

    def answers(field: AssignmentInput) -> Answers:
        ignored = field.best_of_anchors > settings.neg_iou_thr
        none = field.truths.image
        if not len(none):
            return Answers(none, none, ignored)
        every = field.truths.once((RECIPE.key, settings), lambda: chosen(settings, field))
        slot, (truth,) = in_head(field, every)

        def passed() -> list[tuple[int, int, int]]:
            slots, others = in_head(field, passed_over(settings, field))
            return rows_of(torch.stack([slots, *others], 1))

        return Answers(slot, truth, ignored, passed=passed)

    return answers


def coded(settings: MMDetSettings, rows: Selection) -> Selection:
    """Return rows with box targets within the coder's bounds and smoothed classes, y (1 - s) + s / C."""
    classes = rows.target["classes"]
    target = {
        "centre": rows.target["centre"].clamp(EPS, 1 - EPS),
        "size": rows.target["size"].clamp_min(math.log(EPS)),
        "classes": classes * (1 - settings.smooth) + settings.smooth / classes.shape[1],
    }
    return replace(rows, target={**rows.target, **target})


def counted(rows: Selection, head: Head) -> Selection:
    """Return rows that know how many predictors their head has, for a mean."""
    return replace(rows, fact={**rows.fact, "predictors": rows.like.new_tensor(head.predictors).expand(len(rows.slot))})


def assign(
    settings: MMDetSettings, head: Head, truths: Truths, scene: Scene, who: Assigner | None = None
) -> Assignment:
    """Return the assignment: those who answer learn the last truth written to them, negatives that nothing is there."""
    field = AssignmentInput(head, truths, scene)
    found = (who or rule(settings))(field)
    match, positives = asked(field, found)
    positives = with_objectness(coded(settings, positives), torch.ones_like(positives.fact["share"]))
    assignment = answered(field, found, match, counted(positives, head))
    return replace(assignment, negatives=counted(assignment.negatives, head))


RECIPE = Recipe(
    key="mmdet_v3",
    title="mmdetection, YOLOV3Head",
    source=Source(
        "open-mmlab/mmdetection",
        "mmdet/models/dense_heads/yolo_head.py",
        "44ebd17b145c2372c4b700bfb9cb20dbd28ab64a",
        "version 3.3.0",
        "Redmon and Farhadi 2018, arXiv:1804.02767",
    ),
    settings=MMDetSettings(),
    table=table,
    rule=rule,
    assign=assign,
    activate=sigmoid_outputs,
    truth_limit=lambda settings: 10_000,
    chooses_by="centred",
    box_blind=lambda settings: True,
    across_heads=True,
)
