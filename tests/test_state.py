"""The state and its spelling in a link: every state survives the trip, any nonsense still opens."""

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lossviz.engine.heads import REACH
from lossviz.engine.recipe import OBJECTNESS_CHOICES
from lossviz.gallery import SAMPLES, scene_of
from lossviz.lab import view_of
from lossviz.recipes import RECIPES
from lossviz.state import (
    EDGE,
    LARGEST,
    MODES,
    MOST_RAWS,
    MOST_TRUTHS,
    REACH_SIZE,
    SMALLEST,
    Predictor,
    State,
    from_query,
)

RAW_BOUNDS = [(-REACH, REACH)] * 2 + [(-REACH_SIZE, REACH_SIZE)] * 2
TRUTH_BOUNDS = [(EDGE, 1 - EDGE)] * 2 + [(SMALLEST, LARGEST)] * 2
CUP = Predictor("13", 1, 5, 6)
KEYS = ("v", "scene", "recipe", "obj", "mode", "at", "raw", "truth")


GRIDS = {
    scene: [(head.name, head.raw.shape[1], *head.raw.shape[3:]) for head in scene_of(scene).heads] for scene in SAMPLES
}
TRUTHS = {scene: scene_of(scene).live(MOST_TRUTHS).images[0] for scene in SAMPLES}


def fours(bounds: list[tuple[float, float]]) -> st.SearchStrategy[tuple[float, ...]]:
    return st.tuples(*(st.floats(low, high).map(lambda value: float(f"{value:.6g}")) for low, high in bounds))


@st.composite
def predictors(draw: st.DrawFn, scene: str) -> Predictor:
    name, *sizes = draw(st.sampled_from(GRIDS[scene]))
    return Predictor(name, *(draw(st.integers(0, size - 1)) for size in sizes))


@st.composite
def choices(draw: st.DrawFn) -> dict[str, Any]:
    """What a state is made of."""
    scene = draw(st.sampled_from(list(SAMPLES)))
    moved = st.tuples(predictors(scene), fours(RAW_BOUNDS))
    labels = st.tuples(st.integers(0, TRUTHS[scene] - 1), fours(TRUTH_BOUNDS))
    return {
        "scene": scene,
        "recipe": draw(st.sampled_from(list(RECIPES))),
        "objectness": draw(st.sampled_from(OBJECTNESS_CHOICES)),
        "mode": draw(st.sampled_from(MODES)),
        "at": draw(st.none() | predictors(scene)),
        "raws": tuple(draw(st.lists(moved, max_size=MOST_RAWS, unique_by=lambda pair: pair[0]))),
        "truths": tuple(draw(st.lists(labels, max_size=TRUTHS[scene], unique_by=lambda pair: pair[0]))),
    }


PIECES = st.sampled_from(
    ["0", "00", "1", "13", "26", "13.1.5.6", "13.01.5.6", "_", "~", ".", "-", "e", "9" * 400, "nan", "٣", "<b>"]
)
JUNK = (
    st.text(max_size=40) | st.lists(PIECES, max_size=24).map("".join) | st.from_regex(r"\A0{0,9}[0-9]{1,3}(_\.5){4}\Z")
)


@given(choices())
@settings(deadline=None)
def test_any_state_survives_the_trip_through_the_address_bar(choice: dict[str, Any]) -> None:
    state = State(**choice)
    assert from_query(state.to_query()) == (state, ())


@given(choices())
@settings(deadline=None, max_examples=25)
def test_any_state_a_link_can_carry_has_numbers(choice: dict[str, Any]) -> None:
    state = State(**choice)
    view = view_of(state)
    assert len(view.printed_costs) == len(scene_of(state.scene).heads)
    assert view.prediction.predictor == (state.at or view.prediction.predictor)


@given(st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=9), JUNK | st.sampled_from(list(SAMPLES)), max_size=9))
@example({"truth": "00000000099_.5_.5_.5_.5"})
@example({"truth": "0_.5_.5_.5_.5~00_.4_.4_.4_.4"})
@example({"raw": "13.1.5.6_0_0_0_0~13.01.5.6_1_1_1_1"})
@example({"raw": "13.1.5.6_" + "9" * 100_000})
@settings(deadline=None)
def test_any_nonsense_opens_as_a_state_that_has_a_link_of_its_own(query: dict[str, str]) -> None:
    state, bad = from_query(query)
    assert from_query(state.to_query()) == (state, ())
    assert set(bad) <= query.keys() & set(KEYS)
    assert all(number < TRUTHS[state.scene] for number, _ in state.truths)


def test_the_default_writes_nothing() -> None:
    assert State().to_query() == {}


