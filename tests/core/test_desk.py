"""Drag, settle, undo, reset and take back: for a page like any other, and for the Lab."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from lossviz.core.desk import MOST_RECORDED, MOST_UNDO, Desk
from lossviz.core.visit import Visit
from lossviz.engine.heads import Predictor
from lossviz.lab.desk import LabDesk
from lossviz.lab.dragging import Track
from lossviz.lab.state import State
from lossviz.overlap.state import OverlapState

CUP = Predictor("13", 1, 5, 6)
A, B, C = (State().with_raw(CUP, {0: step}) for step in (1, 2, 3))
P, Q, R = (OverlapState().with_box("moving", (step, 9.0, 2.0, 2.0)) for step in (9.5, 10.0, 10.5))
HANDS = [
    pytest.param(lambda: LabDesk(State(), State(), State()), (A, B, C), State(objectness="mse"), id="lab"),
    pytest.param(
        lambda: Desk(OverlapState(), OverlapState(), OverlapState()),
        (P, Q, R),
        OverlapState(measure="iou"),
        id="overlap",
    ),
]


@pytest.mark.parametrize(("make", "hands", "choice"), HANDS)
def test_a_drag_is_one_step_to_undo(make: Any, hands: Any, choice: Any) -> None:
    desk = make()
    for state in hands:
        desk.drag(state)
        assert (desk.past, desk.before) == ([], desk.plain)
    desk.settle(hands[2])
    assert (desk.past, desk.before, desk.rev) == ([desk.plain], None, 0)
    desk.undo()
    assert (desk.state, desk.rev) == (desk.plain, 1)


@pytest.mark.parametrize(("make", "hands", "choice"), HANDS)
def test_a_drag_called_off_leaves_no_trace_and_the_canvas_is_told(make: Any, hands: Any, choice: Any) -> None:
    desk = make()
    desk.drag(hands[0])
    desk.take_back()
    assert (desk.state, desk.past, desk.before, desk.rev) == (desk.plain, [], None, 1)


@pytest.mark.parametrize(("make", "hands", "choice"), HANDS)
def test_a_drag_can_be_called_off_after_its_end_as_well(make: Any, hands: Any, choice: Any) -> None:
    desk = make()
    desk.settle(hands[0])
    desk.take_back()
    assert (desk.state, desk.past) == (desk.plain, [])
    assert desk.rev > 0


@pytest.mark.parametrize(("make", "hands", "choice"), HANDS)
def test_but_not_after_another_choice_and_then_the_canvas_shows_again_what_is(
    make: Any, hands: Any, choice: Any
) -> None:
    desk = make()
    desk.settle(choice)
    past = list(desk.past)
    desk.take_back()
    assert (desk.state, desk.past, desk.rev) == (choice, past, 1)


@pytest.mark.parametrize(("make", "hands", "choice"), HANDS)
def test_a_choice_that_changes_nothing_cannot_be_undone_unless_a_deed_begins(
    make: Any, hands: Any, choice: Any
) -> None:
    desk = make()
    desk.settle(desk.state)
    assert desk.past == []
    desk.settle(desk.state, always=True)
    assert desk.past == [desk.plain]


@pytest.mark.parametrize(("make", "hands", "choice"), HANDS)
def test_undo_remembers_the_last_hundred(make: Any, hands: Any, choice: Any) -> None:
    desk = make()
    for _ in range(MOST_UNDO // 2 + 5):
        for state in hands[:2]:
            desk.settle(state)
    assert len(desk.past) == MOST_UNDO
    assert desk.past[0] == hands[1]


@pytest.mark.parametrize(("make", "hands", "choice"), HANDS)
def test_reset_leads_to_what_the_link_opened_and_from_there_to_rest_and_no_farther(
    make: Any, hands: Any, choice: Any
) -> None:
    desk = make()
    assert not desk.moved
    desk.arrive(hands[0])
    assert desk.moved
    desk.settle(hands[1])
    desk.reset()
    assert (desk.state, desk.moved) == (hands[0], True)
    desk.reset()
    assert (desk.state, desk.linked, desk.moved) == (desk.plain, desk.plain, False)
    desk.undo()
    assert desk.state == hands[0]


@pytest.mark.parametrize(("make", "hands", "choice"), HANDS)
def test_while_a_list_is_open_reset_leads_to_its_state_and_no_farther(make: Any, hands: Any, choice: Any) -> None:
    desk = make()
    desk.listed = True
    desk.open(hands[0])
    assert not desk.moved
    desk.settle(hands[1])
    assert desk.moved
    desk.reset()
    assert (desk.state, desk.moved) == (hands[0], False)


@pytest.mark.parametrize(("make", "hands", "choice"), HANDS)
def test_undoing_an_example_brings_back_how_one_looked(make: Any, hands: Any, choice: Any) -> None:
    desk, before = make(), Visit(level="3")
    desk.settle(hands[0])
    desk.open(hands[1], before)
    desk.settle(hands[2])
    assert desk.undo() is None
    assert desk.state == hands[1]
    assert (desk.undo(), desk.state) == (before, hands[0])
    assert (desk.undo(), desk.state) == (None, desk.plain)


@pytest.mark.parametrize(("make", "hands", "choice"), HANDS)
def test_undo_brings_back_where_reset_leads(make: Any, hands: Any, choice: Any) -> None:
    desk = make()
    desk.open(hands[0])
    desk.undo()
    assert (desk.state, desk.linked, desk.moved) == (desk.plain, desk.plain, False)
    desk.arrive(hands[1])
    desk.reset()
    desk.undo()
    assert (desk.state, desk.linked) == (hands[1], hands[1])


@pytest.mark.parametrize(("make", "hands", "choice"), HANDS)
def test_undo_during_a_drag_undoes_the_drag_alone(make: Any, hands: Any, choice: Any) -> None:
    desk = make()
    desk.settle(hands[0])
    desk.drag(hands[1])
    desk.undo()
    assert (desk.state, desk.before, desk.past) == (hands[0], None, [desk.plain])


@pytest.mark.parametrize("count", [1, 2, 239, 240, 241, 1000, 5000])
def test_of_a_drag_at_most_240_states_are_kept_evenly_and_always_the_first_and_the_last(count: int) -> None:
    plain = OverlapState()
    desk = Desk(plain, plain, plain)
    states = [plain.with_box("moving", (9 + step / 1000, 9.0, 2.0, 2.0)) for step in range(count)]
    for state in states:
        desk.drag(state)
        assert len(desk.recorded.states) <= MOST_RECORDED
    desk.settle(states[-1])
    kept = desk.recorded.states
    assert (kept[0], kept[-1]) == (plain, states[-1])
    places = [round(1000 * (state.moving[0] - 9)) for state in kept[1:]]
    steps = {later - earlier for earlier, later in pairwise(places[:-1])}
    assert len(steps) <= 1
    assert len(kept) == count + 1 if count < MOST_RECORDED else MOST_RECORDED / 2 <= len(kept) <= MOST_RECORDED


@pytest.mark.parametrize(("make", "hands", "choice"), HANDS)
def test_the_next_drag_is_kept_instead_of_the_last_one(make: Any, hands: Any, choice: Any) -> None:
    desk = make()
    desk.drag(hands[0])
    desk.settle(hands[1])
    assert desk.recorded.states == [desk.plain, *hands[:2]]
    desk.drag(hands[2])
    assert desk.recorded.states == [hands[1], hands[2]]


def test_reset_of_the_way_one_looks_can_be_undone_too() -> None:
    plain = OverlapState()
    desk = Desk(plain, plain, plain)
    desk.settle(replace(plain, fill="heat"))
    assert desk.past == []
    desk.reset()
    assert desk.state == plain
    desk.undo()
    assert desk.state == replace(plain, fill="heat")


@pytest.mark.parametrize(("make", "hands", "choice"), HANDS)
def test_a_link_begins_anew_unless_it_says_what_is_here(make: Any, hands: Any, choice: Any) -> None:
    desk = make()
    desk.settle(hands[0])
    desk.answer = 2
    desk.arrive(hands[0])
    assert (desk.past, desk.linked, desk.answer, desk.rev) == ([desk.plain], hands[0], 0, 0)
    desk.arrive(hands[1])
    assert (desk.past, desk.linked, desk.rev) == ([], hands[1], 1)


# ---- what the Lab adds ----


def test_the_labs_rest_is_the_photograph_as_the_network_left_it_under_the_same_program() -> None:
    desk = LabDesk(State(), State(), State())
    desk.arrive(State("chelsea", "darknet_v2", at=CUP, steps=5, walker="all").with_raw(CUP, {0: 1}))
    desk.reset()
    assert desk.state == State("chelsea", "darknet_v2")
    assert not desk.moved


def test_another_scene_is_a_new_place_and_reset_does_not_leave_it() -> None:
    desk = LabDesk(State(), State(), State())
    desk.arrive(A)
    desk.settle(State("voc").with_truth(0, gone=True))
    desk.reset()
    assert desk.state == State("voc")
    desk.begin(State("chelsea").with_truth(0, gone=True))
    assert desk.linked == State("chelsea")


def test_the_steps_stand_still_where_the_numbers_begin_anew_and_the_trace_of_the_label_is_lost() -> None:
    desk = LabDesk(State(), State(), State())
    for deed in (
        lambda: desk.settle(A),
        lambda: desk.put(desk.state),
        lambda: desk.undo(),
        lambda: desk.reset(),
        lambda: desk.open(C),
    ):
        desk.playing = 10
        deed()
        assert desk.playing == 0
    for deed in (lambda: desk.undo(), lambda: desk.reset(), lambda: desk.open(C), lambda: desk.arrive(B)):
        desk.settle(A)
        desk.track = Track(1)
        deed()
        assert desk.track == Track()


def test_looking_otherwise_is_no_step_and_does_not_stop_the_steps() -> None:
    desk = LabDesk(State(), State(), State())
    desk.playing = 10
    desk.look(term="size", reading="printed")
    desk.settle(replace(desk.state, channel=2))
    assert (desk.past, desk.playing) == ([], 10)
    assert desk.state == State(term="size", reading="printed", channel=2)


def test_the_link_waits_for_the_end_of_a_drag_and_of_steps_that_are_played() -> None:
    desk = LabDesk(State(), State(), State())
    assert not desk.under_way
    desk.playing = 10
    assert desk.under_way
    desk.playing = 0
    desk.drag(A)
    assert desk.under_way
    desk.settle(A)
    assert not desk.under_way


def test_what_one_has_in_hand_does_not_keep_a_drag_from_being_called_off() -> None:
    desk = LabDesk(State(), State(), State())
    desk.settle(replace(A, at=CUP, channel=0, term="centre"))
    desk.take_back()
    assert desk.state == State()
