"""A label on its way: loss against position, and the moment another predictor takes over."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch

from lossviz.engine.boxes import Boxes
from lossviz.engine.heads import Predictor, encode
from lossviz.lab.evaluation import truth_numbers
from lossviz.lab.state import State
from lossviz.lab.view import LabView, TruthView, head_of
from lossviz.scenes.check import MOST_TRUTHS
from lossviz.scenes.gallery import scene_of

MOST_POINTS = 400


@dataclass(frozen=True)
class Point:
    """A place where the label stood and what that cost."""

    x: float
    y: float
    loss: float
    excess: float
    answers: tuple[Predictor, ...]


@dataclass(frozen=True)
class Track:
    """The points one label has been at, in the order of time."""

    number: int = -1
    points: tuple[Point, ...] = ()

    def along(self) -> int:
        """Return 0 where the label moved more along x, 1 for y."""
        spreads = [max(side) - min(side) for side in ([p.x for p in self.points], [p.y for p in self.points])]
        return int(spreads[1] > spreads[0])

    def ordered(self) -> tuple[Point, ...]:
        """Return the points by their place along the axis on which the label moved more."""
        axis = "xy"[self.along()] if self.points else "x"
        return tuple(sorted(self.points, key=lambda point: float(getattr(point, axis))))


@dataclass(frozen=True)
class Crossing:
    """The moment at which another predictor answers for the label than before."""

    number: int
    kind: int
    before: tuple[Predictor, ...]
    after: tuple[Predictor, ...]
    loss_before: float
    loss_after: float
    faded: tuple[Predictor, ...]
    """The predictors that no longer answer."""

    @property
    def several(self) -> bool:
        """Return whether the label has, or had, more than one responsible predictor."""
        return max(len(self.before), len(self.after)) > 1


def followed(track: Track, view: LabView, number: int) -> Track:
    """Return the track with the label's present place added."""
    truth = next((truth for truth in view.truths if truth.number == number), None)
    if truth is None or view.loss is None or view.excess is None:
        return track
    point = Point(truth.xywh[0], truth.xywh[1], view.loss, view.excess, truth.answers)
    points = track.points if track.number == number else ()
    if points and points[-1] == point:
        return track
    return Track(number, (*points, point)[-MOST_POINTS:])


def crossing_of(before: LabView, after: LabView, number: int) -> Crossing | None:
    """Return who has taken over between two views; None where nobody has."""
    old, new = (truth_of(view, number) for view in (before, after))
    if old is None or new is None or set(old.answers) == set(new.answers):
        return None
    if before.loss is None or after.loss is None:
        return None
    gone = tuple(predictor for predictor in old.answers if predictor not in new.answers)
    return Crossing(number, new.kind, old.answers, new.answers, before.loss, after.loss, gone)


def truth_of(view: LabView, number: int) -> TruthView | None:
    """Return the truth of that number, if it is there."""
    return next((truth for truth in view.truths if truth.number == number), None)


def new_label(state: State) -> State:
    """Return the state with one label more, in the middle of the picture."""
    own = scene_of(state.scene).live(MOST_TRUTHS).images[0]
    taken = truth_numbers(state)
    number = next((number for number in range(own, MOST_TRUTHS) if number not in taken), None)
    if number is None:
        return state
    return replace(state.with_truth(number, xywh=(0.5, 0.5, 0.2, 0.2), kind=0), label=number, mode="label")


def moved_prediction(state: State, predictor: Predictor, xywh: Sequence[float]) -> State:
    """Return the state in which the predictor's raw outputs are those that draw this box."""
    _, head = head_of(scene_of(state.scene), predictor)
    box, corner = (
        Boxes.of(torch.tensor([four], dtype=torch.float64, device="cpu"))
        for four in (xywh, (predictor.column, predictor.row, *head.own_anchors[predictor.anchor].tolist()))
    )
    return state.with_raw(predictor, dict(enumerate(encode(box, corner, head.grid)[0].tolist())))


def nearest_predictor(view: LabView, x: float, y: float) -> Predictor:
    """Return the predictor a tap at x, y, in shares of the input, means.

    It is one that answers for a truth in the tapped cell, else the cell's most confident.
    """
    _, head = head_of(view.report.scene, view.prediction.predictor)
    columns, rows = head.grid
    row, column = min(int(y * rows), rows - 1), min(int(x * columns), columns - 1)
    for truth in view.truths:
        for answer in truth.answers:
            if answer.head == head.name and (answer.row, answer.column) == (row, column):
                return answer
    anchor = int(head.raw[0, :, 4, row, column].argmax())
    return Predictor(head.name, anchor, row, column)
