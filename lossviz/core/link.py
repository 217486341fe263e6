"""How a link spells a state and how it is read again: every value checked, bounded, in one spelling."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from lossviz.core.refused import RefusedError, refused

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


def digits(value: float) -> str:
    """Return a bound as a person writes it: six significant digits, no exponent."""
    short = f"{value:.6g}"
    return f"{value:.12f}".rstrip("0").rstrip(".") if "e" in short else short


def ends(low: float, high: float) -> tuple[str, str]:
    """Return the two ends of a range as a person writes them."""
    return digits(low), digits(high)


def one_of(*words: str) -> Callable[[str], str]:
    """Return a reader that takes one of these words and raises RefusedError for any other."""

    def parse(text: str) -> str:
        if text not in words:
            raise RefusedError("one" if len(words) > 1 else "be", words, text) if words else ValueError(text)
        return text

    return parse


def names_of(words: Sequence[str], least: int, most: int) -> Callable[[str], tuple[str, ...]]:
    """Return a reader of ``least`` to ``most`` different words separated by dots, in the order in which they come.

    The reader raises RefusedError for an unknown or a repeated word, and for too few or too many.
    """

    def parse(text: str) -> tuple[str, ...]:
        named = tuple(one_of(*words)(word) for word in text.split("."))
        if not least <= len(named) <= most or len({*named}) < len(named):
            raise RefusedError("names" if least < most else "exactly", ends(least, most), text)
        return named

    return parse


def some_of(*words: str) -> Callable[[str], tuple[str, ...]]:
    """Return a reader of words separated by dots, each at most once; it answers them in the order of ``words``.

    The reader raises RefusedError for an unknown or a repeated word.
    """
    return lambda text: tuple(sorted(names_of(words, 1, len(words))(text), key=words.index))


def switch(text: str) -> bool:
    """Return whether a link's 0 or 1 is 1. Raises: RefusedError for anything else."""
    return one_of("0", "1")(text) == "1"


def whole(most: int, least: int = 0) -> Callable[[str], int]:
    """Return a reader of whole numbers from ``least`` to ``most``; it raises RefusedError for anything else."""
    rule, allowed = ("whole", ends(least, most)) if least < most else ("be", (str(most),))

    def parse(text: str) -> int:
        if not re.fullmatch("0|[1-9][0-9]{0,5}", text) or not least <= int(text) <= most:
            raise RefusedError(rule, allowed, text)
        return int(text)

    return parse


def decimal(low: float, high: float) -> Callable[[str], float]:
    """Return a reader of numbers from ``low`` to ``high``; it raises RefusedError for anything else."""

    def parse(text: str) -> float:
        if not re.fullmatch(DECIMAL, text):
            raise RefusedError("number", ends(low, high), text)
        if not low <= float(text) <= high:
            raise RefusedError("between", ends(low, high), text)
        return six(float(text))

    return parse


def decimals(bounds: Sequence[tuple[float, float]]) -> Callable[[str], tuple[float, ...]]:
    """Return a reader of as many numbers as there are bounds, underscores between, each within its bounds.

    The reader raises RefusedError for another count, and for a number that is none or out of bounds.
    """
    return each([decimal(*pair) for pair in bounds])


def each(readers: Sequence[Reader]) -> Callable[[str], tuple[Any, ...]]:
    """Return a reader of as many numbers as there are readers, underscores between; it raises RefusedError as they do."""

    def parse(text: str) -> tuple[Any, ...]:
        parts = text.split("_")
        if len(parts) != len(readers):
            raise RefusedError("numbers", (str(len(readers)),), text)
        return tuple(one(part) for one, part in zip(readers, parts, strict=True))

    return parse


class Bounds(NamedTuple):
    """The range of a number that has a name, and whether it is a whole number."""

    low: float
    high: float
    whole: bool = False


def number_in(limits: Bounds, text: str) -> float:
    """Return a number within its bounds, also once it is rounded. Raises: RefusedError for anything else."""
    low, high, whole = limits
    number = decimal(low, high)(text)
    if not low <= number <= high or (whole and number != int(number)):
        raise RefusedError("whole" if whole else "between", ends(low, high), text)
    return number


def named(bounds: Mapping[str, Bounds]) -> Callable[[str], dict[str, float]]:
    """Return a reader of numbers with their names, such as ``thresh_0.5~seen_0``: each known, once, within its bounds.

    The reader raises RefusedError for an unknown name and for a bad number, ValueError for a repeated name.
    """

    def parse(text: str) -> dict[str, float]:
        found: dict[str, float] = {}
        for item in text.split("~"):
            name, _, value = item.rpartition("_")
            if item in bounds:
                raise RefusedError("like", (f"{item}_1",), item)
            limits = bounds[one_of(*bounds)(name or item)]
            if name in found:
                raise ValueError(text)
            found[name] = number_in(limits, value)
        return found

    return parse


def taken(query: Query, key: str, parse: Reader, otherwise: Any, bad: list[str]) -> Any:
    """Return what a reader makes of a key's value in a query; ``otherwise`` where the query does not name the key.

    So it does where the reader refuses the value; the key is then added to ``bad``, with what is allowed.
    """
    if key not in query:
        return otherwise
    try:
        return parse(query[key])
    except ValueError as error:
        bad.append(refused(key, query[key], error))
        return otherwise


def read(query: Query, plain: Any, keys: Mapping[str, str], readers: Mapping[str, Reader], bad: list[str]) -> Any:
    """Return each field of a state as its reader finds it in the query, by name.

    A field that the query does not name, or whose value is no good, stays as in ``plain``; the key of the latter is
    added to ``bad``. ``keys`` are the fields' names in a link.
    """
    return {name: taken(query, keys[name], parse, getattr(plain, name), bad) for name, parse in readers.items()}


def version(query: Query, bad: list[str]) -> None:
    """Check the number of the links' spelling, where the query gives it; any but 1 adds ``v`` to ``bad``."""
    taken(query, "v", one_of("1"), "1", bad)


def spell(
    state: Any, plain: Any, keys: Mapping[str, str], spelled: Mapping[str, Callable[[Any], str]]
) -> dict[str, str]:
    """Return a state as keys and values of a link, only what differs from ``plain``.

    ``keys`` are the fields' names in a link; ``spelled`` writes the values of those that ``str`` does not.
    """
    parts = {name: getattr(state, name) for name in keys if getattr(state, name) != getattr(plain, name)}
    query = {keys[name]: spelled.get(name, str)(value) for name, value in parts.items()}
    return {"v": "1", **query} if query else {}
