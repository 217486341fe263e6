"""The comparison's state: any state survives the trip through a link, any nonsense still opens the page."""

from dataclasses import replace

import pytest

from lossviz.compare.state import FEWEST, KEYS, MOST, PLAIN, CompareState, from_query, on_scene, settings_for
from lossviz.core.examples import PAGES
from lossviz.core.text import LANGUAGES, catalogue
from lossviz.engine.heads import Predictor
from lossviz.lab.state import KEYS as LAB_KEYS
from lossviz.lab.state import State
from lossviz.lab.state import from_query as lab_from_query
from lossviz.recipes import RECIPES

SPOON = Predictor("13", 1, 6, 8)
MOVED = State().with_raw(SPOON, {4: -2.5}).with_truth(0, xywh=(0.4, 0.5, 0.2, 0.3))
STATES = [
    PLAIN,
    CompareState(on_scene(MOVED)),
    CompareState(replace(State(), scene="voc"), ("darknet_v3", "darknet_v2_2016", "darkflow_v2"), "all", 2),
    CompareState(replace(State(), at=SPOON), held=True, settings=(("rescore", 0.0), ("seen", 6400.0))),
    CompareState(recipes=tuple(RECIPES)[:MOST], pair=("darknet_v3", "darknet_v2"), place=("26", 2), history=True),
    CompareState(term="noobject", quantity="gradient", place=("13", 0)),
]


@pytest.mark.parametrize("state", STATES)
def test_a_state_survives_the_link(state: CompareState) -> None:
    assert from_query(state.to_query()) == (state, ())


def test_what_the_page_opens_on_needs_no_link() -> None:
    assert PLAIN.to_query() == {}
    assert PLAIN.recipes == ("darknet_v2", "darknet_v3")
    assert PLAIN.rows == "differ"


def test_the_scene_is_spelled_as_in_the_lab() -> None:
    query = CompareState(on_scene(MOVED), recipes=("darknet_v3", "darknet_v2")).to_query()
    assert query.pop("with") == "darknet_v3.darknet_v2"
    assert query == on_scene(MOVED).to_query()
    assert on_scene(lab_from_query(query)[0]) == on_scene(MOVED)


def test_no_key_is_both_the_scene_s_and_the_comparison_s_own() -> None:
    scene = {LAB_KEYS[name] for name in ("scene", "raws", "truths", "at")}
    assert not scene & {*KEYS.values()}
    for lang in LANGUAGES:
        assert {f"link_key_{key}" for key in KEYS.values()} <= catalogue(lang).keys()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("with", "darknet_v2"),
        ("with", "darknet_v2.darknet_v2"),
        ("with", "darknet_v2.nobody"),
        ("with", "darknet_v2..darknet_v3"),
        ("with", ""),
        ("rows", "some"),
        ("gt", "-1"),
        ("gt", "64"),
        ("same", "yes"),
        ("set", "nobody_1"),
        ("set", "thresh_17"),
        ("set", "seen_0~seen_1"),
        ("set", "__class___1"),
        ("set", "seen_nan"),
        ("diff", "everything"),
        ("what", "loss"),
        ("pair", "darknet_v2"),
        ("pair", "darknet_v2.darknet_v2_2016"),
        ("anchor", "13.3"),
        ("anchor", "14.0"),
        ("anchor", "13"),
        ("time", "2"),
        ("scene", "nowhere"),
        ("raw", "13.9.9.9_o1"),
        ("at", "99.0.0.0"),
        ("v", "2"),
    ],
)
def test_nonsense_gives_way_to_the_default_and_is_named(key: str, value: str) -> None:
    assert from_query({key: value}) == (PLAIN, (key,))


def test_unknown_keys_and_the_lab_s_own_choices_are_left_alone() -> None:
    assert from_query({"nobody": "1", "recipe": "nobody", "steps": "5", "obj": "what"}) == (PLAIN, ())


def test_columns_are_from_two_to_eight() -> None:
    assert (FEWEST, MOST) == (2, 8)
    assert from_query({"with": ".".join(list(RECIPES)[:8])})[1] == ()


def test_a_setting_goes_to_the_programs_that_know_it() -> None:
    state = CompareState(settings=(("ignore_thresh", 0.5), ("seen", 0.0)))
    assert state.in_the_lab("darknet_v2").settings == (("seen", 0.0),)
    assert state.in_the_lab("darknet_v3").settings == (("ignore_thresh", 0.5),)
    assert settings_for("darknet_v2", (("thresh", 17.0),)) == ()


def test_each_column_opens_in_the_lab_on_the_same_scene() -> None:
    state = CompareState(on_scene(MOVED), settings=(("seen", 0.0),))
    lab = state.in_the_lab("darknet_v2")
    assert lab_from_query(lab.to_query()) == (lab, ())
    assert on_scene(lab) == state.lab
    assert lab.recipe == "darknet_v2"


def test_another_scene_of_the_lab_is_taken_over_without_its_recipe() -> None:
    state = CompareState(truth=1, place=("13", 0))
    assert state.on(replace(MOVED, recipe="darknet_v2_2016", steps=3)).lab == on_scene(MOVED)
    assert state.on(MOVED).place == ("13", 0)
    assert state.on(State(scene="voc")).place is None
    assert state.on(State(scene="voc")).truth is None


def test_the_map_s_pair_leaves_with_its_columns() -> None:
    state = CompareState(recipes=("darknet_v2", "darknet_v3", "darknet_v2_2016"), pair=("darknet_v2", "darknet_v3"))
    assert state.with_recipes(("darknet_v3", "darknet_v2")).pair == ("darknet_v2", "darknet_v3")
    assert state.with_recipes(("darknet_v3", "darknet_v2_2016")).pair is None
    assert state.with_recipes(("darknet_v3", "darknet_v2_2016")).compared == ("darknet_v3", "darknet_v2_2016")


def test_looking_is_no_step_to_undo() -> None:
    looked = replace(PLAIN, rows="all", term="object", quantity="gradient", place=("13", 1), history=True)
    assert looked.before_looks() == PLAIN.before_looks()
    assert replace(PLAIN, truth=0).before_looks() != PLAIN.before_looks()


@pytest.mark.parametrize("key", PAGES["ledger"])
def test_an_example_opens_without_a_note(key: str) -> None:
    state, bad = from_query(PAGES["ledger"][key].query)
    assert bad == ()
    assert state != PLAIN
    assert from_query(state.to_query()) == (state, ())
