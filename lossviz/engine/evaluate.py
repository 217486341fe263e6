"""Recipe and scene to a report: every term's value and slope, with the slope from the table's closed form."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import torch
from jaxtyping import Float, Int, UInt8
from torch import Tensor

from lossviz.engine.assign import Assignment, Match, Selection, constant_rows, end_to_end
from lossviz.engine.heads import Head, channels, predicted_boxes
from lossviz.engine.host import moved
from lossviz.engine.recipe import Recipe, Term
from lossviz.engine.remark import Remark
from lossviz.engine.scene import Scene, Truths


@dataclass(frozen=True)
class TermResult:
    """One row of the table on one scene: predictors, targets, weights, and what follows from them.

    The predictors of all heads stand one after another; ``heads`` says which lines belong to which head. ``offset`` points
    into ``scene.raw``.
    """

    term: Term
    heads: tuple[slice, ...]
    slot: Int[Tensor, " n"]
    offset: Int[Tensor, "n k"]
    raw: Float[Tensor, "n k"]
    target: Float[Tensor, "n j"]
    weight: Float[Tensor, "#n 1"]
    delta_weight: Float[Tensor, "#n 1"]

    @property
    def predictors(self) -> int:
        """Return how many predictors the term applies to."""
        return len(self.slot)

    @cached_property
    def value(self) -> Float[Tensor, "n k"] | None:
        """Return the weighted loss of each predictor's channels; None where the slopes belong to no loss."""
        if self.term.loss.value is None:
            return None if self.predictors else self.raw
        return self.weight * self.term.loss(self.raw, self.target)

    @cached_property
    def floor(self) -> Float[Tensor, "n k"]:
        """Return the least the value can be, over all predictions, given the targets."""
        return self.weight * self.term.loss.floor(self.target)

    @cached_property
    def gradient(self) -> Float[Tensor, "n k"]:
        """Return the slope of the weighted loss in the raw outputs, by the closed form."""
        return self.weight * self.term.loss.slope(self.raw, self.target)

    @cached_property
    def delta(self) -> Float[Tensor, "n k"]:
        """Return what the program writes into its delta array, also where loss or weight were swapped."""
        if self.term.delta is not None:
            return self.delta_weight * self.term.delta(self.raw, self.target)
        if self.delta_weight is self.weight:
            return -self.gradient
        return -self.delta_weight * self.term.loss.slope(self.raw, self.target)

    @property
    def loss(self) -> Tensor | None:
        """Return the sum of the values; None where the slopes belong to no loss."""
        return None if self.value is None else self.value.sum()

    def autograd(self) -> Float[Tensor, "n k"]:
        """Return the slope in the raw outputs by automatic differentiation of the value: the check of ``gradient``.

        Raises: ValueError where the slopes belong to no loss.
        """
        raw = self.raw.clone().requires_grad_()
        (self.weight.clone() * self.term.loss(raw, self.target.clone())).sum().backward()
        return torch.zeros_like(raw) if raw.grad is None else raw.grad

    def of_slot(self, head: int, slot: int) -> Int[Tensor, " k"]:
        """Return which lines belong to this predictor, a number of its head."""
        lines = self.heads[head]
        found: Tensor = torch.nonzero(self.slot[lines] == slot)[:, 0]
        return found.add(lines.start)


