"""From the state to what the Loss Lab shows: plain numbers, no web, no drawing."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import torch
from torch import Tensor

from lossviz.engine.boxes import XYWH
from lossviz.engine.evaluate import Report, evaluate
from lossviz.engine.heads import Head, Place, Predictor
from lossviz.engine.recipe import Recipe
from lossviz.engine.scene import Scene
from lossviz.lab.descent import walks_of
from lossviz.lab.evaluation import recipe_for, scene_for, truth_numbers
from lossviz.lab.state import MOST_STEPS, State
from lossviz.scenes.limits import Limits, limits_of

FOR_THE_OTHERS = ("noobject", "prior_centre", "prior_size")
"""Names of the terms of predictors that answer for no truth."""

FOUND = 0.5
"""Objectness from which a truth counts as found."""


@dataclass(frozen=True)
class TermView:
    """One term summed over predictors, images and heads; its value is None where it has no loss."""

    name: str
    predictors: int
    value: float | None
    floor: float | None
    printed: float | None
    """Sum of delta squared, over all heads: its part of the sum of their printed costs. None: not what is printed."""

    @property
    def excess(self) -> float | None:
        """Return what a perfect prediction would save."""
        return None if self.value is None or self.floor is None else self.value - self.floor


@dataclass(frozen=True)
class TruthView:
    """A truth, who answers for it, and what these predictors cost above their floor."""

    number: int
    """Number of the truth as the state counts: the scene's own, then those the visitor added."""
    line: int
    """Index among the truths that are there."""
    kind: int
    xywh: XYWH
    answers: tuple[Predictor, ...]
    objectness: float
    """The largest objectness among the predictors that answer."""
    cost: float
    """Cost of all that answer; a predictor that answers for several truths is shared among them."""
    worst: str
    """The term that makes up most of the cost."""
    worst_cost: float


@dataclass(frozen=True)
class PredictionView:
    """The chosen predictor: its box, the class it believes in, and how far its box can go."""

    predictor: Predictor
    xywh: XYWH
    limits: Limits
    raw: tuple[float, ...]
    objectness: float
    kind: int
    grid: tuple[int, int]
    anchor: tuple[float, float]

    @property
    def at_limit(self) -> bool:
        """Return whether the centre has reached the edge of its cell, as far as it can go."""
        sides = zip(self.xywh[:2], self.limits[:2], strict=True)
        return any(not low + 1e-4 < place < high - 1e-4 for place, (low, high) in sides)


@dataclass(frozen=True)
class Facts:
    """What a truth's predictor says, and what is wanted."""

    objectness: float
    wanted: float
    probability: float
    """Probability that the predictor gives to the right class."""
    width_ratio: float
    height_ratio: float
    """Predicted over true height; ``width_ratio`` is that of the widths."""


@dataclass(frozen=True)
class LabView:
    """Everything the Lab's first level shows."""

    state: State
    report: Report
    terms: tuple[TermView, ...]
    truths: tuple[TruthView, ...]
    prediction: PredictionView
    loss: float | None
    floor: float | None
    rest: float | None
    """Excess of every term that is not asked of the truths' predictors."""
    printed_cost: float | None
    printed_costs: tuple[float, ...]
    """Printed cost of each head; empty where the program prints no sum of delta squared."""

    @property
    def reading(self) -> str:
        """Return what the bars show; always the loss where nothing else is printed."""
        return self.state.reading if self.printed_costs else "loss"

    @property
    def active_terms(self) -> tuple[TermView, ...]:
        """Return the terms without the early pull where it is off."""
        return tuple(term for term in self.terms if term.predictors or not term.name.startswith("prior"))

    def active(self, name: str, default: str) -> str:
        """Return the name of a term if it is one of those shown, else the default."""
        return name if any(term.name == name for term in self.active_terms) else default

    @property
    def excess(self) -> float | None:
        """Return loss minus floor."""
        return None if self.loss is None or self.floor is None else self.loss - self.floor

    def facts_of(self, truth: TruthView, predictor: Predictor) -> Facts:
        """Return the facts of one predictor that answers for the truth."""
        index, head = head_of(self.report.scene, predictor)
        here = (0, predictor.anchor, slice(None), predictor.row, predictor.column)
        box = self.report.assignments[index].predicted.pick((0, predictor.anchor, predictor.row, predictor.column))
        lines = self.report["object"].of_slot(index, slot_of(head, predictor))
        target = self.report["object"].target[lines]
        kind = self.report.scene.mapped(self.report.truths.kinds)[truth.line]
        return Facts(
            float(torch.sigmoid(head.raw[here][4])),
            float(target[0, 0]) if len(lines) else 1.0,
            float(self.report.output[index][here][5 + kind]),
            float(box.w) / truth.xywh[2],
            float(box.h) / truth.xywh[3],
        )


@lru_cache(maxsize=64)
def resting_view(state: State) -> LabView:
    """Return the view of a state at rest: the photograph as the network left it."""
    return view_of(state)


def posed(state: State) -> tuple[Recipe, Scene]:
    """Return the recipe and scene that a state asks to evaluate, after those of its gradient steps already walked."""
    recipe = recipe_for(state)
    if not state.steps:
        return recipe, scene_for(state)
    steps = min(state.steps, MOST_STEPS[state.walker])
    walks = walks_of(state)
    squared = "mse" in (state.objectness, state.objectness == "as-written" and recipe.written_objectness())
    walk = walks[-1 if squared else 0]
    return walk.recipe, single(walk.scene_at(steps, state.rate), scene_for(state))


