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
ROUNDING = 1e-6
"""The part of the excess below which what is left of it is rounding: sums in single precision."""


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
    """The predictors that learn it, most confident first: the last truth written to a predictor, and those it joined."""
    lost: tuple[Predictor, ...]
    """The predictors it was written to and that have forgotten it: a later truth has overwritten it there."""
    objectness: float
    """The largest objectness among the predictors that answer."""
    cost: float
    """Cost of all that answer, in full, also of one that answers for other truths as well (see ``Group``)."""
    worst: str
    """The term that makes up most of the cost."""
    worst_cost: float

    @property
    def found(self) -> bool:
        """Return whether the truth counts as found: max objectness >= 0.5 among its predictors."""
        return self.objectness >= FOUND

    @property
    def overwritten(self) -> bool:
        """Return whether nothing of the truth is learned since later ones took each of its predictors."""
        return bool(self.lost) and not self.answers


@dataclass(frozen=True)
class Group:
    """Truths that hang together by the predictors they share, and what all their predictors cost, each counted once.

    Most groups are one truth. All groups' costs and the view's ``rest`` add up to the excess.
    """

    truths: tuple[TruthView, ...]
    predictors: tuple[Predictor, ...]
    shared: tuple[Predictor, ...]
    """Those of the predictors that answer for more than one of the truths."""
    cost: float


