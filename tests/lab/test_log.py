"""What the Lab says of each number in Darknet's log, held against the numbers it says it of."""

import math
import random
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from helpers.lab_states import random_state
from helpers.sampling import first

from lossviz.core.text import Text, catalogue
from lossviz.lab.channels import WhyView, log_entries, why_of
from lossviz.lab.state import State
from lossviz.lab.view import LabView, head_of, view_of
from lossviz.lab.widgets.channels import explained
from lossviz.recipes import RECIPES

EN, WORDS = Text("en"), catalogue("en")
PRINTING = [key for key, recipe in RECIPES.items() if recipe.printed]
SEEDS = range(40)


def logged(seed: int) -> tuple[LabView, WhyView]:
    """A random state under a program that prints a log, some of its settings changed."""
    dice = random.Random(seed)
    state = replace(random_state(seed), recipe=PRINTING[seed % len(PRINTING)], settings=())
    if state.recipe != "darknet_v3":
        for name, values in {"softmax": (0.0, 1.0), "classfix": (0.0, 1.0, 2.0)}.items():
            if name in RECIPES[state.recipe].settings.accepts() and dice.random() < 0.5:
                state = state.with_setting(name, dice.choice(values))
    truths = view_of(state).truths
    if truths and dice.random() < 0.4:  # a second class in one place
        state = state.with_truth(max(truth.number for truth in truths) + 1, xywh=truths[0].xywh, kind=7)
    view = view_of(state)
    return view, why_of(view)


def sigmoid(z: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-z))


def probabilities(view: LabView, raw: np.ndarray) -> np.ndarray:
    """Of the classes, along the last axis, as the program makes them."""
    if view.state.recipe == "darknet_v3":
        return sigmoid(raw)
    if getattr(view.report.recipe.settings, "softmax", 1):
        powers = np.exp(raw - raw.max(-1, keepdims=True))
        return powers / powers.sum(-1, keepdims=True)
    return raw if view.state.recipe == "darknet_v2_2016" else sigmoid(raw)


@pytest.mark.parametrize("seed", first(SEEDS))
def test_each_number_of_the_log_is_what_is_said_of_it(seed: int) -> None:
    view, found = logged(seed)
    assert found.log
    said = {name: (value, explained(name, value, found, EN)) for name, value in log_entries(found.log)}
    index, head = head_of(view.report.scene, view.prediction.predictor)
    raw = head.raw[0].double().numpy()  # anchor, channel, row, column
    match, truths = view.report.assignments[index].match, view.report.truths
    kinds = view.report.scene.mapped(truths.kinds).tolist()
    places = [head.place(slot)[-3:] for slot, _ in match.writings]
    own = [raw[anchor, :, row, column] for anchor, row, column in places]
    labels = [truth for _, truth in match.writings]

    def mean(values: list[float]) -> float:
        return sum(values) / len(values) if values else math.nan

    def says(name: str, wanted: float, key: str) -> None:
        value, words = said[name]
        assert WORDS[key] in words
        assert float(value) == pytest.approx(wanted, abs=2e-6, nan_ok=True), name

    boxes = [box_of(channels, place, head) for channels, place in zip(own, places, strict=True)]
    overlaps = [iou_of(box, truths.table[n].double().tolist()) for box, n in zip(boxes, labels, strict=True)]
    says("Avg IOU", mean(overlaps), "log_iou")
    says("Obj", mean([float(sigmoid(channels[4])) for channels in own]), "log_obj")
    says("No Obj", float(sigmoid(raw[:, 4]).mean()), "log_noobj")
    for name, least in ((".5R", 0.5), (".75R", 0.75), ("Avg Recall", 0.5)):
        if name in said and not any(abs(one - least) < 1e-6 for one in overlaps):
            says(
                name,
                mean([float(one > least) for one in overlaps]),
                "log_three_quarters" if least > 0.5 else "log_half",
            )
    assert said["count"] == (str(len(labels)), WORDS["log_count"])

    right = [float(probabilities(view, c[5:])[kinds[n]]) for c, n in zip(own, labels, strict=True)]
    remarks = {name for name in ("near", "raw", "joined") if WORDS[f"log_class_{name}"] in said["Class"][1]}
    joined = [n for n, (slot, _) in enumerate(match.writings) if slot in [s for s, _ in match.writings[:n]]]
    if "joined" in remarks:
        assert joined
        right = [0.0 if match.joined[n] else value for n, value in enumerate(right)]
    if "near" in remarks:
        assert getattr(view.report.recipe.settings, "classfix", 0) in (1, 2)
    else:
        says("Class", mean(right), "log_class")
    assert ("raw" in remarks) == (view.state.recipe == "darknet_v2_2016" and ("softmax", 0.0) in view.state.settings)


def iou_of(a: Sequence[float], b: Sequence[float]) -> float:
    """IoU of two boxes (x, y, w, h), from their sides."""
    sides = [
        min(a[n] + a[n + 2] / 2, b[n] + b[n + 2] / 2) - max(a[n] - a[n + 2] / 2, b[n] - b[n + 2] / 2) for n in (0, 1)
    ]
    inside = max(sides[0], 0) * max(sides[1], 0)
    return inside / (a[2] * a[3] + b[2] * b[3] - inside)


def box_of(channels: np.ndarray, place: tuple[int, ...], head: object) -> tuple[float, ...]:
    """The box that these raw outputs draw."""
    anchor, row, column = place
    columns, rows = head.grid  # type: ignore[attr-defined]
    width, height = head.own_anchors[anchor].tolist()  # type: ignore[attr-defined]
    x, y = sigmoid(channels[:2])
    return (column + x) / columns, (row + y) / rows, width * math.exp(channels[2]), height * math.exp(channels[3])


def test_all_remarks_on_the_class_occur() -> None:
    found = [set(logged(seed)[1].class_remarks) for seed in SEEDS]
    assert set().union(*found) == {"near", "raw", "joined"}
    assert set() in found


@pytest.mark.parametrize("count", [0, 2])
@pytest.mark.parametrize("name", ["Avg IOU", "Class", "Obj", "No Obj", ".5R", ".75R", "Avg Recall"])
def test_nan_is_a_division_by_0_only_in_the_averages_over_labels_of_a_head_that_has_none(name: str, count: int) -> None:
    found = replace(logged(0)[1], count=count)
    empty = count == 0 and name != "No Obj"
    for value in ("-nan", "nan", "0.500000"):
        words = explained(name, value, found, EN)
        assert (WORDS["log_nan_empty"] in words) == (empty and "nan" in value)
        assert (WORDS["log_nan_real"] in words) == (not empty and "nan" in value)


@pytest.mark.parametrize("recipe", PRINTING)
def test_without_labels_only_the_averages_over_them_are_nan(recipe: str) -> None:
    found = why_of(view_of(State(recipe=recipe).with_truth(0, gone=True).with_truth(1, gone=True)))
    assert found.log
    assert {name for name, value in log_entries(found.log) if "nan" in value} == {
        *(("Avg IOU", "Class", "Obj")),
        *((".5R", ".75R") if recipe == "darknet_v3" else ("Avg Recall",)),
    }
