"""Who answers for which truth. The result is a constant for the gradient."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import torch
from jaxtyping import Bool, Float, Int, UInt8
from torch import Tensor

from lossviz.engine.boxes import Boxes
from lossviz.engine.heads import CLASS_ZERO, Head
from lossviz.engine.overlap import all_ious, quotient
from lossviz.engine.scene import Scene, Truths

POSITIVE, IGNORED, NEGATIVE, PRIOR = 1, 2, 4, 8
"""State of a predictor, as bits."""


@dataclass(frozen=True)
class Selection:
    """Some predictors and what each should say.

    ``target`` goes by the name of a part ("centre", "size", "objectness", "classes"), one row a predictor. ``fact`` holds
    single numbers a weight may depend on: "share" w h of the truth, "truth" its index, "last" that of its writing.
    """

    slot: Int[Tensor, " n"]
    target: Mapping[str, Float[Tensor, "n k"]]
    fact: Mapping[str, Tensor] = field(default_factory=dict)

    @property
    def like(self) -> Tensor:
        """Return a tensor of the rows' dtype and device."""
        return next(iter(self.target.values()))


@dataclass(frozen=True)
class Assignment:
    """The predictors of one head, by what is asked of them."""

    predicted: Boxes
    """The box each predictor draws, columns of shape (images, anchors, rows, columns)."""
    positives: Selection
    negatives: Selection
    priors: Selection
    classified: Selection
    """Predictors with class targets: the positives, and what 2016's classfix adds."""
    ignored: Bool[Tensor, "b n"]
    """Marks predictors whose best IoU is above the threshold: ignored, unless a truth is written to them."""
    match: "Match"

    @property
    def near(self) -> Int[Tensor, " n"]:
        """Return the numbers of the predictors that ``ignored`` marks, whether a truth is written to them or not."""
        return where(self.ignored)

    def states(self, predictors: int) -> UInt8[Tensor, " n"]:
        """Return one byte a predictor, the bits of its state."""
        state = torch.zeros(predictors, dtype=torch.uint8, device=self.ignored.device)
        state[self.near] = IGNORED
        state[self.negatives.slot] = NEGATIVE
        state[self.positives.slot] = POSITIVE
        state[self.priors.slot] |= PRIOR
        return state


PassedOver = Callable[[], Sequence[tuple[int, int, int]]]
"""Works out whom a truth gives way to before it is written: predictor, the truth it is not given to, the one preferred."""


@dataclass(frozen=True)
class Match:
    """Each truth with the predictor that answers for it, in the order of writing: later ones overwrite."""

    slot: Int[Tensor, " n"]
    truth: Int[Tensor, " n"]
    writings: tuple[tuple[int, int], ...]
    """The same numbers of slot and truth, where they need not be fetched from a device."""
    fit: Callable[[], Float[Tensor, " n"]]
    """Works out the IoU of each predictor's present box with its truth."""
    wanted: Mapping[int, frozenset[int]]
    """Classes that each predictor that answers is asked for, by its number."""
    joined: tuple[bool, ...]
    """Whether each writing added its class to those of an earlier truth."""
    passed: "PassedOver" = list
    """Works out the truths that were passed over before anything was written."""

    @cached_property
    def iou(self) -> Float[Tensor, " n"]:
        """Return the IoU of each predictor's present box with its truth."""
        return self.fit()

    def after(self, early: int) -> "Match":
        """Return the match without its first ``early`` writings."""
        slot, truth, writings = self.slot[early:], self.truth[early:], self.writings[early:]
        return Match(slot, truth, writings, lambda: self.iou[early:], self.wanted, self.joined[early:], self.passed)

    def fitting_on(self, device: str) -> "Match":
        """Return the match whose ``iou`` comes to another device once it is asked for."""
        return replace(self, fit=lambda: self.iou.to(device))


def end_to_end(parts: Sequence[Tensor]) -> Tensor:
    """Return the rows of all parts, one part after another."""
    return parts[0] if len(parts) == 1 else torch.cat([*parts])


def overlaps(predicted: Boxes, truths: Truths) -> Float[Tensor, "m n"]:
    """Return the IoU of each truth, one a row, with every predicted box of its image."""
    rows = [all_ious(predicted.pick(image), theirs).flatten(1) for image, theirs in enumerate(truths.by_image)]
    return end_to_end(rows)


def best_overlap(overlap: Float[Tensor, "m n"], truths: Truths) -> Float[Tensor, "b n"]:
    """Return the largest IoU of each predicted box with a truth of its image, 0 where there is none."""
    rows = overlap.split(list(truths.images))
    return torch.stack([row.amax(0) if len(row) else row.new_zeros(row.shape[1]) for row in rows])


