"""The map of one term over one head, and the list of its dearest predictors."""

from functools import cache
from itertools import product

import numpy as np
import pytest
import torch
from helpers.sampling import sampled

from lossviz.engine.assign import IGNORED, NEGATIVE, POSITIVE, PRIOR
from lossviz.engine.heads import Predictor
from lossviz.lab.predictors import LISTED, MapView, map_of, state_name
from lossviz.lab.state import State
from lossviz.lab.view import view_of
from lossviz.recipes import RECIPES

CASES = sampled(product(("coffee", "grid", "voc"), RECIPES))  # one of each shape
every_case = pytest.mark.parametrize(("scene", "recipe"), CASES)
CUP = Predictor("13", 1, 5, 6)
EARLY = State(recipe="darknet_v2", at=CUP).with_setting("seen", 0)


@cache
def maps(scene: str, recipe: str, term: str, *, pooled: bool = False) -> tuple[MapView, ...]:
    """The map of every head and anchor."""
    places = [
        Predictor(head.name, anchor, 0, 0)
        for head in view_of(State(scene, recipe)).report.scene.heads
        for anchor in range(1 if pooled else head.raw.shape[1])
    ]
    return tuple(map_of(view_of(State(scene, recipe, term=term, at=at, pooled=pooled))) for at in places)


@every_case
def test_the_maps_of_all_heads_add_up_to_what_the_term_costs_above_its_floor(scene: str, recipe: str) -> None:
    for term in view_of(State(scene, recipe)).active_terms:
        for pooled in (False, True):
            whole = sum(float(np.nansum(found.values)) for found in maps(scene, recipe, term.name, pooled=pooled))
            assert whole == pytest.approx(term.excess, rel=1e-4, abs=1e-5), (term.name, pooled)


@every_case
def test_a_cell_is_empty_exactly_where_the_term_asks_nothing(scene: str, recipe: str) -> None:
    wanted = {"noobject": NEGATIVE, "object": POSITIVE}
    for term, bit in wanted.items():
        for found in maps(scene, recipe, term):
            assert np.array_equal(np.isnan(found.values), found.states & bit == 0)
            assert found.values.shape == found.states.shape


@every_case
def test_summed_over_the_anchors_a_cell_is_empty_where_it_is_for_every_anchor(scene: str, recipe: str) -> None:
    for found in maps(scene, recipe, "object", pooled=True):
        assert np.array_equal(np.isnan(found.values), found.states & POSITIVE == 0)


@every_case
def test_the_states_are_those_of_the_report(scene: str, recipe: str) -> None:
    report = view_of(State(scene, recipe)).report
    whole = [states[0] for states in report.states]
    shown = list(maps(scene, recipe, "object"))
    assert np.array_equal(
        np.concatenate([found.states.ravel() for found in shown]), torch.cat([s.flatten() for s in whole]).numpy()
    )
    for found, states in zip(maps(scene, recipe, "object", pooled=True), whole, strict=True):
        joined = np.bitwise_or.reduce(states.numpy(), axis=0)
        assert np.array_equal(found.states, joined)


@every_case
def test_the_list_goes_from_the_dearest_down_and_ends_after_thirty(scene: str, recipe: str) -> None:
    for term in ("noobject", "object"):
        for found in maps(scene, recipe, term, pooled=True):
            values = [-1.0 if row.value is None else row.value for row in found.rows]
            assert values == sorted(values, reverse=True)
            assert len(found.rows) == min(LISTED, found.anchors * found.states.size)
            assert len({row.predictor for row in found.rows}) == len(found.rows)
            per_cell = np.zeros(found.states.shape)
            for row in found.rows:
                per_cell[row.predictor.row, row.predictor.column] += row.value or 0
            known = per_cell > 0
            assert (per_cell[known] <= found.values[known] * (1 + 1e-6) + 1e-12).all()


def test_the_dearest_of_the_object_term_is_the_missed_spoon() -> None:
    found = map_of(view_of(State(term="object")))
    assert found.rows[0].predictor == Predictor("13", 1, 6, 8)
    assert found.rows[0].value == pytest.approx(6.838, abs=5e-4)
    assert (found.rows[0].state, found.rows[0].early) == ("positive", False)
    assert found.rows[0].objectness == pytest.approx(0.00107, abs=5e-6)
    assert [row.value for row in found.rows[2:]] == [None] * 28


@pytest.mark.parametrize(
    ("bits", "name"),
    [
        (POSITIVE, "positive"),
        (IGNORED, "ignored"),
        (NEGATIVE, "negative"),
        (IGNORED | NEGATIVE, "ignored"),
        (0, "none"),
    ],
)
def test_of_several_anchors_the_strongest_state_names_the_cell(bits: int, name: str) -> None:
    assert state_name(bits) == state_name(bits | PRIOR) == name


@pytest.mark.parametrize(("seen", "there"), [(0, True), (12_799, True), (12_800, False), (50_000, False)])
def test_the_early_pull_is_over_after_12800_images(seen: int, there: bool) -> None:
    assert (map_of(view_of(EARLY.with_setting("seen", seen))).pull is not None) is there


def test_yolov3_has_no_early_pull() -> None:
    assert map_of(view_of(State(at=CUP))).pull is None


def test_the_early_pull_leaves_out_those_that_answer_and_nobody_else() -> None:
    found = map_of(view_of(EARLY))
    assert found.pull
    for step in found.pull:
        assert np.array_equal(np.isnan(step), found.states & POSITIVE > 0)
        assert np.array_equal(~np.isnan(step), found.states & PRIOR > 0)
    assert np.isnan(found.pull[0]).any()


def test_the_early_pull_points_to_the_middle_of_the_cell_as_the_slope_says() -> None:
    view = view_of(EARLY)
    found = map_of(view)
    assert found.pull
    raw = view.report.scene.heads[0].raw[0, CUP.anchor, :2].double()
    for step, z, slope in zip(found.pull, raw, view.report.gradient[0][0, CUP.anchor, :2], strict=True):
        seen, asked = torch.sigmoid(z).numpy(), ~np.isnan(step)
        assert (np.sign(step) == np.sign(0.5 - seen))[asked].all()
        # A step down the slope in z, weight .01, moves the centre by the sigmoid's slope times that.
        moved = -slope.numpy() / 0.01 * seen * (1 - seen)
        assert step[asked] == pytest.approx(moved[asked], rel=1e-4, abs=1e-7)


def test_of_slopes_without_a_loss_the_map_shows_their_size() -> None:
    state = State("chelsea", "darknet_v2", term="noobject").with_setting("background", 1)
    view = view_of(state)
    assert view.loss is None
    assert np.nansum(map_of(view).values) > 0


def test_numbers_that_ran_off_still_make_a_map() -> None:
    state = State(at=CUP, term="size").with_raw(CUP, {2: 120.0})
    assert map_of(view_of(state)).rows[0].predictor == CUP
