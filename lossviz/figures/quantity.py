"""What of a page's state can be swept: a number, where it stands and how far it goes; and a sweep as a command spells it."""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from lossviz.core.link import six
from lossviz.engine.boxes import XYWH

S = TypeVar("S")
MOST_FRAMES, MOST_SIDE = 240, 41
"""Most frames of one sweep, and along each side of a grid of two."""
USUAL, USUAL_SIDE = 60, 15
"""Frames of a sweep, and along each side of a grid, unless asked otherwise."""
NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?"
SWEEP = re.compile(rf"([\w.]+)(?:=({NUMBER})\.\.({NUMBER}))?(?::(\d{{1,4}}))?", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True)
class Quantity(Generic[S]):
    """A number of a page's state. ``low`` and ``high``: as far as it goes; ``whole``: it has no fractions."""

    name: str
    of: Callable[[S], float]
    put: Callable[[S, float], S]
    low: float
    high: float
    whole: bool = False
    label: str = ""
    """Key of its name in the catalogue; none: the name is its symbol in the formulas."""

    def __post_init__(self) -> None:
        """Round both ends inwards to what can be written in six digits."""
        object.__setattr__(self, "low", -inwards(-self.low))
        object.__setattr__(self, "high", inwards(self.high))


def inwards(high: float) -> float:
    """Return the largest number of six digits that is not above the bound."""
    near = six(high)
    return near if near <= high else six(high - 10.0 ** (math.floor(math.log10(abs(high))) - 5))


Quantities = Mapping[str, Quantity[Any]]


def none(_: object) -> Quantities:
    """Return no quantities: nothing of the page can be swept."""
    return {}


def of_box(
    box: Callable[[S], XYWH], put: Callable[[S, XYWH], S], bounds: Sequence[tuple[float, float]]
) -> dict[str, Quantity[S]]:
    """Return x, y, w and h of a state's box, within these bounds."""

    def side(n: int) -> Quantity[S]:
        def place(state: S, value: float) -> S:
            x, y, w, h = (value if n == k else old for k, old in enumerate(box(state)))
            return put(state, (x, y, w, h))

        return Quantity("xywh"[n], lambda state: box(state)[n], place, *bounds[n])

    return {quantity.name: quantity for quantity in map(side, range(4))}


class Settled(Protocol):
    """A state with settings of a program."""

    @property
    def settings(self) -> tuple[tuple[str, float], ...]:
        """Return the settings that differ from the program's own."""

    def with_setting(self, name: str, value: float | None) -> Any:
        """Return the state with a setting; None: as the program has it."""


def of_setting(name: str, usual: float, low: float, high: float, whole: bool) -> Quantity[Settled]:
    """Return a program's setting; ``usual``: where it stands unless the state says otherwise."""
    return Quantity(
        name,
        lambda state: dict(state.settings).get(name, usual),
        lambda state, value: state.with_setting(name, value),
        low,
        high,
        whole,
    )


@dataclass(frozen=True)
class Sweep:
    """One quantity from here to there: its values, evenly apart."""

    quantity: Quantity[Any]
    values: tuple[float, ...]


def sweep_of(said: str, known: Quantities, most: int = MOST_FRAMES, usual: int = USUAL) -> Sweep:
    """Return a sweep from its spelling: ``x=9..13:60``, ``x=9..13``, or ``x`` for as far as it goes.

    Raises: ValueError, one sentence, for an unknown quantity, too wide a range, too few or too many frames.
    """
    found = SWEEP.fullmatch(said.strip())
    quantity = known.get(found[1]) if found else None
    if not found or not quantity:
        raise ValueError(f"expected a sweep such as {example(known)}, of one of {', '.join(known)}, not {said[:40]!r}")
    low, high = (
        (float(found[2]), float(found[3])) if found[2] else (quantity.low, quantity.high)
    )  # a sweep may go down as well
    if not all(quantity.low <= end <= quantity.high for end in (low, high)):
        ends = f"{quantity.low:.6g}..{quantity.high:.6g}"
        raise ValueError(f"expected ends of {quantity.name} within {ends}, not {said[:40]!r}")
    if low == high:
        raise ValueError(f"expected two different ends of {quantity.name}, not {said[:40]!r}")
    count = int(found[4]) if found[4] else usual
    if not 2 <= count <= most:
        raise ValueError(f"expected 2 to {most} frames of {quantity.name}, not {count}")
    values = [six(low + (high - low) * n / (count - 1)) for n in range(count)]
    if quantity.whole:
        values = [float(round(value)) for value in values]
    several = tuple(dict.fromkeys(values))
    if len(several) < 2:
        raise ValueError(f"expected at least two different values of {quantity.name}, not {said[:40]!r}")
    return Sweep(quantity, several)


def example(known: Quantities) -> str:
    """Return how a sweep of the first quantity may be spelled."""
    first = next(iter(known.values()))
    return f"{first.name}={first.low:.6g}..{first.high:.6g}:{USUAL}"
