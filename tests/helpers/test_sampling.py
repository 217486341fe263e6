"""A sample holds every value of every axis."""

from itertools import product

import pytest
from helpers.sampling import chosen, first, sampled

AXES = [("ab", "xyz"), ("abcdefgh", "uvwxyz"), ("abc", "xyz", "12"), ("a",), ("abcdefgh", "uvwxyz", "123", "00")]


@pytest.mark.parametrize("axes", AXES, ids="-".join)
def test_every_value_of_every_axis_is_there(axes: tuple[str, ...]) -> None:
    every = [*product(*axes)]
    kept = [every[number] for number in chosen(every)]
    for place, axis in enumerate(axes):
        assert {case[place] for case in kept} == {*axis}
    assert len(kept) == max(len({*axis}) for axis in axes)


def test_no_value_of_a_shorter_axis_is_used_much_more_often_than_another() -> None:
    every = [*product(range(8), range(6))]
    kept = [every[number][1] for number in chosen(every)]
    assert max(kept.count(n) for n in range(6)) == 2


def test_a_case_may_have_other_values_than_its_own() -> None:
    every = range(100)
    kept = [every[number] for number in chosen(every, lambda n: (n % 7, n // 50))]
    assert {n % 7 for n in kept} == {*range(7)}
    assert {n // 50 for n in kept} == {0, 1}
    assert len(kept) == 7


def test_the_others_are_slow_and_none_is_lost() -> None:
    every = [*product("abc", "xy")]
    found = sampled(every)
    assert [case.values for case in found] == every
    slow = [case.values for case in found if case.marks]
    assert slow == [case for number, case in enumerate(every) if number not in chosen(every)]
    assert {mark.name for case in found for mark in case.marks} == {"slow"}
    assert [case.values for case in sampled("abc")] == [("a",), ("b",), ("c",)]


def test_of_random_cases_the_first_are_quick() -> None:
    found = first("abc", 2)
    assert [(case.values, bool(case.marks)) for case in found] == [(("a",), False), (("b",), False), (("c",), True)]
