"""Scales and colours."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lossviz.figures.theme import PREDICTION, TRUTH, ceiling


@pytest.mark.parametrize(
    ("largest", "end"), [(7.06, 10), (1, 1), (1.01, 2), (0.03, 0.05), (4999, 5000), (0, 1), (-3, 1)]
)
def test_the_end_of_an_axis_is_1_2_or_5_times_a_power_of_ten(largest: float, end: float) -> None:
    assert ceiling(largest) == end


@given(st.floats(1e-9, 1e9))
def test_the_end_is_never_below_the_number_and_never_far_above(largest: float) -> None:
    assert largest <= ceiling(largest) <= 2.5 * largest * (1 + 1e-9)


def test_truth_and_prediction_differ() -> None:
    assert TRUTH != PREDICTION
