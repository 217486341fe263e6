"""Who answers for which truth by a program's rule, and what every anchor would have offered. Plain numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from lossviz.assignment.state import AssignmentState, Truth
from lossviz.engine.answers import AssignmentInput
from lossviz.engine.assign import IGNORED, NEGATIVE, POSITIVE, Assignment, shape_iou
from lossviz.engine.boxes import XYWH, Boxes
from lossviz.engine.device import device_for, remembered
from lossviz.engine.heads import Head, Predictor
from lossviz.engine.host import to_host
from lossviz.engine.overlap import Pair
from lossviz.engine.recipe import Recipe
from lossviz.engine.scene import Scene
from lossviz.recipes import RECIPES
from lossviz.scenes.untrained import scene_for

STATES = {"positive": POSITIVE, "ignored": IGNORED, "negative": NEGATIVE}
FITS = ("shape", "centred", "predicted", "predicted_shape", "score")
"""The ways to measure how well an anchor fits a truth.

IoU of the truth with the anchor's shape alone; with the anchor in the middle of the truth's cell; with the box that is
predicted there; with that box's shape alone; and yhcc's score, with the enclosing box for the shared area.
"""
ALIKE = 5e-5
"""Two fits that differ by no more are shown as equal."""
LISTED = 30
"""Most rows that the list of differences has."""

Bits = npt.NDArray[np.uint8]
Numbers = npt.NDArray[np.int64]
Table = npt.NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Candidate:
    """One anchor of the network at the truth's own cell: how well it fits, and whether it answers there."""

    number: int
    """Number of the anchor among all anchors of the network."""
    predictor: Predictor
    pixels: tuple[float, float]
    anchor: XYWH
    """The anchor as a box in the middle of the cell, in shares."""
    said: XYWH
    """The box that is predicted at the anchor, in shares."""
    fits: Mapping[str, float]
    answers: bool


@dataclass(frozen=True)
class AssignedTruth:
    """A truth with the predictors that learn it, and those it was written to before a later truth was."""

    number: int
    truth: Truth
    answers: tuple[Predictor, ...]
    lost: tuple[Predictor, ...]


@dataclass(frozen=True)
class Collision:
    """Several truths that want one predictor: the last one's box stays, and the classes that survive."""

    predictor: Predictor
    truths: tuple[int, ...]
    """Numbers of the truths: in the order of writing, or those passed over before the one that was preferred."""
    classes: tuple[int, ...]
    passed: bool = False
    """Whether the others were never written, since the rule prefers the last one before it writes (mmdetection: the larger
    IoU; darkflow: the cell's last truth; truth_thresh: the largest IoU)."""

    @property
    def keeps(self) -> int:
        """Return the truth whose box is learned."""
        return self.truths[-1]


@dataclass(frozen=True)
class AssignmentResult:
    """What one rule makes of all predictors; states and owners by head, anchor by row by column."""

    recipe: str
    states: Mapping[str, Bits]
    owners: Mapping[str, Numbers]
    """The truth that each predictor answers for, -1: none."""
    truths: tuple[AssignedTruth, ...]
    collisions: tuple[Collision, ...]

    def count(self, state: str, head: str = "") -> int:
        """Return how many predictors are in that state, of one head or of all."""
        bit = STATES[state]
        return sum(int((bits == bit).sum()) for name, bits in self.states.items() if head in ("", name))

    @property
    def predictors(self) -> int:
        """Return how many predictors there are."""
        return sum(bits.size for bits in self.states.values())


@dataclass(frozen=True)
class Difference:
    """A predictor of which two rules think differently, and the truths it would answer for."""

    predictor: Predictor
    states: tuple[str, str]
    truths: tuple[int, int]


@dataclass(frozen=True)
class Comparison:
    """Two rules over the same predictors."""

    results: tuple[AssignmentResult, AssignmentResult]

    @cached_property
    def marks(self) -> dict[str, npt.NDArray[np.bool_]]:
        """Return where the rules differ in a predictor's state, or in the truth it answers for."""
        one, other = self.results
        return {
            name: (one.states[name] != other.states[name]) | (one.owners[name] != other.owners[name])
            for name in one.states
        }

    @property
    def count(self) -> int:
        """Return how many predictors the rules differ in."""
        return sum(int(mark.sum()) for mark in self.marks.values())

    @property
    def differences(self) -> list[Difference]:
        """Return the predictors that the rules differ in, those that answer under either first."""
        found = [self._at(name, *place) for name, mark in self.marks.items() for place in np.argwhere(mark).tolist()]
        return sorted(found, key=lambda one: "positive" not in one.states)

    def _at(self, name: str, anchor: int, row: int, column: int) -> Difference:
        place = (anchor, row, column)
        one, other = self.results
        return Difference(
            Predictor(name, *place),
            (state_name(int(one.states[name][place])), state_name(int(other.states[name][place]))),
            (int(one.owners[name][place]), int(other.owners[name][place])),
        )


