"""yhcc/yolo2: YOLOv2 on Keras, squares throughout, with two slips in how its targets are built.

Anchors compete with the box that encloses both shapes in place of the one they share, and targets are written at
[column, row] where predictions are read at [row, column]. ``intended`` = 1 mends both.
"""

from dataclasses import dataclass, replace

import torch
from jaxtyping import Float
from torch import Tensor

from lossviz.engine.answers import Answers, Assigner, AssignmentInput, answered, asked, best_own_anchor
from lossviz.engine.assign import Assignment, with_objectness
from lossviz.engine.assign import Selection as Predictors
from lossviz.engine.box_terms import root_rows, squared_of_root
from lossviz.engine.boxes import Boxes
from lossviz.engine.formula import Rows, Targets, formula
from lossviz.engine.heads import CLASSES, OBJECTNESS, PLACE, ROOT, Head, softmax_outputs
from lossviz.engine.recipe import Recipe, Settings, Source, Term, knob, times
from lossviz.engine.remark import Remark
from lossviz.engine.scene import Scene, Truths
from lossviz.engine.terms import squared_of_sigmoid, squared_of_softmax


@dataclass(frozen=True)
class YhccSettings(Settings):
    """Settings of our own, as the program has none; ``intended`` mends who answers."""

    intended: int = knob(
        0, 0, 1, "1: best shape IoU, at [row, column]; 0: enclosing box, transposed, as the program has it"
    )


def place(z: Rows, t: Float[Tensor, "n 6"]) -> Float[Tensor, "n 2"]:
    r"""Return the fraction of the centre, in shares of the image.

    $$ f = b - \lfloor b \rfloor, \; b = (\sigma(z) + i) / G $$

    b is below 1 already, so f is b; but in the last column a sigmoid that rounds to 1 gives b = 1, and f jumps to 0.
    t: wanted x, y, then column and row, then columns and rows of the grid.
    """
    b = (torch.sigmoid(z) + t[:, 2:4]) / t[:, 4:]
    return b - b.floor()


def place_slope(z: Rows, t: Float[Tensor, "n 6"]) -> Float[Tensor, "n 2"]:
    """Return 2 (f - x*) s (1 - s) / G, the slope of ``squared_of_place``: the floor has no slope."""
    s = torch.sigmoid(z)
    return 2 * (place(z, t) - t[:, :2]) * s * (1 - s) / t[:, 4:]


def beyond_cell(t: Float[Tensor, "n 6"]) -> Float[Tensor, "n 2"]:
    """Return the squared distance of the wanted place from the predictor's cell, which a sigmoid cannot leave."""
    first, last = t[:, 2:4] / t[:, 4:], (t[:, 2:4] + 1) / t[:, 4:]
    return (t[:, :2] - t[:, :2].clamp(first, last)) ** 2


@formula(r"(f(z) - t)^2,\; f = b - \lfloor b \rfloor,\; b = (\sigma(z) + i) / G", place_slope, beyond_cell, place)
def squared_of_place(z: Rows, t: Targets) -> Rows:
    """Return the squared error in shares of the image, where the paper has cells: G^2 times smaller."""
    return (place(z, t) - t[:, :2]) ** 2


def table(settings: YhccSettings) -> tuple[Term, ...]:
    """Return the terms of the loss, a sum over the whole batch.

    Source: yhcc/yolo2, utils/loss_util.py.
    """
    # fmt: off
    return (
        #    name        predictors              raw         weight      loss
        Term("centre",   lambda a: a.positives,  PLACE,      times(5),   squared_of_place),
        Term("size",     lambda a: a.positives,  ROOT,       times(5),   squared_of_root),
        Term("object",   lambda a: a.positives,  OBJECTNESS, times(1),   squared_of_sigmoid),
        Term("noobject", lambda a: a.negatives,  OBJECTNESS, times(0.5), squared_of_sigmoid),
        Term("class",    lambda a: a.classified, CLASSES,    times(1),   squared_of_softmax),
    )
    # fmt: on


def scores(field: AssignmentInput) -> Float[Tensor, "m a"]:
    """Return the score of each truth with each anchor of this head, $$ E / (A + B - E) $$.

    E is the area of the box that encloses both shapes. The score is above 1 for all but equal shapes, without bound,
    and negative where E is larger than A + B.
    """
    width, height = field.head.own_anchors.unbind(-1)
    w, h = field.truths.boxes.w[:, None], field.truths.boxes.h[:, None]
    around = torch.maximum(w, width) * torch.maximum(h, height)
    return around / (w * h + width * height - around)


def rule(settings: YhccSettings) -> Assigner:
    """Return the rule by which one anchor answers for each truth and nobody is ignored.

    A truth without a score above 0 has no answer.
    """

    def answers(field: AssignmentInput) -> Answers:
        column, row = field.cell
        score = scores(field)
        if settings.intended:
            slot, found = field.slots(best_own_anchor(field), column, row), torch.ones_like(column, dtype=torch.bool)
        else:
            slot, found = field.slots(score.argmax(1), row, column), score.amax(1) > 0
        nobody = torch.zeros(field.head.raw[:, :, 0].shape, dtype=torch.bool, device=slot.device)
        return Answers(slot[found], found.nonzero()[:, 0], nobody.flatten(1))

    return answers


def place_rows(rows: Predictors, truth: Boxes, head: Head) -> Float[Tensor, "n 6"]:
    """Return the targets of ``squared_of_place``, one row a predictor.

    Wanted x, y, the predictor's column and row, columns and rows of the grid.
    """
    _, row, column = head.places(rows.slot)
    corner = torch.stack([column, row], -1)
    wanted = torch.stack([truth.x, truth.y], -1)
    return torch.cat([wanted, corner.to(wanted), wanted.new_tensor(head.grid).expand_as(wanted)], 1)


def assign(settings: YhccSettings, head: Head, truths: Truths, scene: Scene, who: Assigner | None = None) -> Assignment:
    """Return the assignment: those who answer learn the truth, all others that there is nothing."""
    field = AssignmentInput(head, truths, scene)
    found = (who or rule(settings))(field)
    match, positives = asked(field, found)
    boxes = Boxes.of(truths.table[positives.fact["truth"]])
    targets = {"place": place_rows(positives, boxes, head), "root": root_rows(positives, boxes, head)}
    positives = replace(positives, target={**positives.target, **targets})
    return answered(field, found, match, with_objectness(positives, torch.ones_like(boxes.x)))


def notes(settings: YhccSettings, scene: Scene) -> tuple[Remark, ...]:
    """Return what the program has no rule for: several truths in an image."""
    several = scene.train and max(scene.live(10_000).images) > 1
    return (Remark("note_yhcc_v2"),) if several else ()


RECIPE = Recipe(
    key="yhcc_v2",
    title="yhcc/yolo2",
    source=Source(
        "yhcc/yolo2",
        "utils/loss_util.py",
        "bfe60592abd1beccd6a6b3785fea79686d44af1f",
        "as of that commit",
        "Redmon and Farhadi 2016, arXiv:1612.08242",
    ),
    settings=YhccSettings(),
    table=table,
    rule=rule,
    assign=assign,
    activate=softmax_outputs,
    truth_limit=lambda settings: 10_000,
    chooses_by="score",
    square=True,
    box_blind=lambda settings: True,
    notes=notes,
)
