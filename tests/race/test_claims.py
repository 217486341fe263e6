"""Every sentence of the box race that depends on the state, held against numbers worked out here."""

import math
import random
import re
from dataclasses import replace

import numpy as np
import pytest

from lossviz.core.plane import inside
from lossviz.core.text import Text, four
from lossviz.core.visit import Visit
from lossviz.race.figures.parts.content import RaceContent
from lossviz.race.results import Results, paper, shipped
from lossviz.race.state import CONTENDERS, LIMITS, RaceState, from_query
from lossviz.race.view import Run, coincide, published, runs_of
from lossviz.race.widgets.race import curves
from lossviz.race.words import expected, gap_gone, in_order, paper_s_order, sentences

Box = tuple[float, float, float, float]
TEXT = Text("en")


def iou(a: np.ndarray, b: Box) -> float:
    x, y, w, h = (float(side) for side in a)
    wide = min(x + w / 2, b[0] + b[2] / 2) - max(x - w / 2, b[0] - b[2] / 2)
    high = min(y + h / 2, b[1] + b[3] / 2) - max(y - h / 2, b[1] - b[3] / 2)
    shared = max(0.0, round(wide, 12)) * max(0.0, round(high, 12))
    return shared / (w * h + b[2] * b[3] - shared)


UNIT: Box = (10.0, 10.0, 1.0, 1.0)
PLACES: list[tuple[Box, Box]] = [
    (UNIT, UNIT),  # identical
    ((10, 10, 3, 0.05), (10, 10, 3, 0.05)),
    ((10.1, 9.9, 0.5, 0.5), UNIT),  # inside, below 0.5
    ((10, 10, 0.9, 0.9), UNIT),  # inside, above 0.5
    ((10, 10, 0.5, 1), UNIT),  # exactly 0.5
    ((10.5, 10, 1, 1), UNIT),  # along one axis
    ((10, 10, 2, 4), (10, 10, 4, 2)),  # concentric cross
    ((11, 10, 1, 1), UNIT),  # touching an edge
    ((11, 11, 1, 1), UNIT),  # touching a corner
    ((12.5, 10, 1, 1), UNIT),
    ((12.2, 12.2, 1, 1), UNIT),
    ((5, 5, 10, 10), (15, 15, 0.05, 10)),  # over the border
    ((15, 5, 0.05, 0.05), (5, 15, 0.05, 0.05)),
]


def states() -> list[RaceState]:
    dice = random.Random(5)
    chance = lambda: inside([dice.uniform(8, 12), dice.uniform(8, 12), dice.uniform(0, 3), dice.uniform(0, 3)], LIMITS)  # noqa: E731
    some = [*PLACES, *((chance(), chance()) for _ in range(12))]
    rules = [{}, {"gradient": "published"}, {"rate": 10.0, "schedule": "constant"}, {"rate": 1e-4, "factor": False}]
    return [
        RaceState(start, target, CONTENDERS, steps=40, **rule)  # type: ignore[arg-type]
        for start, target in some
        for rule in rules
    ]


