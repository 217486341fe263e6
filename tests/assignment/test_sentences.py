"""The conditions of the page's sentences, worked out anew from boxes and anchors over random and extreme truths."""

import random
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from helpers.sampling import first

from lossviz.assignment.state import PLAIN, AssignmentState, Truth, from_query, inside
from lossviz.assignment.view import AssignmentView, comparison_of, view_of
from lossviz.assignment.widgets.predictors import collisions, in_this_head
from lossviz.assignment.words import spoken
from lossviz.core.text import Text
from lossviz.engine.heads import Predictor
from lossviz.scenes.untrained import rules_of, scene_for

EN = Text("en")
SEEDS = range(60)


def random_state(seed: int) -> AssignmentState:
    """Any rule on any network with one to five truths: alike, over the border, tiny, huge, two the same."""
    dice = random.Random(seed)
    field = dice.choice(("v3", "voc"))
    rules = rules_of(field)
    state = replace(PLAIN.over(field), recipe=rules[seed % len(rules)], settings=())
    if state.recipe == "darknet_v3" and dice.random() < 0.5:
        state = state.with_setting("truth_thresh", dice.choice((0.3, 0.6)))
    truths = [Truth(box(dice), dice.randrange(3))]
    for _ in range(dice.randrange(5)):
        x, y, w, h = dice.choice(truths).xywh if dice.random() < 0.7 else box(dice)
        more = [side * dice.choice((1.0, dice.uniform(0.9, 1.1))) for side in (x, y, w, h)]
        truths.append(Truth(inside((more[0], more[1], more[2], more[3])), dice.randrange(3)))
    return replace(state.with_truths(tuple(truths)), hand=dice.randrange(len(truths)))


def box(dice: random.Random) -> tuple[float, float, float, float]:
    sides = [dice.choice((0.0, 1.0, dice.random())) for _ in "xy"] + [
        dice.choice((0.002, 1.4, dice.random())) for _ in "wh"
    ]
    return inside((sides[0], sides[1], sides[2], sides[3]))


def owned(view: AssignmentView, number: int) -> set[Predictor]:
    """Every predictor whose owner is this truth."""
    owners = view.result.owners
    return {Predictor(name, *place) for name, mine in owners.items() for place in np.argwhere(mine == number).tolist()}


def cell_of(view: AssignmentView, number: int, head: str) -> tuple[int, int]:
    """Row and column of the cell that holds a truth's centre."""
    x, y, _, _ = view.state.boxes[number].xywh
    _, rows, columns = view.result.states[head].shape
    return min(int(np.float32(y) * rows), rows - 1), min(int(np.float32(x) * columns), columns - 1)


@pytest.mark.parametrize("seed", first(SEEDS))
def test_the_first_sentence_is_that_of_the_predictors_whose_owner_is_the_truth_in_hand(seed: int) -> None:
    view = view_of(random_state(seed))
    hand, words = view.state.hand, spoken(view, EN)
    mine = owned(view, hand)
    here = [one for one in mine if (one.row, one.column) == cell_of(view, hand, one.head)]
    assert ("none of them" in words or "it is not in the cell" in words) == (bool(mine) and not here)
    assert words.startswith(f"{len(mine)} predictors are") == (len(mine) > 1)
    assert ("is responsible, in head" in words) == (len(mine) == 1 == len(here))
    assert ("has taken its place" in words or "By this rule no predictor" in words) == (not mine)
    if here:
        assert view.winner
        fits = {one.predictor: one.fits[view.measure] for one in view.candidates}
        assert fits[view.winner.predictor] == max(fits[one] for one in here)
        assert view.winner.predictor in here


@pytest.mark.parametrize("seed", first(SEEDS))
def test_who_took_the_place_owns_a_predictor_where_the_truth_in_hand_had_a_claim(seed: int) -> None:
    view = view_of(random_state(seed))
    taker = view.taken_by
    if taker is None:
        return
    hand = view.state.hand
    assert not owned(view, hand)
    assert taker != hand
    alone = view_of(replace(view.state.with_truths((view.state.boxes[hand],)), hand=0))
    wanted = owned(alone, 0)
    cells = {(one.head, one.row, one.column) for one in wanted}
    theirs = owned(view, taker)
    assert wanted & theirs or cells & {(one.head, one.row, one.column) for one in theirs}


@pytest.mark.parametrize("seed", first(SEEDS))
def test_of_colliding_truths_the_one_that_is_named_has_the_predictor_and_no_collision_means_nobody_lost(
    seed: int,
) -> None:
    view = view_of(random_state(seed))
    words = collisions(view, EN)
    for crash in view.result.collisions:
        owner = int(view.result.owners[crash.predictor.head][crash.predictor[1:]])
        assert owner == crash.keeps or (crash.passed and owner == -1 and view.state.recipe == "darkflow_v2")
        assert len({*crash.truths}) > 1
    if "No two ground-truth boxes compete" in words:
        for number, truth in enumerate(view.state.boxes):
            alone = view_of(replace(view.state.with_truths((truth,)), hand=0))
            if view.state.recipe != "mmdet_v3":
                assert owned(alone, 0) == owned(view, number) or view.state.recipe == "darknet_v3"


