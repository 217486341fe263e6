"""Numbers as sentences have them: a few digits, thousands apart, never an exponent."""

import math

from lossviz.core.text import four


def spoken(value: float, digits: int = 4) -> str:
    """Write a number with so many significant digits, without zeros at its end and without an exponent."""
    if value == 0:
        return "0"
    if not math.isfinite(value):
        return four(value)
    places = digits - 1 - math.floor(math.log10(abs(value)))
    written = f"{round(value, places):,.{max(places, 0)}f}"
    return written.rstrip("0").rstrip(".") if "." in written else written


def ratio(value: float) -> str:
    """Write a ratio with four digits; next to 1 with six, so that what is not 1 does not read 1."""
    return spoken(value, 4 if abs(value - 1) >= 1e-3 else 6)