STATES = states()
FEW = [state for n, state in enumerate(STATES) if n % 4 == n // 4 % 4]
"""Every place under one of the rules."""


def names_after(said: str, key: str) -> set[str]:
    """The contenders that a sentence names."""
    before, after = TEXT(key, names="|").split("|")
    found = re.search(re.escape(before) + "(.*?)" + re.escape(after), said)
    return set(re.split(", | and ", found[1])) if found else set()


@pytest.mark.parametrize("gradient", ["true", "published"])
def test_identical_boxes_coincide_from_the_start_and_who_leaves_is_named(gradient: str) -> None:
    state = RaceState(UNIT, UNIT, CONTENDERS, gradient, steps=20)
    runs = runs_of(state)
    said = " ".join(sentences(runs, state, TEXT))
    assert said.startswith("The boxes coincide from the start")
    assert "step 0" not in said
    left = {TEXT(run.name) for run in runs if np.abs(run.boxes - np.array(UNIT)).max() > 0}
    assert names_after(said, "race_leaves") == left
    assert left == ({"IoU", "DIoU", "CIoU"} if gradient == "published" else set())


@pytest.mark.parametrize("some", [FEW, pytest.param(STATES, marks=pytest.mark.slow)], ids=["few", "all"])
def test_each_contender_is_where_its_sentence_says(some: list[RaceState]) -> None:
    kinds = set()
    for state in some:
        runs = runs_of(state)
        said = " ".join(sentences(runs, state, TEXT))
        at_start = iou(np.array(state.start), state.target)
        assert ("coincide" in said) == (state.start == state.target) == coincide(state)
        assert ("At the start IoU is" in said) == (state.start != state.target and at_start >= 0.5 - 1e-12), state
        if state.start == state.target or at_start >= 0.5 - 1e-12:
            kinds.add("start")
            assert not any(run.reaches for run in runs), "there from the start on"
            continue
        late, never = names_after(said, "race_late"), names_after(said, "race_never")
        for run in runs:
            name = TEXT(run.name)
            courses = [iou(box, state.target) if np.isfinite(box).all() else 0.0 for box in run.boxes]
            first = next((n for n, value in enumerate(courses) if value >= 0.5), None)
            near = any(abs(value - 0.5) < 1e-9 for value in courses)
            moves = any(not np.array_equal(box, run.boxes[0]) for box in run.boxes)
            if near or any(min(box[2:]) < 0 for box in run.boxes):
                continue  # rounding decides; a box with a negative side
            kind = "half" if first is not None else "late" if moves else "never"
            kinds.add(kind)
            assert (re.search(rf"(^|\W){re.escape(name)} at step {first}\b", said) is not None) == (kind == "half")
            assert (name in late) == (kind == "late"), (name, state)
            assert (name in never) == (kind == "never"), (name, state)
            if kind == "never":
                assert at_start == 0
                assert run.name == "iou"
    assert kinds == {"start", "half", "late", "never"}


def test_from_the_start_and_the_curves_the_last_errors_are_said_smallest_first() -> None:
    state = RaceState((10, 10, 0.9, 0.9), UNIT, ("iou", "l2", "darknet"), steps=30)
    runs = runs_of(state)
    ends = {TEXT(run.name): sum(abs(float(s) - t) for s, t in zip(run.boxes[-1], UNIT, strict=True)) for run in runs}
    spelled = ", ".join(f"{name} {four(end)}" for name, end in sorted(ends.items(), key=lambda pair: pair[1]))
    assert f"Error after 30 steps: {spelled}." in " ".join(sentences(runs, state, TEXT))
    assert f"Error after 30 steps: {spelled}." in curves(runs, state, Visit()).description


def test_a_caption_speaks_of_published_gradients_only_where_a_contender_follows_them() -> None:
    for who in (("l2", "darknet"), ("giou", "l2"), ("iou",)):
        for gradient in ("true", "published"):
            state = RaceState(who=who, gradient=gradient)
            said = " ".join(RaceContent(state, "").details(TEXT))
            follows = gradient == "published" and bool({"iou", "giou", "diou", "ciou"} & set(who))
            assert published(state) == follows == ("Published gradients" in said)
            assert ("True gradients" in said) != follows


# ---- the numbers of the examples' sentences ----


def runs(**query: str) -> tuple[RaceState, dict[str, Run]]:
    state, bad = from_query(query)
    assert not bad
    return state, {run.name: run for run in runs_of(replace(state, who=CONTENDERS))}


def test_far_away_giou_doubles_w_at_step_48_and_ciou_at_70() -> None:
    state, found = runs(start="13.4_10_0.8_0.8", who="giou.ciou", lr="0.05", schedule="constant")
    wide = {name: next((n for n, w in enumerate(found[name].boxes[:, 2]) if w >= 1.6), None) for name in state.who}
    assert wide == {"giou": 48, "ciou": 70}
    assert (13.4 - found["giou"].boxes[48, 0]) / 3.4 == pytest.approx(1 / 6, abs=0.005)
    assert (found["iou"].boxes == found["iou"].boxes[0]).all()
    for name in ("giou", "diou", "ciou"):
        x, _, w, _ = found[name].boxes[1] - found[name].boxes[0]
        assert x < 0 < w
    assert next(n for n, box in enumerate(found["giou"].boxes) if iou(box, state.target) >= 0.5) == 198
    assert all(iou(box, state.target) < 0.5 for box in found["ciou"].boxes)


def test_inside_the_target_iou_and_giou_only_grow_the_box_and_diou_centres_it_from_the_first_step() -> None:
    state, found = runs(start="10.6_9.6_1_1", target="10_10_3_3", who="iou.giou.diou")
    apart = {name: np.hypot(*(run.boxes[:, :2] - state.target[:2]).T) for name, run in found.items()}
    assert (np.diff(apart["diou"][:30]) < 0).all()
    for name in ("iou", "giou"):
        until = next(n for n, (x, y, w, h) in enumerate(found[name].boxes) if x + w / 2 > 11.5 or y - h / 2 < 8.5)
        assert until > 10
        assert (apart[name][: until + 1] == apart[name][0]).all()
        assert (np.diff(found[name].boxes[: until + 1, 2:], axis=0) > 0).all()
    assert int(np.argmax(apart["diou"] < apart["diou"][0] / 2)) == 36


def test_along_the_diagonal_giou_shrinks_the_enclosing_box_and_diou_the_distance() -> None:
    _, found = runs(start="12.2_12.2_1_1")
    until = {
        name: next(n for n, box in enumerate(found[name].boxes) if iou(box, UNIT) > 0) for name in ("giou", "diou")
    }
    assert min(until.values()) > 30
    hull = [(max(10.5, x + w / 2) - min(9.5, x - w / 2)) ** 2 for x, _, w, _ in found["giou"].boxes[: until["giou"]]]
    assert (np.diff(hull) < 0).all()
    assert (np.diff(found["diou"].boxes[: until["diou"], 0]) < 0).all()


# ---- the experiment ----


def results(gradient: str, **ends: list[float]) -> Results:
    tables = {name: np.array(values) for name, values in ends.items()}
    return Results(gradient, np.zeros((500, 2)), tables, tables, tables, tables)


def test_equal_errors_are_written_as_equal_and_nobody_leads_there() -> None:
    names = {name: name for name in ("iou", "giou", "diou", "ciou")}
    found = results("true", iou=[1, 1], giou=[1, 0.5], diou=[1, 0.5], ciou=[1, 0.50000001])
    assert in_order(found, names) == "giou 0.5000 = diou 0.5000 ≈ ciou 0.5000 < iou 1.000"
    assert found.leads("giou", "diou") == [("", 1, 2)]
    ahead = results("true", iou=[1, 1, 1], giou=[1, 0.5, 0.2], diou=[1, 0.5, 0.3], ciou=[1, 1, 1])
    assert ahead.leads("giou", "diou") == [("", 1, 2), ("giou", 3, 3)]
    for gradient in ("true", "published"):
        full = shipped(gradient)
        for name, first, last in full.leads("giou", "diou"):
            ours, theirs = (
                {"giou": full.curves["giou"], "diou": full.curves["diou"]}[n]
                for n in (name, {"giou": "diou", "diou": "giou"}[name])
            )
            assert (ours[first - 1 : last] < theirs[first - 1 : last]).all()


def test_the_paper_s_order_is_claimed_only_with_two_losses_within_one_per_cent() -> None:
    same = {"iou": [3.0], "giou": [0.9]}
    assert paper_s_order(results("published", **same, diou=[0.0024], ciou=[0.00241]))
    assert paper_s_order(results("published", **same, diou=[0.00241], ciou=[0.0024]))
    assert not paper_s_order(results("published", **same, diou=[0.0024], ciou=[0.0025]))
    assert not paper_s_order(results("published", iou=[0.9], giou=[3.0], diou=[0.0024], ciou=[0.00241]))
    full = shipped("published")
    diou, ciou = (float(full.curves[name][-1]) for name in ("diou", "ciou"))
    assert abs(diou - ciou) < 0.01 * max(diou, ciou)
    read = paper().curves
    assert np.nanmin(read["iou"]) > np.nanmin(read["giou"]) > np.nanmin(read["ciou"])
    assert expected(full)


def test_the_gap_is_gone_only_where_giou_ends_below_twice_diou() -> None:
    assert gap_gone(results("true", iou=[3.0], giou=[0.017], diou=[0.03], ciou=[0.004]))
    assert not gap_gone(results("true", iou=[3.0], giou=[0.07], diou=[0.03], ciou=[0.004]))
    assert not gap_gone(results("true", iou=[0.01], giou=[0.017], diou=[0.03], ciou=[0.004]))
    full = shipped("true")
    assert expected(full)
    assert full.curves["giou"][-1] < full.curves["diou"][-1]
    assert math.isclose(full.curves["giou"][-1], 0.0167, abs_tol=1e-4)
