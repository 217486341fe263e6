"""Which device torch computes on: what is here, what was asked for, and what each kind of work is given.

A device is chosen for each kind of work, since what is too small is quicker without the way to a GPU and back. Whoever
starts the app or the command line says so once (``choose``); a visitor's own wish holds inside ``computing_on``.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache, wraps
from typing import Any, TypeVar

import torch

T = TypeVar("T")

DEVICES = ("auto", "cpu", "cuda", "mps")
VARIABLE = "LOSSVIZ_DEVICE"
"""The environment variable that names one of them."""
WORKS = ("evaluate", "assignment", "steps", "surface", "race", "experiment")
"""Kinds of work: a scene's losses and maps; 10,647 predictors assigned; gradient steps; a surface; a race; its 1,715,000
boxes."""
DOUBLE = ("steps", "race", "experiment")
"""The kinds that compute in double precision, which mps does not have."""


@dataclass(frozen=True)
class Choice:
    """The device of one kind of work, and why it was chosen."""

    device: str
    why: str
    """"only": no other is here; "asked": somebody named it; "fastest": it won the timing; "double": mps lacks float64."""
    times: Mapping[str, float] = field(default_factory=dict)
    """Milliseconds that a sample of the work took on each device, where there was a choice."""


CHOICES: dict[str, Choice] = {}
"""What was chosen for each kind of work since the process began; whatever is missing is computed on the CPU."""
_WISH: ContextVar[str | None] = ContextVar("wish", default=None)


def present() -> tuple[str, ...]:
    """Return the devices that are here, the CPU first."""
    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    return ("cpu", *(name for name, here in there.items() if here))


def checked(asked: str, dtype: torch.dtype | None = None) -> str:
    """Return the name of a device as it was asked for, "auto" included.

    Raises: ValueError, in one sentence, for any other name, for a device that is not here or cannot do the dtype.
    """
    here = present()
    if asked not in DEVICES:
        raise ValueError(f"expected a device of {', '.join(DEVICES)}, not '{asked}'")
    if asked != "auto" and asked not in here:
        raise ValueError(f"expected a device that is here ({', '.join(here)}), not '{asked}'")
    if asked == "mps" and dtype == torch.float64:
        raise ValueError("expected --dtype float32 with --device mps, which has no float64")
    return asked


def able(work: str, devices: Sequence[str]) -> list[str]:
    """Return those of the devices that can do a kind of work."""
    return [device for device in devices if device != "mps" or work not in DOUBLE]


def choice_of(work: str, asked: str, time: Callable[[str, str], float]) -> Choice:
    """Return what a kind of work is given: what was asked for, else the quickest of what is here.

    ``time`` returns the milliseconds of a sample of the work on a device; it is called only where there is a choice.
    """
    if asked != "auto":
        return Choice(asked, "asked") if able(work, [asked]) else Choice("cpu", "double")
    candidates = able(work, present())
    if len(candidates) == 1:
        return Choice(candidates[0], "only")
    times = {device: time(work, device) for device in candidates}
    return Choice(min(candidates, key=times.__getitem__), "fastest", times)


def choose(asked: str, time: Callable[[str, str], float], works: Sequence[str] = WORKS) -> Mapping[str, Choice]:
    """Choose for this process, once, before it computes; return what was chosen.

    Raises: ValueError, in one sentence, for a device that is not here.
    """
    wanted = checked(asked)
    CHOICES.update({work: choice_of(work, wanted, time) for work in works})
    return CHOICES


@contextmanager
def computing_on(device: str | None) -> Iterator[None]:
    """Have everything inside computed on this device; None: as it was chosen for each kind of work."""
    before = _WISH.set(device)
    try:
        yield
    finally:
        _WISH.reset(before)


def choice_for(work: str) -> Choice:
    """Return the device that a kind of work is computed on here and now, and why."""
    wish = _WISH.get()
    if wish:
        return Choice(wish, "asked") if able(work, [wish]) else Choice("cpu", "double")
    return CHOICES.get(work) or Choice("cpu", "only")


def device_for(work: str) -> str:
    """Return the device that a kind of work is computed on here and now."""
    return choice_for(work).device


def remembered(work: str, most: int) -> Callable[[Callable[..., T]], Callable[..., T]]:
    """Return a decorator that keeps the results of the last calls, ``most`` of them, as ``lru_cache`` does.

    Those of one device are not handed out for another: their last digits differ.
    """

    def remember(function: Callable[..., T]) -> Callable[..., T]:
        @lru_cache(maxsize=most)
        def kept(device: str, *args: Any) -> T:
            return function(*args)

        @wraps(function)
        def found(*args: Any) -> T:
            return kept(device_for(work), *args)

        found.cache_clear = kept.cache_clear  # type: ignore[attr-defined]
        return found

    return remember
