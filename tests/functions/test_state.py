"""The state of the page on loss functions, its spelling in a link, and its examples."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lossviz.core.desk import Desk
from lossviz.core.examples import PAGES
from lossviz.core.link import six
from lossviz.core.text import LANGUAGES, catalogue
from lossviz.core.visit import LEVELS
from lossviz.functions.state import (
    FACTORS,
    FORMS,
    KEYS,
    LIMITS,
    MOST,
    NETS,
    OBJECTS,
    OPENING,
    PLAIN,
    ROW_LOSSES,
    SCALES,
    SPANS,
    TABS,
    TYPES,
    WEIGHTS,
    FunctionsState,
    Row,
    from_query,
    with_probability,
)
from lossviz.losses import LOSSES


def within(low: float, high: float) -> st.SearchStrategy[float]:
    """Numbers a link can spell."""
    return st.floats(low, high).map(six).filter(lambda value: low <= value <= high)


@st.composite
def states(draw: st.DrawFn) -> FunctionsState:
    functions = tuple(draw(st.lists(st.sampled_from([*LOSSES]), min_size=1, max_size=MOST, unique=True)))
    by = draw(st.sampled_from([*SPANS]))
    rows = tuple(Row(*(draw(within(*limit)) for limit in LIMITS.values())) for _ in PLAIN.rows)
    state = FunctionsState(
        tab=draw(st.sampled_from(TABS)),
        functions=functions,
        on=draw(st.sampled_from(functions)),
        x=draw(within(*SPANS[by])),
        t=draw(within(0, 1)),
        by=by,
        log=draw(st.booleans()),
        loss=draw(st.sampled_from(ROW_LOSSES)),
        rows=rows,
        factor=draw(within(*FACTORS)),
        objects=draw(st.integers(1, OBJECTS)),
        net=draw(st.sampled_from(NETS)),
        noobj=draw(within(*SCALES)),
        form=draw(st.sampled_from(FORMS)),
        dtype=draw(st.sampled_from(TYPES)),
        pos=draw(within(*WEIGHTS)),
    )
    for key in functions:
        for knob in LOSSES[key].knobs:
            state = state.with_knob(f"{key}.{knob.name}", draw(within(knob.low, knob.high)))
    for bar in draw(st.lists(st.integers(0, 7), max_size=3)):
        state = state.with_bar(bar, draw(within(0, 1)))
    return state


@given(states())
@settings(deadline=None, max_examples=60)
def test_any_state_survives_the_trip_through_the_address_bar(state: FunctionsState) -> None:
    assert KEYS.keys() == vars(state).keys()
    assert from_query(state.to_query()) == (state, ())


def test_what_the_page_opens_on_needs_no_link_and_is_five_curves() -> None:
    assert from_query({}) == (PLAIN, ())
    assert PLAIN.to_query() == {}
    assert PLAIN.functions == OPENING == ("l2", "smooth_l1", "bce", "focal", "kl")


ROW = "0_0_1"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("tab", "curve"),
        ("f", ""),
        ("f", "l2.l2"),
        ("f", "l2.nobody"),
        ("f", ".".join([*LOSSES][: MOST + 1])),
        ("on", "huber"),
        ("x", "6"),
        ("x", "nan"),
        ("t", "1.5"),
        ("by", "size"),
        ("log", "yes"),
        ("knob", "smooth_l1.beta_9"),
        ("knob", "huber.delta_1"),
        ("knob", "smooth_l1.beta_0.5~smooth_l1.beta_0.6"),
        ("loss", "l2"),
        ("batch", ROW),
        ("batch", "~".join(["0_0_-1"] * 6)),
        ("avg", "-1"),
        ("objects", "0"),
        ("net", "1000"),
        ("noobj", "0"),
        ("p", "0.5_0.5"),
        ("p", "0.5_0.5_0.5_0"),
        ("bar", "8"),
        ("form", "tanh"),
        ("type", "bfloat16"),
        ("pos", "0"),
        ("v", "2"),
    ],
)
def test_a_bad_value_gives_way_to_the_default_and_is_named(key: str, value: str) -> None:
    assert from_query({key: value}) == (PLAIN, (key,))


def test_a_probability_and_its_logit_are_the_same_point() -> None:
    there = PLAIN.over("logit").at(2.0).over("probability")
    assert there.x == pytest.approx(0.880797, abs=1e-6)
    assert there.over("logit").x == pytest.approx(2.0, abs=1e-4)
    assert PLAIN.at(99).x == SPANS["output"][1]


def test_a_knob_that_stands_where_it_usually_does_is_not_in_the_link() -> None:
    turned = PLAIN.with_knob("smooth_l1.beta", 0.5)
    assert turned.to_query() == {"v": "1", "knob": "smooth_l1.beta_0.5"}
    assert turned.with_knob("smooth_l1.beta", 1.0) == PLAIN
    assert turned.with_functions(("l2", "bce")).knobs == ()
    assert turned.knobs_of("smooth_l1") == {"beta": 0.5}


def test_one_function_is_always_left_and_never_more_than_fit() -> None:
    assert PLAIN.with_functions(()) == PLAIN
    assert len(PLAIN.with_functions(tuple(LOSSES)).functions) == MOST
    assert replace(PLAIN, on="kl").with_functions(("l2",)).hand == "l2"


@given(st.lists(within(0, 1), min_size=1, max_size=6), st.integers(0, 3))
def test_the_sum_of_chances_stays_1_whatever_is_dragged(heights: list[float], outcome: int) -> None:
    chances = PLAIN.p
    for height in heights:
        chances = with_probability(chances, outcome, height)
        assert sum(chances) == pytest.approx(1, abs=1e-9)
        assert min(chances) >= 0
        assert chances[outcome] == pytest.approx(height, abs=6e-5)


def test_the_others_make_room_in_proportion_and_share_alike_where_they_were_nothing() -> None:
    assert with_probability((0.4, 0.4, 0.2, 0.0), 3, 0.5) == (0.2, 0.2, 0.1, 0.5)
    assert with_probability((1.0, 0.0, 0.0, 0.0), 0, 0.4) == (0.4, 0.2, 0.2, 0.2)


def test_another_tab_or_another_bar_in_hand_is_no_step_to_undo() -> None:
    desk = Desk(PLAIN, PLAIN, PLAIN)
    desk.settle(replace(PLAIN, tab="stability", bar=3, log=True, on="kl", dtype="float16"))
    assert desk.past == []
    desk.settle(desk.state.at(1.0))
    assert len(desk.past) == 1
    desk.take_back()
    assert desk.state.x == PLAIN.x


def test_every_example_opens_without_a_note_on_a_state_of_its_own() -> None:
    found = [from_query(preset.query) for preset in PAGES["zoo"].values()]
    assert [bad for _, bad in found if bad] == []
    assert len({state for state, _ in found} | {PLAIN}) == len(found) + 1 >= 5
    assert {state.tab for state, _ in found} == {*TABS}
    assert {preset.level for preset in PAGES["zoo"].values()} <= {*LEVELS}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_word_of_the_page_has_its_string(lang: str) -> None:
    wanted = {f"zoo_{key}{about}" for key in LOSSES for about in ("", "_about")}
    wanted |= {f"zoo_slope_in_{function.variable}" for function in LOSSES.values()}
    wanted |= {f"zoo_axis_{by}{about}" for by in SPANS for about in ("", "_about")} | {f"zoo_by_{by}" for by in SPANS}
    wanted |= {f"zoo_tab_{tab}" for tab in TABS} | {f"link_key_{key}" for key in KEYS.values()}
    wanted |= {f"example_zoo_{key}{why}" for key in PAGES["zoo"] for why in ("", "_why")}
    wanted |= {f"breaks_{form}" for form in FORMS} | {f"breaks_why_{form}" for form in FORMS}
    assert wanted <= catalogue(lang).keys()
