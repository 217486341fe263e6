"""What every reader of a component's messages asks of a value: nothing from a browser is trusted before."""

import math
from collections.abc import Mapping
from typing import TypeGuard


def is_whole(value: object) -> TypeGuard[int]:
    """Return whether a value is a whole number that JavaScript can count to."""
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53


def is_number(value: object, most: float = math.inf) -> TypeGuard[float]:
    """Return whether a value is a number nearer to 0 than ``most``; nan and the infinities are not."""
    return isinstance(value, int | float) and not isinstance(value, bool) and -most < value < most


def inside(value: float, low: float, high: float) -> float:
    """Return the number of the interval that is nearest; a whole number arrives from JavaScript as int."""
    return float(min(max(value, low), high))


def number_of(message: object, before: int = 0) -> int:
    """Return a message's number, or ``before``; a refused one is answered too, or the browser would wait in vain."""
    number = message.get("seq") if isinstance(message, Mapping) else None
    return number if is_whole(number) else before
