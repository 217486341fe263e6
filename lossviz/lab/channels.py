"""The Lab's second level: one predictor's channels, one number in five readings, the log line. Plain numbers."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from lossviz.engine.assign import IGNORED, NEGATIVE, POSITIVE
from lossviz.engine.evaluate import TermResult
from lossviz.engine.overlap import all_ious
from lossviz.engine.recipe import Term
from lossviz.lab.view import LabView, head_of, slot_of
from lossviz.recipes import RECIPES

BOX, OBJECTNESS, FIRST_CLASS = range(4), 4, 5
WANTED = 0.5
"""A class target above this is a class that is wanted: smoothing lifts the others a little above 0."""
DONE = 1e-6
"""A cost above the floor up to which nothing is left to learn: four digits would show rounding."""
FLAT = 0.01
"""A slope, as part of the weight, below which a loss is said to hardly change with the logit."""
LIKELIEST = 3
"""How many of the likeliest classes are shown beside the labelled ones."""


@dataclass(frozen=True)
class Line:
    """What one term asks of the chosen predictor, in double precision; ``channels`` are the columns."""

    result: TermResult
    channels: tuple[int, ...]
    raw: Tensor
    target: Tensor
    weight: Tensor
    delta_weight: Tensor

    @property
    def term(self) -> Term:
        """Return the term of the loss, a row of the recipe's table."""
        return self.result.term

    @cached_property
    def value(self) -> Tensor | None:
        """Return the weighted loss, a number a channel; None where the term has no loss."""
        return None if self.term.loss.value is None else (self.weight * self.term.loss(self.raw, self.target))[0]

    @cached_property
    def floor(self) -> Tensor:
        """Return the least value that the weighted loss can have, a number a channel."""
        least: Tensor = (self.weight * self.term.loss.floor(self.target))[0]
        return least

    @property
    def cost(self) -> float:
        """Return the excess over all channels; the size of the slopes where the term has no loss."""
        return float(self.closed.abs().sum() if self.value is None else (self.value - self.floor).sum())

    @cached_property
    def closed(self) -> Tensor:
        """Return the slope by the closed form in the table, a number a channel."""
        return (self.weight * self.term.loss.slope(self.raw, self.target))[0]

    @cached_property
    def autograd(self) -> Tensor | None:
        """Return the slope by automatic differentiation of the value; None where the term has no loss."""
        if self.term.loss.value is None:
            return None
        with torch.inference_mode(False), torch.enable_grad():
            raw = self.raw.clone().requires_grad_()
            (self.weight.clone() * self.term.loss(raw, self.target.clone())).sum().backward()
            assert raw.grad is not None
            return raw.grad[0]

    @cached_property
    def delta(self) -> Tensor:
        """Return what the program writes into its delta array, a number a channel."""
        return (self.delta_weight * self.term.written(self.raw, self.target))[0]

    @cached_property
    def passed_back(self) -> Tensor:
        """Return what the program hands to the layer below: minus the slope of its own loss."""
        slope = self.term.passed or self.term.loss.slope
        return -(self.delta_weight * slope(self.raw, self.target))[0]


@dataclass(frozen=True)
class Channel:
    """One raw output of the chosen predictor."""

    index: int
    raw: float
    output: float
    target: float | None
    """What the output is held against; None: no term asks for it."""
    gradient: float | None

    @property
    def kind(self) -> int | None:
        """Return the class the channel speaks of; None for box and objectness."""
        return None if self.index < FIRST_CLASS else self.index - FIRST_CLASS


@dataclass(frozen=True)
class Reading:
    """Everything about one channel of one predictor under one term: one number in five readings."""

    term: str
    latex: str
    raw: float
    output: float
    target: float
    weight: float
    value: float | None
    floor: float
    closed: float
    autograd: float | None
    delta: float
    passed_back: float
    printed: float
    """Delta squared, the channel's part of the printed cost."""
    share: float
    """Part of ``printed`` in the sum of the heads' printed costs."""

    @property
    def excess(self) -> float | None:
        """Return value minus floor; None where the term has no loss."""
        return None if self.value is None else self.value - self.floor


