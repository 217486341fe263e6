"""Work in a process of its own, in tests: waiting for it, and leaving none behind."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from lossviz.core.jobs import Jobs

J = TypeVar("J", bound=Jobs[Any, Any])


@contextmanager
def left(jobs: J) -> Iterator[J]:
    """The place where work is asked for; afterwards nobody waits for any."""
    yield jobs
    for job in list(jobs.jobs.values()):
        for watcher in list(job.watchers):
            jobs.leave(job, watcher)


def until(holds: Callable[[], object], seconds: float = 20) -> None:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)
