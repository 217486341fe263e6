"""The states of the pages on boxes, their spelling in a link, and what undo and reset make of them."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lossviz.core.desk import Desk
from lossviz.core.examples import PAGES
from lossviz.core.link import six
from lossviz.core.plane import BOUNDS, from_shares, inside, to_shares
from lossviz.overlap import state as overlap_state
from lossviz.overlap.state import OverlapState
from lossviz.race import state as race_state
from lossviz.race.state import RaceState


def within(low: float, high: float) -> st.SearchStrategy[float]:
    """Numbers a link can spell."""
    return st.floats(low, high).map(six).filter(lambda value: low <= value <= high)


def boxes(bounds: Any) -> st.SearchStrategy[tuple[float, ...]]:
    return st.tuples(*(within(*pair) for pair in bounds)).map(lambda box: inside(box, bounds))


OVERLAPS = st.builds(
    OverlapState,
    moving=boxes(BOUNDS),
    target=boxes(BOUNDS),
    measure=st.sampled_from(overlap_state.SHOWN),
    axes=st.sampled_from(overlap_state.AXES),
    fill=st.sampled_from(overlap_state.FILLS),
    cut=st.sampled_from(overlap_state.CUTS),
    check=st.sampled_from(overlap_state.CHECKS),
    step=st.integers(1, overlap_state.RECIPE_STEPS),
)
RACES = st.integers(*race_state.STEPS).flatmap(
    lambda steps: st.builds(
        RaceState,
        start=boxes(race_state.LIMITS),
        target=boxes(race_state.LIMITS),
        who=st.sets(st.sampled_from(race_state.CONTENDERS), min_size=1).map(
            lambda who: tuple(name for name in race_state.CONTENDERS if name in who)
        ),
        gradient=st.sampled_from(race_state.GRADIENTS),
        rate=within(*race_state.RATES),
        schedule=st.sampled_from(race_state.SCHEDULES),
        factor=st.booleans(),
        steps=st.just(steps),
        at=st.none() | st.integers(0, steps),
        tab=st.sampled_from(race_state.TABS),
        points=st.sampled_from(race_state.POINTS),
    )
)
READS: dict[str, Callable[..., Any]] = {"overlap": overlap_state.from_query, "race": race_state.from_query}


@given(OVERLAPS)
@settings(deadline=None)
def test_any_two_boxes_survive_the_trip_through_the_address_bar(state: OverlapState) -> None:
    assert overlap_state.KEYS.keys() == vars(state).keys()
    assert overlap_state.from_query(state.to_query()) == (state, ())


@given(RACES)
@settings(deadline=None)
def test_any_race_survives_the_trip_through_the_address_bar(state: RaceState) -> None:
    assert race_state.KEYS.keys() == vars(state).keys()
    assert race_state.from_query(state.to_query()) == (state, ())


@pytest.mark.parametrize("read", READS.values(), ids=READS)
def test_what_a_page_opens_on_needs_no_link(read: Callable[..., Any]) -> None:
    state, bad = read({})
    assert (state.to_query(), bad) == ({}, ())


@pytest.mark.parametrize(
    ("page", "key", "value"),
    [
        ("overlap", "box", "4_10_1_1"),
        ("overlap", "box", "10_10_1"),
        ("overlap", "box", "10_10_1_nan"),
        ("overlap", "box", "10_10_1_-1"),
        ("overlap", "box", "10_10_0.001_1"),
        ("overlap", "measure", "ious"),
        ("overlap", "step", "0"),
        ("overlap", "step", "6"),
        ("overlap", "v", "2"),
        ("race", "who", ""),
        ("race", "who", "iou.iou"),
        ("race", "who", "iou.siou"),
        ("race", "lr", "0"),
        ("race", "lr", "11"),
        ("race", "steps", "1001"),
        ("race", "at", "201"),
        ("race", "points", "26"),
        ("race", "start", "10_10_0_1"),
        ("race", "factor", "2"),
    ],
)
def test_a_bad_value_gives_way_to_the_default_and_is_named(page: str, key: str, value: str) -> None:
    plain, _ = READS[page]({})
    assert READS[page]({key: value}) == (plain, (key,))


def test_the_step_shown_is_one_of_the_steps_run() -> None:
    assert race_state.from_query({"steps": "50", "at": "51"})[1] == ("at",)
    assert race_state.from_query({"steps": "50", "at": "50"})[0].at == 50


@pytest.mark.parametrize("page", READS)
def test_every_example_opens_without_a_note_on_a_state_of_its_own(page: str) -> None:
    found = [READS[page](preset.query) for preset in PAGES[page].values()]
    assert [bad for _, bad in found if bad] == []
    assert len({state for state, _ in found}) == len(found) >= 6


def test_the_plane_and_the_picture_are_one_another_s_inverse() -> None:
    box = (12.5, 6.25, 2.5, 1.25)
    assert to_shares(box) == (0.75, 0.125, 0.25, 0.125)
    assert from_shares(to_shares(box)) == box
    assert inside((99, -99, 11, -1)) == (15, 5, 10, 0)


@pytest.fixture
def desk() -> Desk[OverlapState]:
    return Desk(OverlapState(), OverlapState(), OverlapState())


def test_a_drag_is_one_step_to_undo(desk: Desk[OverlapState]) -> None:
    first = desk.state
    for x in (11.0, 10.0, 9.0):
        desk.drag(first.with_box("moving", (x, 9, 1, 1)))
    assert desk.past == []
    desk.settle(first.with_box("moving", (8, 9, 1, 1)))
    assert desk.past == [first]
    desk.undo()
    assert (desk.state, desk.past, desk.rev) == (first, [], 1)


def test_a_drag_that_is_called_off_leaves_nothing(desk: Desk[OverlapState]) -> None:
    first = desk.state
    desk.drag(first.with_box("moving", (8, 9, 1, 1)))
    desk.take_back()
    assert (desk.state, desk.before, desk.past) == (first, None, [])


def test_another_look_is_no_step_to_undo(desk: Desk[OverlapState]) -> None:
    desk.settle(OverlapState(measure="ciou"))
    assert desk.past == []


def test_reset_leads_to_what_the_link_opened_and_then_to_the_beginning(desk: Desk[OverlapState]) -> None:
    plain, linked = desk.plain, OverlapState(measure="all").with_box("moving", (8, 8, 1, 1))
    desk.open(linked)
    desk.settle(linked.with_box("moving", (7, 7, 1, 1)))
    assert desk.moved
    desk.reset()
    assert desk.state == linked
    desk.reset()
    assert (desk.state, desk.moved) == (plain, False)


def test_esc_takes_back_a_move_but_no_other_choice() -> None:
    first = RaceState()
    desk = Desk(first, first, first)
    desk.settle(first.with_box("start", (8, 8, 1, 1)))
    desk.put(RaceState(start=(8, 8, 1, 1), gradient="published"))
    desk.take_back()
    assert desk.state.gradient == "published"
    desk.undo()
    desk.take_back()
    assert desk.state == first
