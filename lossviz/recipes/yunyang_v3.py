"""YunYang1994/tensorflow-yolov3: YOLOv3 with a GIoU loss, a focal factor on objectness and many answers to a truth.

Boxes are held against the truth as boxes, in pixels. The focal factor is differentiated like the rest. At every scale all
anchors that overlap the truth by more than .3 answer, so one truth may have several.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate, pairwise

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from lossviz.engine.answers import Answers, Assigner, AssignmentInput, answered, asked
from lossviz.engine.assign import Assignment, best_overlap, overlaps, with_objectness
from lossviz.engine.box_losses import hull_area_slope
from lossviz.engine.box_terms import box_loss, box_rows
from lossviz.engine.boxes import Boxes
from lossviz.engine.heads import BOX, CLASSES, OBJECTNESS, Head, predicted_boxes, sigmoid_outputs
from lossviz.engine.overlap import Numbers, Pair
from lossviz.engine.recipe import Recipe, Settings, Source, Term, knob, small_boxes_count_more, times, undefined_count
from lossviz.engine.remark import Remark
from lossviz.engine.scene import Scene, Truths
from lossviz.engine.terms import bce, focal_bce

LISTED = 150
"""Most truths that an image's list holds for one scale."""
EPS = 1e-6
"""What is added to areas before they divide: square pixels in the loss, square cells where anchors are chosen."""


@dataclass(frozen=True)
class YunYangSettings(Settings):
    """Settings that the program's configuration and data loader fix; ``intended`` mends the loader's fall-back."""

    iou_loss_thresh: float = knob(0.5, 0, 2, "a predictor whose best IoU reaches this is no negative")
    anchor_iou: float = knob(0.3, 0, 1, "an anchor that overlaps the truth by more answers")
    smoothing: float = knob(0.01, 0, 1, "share of a class target that is spread over all classes")
    intended: int = knob(0, 0, 1, "1: a truth that fits no anchor stays in its own cell; 0: as the program has it")


def giou(p: Pair) -> Numbers:
    r"""Return the program's GIoU of each pair; E is the area of the smallest enclosing box.

    $$ \frac{I}{U + \epsilon} - \frac{E - U}{E + \epsilon} $$
    """
    return p.intersection / (p.union + EPS) - (p.hull_area - p.union) / (p.hull_area + EPS)


def giou_slope(p: Pair) -> Boxes:
    """Return the slope of the program's GIoU in the first box, by the quotient rule.

    dI/(U+e) - I dU/(U+e)^2 + dU/(E+e) - (U+e) dE/(E+e)^2.
    """
    union, hull = (area[..., None] + EPS for area in (p.union, p.hull_area))
    shared, joint, around = (slope.table() for slope in (p.intersection_slope, p.union_slope, hull_area_slope(p)))
    return Boxes.of(
        shared / union + joint * (1 / hull - p.intersection[..., None] / union**2) - around * (union / hull**2)
    )


GIOU_LOSS = box_loss("giou_eps_loss", r"(1 - \mathrm{GIoU}_\epsilon(b(z), t))", giou, giou_slope)


def table(settings: YunYangSettings) -> tuple[Term, ...]:
    """Return the terms of the loss; the program takes the mean over the images of these sums.

    Source: YunYang1994/tensorflow-yolov3, core/yolov3.py.
    """
    # fmt: off
    return (
        #    name        predictors              raw         weight                  loss
        Term("box",      lambda a: a.positives,  BOX,        small_boxes_count_more, GIOU_LOSS),
        Term("object",   lambda a: a.positives,  OBJECTNESS, times(1),               focal_bce),
        Term("noobject", lambda a: a.negatives,  OBJECTNESS, times(1),               focal_bce),
        Term("class",    lambda a: a.classified, CLASSES,    times(1),               bce),
    )
    # fmt: on


def in_cells(heads: Sequence[Head], truths: Truths, scene: Scene) -> Boxes:
    """Return the truths, a row each, in cells of each anchor's grid, a column each.

    The program counts in whole pixels. Here the pixels are rounded to thousandths, so that a share that stands for a
    pixel is that pixel again, and one on the edge of a cell lies on the edge.
    """
    width, height = scene.pixels
    pixels = (truths.table * truths.table.new_tensor([width, height, width, height])).round(decimals=3)
    cells = [[columns / width, rows / height] * 2 for columns, rows in grids(heads)]
    return Boxes.of(pixels[:, None] * pixels.new_tensor(cells))


def grids(heads: Sequence[Head]) -> list[tuple[int, int]]:
    """Return columns and rows of the grid for each anchor of these heads."""
    return [head.grid for head in heads for _ in head.mask]


def anchor_overlaps(heads: Sequence[Head], cells: Boxes) -> Float[Tensor, "m k"]:
    """Return the IoU of each truth with all anchors in the middle of the truth's cell: not of the shapes alone."""
    anchors = torch.cat([head.own_anchors for head in heads])
    width, height = (anchors * anchors.new_tensor(grids(heads))).unbind(-1)
    pair = Pair(Boxes(cells.x.floor() + 0.5, cells.y.floor() + 0.5, width, height), cells)
    return pair.intersection / (pair.union + EPS)


@dataclass(frozen=True)
class Chosen:
    """The result of the choice over all scales: truths by rows, anchors by columns, finest grid first."""

    heads: tuple[Head, ...]
    cells: Boxes
    answers: Bool[Tensor, "m k"]
    lost: Bool[Tensor, " m"]
    """Whether each truth fits no anchor."""
    images: tuple[int, ...]
    """How many truths belong to each image."""

    @property
    def anchors(self) -> tuple[slice, ...]:
        """Return the columns of each head's anchors."""
        ends = [*accumulate((len(head.mask) for head in self.heads), initial=0)]
        return tuple(slice(first, end) for first, end in pairwise(ends))

    @cached_property
    def listed(self) -> list[list[bool]]:
        """Return for each head which truths its image's list holds: those that are answered there, the last 150."""
        found = [last(self.answers[:, own].any(1), self.images) for own in self.anchors]
        marks: list[list[bool]] = torch.stack(found).tolist()
        return marks


