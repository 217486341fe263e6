"""From what a hand does to the next state: a dragged prediction, a tapped cell, a new label."""

from collections.abc import Sequence
from dataclasses import replace

import torch

from lossviz.engine.boxes import Boxes
from lossviz.engine.heads import Predictor, encode
from lossviz.gallery import scene_of
from lossviz.lab import LabView, head_of
from lossviz.problem import truth_numbers
from lossviz.scene_check import MOST_TRUTHS
from lossviz.state import State


def new_label(state: State) -> State:
    """One label more, in the middle of the picture."""
    own = scene_of(state.scene).live(MOST_TRUTHS).images[0]
    taken = truth_numbers(state)
    number = next((number for number in range(own, MOST_TRUTHS) if number not in taken), None)
    if number is None:
        return state
    return replace(state.with_truth(number, xywh=(0.5, 0.5, 0.2, 0.2), kind=0), label=number, mode="label")


def moved_prediction(state: State, predictor: Predictor, xywh: Sequence[float]) -> State:
    """The predictor's raw outputs become those that draw this box."""
    _, head = head_of(scene_of(state.scene), predictor)
    box, corner = (
        Boxes.of(torch.tensor([four], dtype=torch.float64))
        for four in (xywh, (predictor.column, predictor.row, *head.own_anchors[predictor.anchor].tolist()))
    )
    return state.with_raw(predictor, dict(enumerate(encode(box, corner, head.grid)[0].tolist())))


def nearest_predictor(view: LabView, x: float, y: float) -> Predictor:
    """The predictor a tap means: one that answers for a truth in the tapped cell, else the cell's most confident."""
    _, head = head_of(view.report.scene, view.prediction.predictor)
    columns, rows = head.grid
    row, column = min(int(y * rows), rows - 1), min(int(x * columns), columns - 1)
    for truth in view.truths:
        for answer in truth.answers:
            if answer.head == head.name and (answer.row, answer.column) == (row, column):
                return answer
    anchor = int(head.raw[0, :, 4, row, column].argmax())
    return Predictor(head.name, anchor, row, column)
