"""Each program on one scene: who answers for a truth there, and what every term asks of that predictor. Plain numbers."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import torch

from lossviz.compare.state import CompareState
from lossviz.engine.assign import PRIOR
from lossviz.engine.evaluate import Report
from lossviz.engine.heads import Predictor
from lossviz.engine.remark import Remark
from lossviz.lab.channels import Line
from lossviz.lab.evaluation import scene_for
from lossviz.lab.predictors import state_name
from lossviz.lab.view import LabView, TruthView, head_of, slot_of, view_of
from lossviz.recipes import RECIPES

Numbers = tuple[float, ...]


@dataclass(frozen=True)
class Asked:
    """What one term asks of one predictor, in double precision; a number a channel, or one for all channels."""

    channels: tuple[int, ...]
    seen: Numbers
    """What the loss holds against the target, a number a channel."""
    target: Numbers
    weight: float
    value: float | None
    """Loss of the term; None where there are slopes that belong to no loss."""
    excess: float | None
    gradient: Numbers
    print: float
    """Sum of delta squared, the term's part of what Darknet prints."""

    @property
    def pull(self) -> float:
        """Return the length of the gradient."""
        return math.hypot(*self.gradient)


@dataclass(frozen=True)
class Column:
    """One program on the scene; where it refuses the scene, only the sentence that says why."""

    key: str
    refusal: Remark | None = None
    view: LabView | None = None
    answers: tuple[Predictor, ...] = ()
    """Predictors that answer for the truth."""
    predictor: Predictor | None = None
    """The predictor whose numbers are shown."""
    state: str = "none"
    box: Numbers = ()
    """The predictor's box: centre and size in pixels of the network input."""
    counts: Mapping[str, int] | None = None
    """How many predictors are in each state."""
    asked: Mapping[str, Asked] | None = None
    """What each term asks of the predictor, by term."""
    overwritten: bool = False
    """Whether the truth is not learned here, since later ones have overwritten it at each of its predictors."""

    @property
    def shared(self) -> tuple[TruthView, ...]:
        """Return the truths that the shown predictor learns, in the order of writing."""
        return self.view.truths_of(self.predictor) if self.view and self.predictor else ()

    def asks(self, term: str) -> Asked | None:
        """Return what that term asks of the predictor; None where it asks nothing."""
        return (self.asked or {}).get(term)

    @property
    def prints(self) -> str:
        """Return what the program's log holds."""
        return RECIPES[self.key].prints


@torch.inference_mode()
def columns_of(state: CompareState) -> tuple[tuple[Column, ...], int | None]:
    """Return every program on the scene, and the number of the truth they are asked about."""
    scene = scene_for(state.lab)
    refusals = {key: RECIPES[key].refusal(scene) for key in state.recipes}
    views = {key: view_of(state.in_the_lab(key)) for key, refusal in refusals.items() if refusal is None}
    number = truth_of(state, tuple(views.values()))
    answers = {key: answers_in(view, number) for key, view in views.items()}
    common = Counter(predictor for mine in answers.values() for predictor in mine)
    columns = []
    for key in state.recipes:
        if key not in views:
            columns.append(Column(key, refusals[key]))
            continue
        shared = max(answers[key], key=lambda predictor: common[predictor], default=None)
        predictor = state.lab.at if state.held and state.lab.at else shared
        lost = any(truth.number == number and truth.overwritten for truth in views[key].truths)
        columns.append(replace(column_of(key, views[key], answers[key], predictor), overwritten=lost))
    return tuple(columns), number


def truth_of(state: CompareState, views: Sequence[LabView]) -> int | None:
    """Return the truth one looks at: the state's, that of the Lab's predictor, else the dearest over all columns."""
    costs: dict[int, float] = {}
    for view in views:
        for truth in view.truths:
            costs[truth.number] = costs.get(truth.number, 0.0) + truth.cost
    if state.truth in costs:
        return state.truth
    mine = [t.number for view in views for t in view.truths if state.lab.at and state.lab.at in t.answers]
    return mine[0] if mine else max(costs, key=lambda number: costs[number], default=None)


def answers_in(view: LabView, number: int | None) -> tuple[Predictor, ...]:
    """Return who answers for that truth, in the order of the scene's heads."""
    truth = next((truth for truth in view.truths if truth.number == number), None)
    order = [head.name for head in view.report.scene.heads]
    return tuple(sorted(truth.answers, key=lambda p: (order.index(p.head), *p[1:]))) if truth else ()


def column_of(key: str, view: LabView, answers: tuple[Predictor, ...], predictor: Predictor | None) -> Column:
    """Return the column of a program that takes the scene."""
    report = view.report
    bits = np.concatenate([strongest(states.flatten().numpy()) for states in report.states])
    counts = {
        state_name(int(bit)): int(number) for bit, number in zip(*np.unique(bits, return_counts=True), strict=True)
    }
    if predictor is None:
        return Column(key, None, view, answers, counts=counts, asked={})
    index, _ = head_of(report.scene, predictor)
    here = (0, predictor.anchor, predictor.row, predictor.column)
    width, height = report.scene.pixels
    x, y, w, h = (float(side) for side in report.assignments[index].predicted.pick(here))
    return Column(
        key,
        None,
        view,
        answers,
        predictor,
        state_name(int(report.states[index][here])),
        (x * width, y * height, w * width, h * height),
        counts,
        asked_of(report, predictor),
    )


def asked_of(report: Report, predictor: Predictor) -> dict[str, Asked]:
    """Return what each term asks of one predictor."""
    index, head = head_of(report.scene, predictor)
    slot, count = slot_of(head, predictor), head.raw.shape[2]
    found = {}
    for result in report.terms:
        lines = result.of_slot(index, slot).tolist()
        if not lines:
            continue
        n = lines[-1]
        weight, printed = (side[min(n, len(side) - 1)].double() for side in (result.weight, result.delta_weight))
        raw, target = result.raw[n : n + 1].double(), result.target[n : n + 1].double()
        line = Line(result, tuple(range(count)[result.term.part.channels]), raw, target, weight, printed)
        found[result.term.name] = read(line)
    return found


def read(line: Line) -> Asked:
    """Return one line in plain numbers."""
    width = len(line.channels)
    value = None if line.value is None else float(line.value.sum())
    return Asked(
        line.channels,
        tuple(line.term.loss.seen(line.raw, line.target)[0].tolist()),
        tuple(line.target[0, :width].tolist()),
        float(line.weight),
        value,
        None if value is None else value - float(line.floor.sum()),
        tuple(line.closed.tolist()),
        float((line.delta**2).sum()),
    )


def strongest(bits: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Return the state of each predictor without the early pull.

    Positive counts before ignored before negative.
    """
    rest = bits & ~np.uint8(PRIOR)
    found: npt.NDArray[np.uint8] = rest & (~rest + np.uint8(1))
    return found


def terms_in(columns: Sequence[Column]) -> tuple[str, ...]:
    """Return the terms of all programs, objectness first; the early pull only where it acts."""
    names = [term.name for column in columns if column.view for term in column.view.active_terms]
    order = ("object", "noobject", "centre", "size", "box", "class", "prior_centre", "prior_size")
    known = [name for name in order if name in names]
    return (*known, *(name for name in dict.fromkeys(names) if name not in known))