@dataclass(frozen=True)
class WhyView:
    """Everything the Lab's second level shows: what the terms ask of the chosen predictor."""

    lines: tuple[Line, ...]
    channels: tuple[Channel, ...]
    """Listed channels: box, objectness, labelled classes, the likeliest others, the one looked for."""
    others: int
    """How many classes are not listed."""
    others_gradient: float
    """Sum of the absolute gradients of the classes that are not listed."""
    chosen: int
    reading: Reading | None
    term: str
    log: str | None
    count: int
    class_remarks: tuple[str, ...]
    """What else is to be said of "Class" in the log; see ``class_remarks``."""

    def line(self, name: str) -> Line | None:
        """Return what that term asks of the predictor; None where it asks nothing."""
        return next((line for line in self.lines if line.term.name == name), None)


@torch.inference_mode()
def why_of(view: LabView) -> WhyView:
    """Return what the second level shows of the chosen predictor."""
    index, _ = head_of(view.report.scene, view.prediction.predictor)
    lines = lines_of(view)
    raw = torch.tensor(view.prediction.raw, dtype=torch.float64, device="cpu")
    output = outputs(view, lines, raw)
    target, gradient = asked(lines, len(raw))
    term = chosen_term(view, lines)
    chosen = chosen_channel(view, lines, term)
    listed = listed_channels(raw, target, chosen)
    channels = tuple(Channel(k, float(raw[k]), float(output[k]), target[k], gradient[k]) for k in listed)
    rest = [
        abs(slope) for k, slope in enumerate(gradient) if k >= FIRST_CLASS and k not in listed and slope is not None
    ]
    return WhyView(
        lines,
        channels,
        len(raw) - len(listed),
        sum(rest),
        chosen,
        reading_of(view, lines, chosen, float(output[chosen])),
        term,
        view.report.log(index),
        len(view.report.assignments[index].match.slot),
        class_remarks(view, index),
    )


def outputs(view: LabView, lines: Sequence[Line], raw: Tensor) -> Tensor:
    """Return what the channels become: as the program activates them, but what a loss looks at as it sees it."""
    recipe = view.report.recipe
    output = recipe.activate(recipe.settings, raw[None])[0].clone()
    for line in lines:
        if line.target.shape[1] >= line.raw.shape[1]:
            output[list(line.channels)] = line.term.loss.seen(line.raw, line.target)[0]
    return output


def lines_of(view: LabView) -> tuple[Line, ...]:
    """Return what each term asks of the chosen predictor; terms that ask nothing are left out."""
    report, predictor = view.report, view.prediction.predictor
    index, head = head_of(report.scene, predictor)
    slot, count = slot_of(head, predictor), head.raw.shape[2]
    found = []
    for result in report.terms:
        for line in result.of_slot(index, slot).tolist():
            weight, printed = (side[min(line, len(side) - 1)] for side in (result.weight, result.delta_weight))
            channels = tuple(range(count)[result.term.part.channels])
            rows = (result.raw[line : line + 1], result.target[line : line + 1], weight, printed)
            raw, target, factor, passed = (row.double() for row in rows)
            found.append(Line(result, channels, raw, target, factor, passed))
    return tuple(found)


def asked(lines: Sequence[Line], count: int) -> tuple[list[float | None], list[float | None]]:
    """Return for each channel its target and its gradient; None where no term asks anything."""
    target: list[float | None] = [None] * count
    gradient: list[float | None] = [None] * count
    for line in lines:
        slopes = line.closed.tolist()
        wanted = line.target[0].tolist()
        for n, channel in enumerate(line.channels):
            gradient[channel] = (gradient[channel] or 0.0) + slopes[n]
            if len(wanted) >= len(slopes):
                target[channel] = wanted[n]
    return target, gradient