@dataclass(frozen=True)
class Report:
    """Everything a recipe says about a scene."""

    recipe: Recipe
    scene: Scene
    truths: Truths
    assignments: tuple[Assignment, ...]
    terms: tuple[TermResult, ...]

    def __getitem__(self, name: str) -> TermResult:
        """Return the result of the term of that name."""
        return next(result for result in self.terms if result.term.name == name)

    def on(self, device: str) -> "Report":
        """Return the same report on another device, brought there in a few copies; itself where it is there."""
        if self.scene.truth.device.type == device:
            return self
        assignments = tuple(replace(one, match=one.match.fitting_on(device)) for one in self.assignments)
        return moved(replace(self, assignments=assignments), device)

    @property
    def loss(self) -> Tensor | None:
        """Return the sum of the terms; None if one of them has no loss."""
        return total([result.loss for result in self.terms])

    @property
    def floor(self) -> Tensor | None:
        """Return the sum of the terms' floors; None if one of them has no loss."""
        return total([None if r.value is None else r.floor.sum() for r in self.terms])

    def joined(self, parts: Sequence[Tensor]) -> tuple[Tensor, ...]:
        """Return one number for each raw output, a tensor of the raw outputs' shape for each head.

        ``parts`` holds one table a term; numbers for the same raw output are added.
        """
        raws = [head.raw for head in self.scene.heads]
        flat = torch.zeros_like(self.scene.raw)
        for result, numbers in zip(self.terms, parts, strict=True):
            flat.index_add_(0, result.offset.flatten(), numbers.expand_as(result.offset).flatten())
        pieces = flat.split([raw.numel() for raw in raws])
        return tuple(piece.view(raw.shape) for piece, raw in zip(pieces, raws, strict=True))

    @cached_property
    def gradient(self) -> tuple[Tensor, ...]:
        """Return the slope of the loss in every raw output, a tensor of the raw outputs' shape for each head."""
        return self.joined([result.gradient for result in self.terms])

    @cached_property
    def delta(self) -> tuple[Tensor, ...]:
        """Return the program's delta array, a tensor of the raw outputs' shape for each head."""
        return self.joined([result.delta for result in self.terms])

    @cached_property
    def printed_costs(self) -> tuple[Tensor, ...]:
        """Return the sum of the squares of delta of each head: a number in a log, not the loss.

        It is nan where the program prints something else.
        """
        if self.recipe.prints != "delta squared":
            return tuple(head.raw.new_tensor(torch.nan) for head in self.scene.heads)
        return tuple(
            torch.stack([(result.delta[result.heads[n]] ** 2).sum() for result in self.terms]).sum()
            for n in range(len(self.scene.heads))
        )

    @property
    def printed_cost(self) -> Tensor:
        """Return Darknet's network cost: the mean of the printed costs over the heads, of all images together."""
        return torch.stack(self.printed_costs).mean()

    @property
    def printed(self) -> Tensor:
        """Return what stands in the program's log: the network cost per image.

        Source: pjreddie/darknet, src/network.c, train_network: the sum over the batch divided by n * batch, f6afaab.
        """
        return self.printed_cost / self.scene.heads[0].raw.shape[0]

    def log(self, head: int) -> str | None:
        """Return the line the program prints for this head; None if it prints none or does not train."""
        if not self.scene.train or self.recipe.printed is None:
            return None
        return self.recipe.printed(
            self.recipe.settings, self.scene.heads[head], self.assignments[head], self.truths, self.scene
        )

    @cached_property
    def states(self) -> tuple[UInt8[Tensor, "b a h w"], ...]:
        """Return the state bits of each predictor, a tensor of shape (images, anchors, rows, columns) for each head."""
        return tuple(
            assignment.states(head.predictors).view(head.raw[:, :, 0].shape)
            for head, assignment in zip(self.scene.heads, self.assignments, strict=True)
        )

    @property
    def output(self) -> tuple[Tensor, ...]:
        """Return the activated outputs, a tensor of the raw outputs' shape for each head."""
        return tuple(
            self.recipe.activate(self.recipe.settings, head.raw.movedim(2, -1)).movedim(-1, 2)
            for head in self.scene.heads
        )

    @property
    def notes(self) -> tuple[Remark, ...]:
        """Return what a reader of the numbers should know."""
        return self.recipe.notes(self.recipe.settings, self.scene)


