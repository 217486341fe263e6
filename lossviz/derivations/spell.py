"""A line with the numbers of a state in it, as LaTeX: sums written out, letters replaced, the value at the end."""

import math
import re
from collections.abc import Callable
from functools import partial

from lossviz.derivations.line import Line, Point

SUM = re.compile(r"\\sum_\{k(?P<but> \\ne i)?\} \{")
LETTER = re.compile(r"(?<![A-Za-z\\_])([aztuS])(?:_(\w))?(?![A-Za-z_])")
DIGITS = 4


def with_numbers(line: Line, point: Point) -> str:
    """Return the right side with the numbers in it and what it comes to, as LaTeX.

    Of a line with one number a class, what it comes to is that of the true class.
    """
    latex = summed(line.latex, point)
    for written, value in slopes(line, point).items():
        latex = filled(latex, re.compile(re.escape(written)), partial(same, value), number)
    latex = filled(latex, LETTER, lambda found: named(found, point), near_one)
    result = number(own(line, point))
    return latex if latex == result else f"{latex} = {result}"


def own(line: Line, point: Point) -> float:
    """Return the line's value; of a line with one number a class, that of the true class."""
    value = line.value(point)
    return float(value[point.i] if value.ndim else value)


def summed(latex: str, point: Point) -> str:
    """Return the LaTeX with its sums over classes written out; what a sum adds stands in braces."""
    while found := SUM.search(latex):
        end = closing(latex, found.end())
        body = latex[found.end() : end]
        columns = (k for k in range(len(point.z)) if not found["but"] or k != point.i)
        parts = " + ".join(re.sub(r"_k\b", f"_{k}", body) for k in columns)
        alone = not latex[: found.start()].strip() and end + 1 == len(latex)
        latex = latex[: found.start()] + (parts if alone else rf"\bigl({parts}\bigr)") + latex[end + 1 :]
    return latex


def closing(latex: str, start: int) -> int:
    """Return the index of the brace that closes the one opened before ``start``. Raises: ValueError if none does."""
    depth = 1
    for place in range(start, len(latex)):
        depth += (latex[place] == "{") - (latex[place] == "}")
        if depth == 0:
            return place
    raise ValueError(f"a brace stays open in {latex}")


def slopes(line: Line, point: Point) -> dict[str, float]:
    """Return the derivatives that still stand in the line, as written once sums are written out, with their values."""
    found = {}
    for written, slope in line.slopes.items():
        value = slope(point)
        if value.ndim == 0:
            found[written] = float(value)
            continue
        for k, row in enumerate(value):
            found[re.sub(r"_k\b", f"_{k}", written)] = float(row[point.i] if row.ndim else row)
    return found


def named(found: re.Match[str], point: Point) -> float:
    """Return the number that a letter stands for; with an index, its number in that class."""
    name, index = found[1], found[2]
    if name == "S":
        return float(point.e.sum())
    values = {"z": point.z, "t": point.t, "a": point.a, "u": point.a - point.t}[name]
    if not index:
        return float(values)
    return float(values[int(index) if index.isdigit() else {"i": point.i, "j": point.j}[index]])


def filled(
    latex: str, pattern: re.Pattern[str], value: Callable[[re.Match[str]], float], spelled: Callable[[float], str]
) -> str:
    """Return the LaTeX with each match replaced by its number; negative ones in brackets unless at a beginning."""

    def put(found: re.Match[str]) -> str:
        words = spelled(value(found))
        before, after = latex[: found.start()].rstrip(), latex[found.end() :]
        plain = not words.startswith("-") or ((not before or before[-1] in "{(") and after[:1] != "^")
        return words if plain else f"({words})"

    return pattern.sub(put, latex)


def same(value: float, found: re.Match[str]) -> float:
    """Return the value for any match: what stands there is one number wherever it is found."""
    return value


def number(value: float) -> str:
    """Return a number as LaTeX with four significant digits."""
    mantissa, _, power = f"{value or 0.0:.{DIGITS}g}".partition("e")
    return rf"{mantissa} \cdot 10^{{{int(power)}}}" if power else mantissa


def near_one(value: float) -> str:
    """Return a number with four digits; just below 1 with as many that four are left of the distance from 1."""
    if 0.9 < value < 1:
        return f"{value:.{DIGITS - 1 - math.floor(math.log10(1 - value))}f}"
    return number(value)