def chosen_term(view: LabView, lines: Sequence[Line]) -> str:
    """Return the term one looks at: the state's, else the dearest that asks something of this predictor."""
    if view.active(view.state.term, ""):
        return view.state.term
    dearest = max(lines, key=lambda line: line.cost, default=None)
    return dearest.term.name if dearest else view.active_terms[0].name


def chosen_channel(view: LabView, lines: Sequence[Line], term: str) -> int:
    """Return the channel one reads: the state's, else the steepest of the chosen term."""
    if view.state.channel is not None:
        return view.state.channel
    line = next((line for line in lines if line.term.name == term), None)
    return line.channels[int(line.closed.abs().argmax())] if line else OBJECTNESS


def listed_channels(raw: Tensor, target: Sequence[float | None], chosen: int) -> list[int]:
    """Return the channels to list: box, objectness, labelled and likeliest classes, the one looked for."""
    classes = range(FIRST_CLASS, len(raw))
    labelled = [k for k in classes if (target[k] or 0) > WANTED]
    likely = [k for k in sorted(classes, key=lambda k: -float(raw[k])) if k not in labelled][:LIKELIEST]
    listed = [*BOX, OBJECTNESS, *labelled, *likely]
    return listed if chosen in listed else [*listed, chosen]


def reading_of(view: LabView, lines: Sequence[Line], channel: int, output: float) -> Reading | None:
    """Return the five readings of a channel; None where no term asks anything of it."""
    line = next((line for line in lines if channel in line.channels), None)
    if line is None or len(line.target[0]) < len(line.raw[0]):
        return None
    column = line.channels.index(channel)
    own = column if line.value is None or len(line.value) > column else 0  # one number for all channels of a box
    delta = float(line.delta[column])
    whole = sum(view.printed_costs)
    return Reading(
        line.term.name,
        line.term.loss.latex,
        float(line.raw[0, column]),
        output,
        float(line.target[0, column]),
        float(line.weight),
        None if line.value is None else float(line.value[own]),
        float(line.floor[own]),
        float(line.closed[column]),
        None if line.autograd is None else float(line.autograd[column]),
        delta,
        float(line.passed_back[column]),
        delta**2,
        delta**2 / whole if whole else math.nan,
    )


def log_entries(log: str) -> list[tuple[str, str]]:
    """Return the names and values of a log line."""
    number, _, rest = log.removeprefix("Region ").partition(" ") if log.startswith("Region ") else ("", "", log)
    entries = re.findall(r"([.A-Za-z0-9][.\w ]*): ([-\w.]+)", rest if number.isdigit() else log.removeprefix("Region "))
    return ([("Region", number)] if number.isdigit() else []) + entries


def with_numbers(latex: str, raw: str, target: str) -> str:
    """Return the formula with its z and t replaced by numbers."""
    filled = re.sub(r"(?<![A-Za-z\\])z(?![A-Za-z])", lambda _: raw, latex)
    return re.sub(r"(?<![A-Za-z\\])t(?![A-Za-z])", lambda _: target, filled)


# ---- conditions of sentences ----


def class_remarks(view: LabView, index: int) -> tuple[str, ...]:
    """Return where "Class" in the log is not the mean probability of the right class over the labels of a head.

    near: with classfix predictors near a label are averaged as well; raw: the release of 2016 leaves the class outputs as
    they are where it has no softmax; joined: in the last version of YOLOv2 a label whose class joins an earlier label's
    adds nothing but counts.
    """
    key, settings = view.report.recipe.key, view.report.recipe.settings
    found = {
        "near": getattr(settings, "classfix", 0) > 0,
        "raw": key == "darknet_v2_2016" and not getattr(settings, "softmax", 1),
        "joined": key == "darknet_v2" and any(view.report.assignments[index].match.joined),
    }
    return tuple(name for name, true in found.items() if true)


OVER_LABELS = ("Avg IOU", "Class", "Obj", ".5R", ".75R", "Avg Recall")
"""What Darknet's log averages over the labels of a head; "No Obj" is averaged over its predictors."""