@dataclass(frozen=True)
class AssignmentView:
    """What the page on assignment shows of the truth in hand."""

    state: AssignmentState
    result: AssignmentResult
    candidates: tuple[Candidate, ...]
    """Every anchor's fit, in the order of the network's anchors."""
    measure: str
    """Name of the fit by which the rule chooses."""

    @property
    def truth(self) -> AssignedTruth:
        """Return the truth in hand."""
        return self.result.truths[self.state.hand]

    @property
    def pixels(self) -> tuple[float, float]:
        """Return the sides of the truth in hand, in pixels."""
        width, height = scene_for(self.state.field).pixels
        _, _, w, h = self.truth.truth.xywh
        return w * width, h * height

    @property
    def ranked(self) -> list[Candidate]:
        """Return the anchors with the best fit first, and of equals the first."""
        return sorted(self.candidates, key=lambda one: -one.fits[self.measure])

    def judged(self, one: Candidate) -> XYWH:
        """Return the box that is held against the truth, in pixels from the truth's centre.

        Where only shapes count, it lies around that centre.
        """
        width, height = scene_for(self.state.field).pixels
        x, y, w, h = one.said if self.measure.startswith("predicted") else one.anchor
        if self.measure not in ("centred", "predicted"):
            return 0.0, 0.0, w * width, h * height
        truth = self.truth.truth.xywh
        return (x - truth[0]) * width, (y - truth[1]) * height, w * width, h * height

    @property
    def winner(self) -> Candidate | None:
        """Return the best anchor of those that answer, if any does."""
        return next((one for one in self.ranked if one.answers), None)

    @property
    def ahead(self) -> tuple[Candidate, Candidate] | None:
        """Return the two anchors that fit best, the better one first; None in a network of one anchor."""
        first, *rivals = self.ranked
        return (first, rivals[0]) if rivals else None

    @property
    def tied(self) -> bool:
        """Return whether the two best anchors fit alike, fit_1 - fit_2 <= 5e-5: four digits would show them equal."""
        pair = self.ahead
        return pair is not None and pair[0].fits[self.measure] - pair[1].fits[self.measure] <= ALIKE

    @property
    def anchor(self) -> int | None:
        """Return the network's anchor that answers, the best of several; None: nobody answers."""
        mine = {one.predictor[:2]: one.number for one in self.candidates}
        elsewhere = (mine[who.head, who.anchor] for who in self.truth.answers)
        return self.winner.number if self.winner else next(elsewhere, None)

    @property
    def strays(self) -> dict[int, XYWH]:
        """Return the anchors of the shown head that answer for the truth in hand in another cell than its own."""
        slots = {one.predictor[:2]: one for one in self.candidates}
        mine = {one.predictor for one in self.candidates}
        columns, rows = self.grid
        return {
            slots[who[:2]].number: ((who.column + 0.5) / columns, (who.row + 0.5) / rows, *slots[who[:2]].anchor[2:])
            for who in self.truth.answers
            if who.head == self.head and who not in mine
        }

    @property
    def answering(self) -> dict[int, XYWH]:
        """Return who answers in the shown head, best fit first.

        Anchors stand in the middle of their cells; where predictions decide, they are what the anchors predict.
        """
        said = self.measure.startswith("predicted")
        own = (one for one in self.ranked if one.answers and one.predictor.head == self.head)
        here = {one.number: one.said if said else one.anchor for one in own}
        return here | {number: box for number, box in self.strays.items() if number not in here}

    @property
    def taken_by(self) -> int | None:
        """Return the truth in whose favour nobody answers for the one in hand, if there is one.

        Nobody answers for it, and a collision in which it takes part is decided for another truth.
        """
        if self.truth.answers:
            return None
        mine = (crash for crash in self.result.collisions if self.state.hand in crash.truths)
        return next((crash.keeps for crash in mine if crash.keeps != self.state.hand), None)

    @property
    def head(self) -> str:
        """Return the head that is shown: the chosen one, else where somebody answers, else the best anchor's."""
        answers = self.truth.answers
        usual = self.winner.predictor.head if self.winner else answers[0].head if answers else ""
        return self.state.head or usual or self.ranked[0].predictor.head

    @property
    def grid(self) -> tuple[int, int]:
        """Return the columns and rows of the shown head."""
        _, rows, columns = self.result.states[self.head].shape
        return columns, rows


def state_name(bits: int) -> str:
    """Return the word for a predictor's state."""
    return next((name for name, bit in STATES.items() if bits & bit), "none")