def total(losses: Sequence[Tensor | None]) -> Tensor | None:
    """Return the sum of the losses, or None if one is missing."""
    known = [loss for loss in losses if loss is not None]
    return torch.stack(known).sum() if len(known) == len(losses) else None


def nobody(head: Head) -> Assignment:
    """Return the assignment of a layer that does not train, in which nothing is asked of anybody."""
    slot = torch.zeros(0, dtype=torch.long, device=head.raw.device)
    widths = {"centre": 2, "size": 2, "box": 10, "root": 4, "place": 6, "objectness": 1, "classes": head.classes}
    rows = constant_rows(head, slot, **{name: (0.0,) * width for name, width in widths.items()})
    rows = Selection(
        slot, rows.target, dict.fromkeys(("share", "iou", "truth", "class_weight", "predictors"), head.raw.new_zeros(0))
    )
    match = Match(slot, slot, (), lambda: head.raw.new_zeros(0), {}, ())
    ignored = torch.zeros_like(head.raw[:, :, 0], dtype=torch.bool).flatten(1)
    return Assignment(predicted_boxes(head), rows, rows, rows, rows, ignored, match)


@dataclass(frozen=True)
class Lines:
    """The same set of predictors in every head, end to end."""

    rows: Selection
    heads: tuple[slice, ...]
    first: Int[Tensor, "n 1"]
    """Index in ``scene.raw`` of the first channel of each predictor."""
    step: Int[Tensor, "n 1"]
    """How far the next channel of the same predictor is."""


def lines_of(scene: Scene, rows: Sequence[Selection]) -> Lines:
    """Return the heads' rows joined, one head after another."""
    slices, numbers, line, before = [], [], 0, 0
    for head, row in zip(scene.heads, rows, strict=True):
        slices.append(slice(line, line + len(row.slot)))
        numbers.append(row.slot + before)
        line, before = line + len(row.slot), before + head.predictors
    number = end_to_end(numbers)
    first, step = (each.index_select(0, number)[:, None] for each in scene.strides)
    joined = Selection(
        end_to_end([row.slot for row in rows]),
        {name: end_to_end([row.target[name] for row in rows]) for name in rows[0].target},
        {name: end_to_end([row.fact[name] for row in rows]) for name in rows[0].fact},
    )
    return Lines(joined, tuple(slices), first, step)


def compute(term: Term, scene: Scene, lines: Lines, share: float) -> TermResult:
    """Return the result of a term: choose first, then compute. ``share``: the factor of what an image counts."""
    rows, count = lines.rows, scene.heads[0].raw.shape[2]
    offset = lines.first + channels(term.part, count, lines.first) * lines.step
    weight = term.weight(rows).view(-1, 1)
    printed = term.delta_weight(rows).view(-1, 1) if term.delta_weight else weight
    if share != 1:
        weight, printed = share * weight, share * printed
    raw, target = torch.take(scene.raw, offset), rows.target[term.part.name]
    return TermResult(term, lines.heads, rows.slot, offset, raw, target, weight, printed)


def evaluate(recipe: Recipe, scene: Scene) -> Report:
    """Return the report of a recipe on a scene: decode, assign, then one result for each row of the table.

    The closed forms need no graph: where nobody differentiates through the report, ``torch.inference_mode()`` is
    quicker.
    """
    truths = scene.live(recipe.truth_limit(recipe.settings))
    assignments = tuple(
        recipe.assign(recipe.settings, head, truths, scene) if scene.train else nobody(head) for head in scene.heads
    )
    share = 1 / scene.heads[0].raw.shape[0] if recipe.mean_over_images else 1.0
    known: dict[tuple[int, ...], Lines] = {}
    terms = []
    for term in recipe.terms:
        rows = [term.slots(assignment) for assignment in assignments]
        same = tuple(id(row) for row in rows)
        known[same] = known.get(same) or lines_of(scene, rows)
        terms.append(compute(term, scene, known[same], share))
    return Report(recipe, scene, truths, assignments, tuple(terms))