def centred_ious(view: AssignmentView) -> Iterator[tuple[Predictor, list[float]]]:
    """IoU of each truth with each anchor in the middle of each truth's cell, in double precision and pixels."""
    width, height = scene_for(view.state.field).pixels
    for head in scene_for(view.state.field).heads:
        columns, rows = head.grid
        cells = {cell_of(view, number, head.name) for number in range(len(view.state.boxes))}
        for (row, column), (anchor, (w, h)) in (
            (cell, one) for cell in cells for one in enumerate(head.own_anchors.double().tolist())
        ):
            middle = ((column + 0.5) / columns, (row + 0.5) / rows, w, h)
            fits = [iou(middle, truth.xywh, width, height) for truth in view.state.boxes]
            yield Predictor(head.name, anchor, row, column), fits


def iou(a: tuple[float, ...], b: tuple[float, ...], width: int, height: int) -> float:
    sides = []
    for axis, pixels in ((0, width), (1, height)):
        low = max(a[axis] - a[axis + 2] / 2, b[axis] - b[axis + 2] / 2)
        high = min(a[axis] + a[axis + 2] / 2, b[axis] + b[axis + 2] / 2)
        sides.append(max(0.0, high - low) * pixels)
    shared = sides[0] * sides[1]
    return shared / ((a[2] * a[3] + b[2] * b[3]) * width * height - shared)


@pytest.mark.parametrize("seed", first(range(80)))
def test_in_mmdetection_of_truths_above_pos_iou_thr_the_largest_iou_has_the_anchor_and_the_page_says_so(
    seed: int,
) -> None:
    dice = random.Random(seed)
    first = Truth(inside((dice.random(), dice.random(), dice.uniform(0.05, 0.5), dice.uniform(0.05, 0.5))), 1)
    others = [
        Truth(inside(tuple(s * dice.uniform(0.9, 1.1) for s in first.xywh)), n)
        for n in range(dice.randrange(1, 4))  # type: ignore[arg-type]
    ]
    view = view_of(replace(PLAIN, recipe="mmdet_v3").with_truths((first, *others)))
    listed = {(c.predictor, c.keeps): {*c.truths[:-1]} for c in view.result.collisions if c.passed}
    writings = {c.predictor: {*c.truths} for c in view.result.collisions if not c.passed}
    expected = {}
    for predictor, fits in centred_ious(view):
        above = {n for n, fit in enumerate(fits) if fit > 0.5}
        best = int(np.argmax(fits))
        owner = int(view.result.owners[predictor.head][predictor[1:]])
        lost = above - {best} - writings.get(predictor, set())
        if lost and owner == best:
            expected[predictor, best] = lost
    assert listed == expected
    assert ("No two ground-truth boxes compete" in collisions(view, EN)) == (not expected and not writings)


def test_the_collision_of_step_three_is_listed_and_the_larger_iou_named() -> None:
    link = {"v": "1", "level": "2", "rule": "mmdet_v3", "truth": "0.5_0.5_0.3_0.33_k14~0.505_0.505_0.3_0.3_k1"}
    view = view_of(from_query(link)[0])
    crash = next(one for one in view.result.collisions if one.passed)
    assert (crash.predictor, crash.truths, crash.keeps) == (Predictor("13", 1, 6, 6), (1, 0), 0)
    assert "The largest IoU decides, that of ground truth 1" in collisions(view, EN)


@pytest.mark.parametrize("seed", first(SEEDS))
def test_the_two_best_anchors_are_named_and_only_what_looks_alike_is_called_equal(seed: int) -> None:
    view = view_of(random_state(seed))
    fits = sorted((one.fits[view.measure] for one in view.candidates), reverse=True)
    assert view.ahead
    assert [one.fits[view.measure] for one in view.ahead] == fits[:2]
    assert view.tied == (fits[0] - fits[1] <= 5e-5)


@pytest.mark.parametrize("seed", first(SEEDS))
def test_a_head_is_silent_if_none_of_its_predictors_has_an_owner(seed: int) -> None:
    view = view_of(random_state(seed))
    assert bool(in_this_head(view, EN)) == (not (view.result.owners[view.head] >= 0).any())


@pytest.mark.parametrize("seed", range(12))
def test_two_rules_differ_where_state_or_owner_does(seed: int) -> None:
    state = random_state(seed)
    other = next(key for key in rules_of(state.field) if key != state.recipe)
    found = comparison_of(replace(state, other=other))
    one, two = found.results
    count = 0
    for name, states in one.states.items():
        count += int(((states != two.states[name]) | (one.owners[name] != two.owners[name])).sum())
    assert found.count == count == len(found.differences)
