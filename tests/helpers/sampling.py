"""A few of many cases for ``make test``, in which every value is there; ``make test-all`` runs all cases."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any

import pytest


def itself(case: Any) -> tuple[Hashable, ...]:
    """A case's own values, one of each axis."""
    return case if isinstance(case, tuple) else (case,)


def chosen(cases: Sequence[Any], values: Callable[[Any], Sequence[Hashable]] = itself) -> list[int]:
    """The numbers of cases that together hold every value of every axis, the same each time.

    Always the next case with the most values that are still missing, and of those the one whose values are the least used.
    """
    named = [[*enumerate(values(case))] for case in cases]
    used: Counter[tuple[int, Hashable]] = Counter()
    missing = {value for case in named for value in case}
    kept = []
    while missing:
        best = max(
            range(len(named)),
            key=lambda n: (len(missing.intersection(named[n])), -sum(used[value] for value in named[n]), -n),
        )
        kept.append(best)
        used.update(named[best])
        missing.difference_update(named[best])
    return sorted(kept)


def sampled(cases: Iterable[Any], values: Callable[[Any], Sequence[Hashable]] = itself) -> list[Any]:
    """All cases for ``parametrize``; those that a sample needs no more are slow."""
    every = [*cases]
    kept = {*chosen(every, values)}
    return [
        pytest.param(*itself(case), marks=() if number in kept else pytest.mark.slow)
        for number, case in enumerate(every)
    ]


def first(cases: Iterable[Any], count: int = 16) -> list[Any]:
    """All cases for ``parametrize``, of which only the first are quick: for random ones, each as good as another."""
    return [pytest.param(case, marks=() if n < count else pytest.mark.slow) for n, case in enumerate(cases)]
