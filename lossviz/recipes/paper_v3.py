"""The loss as the text of the YOLOv3 paper states it, sections 2.1 and 2.2; no program computes exactly this.

Where the text is silent, the plainest reading stands; ``ASSUMED`` lists those places.
"""

from dataclasses import dataclass, replace

import torch

from lossviz.engine.answers import Assigner, AssignmentInput, answered, asked, best_of_all_anchors, one_each
from lossviz.engine.assign import Assignment, Selection, with_objectness
from lossviz.engine.heads import CENTRE, CLASSES, OBJECTNESS, REACH, SIZE, Head, sigmoid_outputs
from lossviz.engine.recipe import Recipe, Settings, Source, Term, knob, times
from lossviz.engine.scene import Scene, Truths
from lossviz.engine.terms import bce, half_squared

ASSUMED = ("matching", "place", "half", "weights", "sums", "cell", "sharing", "heads", "ties", "reach")
"""Keys of the sentences on what the text says nothing about and how it is read here."""


@dataclass(frozen=True)
class PaperSettings(Settings):
    """The only setting: the one number that the text gives."""

    ignore_iou: float = knob(0.5, 0, 2, "an anchor that overlaps some truth by more and is not its best is ignored")


def table(settings: PaperSettings) -> tuple[Term, ...]:
    """Return the terms of the loss.

    Source: Redmon and Farhadi 2018, arXiv:1804.02767, sections 2.1 and 2.2.
    """
    # fmt: off
    return (
        #    name        predictors              raw         weight    loss
        Term("centre",   lambda a: a.positives,  CENTRE,     times(1), half_squared),
        Term("size",     lambda a: a.positives,  SIZE,       times(1), half_squared),
        Term("object",   lambda a: a.positives,  OBJECTNESS, times(1), bce),
        Term("noobject", lambda a: a.negatives,  OBJECTNESS, times(1), bce),
        Term("class",    lambda a: a.classified, CLASSES,    times(1), bce),
    )
    # fmt: on


def rule(settings: PaperSettings) -> Assigner:
    """Return the rule by which the prior that overlaps a truth best answers for it.

    Others that overlap some truth by more than ``ignore_iou`` are ignored.
    """
    return lambda field: one_each(field, best_of_all_anchors(field), field.best_of_anchors > settings.ignore_iou)


def inverted(rows: Selection) -> Selection:
    r"""Return rows whose centre targets are the truth's own raw numbers, at most REACH in size.

    $$ \hat t_x = \ln\frac{s}{1 - s} $$

    s: the place in the cell.
    """
    offset = rows.target["centre"].clamp(0, 1)
    return replace(rows, target={**rows.target, "centre": torch.logit(offset).clamp(-REACH, REACH)})


def assign(
    settings: PaperSettings, head: Head, truths: Truths, scene: Scene, who: Assigner | None = None
) -> Assignment:
    """Return the assignment: those who answer learn the truth, the others that there is nothing."""
    field = AssignmentInput(head, truths, scene)
    found = (who or rule(settings))(field)
    match, positives = asked(field, found)
    positives = with_objectness(inverted(positives), torch.ones_like(positives.fact["share"]))
    return answered(field, found, match, positives)


RECIPE = Recipe(
    key="paper_v3",
    title="The YOLOv3 paper's text",
    source=Source("", "", "", "2018-04-08", "Redmon and Farhadi 2018, arXiv:1804.02767, sections 2.1 and 2.2"),
    settings=PaperSettings(),
    table=table,
    rule=rule,
    assign=assign,
    activate=sigmoid_outputs,
    prints="nothing",
    assumed=ASSUMED,
    truth_limit=lambda settings: 10_000,
    box_blind=lambda settings: True,
)
