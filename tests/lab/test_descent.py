"""Gradient steps on raw outputs: each one is z - rate x gradient, and nobody's walk disturbs another's."""

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import product

import pytest
import torch
from helpers.sampling import sampled
from torch import Tensor

from lossviz.engine.evaluate import evaluate
from lossviz.engine.heads import SIZE, Predictor
from lossviz.engine.recipe import Recipe
from lossviz.engine.scene import Scene
from lossviz.lab import descent
from lossviz.lab.descent import KEEP_EVERY, Walk, done, first, start_slopes, walked, walks_of
from lossviz.lab.evaluation import recipe_for, scene_for
from lossviz.lab.state import State
from lossviz.lab.view import FOUND, resting_view, view_of
from lossviz.recipes import RECIPES
from lossviz.scenes.gallery import SAMPLES

CUP, SPOON = Predictor("13", 1, 5, 6), Predictor("13", 1, 6, 8)
V2 = State("chelsea", "darknet_v2", at=Predictor("13", 2, 6, 6))
STARTS = [
    State(at=CUP),
    State(at=Predictor("13", 0, 0, 0)),
    State(at=Predictor("26", 1, 10, 12)),
    State(at=CUP, objectness="mse", coordinates="mse", small_boxes="off"),
    State(at=CUP, classes="softmax"),
    State(at=CUP).with_setting("truth_thresh", 0.4),
    State(at=Predictor("13", 1, 5, 5)).with_raw(Predictor("13", 1, 5, 5), {0: 2.19722, 1: 0.82, 2: 0.2, 3: 0.18, 4: 2}),
    V2.with_setting("rescore", 1),
    V2.with_setting("rescore", 0),
    V2.with_setting("rescore", 1).with_setting("seen", 0),
    replace(V2, at=Predictor("13", 0, 3, 3)).with_setting("seen", 0),
    V2.with_setting("bias_match", 0),
    replace(V2, recipe="darknet_v2_2016"),
    replace(V2, recipe="darknet_v2_2016").with_setting("seen", 0),
    State("voc", "darknet_v2", at=Predictor("13x13", 2, 6, 6)).with_setting("softmax", 0),
]


def named(state: State) -> str:
    settings = " ".join(f"{name}={value:g}" for name, value in state.settings)
    return f"{state.scene}-{state.recipe}-{state.at} {settings}"


every_start = pytest.mark.parametrize("state", STARTS, ids=named)


def forget() -> None:
    """Nobody walks any more."""
    descent._recent.cache_clear()
    descent._walks.clear()


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    """No walk is left over from another test."""
    forget()
    yield
    forget()


def doubled(state: State) -> tuple[Recipe, Scene]:
    """Recipe and scene in float64, made here once more."""
    scene = scene_for(state)
    heads = tuple(replace(head, raw=head.raw.double(), anchors=head.anchors.double()) for head in scene.heads)
    return recipe_for(state), replace(scene, heads=heads, truth=scene.truth.double())


def plainly(state: State, steps: int) -> Tensor:
    """The plain loop: evaluate everything, go down, again; the raw outputs of all heads."""
    recipe, scene = doubled(state)
    assert state.at
    for _ in range(steps):
        heads = []
        for head, slope in zip(scene.heads, evaluate(recipe, scene).gradient, strict=True):
            mine = torch.ones_like(slope, dtype=torch.bool)
            if state.walker == "one":
                mine = torch.zeros_like(mine)
                if head.name == state.at.head:
                    mine[0, state.at.anchor, :, state.at.row, state.at.column] = True
            heads.append(replace(head, raw=torch.where(mine, head.raw - state.rate * slope, head.raw)))
        scene = replace(scene, heads=tuple(heads))
    return scene.raw


def walked_to(state: State, steps: int) -> Walk:
    (walk,) = walks_of(state)
    assert walk.advance(steps, state.rate)
    return walk


@every_start
@pytest.mark.parametrize("walker", ["one", "all"])
def test_a_step_is_the_learning_rate_times_the_gradient(state: State, walker: str) -> None:
    state = replace(state, walker=walker)
    found = walked_to(state, 1).scene_at(1, state.rate).raw
    torch.testing.assert_close(found, plainly(state, 1), rtol=0, atol=1e-12)


@every_start
def test_a_predictor_on_its_own_walks_as_if_all_were_evaluated_at_every_step(state: State) -> None:
    state = replace(state, rate=0.3)
    found = walked_to(state, 25).scene_at(25, state.rate).raw
    torch.testing.assert_close(found, plainly(state, 25), rtol=0, atol=1e-9)


@pytest.mark.parametrize("recipe", RECIPES)
def test_all_predictors_walk_as_in_a_plain_loop(recipe: str) -> None:
    state = State("chelsea", recipe, at=Predictor("13", 2, 6, 6), walker="all")
    found = walked_to(state, 6).scene_at(6, state.rate).raw
    torch.testing.assert_close(found, plainly(state, 6), rtol=0, atol=1e-12)