def single(scene: Scene, like: Scene) -> Scene:
    """Return the scene in the precision of the scene's file."""
    heads = tuple(
        replace(mine, raw=head.raw.to(mine.raw.dtype)) for head, mine in zip(scene.heads, like.heads, strict=True)
    )
    return replace(like, heads=heads)


@torch.inference_mode()
def view_of(state: State) -> LabView:
    """Evaluate the state and return what the Lab shows of it."""
    if state.steps and state.at is None:
        state = replace(state, at=view_of(replace(state, steps=None)).prediction.predictor)
    report = evaluate(*posed(state))
    squares = report.recipe.prints == "delta squared"
    terms = tuple(
        TermView(
            r.term.name,
            r.predictors,
            _plain(r.loss),
            None if r.loss is None else _plain(r.floor.sum()),
            float((r.delta**2).sum()) if squares else None,
        )
        for r in report.terms
    )
    excesses = _excesses(report)
    numbers = truth_numbers(state)
    live = range(report.truths.images[0])
    truths = tuple(_truth_view(report, line, numbers[line], excesses) for line in live)
    chosen = state.at or _first_choice(truths, report)
    costs = tuple(float(cost) for cost in report.printed_costs) if squares else ()
    return LabView(
        state,
        report,
        terms,
        truths,
        _prediction_view(report, chosen),
        _plain(report.loss),
        _plain(report.floor),
        _rest(terms, excesses),
        float(report.printed_cost) if squares else None,
        costs,
    )


def _rest(terms: Sequence[TermView], excesses: dict[str, dict[tuple[int, int], float]]) -> float | None:
    if any(term.excess is None for term in terms):
        return None
    asked = sum(sum(costs.values()) for costs in excesses.values())
    return sum(term.excess or 0.0 for term in terms) - asked


def _plain(value: Tensor | None) -> float | None:
    return None if value is None or not math.isfinite(float(value)) else float(value)


def _first_choice(truths: Sequence[TruthView], report: Report) -> Predictor:
    answers = [predictor for truth in truths for predictor in truth.answers]
    return answers[0] if answers else Predictor(report.scene.heads[0].name, 0, 0, 0)


def _excesses(report: Report) -> dict[str, dict[tuple[int, int], float]]:
    """Return value minus floor by term, for each predictor that answers for a truth, a (head, slot)."""
    found: dict[str, dict[tuple[int, int], float]] = {}
    answering = [set(assignment.positives.slot.tolist()) for assignment in report.assignments]
    for result in report.terms:
        if result.term.name in FOR_THE_OTHERS:
            continue
        costs = found.setdefault(result.term.name, {})
        if result.value is None:
            continue
        excess = (result.value - result.floor).sum(-1).tolist()
        for head, lines in enumerate(result.heads):
            pairs = zip(result.slot[lines].tolist(), excess[lines], strict=True)
            costs.update({(head, slot): cost for slot, cost in pairs if slot in answering[head]})
    return found


def _truth_view(
    report: Report, line: int, number: int, excesses: Mapping[str, Mapping[tuple[int, int], float]]
) -> TruthView:
    answers, costs = [], dict.fromkeys(excesses, 0.0)
    for index, (head, assignment) in enumerate(zip(report.scene.heads, report.assignments, strict=True)):
        for slot in assignment.match.slot[assignment.match.truth == line].tolist():
            place = head.place(slot)
            seen = float(torch.sigmoid(head.raw[0, place.anchor, 4, place.row, place.column]))
            answers.append((seen, Predictor(head.name, place.anchor, place.row, place.column)))
            sharing = int((assignment.match.slot == slot).sum())
            for name, found in excesses.items():
                costs[name] += found.get((index, slot), 0.0) / sharing
    answers.sort(key=lambda pair: -pair[0])
    worst = max(costs, key=lambda name: costs[name])
    boxes = report.truths.boxes.pick(line)
    x, y, w, h = (float(side) for side in boxes)
    return TruthView(
        number,
        line,
        int(report.truths.kinds[line]),
        (x, y, w, h),
        tuple(predictor for _, predictor in answers),
        answers[0][0] if answers else 0.0,
        sum(costs.values()),
        worst,
        costs[worst],
    )


def _prediction_view(report: Report, predictor: Predictor) -> PredictionView:
    index, head = head_of(report.scene, predictor)
    here = (0, predictor.anchor, predictor.row, predictor.column)
    x, y, w, h = (float(side) for side in report.assignments[index].predicted.pick(here))
    raw = head.raw[0, predictor.anchor, :, predictor.row, predictor.column]
    width, height = head.own_anchors[predictor.anchor].tolist()
    return PredictionView(
        predictor,
        (x, y, w, h),
        limits_of(head, predictor),
        tuple(raw.tolist()),
        float(torch.sigmoid(raw[4])),
        int(raw[5:].argmax()),
        head.grid,
        (width, height),
    )


def head_of(scene: Scene, predictor: Predictor) -> tuple[int, Head]:
    """Return the predictor's head and its number."""
    return next((n, head) for n, head in enumerate(scene.heads) if head.name == predictor.head)


def slot_of(head: Head, predictor: Predictor) -> int:
    """Return the predictor's number in its head."""
    return head.slot(Place(0, predictor.anchor, predictor.row, predictor.column))
