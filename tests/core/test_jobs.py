"""Work in processes of its own: what it is told, how much waits, how long it takes, how much is kept."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from helpers.jobs import left, until

from lossviz.core.jobs import PATIENT, Job, Jobs

SAYS = """
import os, sys, time, json
words = sys.stdin.read()
if words.startswith("slow"):
    print(json.dumps({"done": 1, "of": 60}), file=sys.stderr, flush=True)
    time.sleep(60)
if words == "bad":
    sys.exit("lossviz: error: expected better")
open(sys.argv[1] + "/file", "w").write(f"{words} {os.nice(0)}")
"""


class Echo(Jobs[str, str]):
    most_waiting = 2
    most_kept = 3
    most_bytes = 40
    patient = True

    def arguments(self, request: str, folder: Path) -> list[str]:  # noqa: ARG002
        return [str(folder)]

    def given(self, request: str) -> str:
        return request

    def read(self, folder: Path) -> str:
        return (folder / "file").read_text()

    def size(self, result: str) -> int:
        return len(result)


@pytest.fixture
def echo() -> Iterator[Echo]:
    found = Echo([sys.executable, "-S", "-c", SAYS])
    with left(found) as jobs:
        yield jobs


def done(echo: Echo, request: str) -> Job[str, str]:
    job = echo.ask(request, "ann")
    assert job is not None
    until(lambda: job.ended)
    return job


def test_a_program_reads_what_is_asked_and_gives_way_to_all_others(echo: Echo) -> None:
    assert done(echo, "hello").result == f"hello {os.nice(0) + PATIENT}"


def test_a_reason_is_said_without_the_program_s_name(echo: Echo) -> None:
    job = done(echo, "bad")
    assert (job.state, job.trouble) == ("failed", "expected better")


def test_as_many_wait_as_may_and_those_whom_nobody_has_seen_make_room(echo: Echo) -> None:
    echo.ask("slow", "ann")
    waiting = [echo.ask(f"wait {name}", name) for name in ("bob", "cid")]
    assert all(waiting)
    assert echo.ask("more", "dan") is None
    echo.jobs["wait bob"].watchers["bob"] -= echo.lost + 1
    assert echo.ask("more", "dan") is not None
    assert echo.jobs["wait bob"].state == "cancelled"


def test_what_takes_too_long_is_ended_and_says_so(echo: Echo) -> None:
    echo.limit = 0.3
    job = done(echo, "slow")
    assert (job.state, job.trouble) == ("failed", "it took longer than 0 s")


def test_only_the_newest_results_are_kept_by_number_and_by_bytes(echo: Echo) -> None:
    for request in ("a", "b", "c", "d"):
        done(echo, request)
    until(lambda: len(echo.jobs) == 3)
    assert [*echo.jobs] == ["b", "c", "d"]
    done(echo, "x" * 30)
    until(lambda: len(echo.jobs) < 4)
    assert [*echo.jobs] == ["d", "x" * 30]
