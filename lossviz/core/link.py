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
    """Six significant digits: what the link says is the state, to the last digit."""
    return float(f"{value:.6g}")


def numbers(values: Sequence[float]) -> str:
    """As in a link."""
    return "_".join(f"{value:.6g}" for value in values)


def one_of(*words: str) -> Callable[[str], str]:
    """A reader that takes one of these words."""

    def parse(text: str) -> str:
        if text not in words:
            raise ValueError(text)
        return text

    return parse


def some_of(*words: str) -> Callable[[str], tuple[str, ...]]:
    """A reader of a list without repetition, in the order of ``words``; dots stand between."""

    def parse(text: str) -> tuple[str, ...]:
        named = text.split(".")
        if not {*named} <= {*words} or len({*named}) < len(named):
            raise ValueError(text)
        return tuple(word for word in words if word in named)

    return parse


def switch(text: str) -> bool:
    """0 or 1."""
    return one_of("0", "1")(text) == "1"


def whole(most: int, least: int = 0) -> Callable[[str], int]:
    """A reader of whole numbers up to ``most``."""

    def parse(text: str) -> int:
        if not re.fullmatch("0|[1-9][0-9]{0,5}", text) or not least <= int(text) <= most:
            raise ValueError(text)
        return int(text)

    return parse


def decimal(low: float, high: float) -> Callable[[str], float]:
    """A reader of numbers within bounds."""

    def parse(text: str) -> float:
        if not re.fullmatch(DECIMAL, text) or not low <= float(text) <= high:
            raise ValueError(text)
        return six(float(text))

    return parse


def decimals(bounds: Sequence[tuple[float, float]]) -> Callable[[str], tuple[float, ...]]:
    """A reader of so many numbers within their bounds, _ between them."""

    def parse(text: str) -> tuple[float, ...]:
        return tuple(decimal(*pair)(part) for pair, part in zip(bounds, text.split("_"), strict=True))

    return parse


def read(query: Query, plain: Any, keys: Mapping[str, str], readers: Mapping[str, Reader], bad: list[str]) -> Any:
    """Each part as its reader finds it; the key of one that is no good goes to ``bad``, the part stays as in ``plain``."""
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
    """The spelling's own number, where it is given."""
    if query.get("v", "1") != "1":
        bad.append("v")


def spell(
    state: Any, plain: Any, keys: Mapping[str, str], spelled: Mapping[str, Callable[[Any], str]]
) -> dict[str, str]:
    """Only what differs from the default."""
    parts = {name: getattr(state, name) for name in keys if getattr(state, name) != getattr(plain, name)}
    query = {keys[name]: spelled.get(name, str)(value) for name, value in parts.items()}
    return {"v": "1", **query} if query else {}
