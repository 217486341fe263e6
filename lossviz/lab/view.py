"""From the state to what the Loss Lab shows: plain numbers, no web, no drawing."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain

import torch
from torch import Tensor

from lossviz.engine.boxes import XYWH
from lossviz.engine.device import device_for, remembered
from lossviz.engine.evaluate import Report, TermResult, evaluate
from lossviz.engine.heads import ALL, Head, Place, Predictor
from lossviz.engine.host import to_host
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
    computed: Report
    """The report where it was computed, maybe on another device."""
    terms: tuple[TermView, ...]
    truths: tuple[TruthView, ...]
    prediction: PredictionView
    loss: float | None
    floor: float | None
    rest: float | None
    """Excess of every term that is not asked of the truths' predictors."""
    printed_cost: float | None
    """Darknet's network cost per image, the number in its log; None where the program prints none."""
    printed_costs: tuple[float, ...]
    """Printed cost of each head; empty where the program prints no sum of delta squared."""

    @cached_property
    def report(self) -> Report:
        """Return the report on the host, for whatever is read beyond the first level; it comes in a few copies."""
        return self.computed.on("cpu")

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


@remembered("evaluate", 64)
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
    """Return the scene on the host, in the precision of the scene's file."""
    heads = tuple(replace(mine, raw=head.raw.to(mine.raw)) for head, mine in zip(scene.heads, like.heads, strict=True))
    return replace(like, heads=heads)


@torch.inference_mode()
def view_of(state: State) -> LabView:
    """Evaluate the state and return what the Lab shows of it."""
    if state.steps and state.at is None:
        state = replace(state, at=view_of(replace(state, steps=None)).prediction.predictor)
    recipe, scene = posed(state)
    report = evaluate(recipe, scene.on(device_for("evaluate")))
    found = read(report, state.at)
    live = range(report.truths.images[0])
    truths = tuple(
        _truth_view(report, found, line, number) for line, number in zip(live, truth_numbers(state), strict=False)
    )
    chosen = state.at or _first_choice(truths, report)
    return LabView(
        state,
        report,
        found.terms,
        truths,
        _prediction_view(report, found, chosen),
        found.sums["loss"],
        found.sums["floor"],
        _rest(found),
        found.sums["printed"],
        tuple(cost for cost in found.printed_costs if cost is not None),
    )


Cell = tuple[int, int]
"""A predictor by the number of its head and its own number there."""


@dataclass(frozen=True)
class Numbers:
    """What is read of a report: it comes from the device in one go, and from there on it is plain numbers."""

    sums: Mapping[str, float | None]
    """"loss", "floor" and "printed" of the whole, each None where there is none."""
    printed_costs: tuple[float | None, ...]
    terms: tuple[TermView, ...]
    excesses: Mapping[str, Mapping[Cell, float]]
    """Value minus floor of each predictor that answers for a truth, by the name of the term."""
    truths: tuple[XYWH, ...]
    rows: Mapping[Cell, Sequence[float]]
    """Of each predictor that answers, and of the chosen one: x, y, w, h of its box, its objectness, its raw outputs."""
    anchors: tuple[Sequence[Sequence[float]], ...]
    """Width and height of each head's anchors, in shares."""


def read(report: Report, at: Predictor | None) -> Numbers:
    """Return the numbers of a report that the Lab shows, those of the predictor ``at`` among them."""
    scene, heads = report.scene, range(len(report.scene.heads))
    sums = {name: total for name, total in sums_of(report).items() if total is not None}
    asked = [term for term in report.terms if term.term.name not in FOR_THE_OTHERS]
    costs = [term.raw.new_zeros(term.predictors) if term.value is None else cost_of(term) for term in asked]
    cells = [cells_of(report, index, at) for index in heads]
    parts: list[Sequence[Tensor]] = [
        [torch.stack([*sums.values()]), report.truths.table],
        [head.own_anchors for head in scene.heads],
        [rows_of(report, index, cells[index]) for index in heads],
        costs,
        [term.slot for term in asked],
        [assignment.positives.slot for assignment in report.assignments],
    ]
    home = iter(to_host(*chain(*parts)))
    (whole, truths), anchors, rows, excess, slots, answering = ([next(home).tolist() for _ in part] for part in parts)
    numbers: dict[str, float | None] = dict(zip(sums, whole, strict=True))
    excesses = {
        term.term.name: {
            (index, slot): cost
            for index, lines in enumerate(term.heads)
            for slot, cost in zip(numbered[lines], each[lines], strict=True)
            if term.value is not None and slot in answering[index]
        }
        for term, numbered, each in zip(asked, slots, excess, strict=True)
    }
    return Numbers(
        {name: finite(numbers.get(name)) for name in ("loss", "floor", "printed")},
        tuple(numbers[f"printed cost {n}"] for n in heads if f"printed cost {n}" in numbers),
        tuple(term_view(term, numbers) for term in report.terms),
        excesses,
        tuple((x, y, w, h) for x, y, w, h in truths),
        {(n, slot): row for n in heads for slot, row in zip(cells[n], rows[n], strict=True)},
        tuple(anchors),
    )


