"""Gradient steps on raw outputs: z becomes z - rate x dL/dz, again and again, in double precision.

These are not the steps of a training: there the weights move, which all predictors share. Here the raw numbers move.
"""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from threading import Lock
from weakref import WeakValueDictionary

import torch
from torch import Tensor

from lossviz.engine.boxes import XYWH
from lossviz.engine.device import device_for, remembered
from lossviz.engine.evaluate import Report, TermResult, evaluate
from lossviz.engine.heads import Head, Place, Predictor, predicted_boxes
from lossviz.engine.host import to_host
from lossviz.engine.recipe import Recipe
from lossviz.engine.scene import Scene
from lossviz.lab.evaluation import recipe_for, scene_for
from lossviz.lab.state import MOST_STEPS, State

Raws = tuple[Tensor, ...]
"""Where a walk stands: one predictor's channels, or every head's raw outputs."""

KEEP_EVERY = 50
"""Steps between two states that are kept: the others are walked again from there."""
STILL = 1e-12
"""A raw output that changed less than this in one step: whatever depends on the box is what it was."""


@dataclass(frozen=True)
class Record:
    """What is remembered of each step of a walk."""

    loss: float
    objectness: float


class Walk:
    """One predictor's channels, or all raw outputs, on their way down."""

    def __init__(self, recipe: Recipe, scene: Scene, predictor: Predictor, *, alone: bool) -> None:
        """Start the walk before its first step."""
        heads = tuple(replace(head, raw=head.raw.double(), anchors=head.anchors.double()) for head in scene.heads)
        self.recipe, self.predictor = recipe, predictor
        self.scene = replace(scene, heads=heads, truth=scene.truth.double()).on(device_for("steps"))
        heads = self.scene.heads
        self.index = next(n for n, head in enumerate(heads) if head.name == predictor.head)
        self.lock = Lock()
        self.way: One | All = One(self) if alone else All(self)
        self.records = records_of([self.way.record()])
        self.kept = {0: self.way.here()}

    def start_slope(self) -> float:
        """Return the slope in the chosen predictor's objectness before the first step."""
        p, gradient = self.predictor, evaluate(self.recipe, self.scene).gradient[self.index]
        return float(gradient[0, p.anchor, 4, p.row, p.column])

    @property
    def done(self) -> int:
        """Return how many steps have been walked so far."""
        return len(self.records) - 1

    @torch.inference_mode()
    def advance(self, target: int, rate: float, seconds: float = math.inf) -> bool:
        """Walk until ``target`` steps are done or the time is over; return whether it arrived."""
        end = time.perf_counter() + seconds
        while self.done < target and time.perf_counter() < end:
            with self.lock:  # for a stretch at a time: others walk here, too
                if self.done >= target:
                    break
                fresh, kept = [], {}
                for done in range(self.done + 1, min(target, self.done + KEEP_EVERY - self.done % KEEP_EVERY) + 1):
                    self.way.step(rate)
                    fresh.append(self.way.record())
                    if done % KEEP_EVERY == 0:
                        kept[done] = self.way.here()
                    if time.perf_counter() >= end:
                        break
                self.kept |= kept
                self.records += records_of(fresh)
        return self.done >= target

    @torch.inference_mode()
    def scene_at(self, step: int, rate: float) -> Scene:
        """Return the scene after so many steps, at most those walked."""
        step = min(step, self.done)
        with self.lock:
            front = self.way.here()
            if step == self.done:
                return self.way.scene_of(front)
            start = step - step % KEEP_EVERY
            self.way.stand(self.kept[start])
            for _ in range(start, step):
                self.way.step(rate)
            found = self.way.here()
            self.way.stand(front)
            return self.way.scene_of(found)

    @torch.inference_mode()
    def box_at(self, step: int, rate: float) -> XYWH:
        """Return the chosen predictor's box after so many steps, at most those walked."""
        p, head = self.predictor, self.scene_at(step, rate).heads[self.index]
        (box,) = to_host(predicted_boxes(head).pick((0, p.anchor, p.row, p.column)).table())
        x, y, w, h = box.tolist()
        return x, y, w, h


def records_of(fresh: Sequence[Tensor]) -> list[Record]:
    """Return what is remembered of some steps, from loss and raw objectness of each, brought to the host together."""
    (rows,) = to_host(torch.stack([*fresh]))
    return [Record(loss, 1 / (1 + math.exp(-min(max(raw, -700.0), 700.0)))) for loss, raw in rows.tolist()]