def chosen(settings: YunYangSettings, truths: Truths, scene: Scene) -> Chosen:
    """Return who answers: all anchors above the threshold, at any number of scales; without one, the best of all."""
    heads = tuple(sorted(scene.heads, key=lambda head: -head.cells))
    cells = in_cells(heads, truths, scene)
    fit = anchor_overlaps(heads, cells)
    good = fit > settings.anchor_iou
    lost = ~good.any(1)
    best = torch.zeros_like(good).scatter(1, fit.argmax(1)[:, None], True)
    return Chosen(heads, cells, torch.where(lost[:, None], best, good), lost, truths.images)


def rule(settings: YunYangSettings) -> Assigner:
    """Return the rule that gives one head its part of the choice over all scales."""

    def answers(field: AssignmentInput) -> Answers:
        head, truths = field.head, field.truths
        every = truths.once((RECIPE.key, settings), lambda: chosen(settings, truths, field.scene))
        number = [other.name for other in every.heads].index(head.name)
        own = every.anchors[number]
        truth, anchor = every.answers[:, own].nonzero().unbind(-1)
        column, row = (
            place[truth, own.start].long().clamp_max(most - 1)
            for place, most in zip((every.cells.x, every.cells.y), head.grid, strict=True)
        )
        if not settings.intended:
            # The program clips with the size of the grid it looked at last, the coarsest.
            last_column, last_row = (side - 1 for side in every.heads[-1].grid)
            column = torch.where(every.lost[truth], column.clamp_max(last_column), column)
            row = torch.where(every.lost[truth], row.clamp_max(last_row), row)
        slot = ((truths.image[truth] * len(head.mask) + anchor) * head.grid[1] + row) * head.grid[0] + column
        return Answers(slot, truth, near(settings, field, every.listed[number]))

    return answers


def last(listed: Bool[Tensor, " m"], counts: Sequence[int]) -> Bool[Tensor, " m"]:
    """Return which listed truths stay in each image's list, which has room for 150.

    When it is full, new truths take the place of the oldest.
    """
    images = listed.split(list(counts))
    return torch.cat([mine & (mine.flip(0).cumsum(0).flip(0) <= LISTED) for mine in images])


def near(settings: YunYangSettings, field: AssignmentInput, listed: Sequence[bool]) -> Bool[Tensor, "b n"]:
    """Return who is no negative: predictors near a truth that has an answer in this head; other truths do not count.

    A box so small that its area is 0 is not asked either: the program divides 0 by 0 there, and nan is below no
    threshold.
    """
    truths = field.truths.only(listed)
    best = best_overlap(overlaps(field.predicted, truths), truths)
    empty = field.scene.in_pixels(field.predicted).area == 0
    return (best >= settings.iou_loss_thresh) | empty.flatten(1)


def assign(
    settings: YunYangSettings, head: Head, truths: Truths, scene: Scene, who: Assigner | None = None
) -> Assignment:
    """Return the assignment: those who answer learn box and smoothed classes of the last truth written to them."""
    field = AssignmentInput(head, truths, scene)
    found = (who or rule(settings))(field)
    match, positives = asked(field, found)
    boxes = Boxes.of(truths.table[positives.fact["truth"]])
    targets = {
        "box": box_rows(positives, boxes, head, scene),
        "classes": (1 - settings.smoothing) * positives.target["classes"] + settings.smoothing / head.classes,
    }
    positives = replace(positives, target={**positives.target, **targets})
    return answered(field, found, match, with_objectness(positives, torch.ones_like(boxes.x)))


def undefined(settings: YunYangSettings, scene: Scene) -> tuple[Bool[Tensor, "b a channels h w"], ...]:
    """Return where the program's own gradient is nan: x, y, w, h of boxes too large for their area to be a number.

    The program works out a GIoU for every predictor, with a box of zeros where no truth is, and multiplies those by 0.
    """
    marks = []
    for head in scene.heads:
        mark = torch.zeros_like(head.raw, dtype=torch.bool)
        nothing = Boxes.of(head.raw.new_zeros(4))
        mark[:, :, BOX.channels] = giou(Pair(scene.in_pixels(predicted_boxes(head)), nothing)).isnan()[:, :, None]
        marks.append(mark)
    return tuple(marks)


def notes(settings: YunYangSettings, scene: Scene) -> tuple[Remark, ...]:
    """Return how often the program's own gradient is nan, four raw outputs a box; then its loss is nan, too."""
    count = undefined_count(undefined(settings, scene), scene)
    return (Remark("note_yunyang_v3", {"count": count}),) if count else ()


RECIPE = Recipe(
    key="yunyang_v3",
    title="tensorflow-yolov3",
    source=Source(
        "YunYang1994/tensorflow-yolov3",
        "core/yolov3.py",
        "03cb272af2e26d598c553f3a2d38024fc6f67a0b",
        "as of that commit",
        "Redmon and Farhadi 2018, arXiv:1804.02767",
    ),
    settings=YunYangSettings(),
    table=table,
    rule=rule,
    assign=assign,
    activate=sigmoid_outputs,
    truth_limit=lambda settings: 10_000,
    chooses_by="centred",
    near=("iou_loss_thresh",),
    mean_over_images=True,
    across_heads=True,
    square=True,
    box_blind=lambda settings: True,
    undefined=undefined,
    notes=notes,
)
