"""Numbers as sentences have them."""

import math

from lossviz.core.spoken import ratio, spoken


def test_a_number_in_a_sentence_has_no_exponent() -> None:
    said = [spoken(value) for value in (1.2345e10, 0.000012345, 79.0, -4.3956, 0.0, math.inf)]
    assert said == ["12,340,000,000", "0.00001234", "79", "-4.396", "0", "∞"]
    assert (spoken(9554, 2), spoken(78.34, 3)) == ("9,600", "78.3")


def test_what_is_not_1_does_not_read_1() -> None:
    assert [ratio(value) for value in (1.0, 1.00006, 0.9999, 1.01, 101.0101)] == [
        "1",
        "1.00006",
        "0.9999",
        "1.01",
        "101",
    ]
