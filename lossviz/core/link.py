"""How a link spells a state and how it is read again: every value checked, bounded, in one spelling."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

WHOLE = "0|[1-9][0-9]{0,3}"
"""A whole number in a link: one spelling each, so that nothing is named twice."""
DECIMAL = r"-?[0-9]{1,17}(?:\.[0-9]{1,12})?(?:e[-+]?[0-9]{1,3})?"

Reader = Callable[[str], Any]
Query = Mapping[str, str]


def six(value: float) -> float:
    """Return a number rounded to six significant digits, so that what a link says is the state to the last digit."""
    return float(f"{value:.6g}")


def numbers(values: Sequence[float]) -> str:
    """Return numbers as a link spells them: six significant digits each, underscores between."""
    return "_".join(f"{value:.6g}" for value in values)


def one_of(*words: str) -> Callable[[str], str]:
    """Return a reader that takes one of these words and raises ValueError for any other."""

    def parse(text: str) -> str:
        if text not in words:
            raise ValueError(text)
        return text

    return parse


def some_of(*words: str) -> Callable[[str], tuple[str, ...]]:
    """Return a reader of words separated by dots, each at most once; it answers them in the order of ``words``.

    The reader raises ValueError for an unknown or a repeated word.
    """

    def parse(text: str) -> tuple[str, ...]:
        named = text.split(".")
        if not {*named} <= {*words} or len({*named}) < len(named):
            raise ValueError(text)
        return tuple(word for word in words if word in named)

    return parse


def switch(text: str) -> bool:
    """Return whether a link's 0 or 1 is 1. Raises: ValueError for anything else."""
    return one_of("0", "1")(text) == "1"


def whole(most: int, least: int = 0) -> Callable[[str], int]:
    """Return a reader of whole numbers from ``least`` to ``most``; it raises ValueError for anything else."""

    def parse(text: str) -> int:
        if not re.fullmatch("0|[1-9][0-9]{0,5}", text) or not least <= int(text) <= most:
            raise ValueError(text)
        return int(text)

    return parse


def decimal(low: float, high: float) -> Callable[[str], float]:
    """Return a reader of numbers from ``low`` to ``high``; it raises ValueError for anything else."""

    def parse(text: str) -> float:
        if not re.fullmatch(DECIMAL, text) or not low <= float(text) <= high:
            raise ValueError(text)
        return six(float(text))

    return parse


def decimals(bounds: Sequence[tuple[float, float]]) -> Callable[[str], tuple[float, ...]]:
    """Return a reader of as many numbers as there are bounds, underscores between, each within its bounds.

    The reader raises ValueError for another count, and for a number that is none or out of bounds.
    """

    def parse(text: str) -> tuple[float, ...]:
        return tuple(decimal(*pair)(part) for pair, part in zip(bounds, text.split("_"), strict=True))

    return parse


def read(query: Query, plain: Any, keys: Mapping[str, str], readers: Mapping[str, Reader], bad: list[str]) -> Any:
    """Return each field of a state as its reader finds it in the query, by name.

    A field that the query does not name, or whose value is no good, stays as in ``plain``; the key of the latter is
    added to ``bad``. ``keys`` are the fields' names in a link.
    """
    found = {}
    for name, parse in readers.items():
        key = keys[name]
        try:
            found[name] = parse(query[key]) if key in query else getattr(plain, name)
        except ValueError:
            bad.append(key)
            found[name] = getattr(plain, name)
    return found


def version(query: Query, bad: list[str]) -> None:
    """Check the number of the links' spelling, where the query gives it; any but 1 adds ``v`` to ``bad``."""
    if query.get("v", "1") != "1":
        bad.append("v")


def spell(
    state: Any, plain: Any, keys: Mapping[str, str], spelled: Mapping[str, Callable[[Any], str]]
) -> dict[str, str]:
    """Return a state as keys and values of a link, only what differs from ``plain``.

    ``keys`` are the fields' names in a link; ``spelled`` writes the values of those that ``str`` does not.
    """
    parts = {name: getattr(state, name) for name in keys if getattr(state, name) != getattr(plain, name)}
    query = {keys[name]: spelled.get(name, str)(value) for name, value in parts.items()}
    return {"v": "1", **query} if query else {}