def best_truth(overlap: Float[Tensor, "m n"], truths: Truths, slot: Int[Tensor, " k"]) -> Int[Tensor, " k"]:
    """Return for single predictors the truth of their image with the largest IoU, the first of equals."""
    if not len(slot):
        return slot
    each = overlap.shape[1]
    return torch.where(truths.image[:, None] == slot // each, overlap[:, slot % each], -1).argmax(0)


def shape_iou(sizes: Float[Tensor, "*k 2"], truths: Truths) -> Float[Tensor, "m k"]:
    """Return the IoU of sizes alone, as if both boxes had one centre.

    The truths are held against the sizes, m to k, or one to one row of sizes.
    """
    width, height = sizes.unbind(-1)
    w, h = truths.boxes.w[:, None], truths.boxes.h[:, None]
    shared = torch.minimum(w, width) * torch.minimum(h, height)
    return quotient(shared, w * h + width * height - shared)


Asked = tuple[frozenset[int], bool]
"""The classes asked of a predictor, and whether the last one joined those before."""

ClassRule = Callable[[frozenset[int] | None, int, float], Asked]
"""What a predictor is asked for from now on, from the classes it was asked for so far (None: it has no truth yet).

The other arguments are the class of the next truth, and the predictor's activated class 0.
"""


def replace_class(before: frozenset[int] | None, kind: int, zero: float) -> Asked:
    """Return the later truth's class alone: it replaces all before."""
    return frozenset([kind]), False


def join_class(before: frozenset[int] | None, kind: int, zero: float) -> Asked:
    """Return the classes before with a second truth's class added.

    It replaces them if the class-0 delta happens to be exactly 0. Darknet asks whether the delta of class 0 is non-zero
    to learn whether the predictor has a class already. With class 0 wanted and a logit so large that the sigmoid rounds
    to 1, the answer is wrong.
    """
    if before is not None and float(0 in before) - zero != 0:
        return before | {kind}, True
    return frozenset([kind]), False


def wanted_classes(
    slots: Sequence[int], kinds: Sequence[int], zeros: Sequence[float], rule: ClassRule
) -> tuple[dict[int, frozenset[int]], tuple[bool, ...]]:
    """Return the classes each predictor is asked for, and whether each truth was joined to an earlier one.

    The class rule is applied truth by truth, in the order of writing.
    """
    wanted: dict[int, frozenset[int]] = {}
    joined = []
    for slot, kind, zero in zip(slots, kinds, zeros, strict=True):
        wanted[slot], added = rule(wanted.get(slot), kind, zero)
        joined.append(added)
    return wanted, tuple(joined)


def written(
    head: Head,
    fit: Callable[[], Tensor],
    truths: Truths,
    scene: Scene,
    slot: Tensor,
    truth: Tensor,
    rule: ClassRule,
) -> Match:
    """Return every writing of a truth to a predictor, in order; ``fit`` works out the IoU of the present boxes."""
    slots, numbers = torch.stack([slot, truth]).tolist()
    writings = tuple(zip(slots, numbers, strict=True))
    kinds = [scene.renamed(truths.classes[number]) for number in numbers]
    if rule is replace_class or len({*slots}) == len(slots):  # a rule decides only where two truths share a predictor
        wanted = {s: frozenset([k]) for s, k in zip(slots, kinds, strict=True)}
        return Match(slot, truth, writings, fit, wanted, (False,) * len(slots))
    # As C has it: the sigmoid in double precision, then rounded. In float32 it would be 1 from 16.7 on instead of 17.3.
    zeros = torch.sigmoid(head.gather(slot, CLASS_ZERO).cpu().double()).to(head.raw.dtype)[:, 0].tolist()
    return Match(slot, truth, writings, fit, *wanted_classes(slots, kinds, zeros, rule))


def box_targets(head: Head, boxes: Boxes, slot: Int[Tensor, " n"]) -> dict[str, Float[Tensor, "n 2"]]:
    r"""Return what each predictor should say to draw its box, as "centre" and "size", shape (n, 2) each.

    $$ t_x = x W - i, \quad t_w = \ln(w / p_w) $$

    and likewise y and h. i is the predictor's own column. Darknet's truth_thresh can make a neighbour answer; then t_x
    leaves 0 to 1.
    """
    (columns, rows), (anchor, row, column) = head.grid, head.places(slot)
    sizes = torch.stack([boxes.w, boxes.h], -1) / head.own_anchors[anchor]
    return {"centre": torch.stack([boxes.x * columns - column, boxes.y * rows - row], -1), "size": sizes.log()}


def one_hot(rows: Sequence[frozenset[int]], classes: int, like: Tensor) -> Float[Tensor, "n c"]:
    """Return rows with a 1 for each wanted class."""
    ones = [n * classes + kind for n, kinds in enumerate(rows) for kind in kinds]
    flat = like.new_zeros(len(rows) * classes)
    return flat.index_fill_(0, torch.tensor(ones, dtype=torch.long, device=like.device), 1).view(len(rows), classes)


def positive_rows(head: Head, truths: Truths, match: Match) -> Selection:
    """Return one row for each predictor that answers: box of the last truth written to it, classes by the rule."""
    slot, truth, index = match.slot, match.truth, torch.arange(len(match.slot), device=match.slot.device)
    if len(match.wanted) < len(slot):
        last = {slot: n for n, (slot, _) in enumerate(match.writings)}
        index = torch.tensor(list(last.values()), device=slot.device)
        slot, truth = slot[index], truth[index]
    boxes = Boxes.of(truths.table[truth])
    target = box_targets(head, boxes, slot)
    target["classes"] = one_hot([*match.wanted.values()], head.classes, head.raw)
    return Selection(slot, target, {"share": boxes.area, "last": index, "truth": truth})


def with_objectness(rows: Selection, target: Float[Tensor, " n"]) -> Selection:
    """Return the same rows with a target for objectness added."""
    return Selection(rows.slot, {**rows.target, "objectness": target[:, None]}, rows.fact)


def where(mask: Bool[Tensor, "*grid"]) -> Int[Tensor, " n"]:
    """Return the numbers of the marked predictors."""
    return mask.flatten().nonzero().flatten()


def without(mask: Bool[Tensor, "*grid"], slot: Int[Tensor, " k"]) -> Bool[Tensor, " n"]:
    """Return the mask with these predictors taken out."""
    return mask.flatten().index_fill(0, slot, False)


def constant_rows(head: Head, slot: Int[Tensor, " n"], **values: tuple[float, ...]) -> Selection:
    """Return rows in which all these predictors have the same targets, given by name."""
    target = {name: head.raw.new_tensor(value).expand(len(slot), len(value)) for name, value in values.items()}
    return Selection(slot, target)