@cache
def scene_on(field: str, device: str) -> Scene:
    """Return the predictors' scene on a device."""
    return scene_for(field).on(device)


def scene_with(field: str, truths: tuple[Truth, ...]) -> Scene:
    """Return the predictors' scene with these truths."""
    scene = scene_on(field, device_for("assignment"))
    rows = [*([*truth.xywh, float(truth.kind)] for truth in truths), [0.0] * 5]
    found = replace(scene, truth=scene.truth.new_tensor([rows]))
    vars(found)["listed"] = [[[row[0], row[4]] for row in rows]]
    return found


def recipe_of(state: AssignmentState, key: str = "") -> Recipe:
    """Return the state's rule with its settings; another rule as its program has it."""
    values = {} if key else dict(state.settings)
    return RECIPES[key or state.recipe].for_scene(scene_for(state.field), values)


@remembered("assignment", 64)
@torch.inference_mode()
def view_of(state: AssignmentState) -> AssignmentView:
    """Return what the page shows of the state."""
    found = result_of(state.field, state.boxes, recipe_of(state))
    return AssignmentView(state, found, candidates_of(state, found), measure_of(state))


@torch.inference_mode()
def comparison_of(state: AssignmentState) -> Comparison:
    """Return the rule beside the other one."""
    second = result_of(state.field, state.boxes, recipe_of(state, state.other))
    return Comparison((view_of(state).result, second))


def shown_head(view: AssignmentView, found: Comparison) -> AssignmentView:
    """Return the view of the first head in which two rules differ, unless a head was chosen."""
    if found.count and not view.state.head and not found.marks[view.head].any():
        first = next(name for name, mark in found.marks.items() if mark.any())
        return replace(view, state=replace(view.state, head=first))
    return view


def measure_of(state: AssignmentState) -> str:
    """Return the name of the fit by which the rule chooses."""
    recipe = recipe_of(state)
    if getattr(recipe.settings, "bias_match", 1) == 0:
        return "predicted_shape"
    mended = recipe.chooses_by == "score" and getattr(recipe.settings, "intended", False)
    return "shape" if mended else recipe.chooses_by


def result_of(field: str, truths: tuple[Truth, ...], recipe: Recipe) -> AssignmentResult:
    """Return what the rule makes of all predictors."""
    scene = scene_with(field, truths)
    live = scene.live(recipe.truth_limit(recipe.settings))
    found = [(head, recipe.assign(recipe.settings, head, live, scene)) for head in scene.heads]
    parts = [(a.states(head.predictors), a.positives.slot, a.positives.fact["truth"]) for head, a in found]
    home = iter(to_host(*chain(*parts)))
    read = {head.name: (head, next(home), next(home), next(home)) for head, _ in found}
    owners = {name: owners_of(head, slot, truth) for name, (head, _, slot, truth) in read.items()}
    written = [pair for head, assignment in found for pair in writings(head, assignment)]
    return AssignmentResult(
        recipe.key,
        {name: bits_of(head, states) for name, (head, states, _, _) in read.items()},
        owners,
        tuple(truth_view(number, truth, owners, written) for number, truth in enumerate(truths)),
        tuple(crash for head, assignment in found for crash in collisions_of(head, assignment)),
    )


def on_grid(head: Head) -> tuple[int, ...]:
    """Return the numbers of anchors, rows and columns."""
    return tuple(head.raw[0, :, 0].shape)


def bits_of(head: Head, states: Bits) -> Bits:
    """Return each predictor's state; whether it is pulled to its anchor besides is left out."""
    return (states & np.uint8(POSITIVE | IGNORED | NEGATIVE)).reshape(on_grid(head))


def owners_of(head: Head, slot: Numbers, truth: Numbers) -> Numbers:
    """Return for each predictor the truth it answers for, -1: none."""
    owners = np.full(head.predictors, -1, dtype=np.int64)
    owners[slot] = truth
    return owners.reshape(on_grid(head))


def writings(head: Head, assignment: Assignment) -> list[tuple[Predictor, int]]:
    """Return every writing of a truth to a predictor, in order."""
    return [(predictor_at(head, slot), truth) for slot, truth in assignment.match.writings]


def predictor_at(head: Head, slot: int) -> Predictor:
    """Return the predictor of that number."""
    return Predictor(head.name, *head.place(slot)[1:])


def truth_view(
    number: int, truth: Truth, owners: Mapping[str, Numbers], written: list[tuple[Predictor, int]]
) -> AssignedTruth:
    """Return a truth with who learns it, and with who has forgotten it."""
    answers = tuple(
        Predictor(name, *place) for name, mine in owners.items() for place in np.argwhere(mine == number).tolist()
    )
    lost = dict.fromkeys(who for who, what in written if what == number and who not in answers)
    return AssignedTruth(number, truth, answers, tuple(lost))