def divided_by_0(name: str, value: str, count: int) -> bool:
    """Return whether a number of the log is nan for want of labels: an average over ``count`` = 0 of them."""
    return "nan" in value and name in OVER_LABELS and count == 0


def overflowed(name: str, value: str, count: int) -> bool:
    """Return whether a number of the log is nan though nothing was divided by 0, so that an output must be."""
    return "nan" in value and not divided_by_0(name, value, count)


def done(cost: float) -> bool:
    """Return whether nothing is left to learn: loss - floor <= 1e-6."""
    return cost <= DONE


def underrated(line: Line, column: int, output: float) -> bool:
    """Return whether an output of a labelled class is below its target, p < t; smoothing leaves room above it."""
    return output < float(line.target[0, column])


def labelled(line: Line, column: int) -> bool:
    """Return whether a class channel is that of a label: its target is above 1/2."""
    return float(line.target[0, column]) > WANTED


def state_of(view: LabView, lines: Sequence[Line]) -> str:
    """Return what a predictor without a label is, as the key of its sentence.

    "positive": an IoU with a label above truth_thresh. "ignored", by its box; "ignored_anchor", by its anchor;
    "ignored_empty": its box overlaps no label. "negative": the no-object term has a target for it. "none": neither.
    """
    bits = state_bits(view)
    if bits & POSITIVE:
        return "positive"
    if bits & IGNORED:
        return "ignored_anchor" if not by_boxes(view) else "ignored" if touches(view) else "ignored_empty"
    return "negative" if bits & NEGATIVE and any(line.term.name == "noobject" for line in lines) else "none"


def state_bits(view: LabView) -> int:
    """Return the bits of the chosen predictor's state."""
    said = view.prediction.predictor
    index, _ = head_of(view.report.scene, said)
    return int(view.report.states[index][0, said.anchor, said.row, said.column])


def by_boxes(view: LabView) -> bool:
    """Return whether the rule in force ignores by predicted boxes; else it goes by anchors."""
    state = view.state
    return bool(RECIPES[state.recipe if state.assigner == "as-written" else state.assigner].near)


def touches(view: LabView) -> bool:
    """Return whether the chosen predictor's box overlaps some label: max IoU > 0."""
    said, report = view.prediction.predictor, view.report
    index, _ = head_of(report.scene, said)
    box = report.assignments[index].predicted.pick((0, said.anchor, said.row, said.column))
    return bool((all_ious(box, report.truths.boxes) > 0).any())


def edge_of(view: LabView, lines: Sequence[Line]) -> tuple[str, float]:
    """Return what the loss does when a centre at the edge of its cell is pushed on, and by how much a unit.

    d(k) is the slope along those of x, y that are at the edge, k units of the logit further out; w the largest weight.
    "untargeted": no term has a target for the centre. "flat": |d(0)| and |d(1)| <= 0.01 w, or |d(1)| < |d(0)| / 2, as behind
    a sigmoid. "falls": the loss falls by about -(d(0) + d(1)) / 2, the target is further out. "grows": otherwise.
    """
    mine = [line for line in lines if {0, 1} <= {*line.channels}]
    if not mine:
        return "untargeted", 0.0
    here, on = (sum(outward(line, view.prediction.edges, k) for line in mine) for k in (0, 1))
    weight = max(float(line.weight.abs().max()) for line in mine)
    if max(abs(here), abs(on)) <= FLAT * weight or abs(on) < abs(here) / 2:
        return "flat", 0.0
    rate = (here + on) / 2
    return ("falls" if rate < 0 else "grows"), rate


def outward(line: Line, edges: tuple[int, int], further: float) -> float:
    """Return the slope of a term along the channels at the edge, with their logits that much further out."""
    push = torch.zeros_like(line.raw)
    for axis, sign in enumerate(edges):
        push[0, line.channels.index(axis)] = sign
    slope = line.weight * line.term.loss.slope(line.raw + further * push, line.target)
    return float((slope[:, : push.shape[1]] * push).sum())