class One:
    """A mover of only the chosen predictor; its head alone is evaluated, and only while its box still changes."""

    def __init__(self, walk: Walk) -> None:
        """Start where the walk starts."""
        head = walk.scene.heads[walk.index]
        predictor = walk.predictor
        self.walk, self.head = walk, head
        self.place = (0, predictor.anchor, slice(None), predictor.row, predictor.column)
        self.slot = head.slot(Place(0, predictor.anchor, predictor.row, predictor.column))
        self.z = head.raw[self.place].clone()
        self.look()

    def look(self) -> None:
        """Work out what is asked of the predictor as it stands now."""
        self.boxed = self.z[:4].clone()
        own = {self.head.name: self.moved(self.z)}
        across = self.walk.recipe.across_heads  # else who answers in one head has nothing to do with the others
        heads = tuple(own.get(head.name, head) for head in self.walk.scene.heads) if across else tuple(own.values())
        index = self.walk.index if across else 0
        report = evaluate(self.walk.recipe, replace(self.walk.scene, heads=heads))
        positive = bool(report.states[index].flatten()[self.slot] & 1)
        alone = int((report.assignments[index].match.slot == self.slot).sum()) < 2  # two truths: class 0 has a say, too
        self.fixed = positive and alone and self.walk.recipe.box_blind(report.recipe.settings)
        self.rows: list[tuple[TermResult, Tensor, Tensor, slice]] = []
        for result in report.terms:
            for line in result.of_slot(index, self.slot).tolist():
                weight = result.weight[min(line, len(result.weight) - 1)]
                self.rows.append((result, result.target[line : line + 1], weight, result.term.part.channels))

    def moved(self, z: Tensor) -> Head:
        """Return the head with this predictor saying z."""
        raw = self.head.raw.clone()
        raw[self.place] = z
        return replace(self.head, raw=raw)

    def slope(self) -> Tensor:
        """Return the slope of the loss in each of the predictor's channels."""
        slope = torch.zeros_like(self.z)
        for result, target, weight, channels in self.rows:
            slope[channels] += (weight * result.term.loss.slope(self.z[None, channels], target))[0]
        return slope

    def step(self, rate: float) -> None:
        """Take one gradient step with that rate."""
        self.z = self.z - rate * self.slope()
        if not self.fixed and not ((self.z[:4] - self.boxed).abs() <= STILL).all():
            self.look()

    def record(self) -> Tensor:
        """Return the predictor's own loss and its raw objectness, as they are now."""
        loss = self.z.new_zeros(())
        for result, target, weight, channels in self.rows:
            if result.term.loss.value is not None:
                loss = loss + (weight * result.term.loss(self.z[None, channels], target)).sum()
        return torch.stack([loss, self.z[4]])

    def here(self) -> Raws:
        """Return what the predictor says now."""
        return (self.z,)

    def stand(self, raws: Raws) -> None:
        """Continue from other raw outputs, a place somewhere else on the way."""
        (self.z,) = raws
        self.look()

    def scene_of(self, raws: Raws) -> Scene:
        """Return the scene in which the predictor says this."""
        heads = list(self.walk.scene.heads)
        heads[self.walk.index] = self.moved(raws[0])
        return replace(self.walk.scene, heads=tuple(heads))


class All:
    """A mover of every raw output."""

    def __init__(self, walk: Walk) -> None:
        """Start where the walk starts."""
        self.walk, self.scene = walk, walk.scene
        self.report: Report = evaluate(walk.recipe, self.scene)

    def step(self, rate: float) -> None:
        """Take one gradient step with that rate."""
        pairs = zip(self.scene.heads, self.report.gradient, strict=True)
        self.stand(tuple(head.raw - rate * slope for head, slope in pairs))

    def record(self) -> Tensor:
        """Return the loss and the chosen predictor's raw objectness, as they are now."""
        p, loss = self.walk.predictor, self.report.loss
        raw = self.scene.heads[self.walk.index].raw[0, p.anchor, 4, p.row, p.column]
        return torch.stack([torch.full_like(raw, torch.nan) if loss is None else loss, raw])

    def here(self) -> Raws:
        """Return all raw outputs as they are now."""
        return tuple(head.raw for head in self.scene.heads)

    def stand(self, raws: Raws) -> None:
        """Continue from other raw outputs, a place somewhere else on the way."""
        self.scene = self.scene_of(raws)
        self.report = evaluate(self.walk.recipe, self.scene)

    def scene_of(self, raws: Raws) -> Scene:
        """Return the scene with these raw outputs."""
        pairs = zip(self.walk.scene.heads, raws, strict=True)
        return replace(self.walk.scene, heads=tuple(replace(head, raw=raw) for head, raw in pairs))


_walks: WeakValueDictionary[tuple[str, State], Walk] = WeakValueDictionary()
_opening = Lock()


def walk_of(start: State) -> Walk:
    """Return the walk from a state before its steps; ``start.at`` must be set.

    Visitors who ask for the same walk share it. It lasts as long as one of them holds it, and a little longer.
    """
    with _opening:
        return _recent(start)


@remembered("steps", 12)
def _recent(start: State) -> Walk:
    assert start.at is not None
    key = device_for("steps"), start
    walk = _walks.get(key) or Walk(recipe_for(start), scene_for(start), start.at, alone=start.walker != "all")
    _walks[key] = walk
    return walk


def walks_of(state: State) -> tuple[Walk, ...]:
    """Return the walk of a state with steps; of a duel both, BCE first."""
    start = state.before_steps()
    if state.walker != "duel":
        return (walk_of(start),)
    return tuple(walk_of(replace(start, objectness=choice)) for choice in ("bce", "mse"))


@remembered("steps", 32)
def start_slopes(start: State) -> tuple[float, ...]:
    """Return the slopes in objectness before the first step: of a duel two, BCE first."""
    return tuple(walk.start_slope() for walk in walks_of(start))


def walked(state: State, seconds: float = math.inf) -> bool:
    """Walk the steps a state asks for; return whether all are done."""
    steps = min(state.steps or 0, MOST_STEPS[state.walker])
    each = [walk.advance(steps, state.step, seconds) for walk in walks_of(state)]
    return all(each)


def done(state: State) -> int:
    """Return how many of the steps a state asks for have been walked so far."""
    return min(state.steps, *(walk.done for walk in walks_of(state))) if state.steps else 0


def first(walk: Walk, reached: Callable[[Record], bool]) -> int | None:
    """Return the first step of those walked at which something holds; None where there is none."""
    return next((n for n, record in enumerate(walk.records) if reached(record)), None)