def sums_of(report: Report) -> dict[str, Tensor | None]:
    """Return the sums that are shown, each a single number, None where there is none."""
    found = {"loss": report.loss, "floor": report.floor}
    for term in report.terms:
        found[f"loss {term.term.name}"] = term.loss
        found[f"floor {term.term.name}"] = None if term.loss is None else term.floor.sum()
    if report.recipe.prints != "delta squared":
        return found
    found["printed"] = report.printed
    found |= {f"printed cost {index}": cost for index, cost in enumerate(report.printed_costs)}
    return found | {f"printed {term.term.name}": (term.delta**2).sum() for term in report.terms}


def term_view(term: TermResult, numbers: Mapping[str, float | None]) -> TermView:
    """Return one term with its sums."""
    loss, floor, printed = (numbers.get(f"{sum_} {term.term.name}") for sum_ in ("loss", "floor", "printed"))
    return TermView(term.term.name, term.predictors, finite(loss), finite(floor), printed)


def cost_of(term: TermResult) -> Tensor:
    """Return value minus floor of each of a term's predictors."""
    assert term.value is not None
    cost: Tensor = (term.value - term.floor).sum(-1)
    return cost


def cells_of(report: Report, index: int, at: Predictor | None) -> list[int]:
    """Return the numbers of a head's predictors that answer for truths, and last of all of the chosen one.

    The first head's first predictor stands for the chosen one where nobody is chosen and nobody answers.
    """
    head = report.scene.heads[index]
    chosen = [slot_of(head, at)] if at and at.head == head.name else [] if at or index else [0]
    return [slot for slot, _ in report.assignments[index].match.writings] + chosen


def rows_of(report: Report, index: int, cells: Sequence[int]) -> Tensor:
    """Return box, objectness and raw outputs of some predictors of a head, one row each."""
    head, assignment = report.scene.heads[index], report.assignments[index]
    more = torch.tensor(cells[len(assignment.match.slot) :], dtype=torch.long, device=head.raw.device)
    slot = torch.cat([assignment.match.slot, more])
    raw = head.gather(slot, ALL)
    boxes = [column.expand(head.raw[:, :, 0].shape).flatten()[slot] for column in assignment.predicted]
    return torch.cat([torch.stack(boxes, 1), torch.sigmoid(raw[:, 4:5]), raw], 1)


def _rest(found: Numbers) -> float | None:
    if any(term.excess is None for term in found.terms):
        return None
    asked = sum(sum(costs.values()) for costs in found.excesses.values())
    return sum(term.excess or 0.0 for term in found.terms) - asked


def finite(value: float | None) -> float | None:
    """Return a number, None where it has run off."""
    return None if value is None or not math.isfinite(value) else value


def _first_choice(truths: Sequence[TruthView], report: Report) -> Predictor:
    answers = [predictor for truth in truths for predictor in truth.answers]
    return answers[0] if answers else Predictor(report.scene.heads[0].name, 0, 0, 0)


def _truth_view(report: Report, found: Numbers, line: int, number: int) -> TruthView:
    answers, costs = [], dict.fromkeys(found.excesses, 0.0)
    for index, (head, assignment) in enumerate(zip(report.scene.heads, report.assignments, strict=True)):
        writings = assignment.match.writings
        for slot in (slot for slot, truth in writings if truth == line):
            _, *place = head.place(slot)
            answers.append((found.rows[index, slot][4], Predictor(head.name, *place)))
            sharing = sum(other == slot for other, _ in writings)
            for name, excess in found.excesses.items():
                costs[name] += excess.get((index, slot), 0.0) / sharing
    answers.sort(key=lambda pair: -pair[0])
    worst = max(costs, key=lambda name: costs[name])
    return TruthView(
        number,
        line,
        report.truths.classes[line],
        found.truths[line],
        tuple(predictor for _, predictor in answers),
        answers[0][0] if answers else 0.0,
        sum(costs.values()),
        worst,
        costs[worst],
    )


def _prediction_view(report: Report, found: Numbers, predictor: Predictor) -> PredictionView:
    index, head = head_of(report.scene, predictor)
    x, y, w, h, objectness, *raw = found.rows[index, slot_of(head, predictor)]
    width, height = found.anchors[index][predictor.anchor]
    return PredictionView(
        predictor,
        (x, y, w, h),
        limits_of(head.grid, (width, height), predictor),
        tuple(raw),
        objectness,
        max(range(len(raw) - 5), key=lambda kind: raw[5 + kind]),
        head.grid,
        (width, height),
    )


def head_of(scene: Scene, predictor: Predictor) -> tuple[int, Head]:
    """Return the predictor's head and its number."""
    return next((n, head) for n, head in enumerate(scene.heads) if head.name == predictor.head)


def slot_of(head: Head, predictor: Predictor) -> int:
    """Return the predictor's number in its head."""
    return head.slot(Place(0, predictor.anchor, predictor.row, predictor.column))