def collisions_of(head: Head, assignment: Assignment) -> list[Collision]:
    """Return the predictors to which more than one truth was written, and those where one was preferred before."""
    return [*written_over(head, assignment), *passed_over(head, assignment)]


def passed_over(head: Head, assignment: Assignment) -> list[Collision]:
    """Return the predictors that truths fit but another one has, being preferred before anything is written.

    A truth that is written there for another reason counts as written over; so does one that a third truth overwrites.
    """
    match = assignment.match
    written, last = {*match.writings}, dict(match.writings)
    by_slot: dict[tuple[int, int], list[int]] = {}
    for slot, truth, preferred in match.passed():
        if (slot, truth) not in written and last.get(slot, preferred) == preferred:
            by_slot.setdefault((slot, preferred), []).append(truth)
    return [
        Collision(predictor_at(head, slot), (*truths, preferred), tuple(sorted(match.wanted.get(slot, ()))), True)
        for (slot, preferred), truths in by_slot.items()
    ]


def written_over(head: Head, assignment: Assignment) -> list[Collision]:
    """Return the predictors to which more than one truth was written."""
    match = assignment.match
    by_slot: dict[int, list[int]] = {}
    for slot, truth in match.writings:
        by_slot.setdefault(slot, []).append(truth)
    return [
        Collision(predictor_at(head, slot), tuple(truths), tuple(sorted(match.wanted.get(slot, ()))))
        for slot, truths in by_slot.items()
        if len({*truths}) > 1
    ]


def candidates_of(state: AssignmentState, result: AssignmentResult) -> tuple[Candidate, ...]:
    """Return every anchor of the network, at the cell of the truth in hand."""
    truth = state.boxes[state.hand]
    scene = scene_with(state.field, (truth,))
    tables = to_host(*(part for head in scene.heads for part in fits_at(head, scene)))
    parts = zip(scene.heads, tables[::2], tables[1::2], strict=True)
    found = [one for head, cell, table in parts for one in of_head(head, scene, cell, table, result, state.hand)]
    return tuple(sorted(found, key=lambda one: one.number))


def fits_at(head: Head, scene: Scene) -> tuple[Tensor, Tensor]:
    """Return column and row of the truth's cell, and a row for each anchor there.

    The row holds the anchor's sides, the box that is predicted at it, and the fits in the order of ``FITS``.
    """
    field = AssignmentInput(head, scene.live(1), scene)
    column, row = field.cell
    here = (0, slice(None), row[0], column[0])
    said = Boxes(*(side.expand(head.raw[:, :, 0].shape)[here] for side in field.predicted))
    fits = torch.stack(fits_of(head, field, said), 1)
    return torch.cat(field.cell), torch.cat([head.own_anchors, said.table(), fits], 1)


def of_head(
    head: Head, scene: Scene, cell: Numbers, table: Table, result: AssignmentResult, hand: int
) -> list[Candidate]:
    """Return the anchors of one head, at the cell of the truth in hand."""
    (column, row), (width, height), (columns, rows) = cell.tolist(), scene.pixels, head.grid
    return [
        Candidate(
            number,
            Predictor(head.name, anchor, row, column),
            (round(w * width, 3), round(h * height, 3)),
            ((column + 0.5) / columns, (row + 0.5) / rows, w, h),
            (x, y, said_w, said_h),
            dict(zip(FITS, fits, strict=True)),
            int(result.owners[head.name][anchor, row, column]) == hand,
        )
        for anchor, (number, (w, h, x, y, said_w, said_h, *fits)) in enumerate(
            zip(head.mask, table.tolist(), strict=True)
        )
    ]


def fits_of(head: Head, field: AssignmentInput, said: Boxes) -> tuple[Tensor, ...]:
    """Return the fits of a head's anchors, a number an anchor, in the order of ``FITS``.

    The score is E / (A + B - E), E the box that encloses both shapes.
    """
    truth = field.truths.boxes
    column, row = field.cell
    columns, rows = head.grid
    width, height = head.own_anchors.unbind(-1)
    middle = Boxes((column + 0.5) / columns, (row + 0.5) / rows, width, height)
    around = torch.maximum(truth.w, width) * torch.maximum(truth.h, height)
    return (
        shape_iou(head.own_anchors, field.truths)[0],
        Pair(middle, truth).iou,
        Pair(said, truth).iou,
        shape_iou(torch.stack([said.w, said.h], -1), field.truths)[0],
        around / (truth.w * truth.h + width * height - around),
    )
