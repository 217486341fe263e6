"""Goals of cards: lists of comparisons with facts. Nothing is evaluated: a comparison has a name and a number."""

import math
from collections.abc import Callable, Mapping
from typing import Any

from lossviz.lessons.facts import Fact, Facts

__all__ = ["KINDS", "fulfilled"]

Test = Mapping[str, Any]


def number(fact: Fact, test: Test) -> float | None:
    """Return a fact as the number that is compared: its size where the test says so; None where it is no finite number."""
    if isinstance(fact, bool) or not isinstance(fact, int | float) or math.isnan(fact):
        return None
    return abs(fact) if test.get("abs") else fact


def other(name: str, test: Test, facts: Facts) -> float:
    """Return the number of the fact with which another one is compared, times its factor; nan where there is none."""
    found = number(facts.get(name), test)
    return math.nan if found is None else test.get("times", 1) * found


Compared = Callable[[float, Any, Test, Facts], bool]
NUMBERS: Mapping[str, Compared] = {
    "min": lambda here, limit, _, __: here >= limit,
    "max": lambda here, limit, _, __: here <= limit,
    "near": lambda here, middle, test, _: abs(here - middle) <= test["by"],
    "same_as": lambda here, name, test, facts: abs(here - other(name, test, facts)) <= test["by"],
    "at_least": lambda here, name, test, facts: here >= other(name, test, facts),
    "at_most": lambda here, name, test, facts: here <= other(name, test, facts),
    "finite": lambda here, _, __, ___: math.isfinite(here),
}
"""Comparisons of a number: with limits, with a middle, with another fact."""
KINDS = (*NUMBERS, "is", "in", "differs", "differs_fact", "absent", "nan")
"""Everything that a test may ask."""


def fulfilled(test: Test, facts: Facts) -> bool:
    """Return whether the facts pass a test; a fact that is not there passes only where its absence is the goal."""
    fact = facts.get(test["fact"])
    if "absent" in test:
        return fact is None
    if "nan" in test:
        return isinstance(fact, float) and math.isnan(fact)
    if fact is None:
        return False
    words = (
        fact == test.get("is", fact),
        fact in test.get("in", [fact]),
        "differs" not in test or fact != test["differs"],
        "differs_fact" not in test or fact != facts.get(test["differs_fact"]),
    )
    return all(words) and measured(fact, test, facts)


def measured(fact: Fact, test: Test, facts: Facts) -> bool:
    """Return whether a fact passes the comparisons of numbers in a test, if it has any."""
    asked = [kind for kind in NUMBERS if kind in test]
    here = number(fact, test)
    return not asked or (here is not None and all(NUMBERS[kind](here, test[kind], test, facts) for kind in asked))
