"""What the first page's cards say of the photographs holds of the networks' outputs."""

import numpy as np
import torch

from lossviz.core.text import Text
from lossviz.engine.boxes import Boxes
from lossviz.engine.overlap import Pair
from lossviz.lab.state import State
from lossviz.lab.view import LabView, resting_view

EN = Text("en")


def objectness(view: LabView, number: int) -> float:
    """The largest objectness of the predictors that learn a label, from the raw outputs."""
    heads = {head.name: head.raw for head in view.report.scene.heads}
    truth = next(truth for truth in view.truths if truth.number == number)
    return max(float(torch.sigmoid(heads[p.head][0, p.anchor, 4, p.row, p.column])) for p in truth.answers)


def test_one_cup_is_found_and_one_spoon_is_missed_and_the_bars_are_terms() -> None:
    view = resting_view(State(scene="coffee"))
    names = [EN.kind("coco", truth.kind) for truth in view.truths]
    assert names == ["cup", "spoon"]
    assert [objectness(view, number) >= 0.5 for number in (0, 1)] == [True, False]
    assert "Which term" in EN("start_coffee")


def test_of_the_astronaut_a_person_is_missed_and_no_negative_is_a_false_alarm() -> None:
    view = resting_view(State(scene="astronaut"))
    missed = [EN.kind("coco", t.kind) for t in view.truths if objectness(view, t.number) < 0.5]
    assert "person" in missed
    result = view.report["noobject"]
    assert float(torch.sigmoid(result.raw).max()) < 0.5  # so the card speaks of no false alarm
    assert {"object", "noobject"} <= {term.name for term in view.terms}


def test_the_cats_box_and_class_are_right_and_its_objectness_is_small() -> None:
    view = resting_view(State(scene="chelsea"))
    (truth,) = view.truths
    said = view.prediction
    assert said.predictor in truth.answers
    assert said.kind == truth.kind
    assert float(Pair(Boxes.of(torch.tensor(said.xywh)), Boxes.of(torch.tensor(truth.xywh))).iou) > 0.5
    assert said.objectness < 0.5
    assert np.isclose(said.objectness, objectness(view, truth.number), rtol=1e-5)
