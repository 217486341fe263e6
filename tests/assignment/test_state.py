"""The state of the page on assignment, its spelling in a link, and its examples."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lossviz.assignment import state as assignment_state
from lossviz.assignment.state import (
    KEYS,
    LIMITS,
    MOST,
    PLAIN,
    SWITCHES,
    THRESHOLDS,
    AssignmentState,
    Truth,
    from_query,
    own_truths,
    thresholds_of,
)
from lossviz.assignment.view import view_of
from lossviz.core.desk import Desk
from lossviz.core.examples import PAGES
from lossviz.core.link import six
from lossviz.core.text import LANGUAGES, catalogue
from lossviz.core.visit import LEVELS
from lossviz.engine.boxes import XYWH
from lossviz.recipes import RECIPES
from lossviz.scenes.untrained import ANCHORS, COUNTS, FIELDS, classes_of, heads_of, rules_of, scene_for

HERE: XYWH = (0.3, 0.4, 0.2, 0.1)


def within(low: float, high: float) -> st.SearchStrategy[float]:
    """Numbers a link can spell."""
    return st.floats(low, high).map(six).filter(lambda value: low <= value <= high)


def truths(kinds: int) -> st.SearchStrategy[tuple[Truth, ...]]:
    box = st.tuples(*(within(*pair) for pair in LIMITS))
    one = st.builds(Truth, box, st.integers(0, kinds - 1))
    return st.lists(one, min_size=1, max_size=MOST).map(tuple)


@st.composite
def states(draw: st.DrawFn) -> AssignmentState:
    field = draw(st.sampled_from(FIELDS))
    recipe, other = (draw(st.sampled_from(rules_of(field))) for _ in range(2))
    names = [name for name in thresholds_of(recipe) if name not in SWITCHES]
    chosen = sorted(draw(st.sets(st.sampled_from(names)))) if names else []
    state = AssignmentState(
        field=field,
        recipe=recipe,
        settings=tuple((name, draw(within(0, 1))) for name in chosen),
        head=draw(st.sampled_from(["", *heads_of(field)])),
        other=other,
    )
    state = state.with_truths(draw(truths(COUNTS[classes_of(field)])))
    return replace(state, hand=draw(st.integers(0, len(state.boxes) - 1)))


@given(states())
@settings(deadline=None)
def test_any_state_survives_the_trip_through_the_address_bar(state: AssignmentState) -> None:
    assert KEYS.keys() == vars(state).keys()
    assert from_query(state.to_query()) == (state, ())


def test_what_the_page_opens_on_needs_no_link() -> None:
    assert from_query({}) == (PLAIN, ())
    assert PLAIN.to_query() == {}


@pytest.mark.parametrize("field", FIELDS)
def test_the_truths_a_field_comes_with_need_no_link(field: str) -> None:
    state = PLAIN.over(field)
    assert state.boxes == own_truths(field)
    assert "truth" not in state.to_query()
    spelled = "~".join(map(str, own_truths(field)))
    assert from_query({**state.to_query(), "truth": spelled}) == (state, ())


BOX = "0.5_0.5_0.1_0.1"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("field", "v4"),
        ("rule", "darknet"),
        ("with", ""),
        ("set", "ignore_thresh_3"),
        ("set", "max_boxes_1"),
        ("set", "thresh_0.5"),
        ("set", "ignore_thresh_0.5~ignore_thresh_0.6"),
        ("truth", ""),
        ("truth", "0.5_0.5_0.1"),
        ("truth", "0.5_0.5_0.1_nan"),
        ("truth", "0.5_0.5_0.1_0"),
        ("truth", "1_0.5_0.1_0.1"),
        ("truth", "0.5_0.5_0.1_0.1_k80"),
        ("truth", "0.5_0.5_0.1_0.1_k01"),
        ("truth", "~".join([BOX] * (MOST + 1))),
        ("in", "1"),
        ("head", "14"),
        ("v", "2"),
    ],
)
def test_a_bad_value_gives_way_to_the_default_and_is_named(key: str, value: str) -> None:
    assert from_query({key: value}) == (PLAIN, (key,))


def test_a_class_beyond_the_twenty_of_voc_is_refused() -> None:
    assert from_query({"field": "voc", "truth": f"{BOX}_k20"})[1] == ("truth",)
    assert from_query({"field": "voc", "truth": f"{BOX}_k19"})[1] == ()


@pytest.mark.parametrize("recipe", RECIPES)
def test_the_thresholds_that_are_offered_are_those_by_which_a_rule_answers(recipe: str) -> None:
    """Each knob that is not offered is turned both ways: none may change who answers or who is ignored."""
    known = RECIPES[recipe].settings
    found = set()
    large, small = ((0.47, 0.43, 0.74, 0.7), (0.9, 0.8, 0.02, 0.03))
    for state in (PLAIN.with_box(0, large), PLAIN.with_box(0, small), PLAIN.over("motorcycle")):
        usual = view_of(replace(state, recipe=recipe)).result
        for name in set(known.accepts()) - {"max_boxes"} - {*thresholds_of(recipe)}:
            for value in (0.0, 1.0, 0.45, 0.3):
                try:
                    known.checked(name, value)
                except ValueError:
                    continue
                turned = view_of(replace(state, recipe=recipe, settings=((name, value),))).result
                same = all((turned.states[head] == usual.states[head]).all() for head in usual.states)
                found |= set() if same else {name}
    assert found <= {*thresholds_of(recipe)}


def test_eight_truths_at_most_and_one_at_least() -> None:
    state = PLAIN
    for count in range(2, MOST + 1):
        state = state.added()
        assert (len(state.boxes), state.hand) == (count, count - 1)
    assert state.added() == state
    for _ in range(MOST):
        state = state.removed(state.hand)
    assert len(state.boxes) == 1
    assert from_query(state.to_query()) == (state, ())


def test_written_last_a_truth_keeps_its_place_in_hand() -> None:
    state = PLAIN.added().added()
    first = state.boxes[0]
    after = replace(state, hand=0).last(0)
    assert after.boxes[-1] == first
    assert after.hand == 2
    assert after.boxes[:-1] == state.boxes[1:]


def test_truths_come_along_between_untrained_networks_and_photographs_bring_their_own() -> None:
    moved = PLAIN.with_box(0, HERE)
    assert moved.over("coco").boxes == moved.boxes
    assert moved.over("voc").boxes[0].xywh == HERE
    assert moved.over("coffee").boxes == own_truths("coffee")
    assert moved.over("coffee").over("v3") == PLAIN


def test_a_field_brings_its_program_unless_another_one_was_chosen() -> None:
    assert PLAIN.over("voc").recipe == "darknet_v2"
    assert PLAIN.over("voc").over("v3").recipe == "darknet_v3"
    assert PLAIN.by("darkflow_v2").over("voc").recipe == "darkflow_v2"


def test_the_rule_that_stood_beside_changes_places_with_the_first() -> None:
    assert PLAIN.by(PLAIN.other) == replace(PLAIN, recipe=PLAIN.other, other=PLAIN.recipe)


def test_another_truth_in_hand_or_another_head_is_no_step_to_undo() -> None:
    start = PLAIN.added()
    desk = Desk(start, start, PLAIN)
    desk.settle(replace(start, hand=0, head="52"))
    assert desk.past == []
    desk.settle(desk.state.with_box(0, HERE))
    assert len(desk.past) == 1
    desk.take_back()
    assert desk.state.boxes == start.boxes


def examples() -> dict[str, AssignmentState]:
    found = {key: from_query(preset.query) for key, preset in PAGES["assignment"].items()}
    assert [bad for _, bad in found.values() if bad] == []
    return {key: state for key, (state, _) in found.items()}


def test_every_example_opens_without_a_note_on_a_state_of_its_own() -> None:
    found = examples()
    assert {"border", "huge", "tiny", "two", "outside"} <= found.keys()
    assert len({*found.values(), PLAIN}) == len(found) + 1
    assert {preset.level for preset in PAGES["assignment"].values()} == {*LEVELS}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_word_of_the_page_has_its_string(lang: str) -> None:
    words = catalogue(lang)
    wanted = {f"example_assignment_{key}{why}" for key in PAGES["assignment"] for why in ("", "_why")}
    wanted |= {f"link_key_{key}" for key in KEYS.values()} | {f"field_{key}" for key in ANCHORS}
    wanted |= {f"assignment_{what}_{level}" for what in ("level", "question") for level in LEVELS}
    wanted |= {f"set_{name}{about}" for name in THRESHOLDS for about in ("", "_about")}
    wanted |= {f"rule_{key}" for key in RECIPES}
    assert wanted <= words.keys()


def test_bounds_of_a_truth_hold_for_every_hand() -> None:
    wild: Any = (9, -9, 99, 0)
    assert PLAIN.with_box(0, wild).boxes[0].xywh == tuple(
        pair[end] for pair, end in zip(assignment_state.LIMITS, (1, 0, 1, 0), strict=True)
    )


def test_all_rules_apply_to_all_fields() -> None:
    assert all(rules_of(field) == tuple(RECIPES) for field in FIELDS)
    assert all(scene_for(field).pixels == (416, 416) for field in FIELDS)


def test_a_link_that_names_a_network_and_no_rule_means_the_rule_of_its_own_program() -> None:
    assert from_query({"v": "1", "field": "voc"})[0].recipe == "darknet_v2"
    assert from_query({"v": "1", "field": "v3"})[0].recipe == "darknet_v3"
    other = replace(PLAIN.over("voc"), recipe="darknet_v3")
    assert other.to_query() == {"v": "1", "field": "voc", "rule": "darknet_v3"}
    assert from_query(other.to_query()) == (other, ())