def test_with_rescore_the_target_follows_the_box_and_the_walk_knows() -> None:
    state = replace(V2.with_setting("rescore", 1), rate=0.3)
    recipe, start = doubled(state)
    targets = [
        float(evaluate(recipe, scene)["object"].target[0, 0])
        for scene in (start, walked_to(state, 25).scene_at(25, state.rate))
    ]
    assert targets[1] > targets[0] + 0.05


@every_start
def test_the_record_of_a_step_is_the_predictors_own_loss_and_objectness(state: State) -> None:
    walk = walked_to(replace(state, rate=0.3), 3)
    recipe, _ = doubled(state)
    report = evaluate(recipe, walk.scene_at(3, 0.3))
    loss = 0.0
    for result in report.terms:
        for line in result.of_slot(walk.index, walk.way.slot).tolist():  # type: ignore[union-attr]
            assert result.value is not None
            loss += float(result.value[line].sum())
    assert walk.records[3].loss == pytest.approx(loss, abs=1e-9)
    head, p = report.scene.heads[walk.index], walk.predictor
    seen = torch.sigmoid(head.raw[0, p.anchor, 4, p.row, p.column])
    assert walk.records[3].objectness == pytest.approx(float(seen), abs=1e-12)


def test_what_all_remember_is_the_loss_of_everything() -> None:
    state = State(at=SPOON, walker="all", rate=0.1)
    walk = walked_to(state, 2)
    recipe, scene = doubled(state)
    loss = evaluate(recipe, scene).loss
    assert loss is not None
    assert walk.records[0].loss == pytest.approx(float(loss), rel=1e-12)
    assert [a.loss > b.loss for a, b in zip(walk.records, walk.records[1:], strict=False)] == [True, True]
    assert walk.records[0].objectness == pytest.approx(0.00107, abs=5e-6)


WAKES = [79, 9554]
"""Steps after which the spoon is found: with cross-entropy, with squared error."""


def alone(z: float, rate: float, steps: int, slope: Callable[[float], float]) -> list[float]:
    """The objectness of one logit after each step, by hand."""
    found = []
    for _ in range(steps + 1):
        p = 1 / (1 + math.exp(-z))
        found.append(p)
        z -= rate * slope(p)
    return found


def test_the_spoon_wakes_after_79_steps_with_cross_entropy_and_after_9554_with_squared_error() -> None:
    """By hand to the end; the walks themselves, whose steps are the same, for the first three hundred."""
    state = State(at=SPOON, walker="duel", steps=300)
    bce, mse = start_slopes(state.before_steps())
    assert bce / mse == pytest.approx(934.06, abs=5e-3)
    assert walked(state)
    slopes: list[Callable[[float], float]] = [lambda p: p - 1, lambda p: (p - 1) * p * (1 - p)]
    for walk, slope, wakes in zip(walks_of(state), slopes, WAKES, strict=True):
        start = float(walk.scene.heads[walk.index].raw[0, SPOON.anchor, 4, SPOON.row, SPOON.column])
        by_hand = alone(start, state.rate, 9600, slope)
        assert [record.objectness for record in walk.records] == pytest.approx(by_hand[:301], rel=0, abs=1e-12)
        assert next(n for n, p in enumerate(by_hand) if p >= FOUND) == wakes
    assert [walk.records[79].objectness >= FOUND for walk in walks_of(state)] == [True, False]


@pytest.mark.slow
def test_the_walks_wake_the_spoon_after_so_many_steps() -> None:
    state = State(at=SPOON, walker="duel", steps=9600)
    assert walked(state)
    awake = [first(walk, lambda record: record.objectness >= FOUND) for walk in walks_of(state)]
    assert awake == WAKES


def test_a_duel_starts_from_one_state_with_two_losses_for_objectness() -> None:
    walks = walks_of(State(at=SPOON, walker="duel"))
    names = [[term.loss.name for term in walk.recipe.terms if term.name == "object"] for walk in walks]
    assert names == [["bce"], ["half_squared_of_sigmoid"]]
    assert torch.equal(walks[0].scene.raw, walks[1].scene.raw)


@pytest.mark.parametrize(("objectness", "side"), [("as-written", 0), ("bce", 0), ("mse", 1)])
def test_of_a_duel_the_numbers_show_the_side_whose_loss_is_chosen(objectness: str, side: int) -> None:
    state = State(at=SPOON, walker="duel", steps=60, objectness=objectness)
    assert walked(state)
    shown = view_of(state).prediction.objectness
    assert shown == pytest.approx(walks_of(state)[side].records[60].objectness, rel=1e-5)