@dataclass(frozen=True)
class PredictionView:
    """The chosen predictor: its box, the class it believes in, and how far its box can go."""

    predictor: Predictor
    xywh: XYWH
    limits: Limits
    raw: tuple[float, ...]
    objectness: float
    kind: int
    probability: float
    """Probability of that class, as the program activates it."""
    grid: tuple[int, int]
    anchor: tuple[float, float]

    @property
    def edges(self) -> tuple[int, int]:
        """Return for x and y whether the centre is at the edge of its cell, as far as it can go: -1, 0 or 1."""
        sides = zip(self.xywh[:2], self.limits[:2], strict=True)
        x, y = (int(place >= high - 1e-4) - int(place <= low + 1e-4) for place, (low, high) in sides)
        return x, y

    @property
    def at_limit(self) -> bool:
        """Return whether the centre has reached the edge of its cell, as far as it can go."""
        return self.edges != (0, 0)

    @property
    def believed(self) -> bool:
        """Return whether the predictor says that an object of its class is there: objectness and probability >= 0.5."""
        return self.objectness >= FOUND and self.probability >= FOUND


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
    groups: tuple[Group, ...]
    """The truths that are learned, those that share a predictor together."""
    owners: Mapping[Predictor, tuple[int, ...]]
    """Numbers of the truths that each predictor learns, in the order of writing: its box is the last one's."""
    prediction: PredictionView
    loss: float | None
    floor: float | None
    rest: float | None
    """Excess minus the costs of all groups: what the predictors of no truth cost."""
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

    def truths_of(self, predictor: Predictor) -> tuple[TruthView, ...]:
        """Return the truths that a predictor learns, in the order of writing; it learns the last one's box."""
        by_number = {truth.number: truth for truth in self.truths}
        return tuple(by_number[number] for number in self.owners.get(predictor, ()))

    def takers_of(self, truth: TruthView) -> tuple[TruthView, ...]:
        """Return the truths that are learned by the predictors that have forgotten this one."""
        taken = [other for predictor in truth.lost for other in self.truths_of(predictor)]
        return tuple(other for n, other in enumerate(taken) if other not in taken[:n])

    @property
    def uncounted(self) -> tuple[str, ...]:
        """Return the terms that have a gradient and no loss: no cost holds them."""
        return tuple(r.term.name for r in self.computed.terms if r.predictors and r.value is None)

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
    return walk.recipe, single(walk.scene_at(steps, state.step), scene_for(state))


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
    numbers = dict(zip(range(report.truths.images[0]), truth_numbers(state), strict=False))
    learners = _learners(report)
    truths = tuple(_truth_view(report, found, line, number, learners) for line, number in numbers.items())
    owners = {
        _predictor(report, cell): tuple(numbers[line] for line in lines if line in numbers)
        for cell, lines in learners.items()
    }
    groups = _groups(truths, {_predictor(report, cell): found.cost(cell) for cell in learners})
    chosen = state.at or _first_choice(truths, report)
    return LabView(
        state,
        report,
        found.terms,
        truths,
        groups,
        owners,
        _prediction_view(report, found, chosen),
        found.sums["loss"],
        found.sums["floor"],
        _rest(found, groups),
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

    def cost(self, cell: Cell) -> float:
        """Return what a predictor costs above its floor, all terms together."""
        return sum(costs.get(cell, 0.0) for costs in self.excesses.values())


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
    """Return box, objectness, the likeliest class's output and all raw outputs of some predictors, one row each."""
    head, assignment = report.scene.heads[index], report.assignments[index]
    more = torch.tensor(cells[len(assignment.match.slot) :], dtype=torch.long, device=head.raw.device)
    slot = torch.cat([assignment.match.slot, more])
    raw = head.gather(slot, ALL)
    boxes = [column.expand(head.raw[:, :, 0].shape).flatten()[slot] for column in assignment.predicted]
    seen = report.recipe.activate(report.recipe.settings, raw)[:, 5:].gather(1, raw[:, 5:].argmax(1, keepdim=True))
    return torch.cat([torch.stack(boxes, 1), torch.sigmoid(raw[:, 4:5]), seen, raw], 1)


def _rest(found: Numbers, groups: Sequence[Group]) -> float | None:
    if any(term.excess is None for term in found.terms):
        return None
    excess = sum(term.excess or 0.0 for term in found.terms)
    rest = excess - sum(group.cost for group in groups)
    return 0.0 if abs(rest) < ROUNDING * excess else rest


def finite(value: float | None) -> float | None:
    """Return a number, None where it has run off."""
    return None if value is None or not math.isfinite(value) else value


def _first_choice(truths: Sequence[TruthView], report: Report) -> Predictor:
    answers = [predictor for truth in truths for predictor in truth.answers]
    return answers[0] if answers else Predictor(report.scene.heads[0].name, 0, 0, 0)


def _learners(report: Report) -> dict[Cell, tuple[int, ...]]:
    """Return for each predictor the truths it learns, in the order of writing.

    The last one written, and those before it whose classes stay as each next one joined them.
    """
    found: dict[Cell, tuple[int, ...]] = {}
    for index, assignment in enumerate(report.assignments):
        match = assignment.match
        for (slot, line), joined in zip(match.writings, match.joined, strict=True):
            before = found.get((index, slot), ()) if joined else ()
            found[index, slot] = (*(other for other in before if other != line), line)
    return found


def _predictor(report: Report, cell: Cell) -> Predictor:
    index, slot = cell
    head = report.scene.heads[index]
    _, *place = head.place(slot)
    return Predictor(head.name, *place)


def _groups(truths: Sequence[TruthView], costs: Mapping[Predictor, float]) -> tuple[Group, ...]:
    """Return the truths that are learned; those that share a predictor stand together, by the first one's place."""
    groups: list[list[TruthView]] = []
    for truth in (truth for truth in truths if truth.answers):
        mine = [group for group in groups if any({*truth.answers} & {*other.answers} for other in group)]
        joined = sorted([truth, *(other for group in mine for other in group)], key=lambda one: one.line)
        groups = [*(group for group in groups if group not in mine), joined]
    return tuple(_group(group, costs) for group in sorted(groups, key=lambda group: group[0].line))


def _group(truths: Sequence[TruthView], costs: Mapping[Predictor, float]) -> Group:
    every = [predictor for truth in truths for predictor in truth.answers]
    once = tuple(dict.fromkeys(every))
    shared = tuple(predictor for predictor in once if every.count(predictor) > 1)
    return Group(tuple(truths), once, shared, sum(costs[predictor] for predictor in once))


def _truth_view(
    report: Report, found: Numbers, line: int, number: int, learners: Mapping[Cell, tuple[int, ...]]
) -> TruthView:
    mine = [cell for cell, lines in learners.items() if line in lines]
    mine.sort(key=lambda cell: -found.rows[cell][4])
    costs = {name: sum(excess.get(cell, 0.0) for cell in mine) for name, excess in found.excesses.items()}
    written = ((n, slot) for n, a in enumerate(report.assignments) for slot, other in a.match.writings if other == line)
    lost = tuple(dict.fromkeys(cell for cell in written if cell not in mine))
    worst = max(costs, key=lambda name: costs[name])
    return TruthView(
        number,
        line,
        report.truths.classes[line],
        found.truths[line],
        tuple(_predictor(report, cell) for cell in mine),
        tuple(_predictor(report, cell) for cell in lost),
        found.rows[mine[0]][4] if mine else 0.0,
        sum(costs.values()),
        worst,
        costs[worst],
    )


def _prediction_view(report: Report, found: Numbers, predictor: Predictor) -> PredictionView:
    index, head = head_of(report.scene, predictor)
    x, y, w, h, objectness, seen, *raw = found.rows[index, slot_of(head, predictor)]
    width, height = found.anchors[index][predictor.anchor]
    kind = max(range(len(raw) - 5), key=lambda kind: raw[5 + kind])
    return PredictionView(
        predictor,
        (x, y, w, h),
        limits_of(head.grid, (width, height), predictor),
        tuple(raw),
        objectness,
        kind,
        seen,
        head.grid,
        (width, height),
    )


def head_of(scene: Scene, predictor: Predictor) -> tuple[int, Head]:
    """Return the predictor's head and its number."""
    return next((n, head) for n, head in enumerate(scene.heads) if head.name == predictor.head)


def slot_of(head: Head, predictor: Predictor) -> int:
    """Return the predictor's number in its head."""
    return head.slot(Place(0, predictor.anchor, predictor.row, predictor.column))
