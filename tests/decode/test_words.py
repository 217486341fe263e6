"""How numbers of the Decode page are written."""

import math

import pytest

from lossviz.decode.words import percent


@pytest.mark.parametrize("t", [-20, -10, -1, 0, 1, 7, 7.6, 8, 10, 14, 20, 30])
def test_a_centre_before_the_border_is_never_written_as_on_it(t: float) -> None:
    sigma = 1 / (1 + math.exp(-t))
    assert 0 < float(percent(sigma)) < 100
    assert float(percent(sigma)) == pytest.approx(100 * sigma, rel=1e-3)
    assert 100 - float(percent(sigma)) == pytest.approx(100 * (1 - sigma), rel=0.06, abs=0.05)


def test_only_what_is_rounded_to_1_is_100_per_cent() -> None:
    assert percent(1 / (1 + math.exp(-10))) == "99.9955"
    assert percent(1.0) == "100.0"
    assert percent(0.5) == "50.00"