@pytest.mark.parametrize("walker", ["one", "all"])
def test_a_step_that_was_not_kept_is_walked_again_exactly(walker: str) -> None:
    state = replace(V2, walker=walker)
    long = walked_to(state, KEEP_EVERY + 9)
    steps = (1, KEEP_EVERY - 1, KEEP_EVERY, KEEP_EVERY + 7)
    found = {step: long.scene_at(step, state.rate).raw for step in steps}
    forget()
    for step in steps:  # where the one who walks now stands
        torch.testing.assert_close(
            found[step], walked_to(state, step).scene_at(step, state.rate).raw, rtol=0, atol=1e-12, msg=f"step {step}"
        )


def test_looking_back_does_not_move_the_one_who_walks() -> None:
    state = replace(V2, rate=0.3)
    walk = walked_to(state, KEEP_EVERY + 9)
    front, records = walk.scene_at(walk.done, state.rate).raw, list(walk.records)
    walk.scene_at(3, state.rate)
    assert torch.equal(walk.scene_at(walk.done, state.rate).raw, front)
    walk.advance(KEEP_EVERY + 12, state.rate)
    forget()
    assert walk.records[: len(records)] == records
    straight = walked_to(state, KEEP_EVERY + 12)
    assert [r.loss for r in walk.records] == pytest.approx([r.loss for r in straight.records], abs=1e-9)


def test_fewer_steps_afterwards_show_what_they_showed_before() -> None:
    state = State(at=SPOON, steps=10)
    assert walked(state)
    before = view_of(state)
    assert walked(replace(state, steps=40))
    after = view_of(state)
    assert (after.loss, after.prediction.raw) == (before.loss, before.prediction.raw)
    assert done(state) == 10


def test_two_visitors_who_ask_for_the_same_share_a_walk_however_they_look_at_it() -> None:
    state = State(at=SPOON, steps=10)
    assert walked(state)
    other = State(at=SPOON, steps=30, mode="label", term="size", channel=2, reading="printed", map="states")
    assert walks_of(other)[0] is walks_of(state)[0]
    assert done(other) == 10
    assert walks_of(replace(other, rate=0.2))[0] is not walks_of(state)[0]


def test_a_walk_stops_when_its_time_is_over_and_goes_on_from_there() -> None:
    state = State(at=SPOON, steps=5)
    assert not walked(state, seconds=0)
    assert done(state) == 0
    assert view_of(state).loss == view_of(replace(state, steps=None)).loss
    assert walked(state)
    assert done(state) == 5


def test_no_steps_are_the_state_itself() -> None:
    for scene in SAMPLES:
        for recipe in RECIPES:
            resting = resting_view(State(scene, recipe))
            stepped = view_of(State(scene, recipe, steps=0))
            assert (stepped.loss, stepped.floor, stepped.printed_costs) == (
                resting.loss,
                resting.floor,
                resting.printed_costs,
            )


def test_a_perfectly_ignored_predictor_does_not_move() -> None:
    walk = walked_to(STARTS[6], 3)
    assert torch.equal(walk.scene_at(3, 0.1).raw, walk.scene.raw)
    assert [record.loss for record in walk.records] == [0.0] * 4


UNBOUNDED = [key for key, recipe in RECIPES.items() if any(t.name == "size" and t.part == SIZE for t in recipe.terms)]
"""Squared errors of raw numbers run away; behind a root, a box or a sigmoid they do not."""


@pytest.mark.parametrize(("walker", "recipe"), sampled(product(["one", "all"], UNBOUNDED)))
def test_a_rate_that_is_too_large_ends_in_numbers_that_are_none(walker: str, recipe: str) -> None:
    state = State("chelsea", recipe, at=Predictor("13", 2, 6, 6), walker=walker, steps=20, rate=1e4)
    assert walked(state)
    view = view_of(state)
    assert view.loss is None
    assert not all(math.isfinite(value) for value in view.prediction.raw)


def test_the_box_on_its_way_is_the_one_the_view_shows() -> None:
    state = State(at=Predictor("13", 1, 6, 8), steps=30)
    walked(state)
    assert walks_of(state)[0].box_at(30, state.rate) == pytest.approx(view_of(state).prediction.xywh, rel=1e-5)


def test_with_the_sign_of_delta_turned_a_step_goes_up_as_far_as_it_went_down() -> None:
    down = State(at=SPOON, steps=30)
    up = replace(down, flipped=True)
    assert walked(down)
    assert walked(up)
    losses = [[record.loss for record in walks_of(state)[0].records[:31]] for state in (down, up)]
    assert losses[0] == sorted(losses[0], reverse=True)
    assert losses[1] == sorted(losses[1])
    (falling,), (rising,) = walks_of(down), walks_of(up)
    start = falling.scene_at(0, down.step).heads[0].raw
    there, back = (walk.scene_at(1, state.step).heads[0].raw for walk, state in ((falling, down), (rising, up)))
    assert torch.allclose(there - start, start - back, rtol=0, atol=1e-12)
    assert not torch.equal(there, start)
