"""Scales and colours."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_rgb

from lossviz.figures.look import Look
from lossviz.figures.theme import MEASURE, OTHER, PREDICTION, QUIET, TERM, TRUTH, ceiling
from lossviz.functions.charts.curves import LINES as ZOO
from lossviz.objectness.charts import COLOURS as OBJECTNESS


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


def lightness(colour: str) -> float:
    """The relative luminance of WCAG 2."""
    parts = np.array(to_rgb(colour))
    linear = np.where(parts <= 0.03928, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ (0.2126, 0.7152, 0.0722))


def contrast(one: str, other: str) -> float:
    high, low = sorted((lightness(one), lightness(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


LINES = {TERM, TRUTH, PREDICTION, OTHER, QUIET, *MEASURE.values(), *OBJECTNESS.values(), *(one for one, _ in ZOO)}


@pytest.mark.parametrize("colour", sorted(LINES))
def test_every_line_is_seen_on_the_dark_ground(colour: str) -> None:
    dark = Look(dark=True)
    assert contrast(colour, dark.paper) > 3  # charts on the page, which have the same colours on either ground
    assert contrast(dark.colour(colour), dark.paper) > 4.5
    assert Look().colour(colour) == colour


def test_what_differs_in_colour_differs_on_the_dark_ground() -> None:
    assert len({Look(dark=True).colour(colour) for colour in LINES}) == len(LINES)