@pytest.mark.parametrize(
    ("state", "query"),
    [
        (State(scene="chelsea"), {"scene": "chelsea"}),
        (State(recipe="darknet_v2"), {"recipe": "darknet_v2"}),
        (State(objectness="mse"), {"obj": "mse"}),
        (State(mode="label"), {"mode": "label"}),
        (State(at=CUP), {"at": "13.1.5.6"}),
        (State(raws=((CUP, (0.25, -1.0, 0.0, 1e-5)),)), {"raw": "13.1.5.6_0.25_-1_0_1e-05"}),
        (State(truths=((1, (0.5, 0.5, 0.2, 4.0)),)), {"truth": "1_0.5_0.5_0.2_4"}),
    ],
    ids=lambda thing: "" if isinstance(thing, State) else next(iter(thing)),
)
def test_only_what_differs_from_the_default_is_written(state: State, query: dict[str, str]) -> None:
    assert state.to_query() == {"v": "1", **query}


@pytest.mark.parametrize(
    ("query", "bad"),
    [
        ({"v": "2"}, "v"),
        ({"scene": "../coffee"}, "scene"),
        ({"recipe": "keras"}, "recipe"),
        ({"obj": "focal"}, "obj"),
        ({"mode": ""}, "mode"),
        ({"at": "52.0.0.0"}, "at"),
        ({"at": "13.3.0.0"}, "at"),
        ({"at": "13.0.13.0"}, "at"),
        ({"at": "13.0.0.-1"}, "at"),
        ({"raw": "13.1.5.6_7.01_0_0_0"}, "raw"),
        ({"raw": "13.1.5.6_0_0_0_-12.1"}, "raw"),
        ({"raw": "13.1.5.6_0_0_0"}, "raw"),
        ({"raw": "13.1.5.6_0_0_0_nan"}, "raw"),
        ({"raw": "13.1.5.6_0_0_0_0~13.1.5.6_0_0_0_0"}, "raw"),
        ({"truth": "2_0.5_0.5_0.2_0.2"}, "truth"),
        ({"truth": "0_0_0.5_0.2_0.2"}, "truth"),
        ({"truth": "0_0.5_1_0.2_0.2"}, "truth"),
        ({"truth": "0_0.5_0.5_0_0.2"}, "truth"),
        ({"truth": "0_0.5_0.5_0.2_4.1"}, "truth"),
        ({"truth": "-1_0.5_0.5_0.2_0.2"}, "truth"),
    ],
)
def test_what_is_out_of_bounds_gives_way_to_the_default_and_is_named(query: dict[str, str], bad: str) -> None:
    assert from_query(query) == (State(), (bad,))


def test_a_bad_value_leaves_the_good_ones_alone() -> None:
    state, bad = from_query({"scene": "chelsea", "obj": "nonsense", "unknown": "key", "recipe": "darknet_v2"})
    assert (state, bad) == (State(scene="chelsea", recipe="darknet_v2"), ("obj",))


def test_a_link_carries_32_predictors_and_not_33() -> None:
    items = [f"13.0.{n // 13}.{n % 13}_0_0_0_0" for n in range(33)]
    assert len(from_query({"raw": "~".join(items[:32])})[0].raws) == 32
    assert from_query({"raw": "~".join(items)}) == (State(), ("raw",))


def test_the_longest_untouched_gives_way_to_the_33rd_predictor_and_to_the_65th_label() -> None:
    state = State()
    for n in range(33):
        state = state.with_raw(Predictor("13", 0, n // 13, n % 13), (n, 0, 0, 0))
    assert [raw[0] for _, raw in state.raws] == list(range(1, 33))
    for n in range(65):
        state = state.with_truth(n, (0.5, 0.5, 0.5, 0.5))
    assert [number for number, _ in state.truths] == list(range(1, 65))


def test_who_moves_again_is_the_latest_and_stands_once() -> None:
    other = Predictor("13", 0, 0, 0)
    state = State().with_raw(CUP, (1, 0, 0, 0)).with_raw(other, (2, 0, 0, 0)).with_raw(CUP, (3, 0, 0, 0))
    assert state.raws == ((other, (2, 0, 0, 0)), (CUP, (3, 0, 0, 0)))


@given(fours(RAW_BOUNDS))
@settings(deadline=None)
def test_six_digits_are_the_state_itself_not_an_approximation(raw: tuple[float, ...]) -> None:
    state = State().with_raw(CUP, [value * (1 + 1e-9) for value in raw])
    assert from_query(state.to_query())[0].raws == state.raws
    assert state.raws[0][1] == pytest.approx(raw, rel=5e-6)


def test_at_rest_keeps_every_choice_and_no_box() -> None:
    state = State("chelsea", "darknet_v2", "bce", "label", CUP).with_raw(CUP, (1, 1, 1, 1)).with_truth(0, (0.5,) * 4)
    assert state.at_rest() == State("chelsea", "darknet_v2", "bce", "label", CUP)
