"""One head and the truths of its images, and what a rule of assignment answers about them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from lossviz.engine.assign import (
    Assignment,
    ClassRule,
    Match,
    PassedOver,
    Selection,
    best_overlap,
    constant_rows,
    overlaps,
    positive_rows,
    replace_class,
    shape_iou,
    where,
    without,
    written,
)
from lossviz.engine.boxes import Boxes
from lossviz.engine.heads import Head, cell_of, predicted_boxes
from lossviz.engine.overlap import Pair
from lossviz.engine.scene import Scene, Truths


@dataclass(frozen=True)
class AssignmentInput:
    """What rules of assignment and recipes ask about; each piece is worked out once, when it is asked for."""

    head: Head
    truths: Truths
    scene: Scene

    @cached_property
    def predicted(self) -> Boxes:
        """Return the box each predictor draws, columns of shape (images, anchors, rows, columns)."""
        return predicted_boxes(self.head)

    @cached_property
    def overlap(self) -> Float[Tensor, "m n"]:
        """Return the IoU of each truth with every predicted box of its image."""
        return overlaps(self.predicted, self.truths)

    @cached_property
    def best(self) -> Float[Tensor, "b n"]:
        """Return the largest IoU of each predicted box with a truth of its image, 0 where there is none."""
        return best_overlap(self.overlap, self.truths)

    @cached_property
    def cell(self) -> tuple[Int[Tensor, " m"], Int[Tensor, " m"]]:
        """Return column and row of the cell that holds each truth's centre."""
        return cell_of(self.truths.boxes, *self.head.grid)

    @cached_property
    def anchors(self) -> Boxes:
        """Return each anchor in the middle of its cell, in pixels of the network input.

        The columns of the boxes meet in the shape (anchors, rows, columns).
        """
        (column, row), (columns, rows), (width, height) = self.head.corners, self.head.grid, self.scene.pixels
        w, h = self.head.sides
        return Boxes((column + 0.5) * (width / columns), (row + 0.5) * (height / rows), w * width, h * height)

    @cached_property
    def best_of_anchors(self) -> Float[Tensor, "b n"]:
        """Return the largest IoU of each anchor, in the middle of its cell, with a truth of its image.

        It is 0 where an image has no truth.
        """
        rows = [Pair(self.anchors, self.scene.in_pixels(theirs)).iou.flatten(1) for theirs in self.truths.by_image]
        return torch.stack([row.amax(0) if len(row) else row.new_zeros(row.shape[1]) for row in rows])

    def fit(self, slot: Int[Tensor, " k"], truth: Int[Tensor, " k"]) -> Float[Tensor, " k"]:
        """Return the IoU of single predictors' present boxes with single truths, pair by pair."""
        if "overlap" in vars(self):
            return self.overlap[truth, slot % self.overlap.shape[1]]
        flat = Boxes(*(column.expand(self.head.raw[:, :, 0].shape).flatten()[slot] for column in self.predicted))
        return Pair(flat, self.truths.boxes.pick(truth)).iou

    def slots(
        self, anchor: Int[Tensor, "*#k"], column: Int[Tensor, "*#k"], row: Int[Tensor, "*#k"]
    ) -> Int[Tensor, "..."]:
        """Return the numbers of the predictors of these anchors in these cells, in each truth's own image.

        The truths run along the last axis.
        """
        _, anchors, _, rows, columns = self.head.raw.shape
        return ((self.truths.image * anchors + anchor) * rows + row) * columns + column


@dataclass(frozen=True)
class Answers:
    """Which predictor answers for which truth, in the order of writing, and which ones are left in peace.

    A later writing to the same predictor overwrites an earlier one. ``ignored`` marks predictors that are no negatives,
    unless a truth is written to them. ``early``: that many writings at the beginning do not count as a truth's match.
    ``passed``: truths that fit a predictor well enough and were never written to it, since another one was preferred.
    """

    slot: Int[Tensor, " k"]
    truth: Int[Tensor, " k"]
    ignored: Bool[Tensor, "b n"]
    early: int = 0
    passed: PassedOver = list


def rows_of(table: Int[Tensor, "k 3"]) -> list[tuple[int, int, int]]:
    """Return a table of whole numbers as Python has them."""
    return [(slot, truth, other) for slot, truth, other in table.tolist()]


Assigner = Callable[[AssignmentInput], Answers]
"""A rule of assignment with its thresholds: says of one head which predictors answer and which are ignored."""


def asked(field: AssignmentInput, found: Answers, rule: ClassRule = replace_class) -> tuple[Match, Selection]:
    """Return every writing of a truth to a predictor, and what those who answer should say but for objectness."""
    slot, truth = found.slot, found.truth
    match = written(field.head, lambda: field.fit(slot, truth), field.truths, field.scene, slot, truth, rule)
    return replace(match, passed=found.passed), positive_rows(field.head, field.truths, match)


def answered(field: AssignmentInput, found: Answers, match: Match, positives: Selection) -> Assignment:
    """Return the assignment in which those who answer learn the truth and nobody is pulled to an anchor.

    Those who neither answer nor are ignored learn that there is nothing.
    """
    nobody = Selection(found.slot[:0], dict.fromkeys(("centre", "size"), field.head.raw.new_zeros(0, 2)))
    return Assignment(
        predicted=field.predicted,
        positives=positives,
        negatives=constant_rows(field.head, where(without(~found.ignored, positives.slot)), objectness=(0,)),
        priors=nobody,
        classified=positives,
        ignored=found.ignored,
        match=match,
    )


Choice = Int[Tensor, " m"]
"""The head's slot of anchors that answers for each truth; -1: none."""


def best_own_anchor(field: AssignmentInput) -> Choice:
    """Return for each truth the anchor of this head whose size fits best, the first of equals."""
    return shape_iou(field.head.own_anchors, field.truths).argmax(1)


def best_predicted_size(field: AssignmentInput) -> Choice:
    """Return for each truth the anchor of its cell whose predicted size fits best, the first of equals."""
    column, row = field.cell
    here = (field.truths.image, slice(None), row, column)
    sizes = torch.stack([field.predicted.w[here], field.predicted.h[here]], -1)
    return shape_iou(sizes, field.truths).argmax(1)


def best_of_all_anchors(field: AssignmentInput) -> Choice:
    """Return for each truth the best-fitting anchor of the whole network; -1 if this head does not use it.

    There is no second choice.
    """
    head, truths = field.head, field.truths
    winner = truths.once(head.anchors, lambda: shape_iou(head.anchors, truths).argmax(1))
    return head.place_of_anchor[winner]


def one_each(field: AssignmentInput, anchor: Choice, ignored: Bool[Tensor, "b n"]) -> Answers:
    """Return one predictor for each truth, the ``anchor`` chosen before in the cell that holds the truth's centre."""
    slot = field.slots(anchor, *field.cell)
    found = (anchor >= 0).nonzero()[:, 0]
    return Answers(slot[found], found, ignored)
