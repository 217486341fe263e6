"""Experiments in a process of their own: shared, queued, cancelled, and what is said when they fail."""

import sys
import time
from collections.abc import Iterator

import numpy as np
import pytest
from helpers.jobs import left, until

from lossviz.race.worker import Job, Laboratory

TELLS = """
import sys, time, json
file = sys.argv[sys.argv.index("--npz") + 1]
points = int(sys.argv[sys.argv.index("--points") + 1])
print(json.dumps({"loss": "iou", "done": 1, "of": 4, "seconds": 0, "backend": "eager"}), file=sys.stderr, flush=True)
if points == 7:
    sys.exit("lossviz: error: no such thing")
if points > 1:
    time.sleep(60)
import numpy
numpy.savez(file, points=points)
"""
QUICK, SLOW, BROKEN = (1, "true"), (100, "true"), (7, "true")


@pytest.fixture
def laboratory() -> Iterator[Laboratory]:
    found = Laboratory([sys.executable, "-c", TELLS])
    with left(found) as jobs:
        yield jobs


def asked(laboratory: Laboratory, request: tuple[int, str], visitor: str) -> Job:
    job = laboratory.ask(request, visitor)
    assert job is not None
    return job


def test_an_experiment_is_run_once_for_all_who_ask_for_the_same(laboratory: Laboratory) -> None:
    first, second = asked(laboratory, QUICK, "ann"), asked(laboratory, QUICK, "bob")
    assert first is second
    until(lambda: first.ended)
    assert (first.state, first.share, first.said["backend"]) == ("done", 0.25, "eager")
    assert first.result is not None
    assert first.result["points"] == 1
    assert asked(laboratory, QUICK, "cid") is first


def test_one_runs_one_waits_and_a_third_is_turned_away(laboratory: Laboratory) -> None:
    running, waiting = asked(laboratory, SLOW, "ann"), asked(laboratory, QUICK, "bob")
    assert (running.state, waiting.state) == ("running", "waiting")
    assert laboratory.ask((25, "published"), "cid") is None
    laboratory.leave(running, "ann")
    until(lambda: waiting.state == "done")
    assert running.state == "cancelled"


def test_a_cancelled_experiment_is_gone_within_a_second(laboratory: Laboratory) -> None:
    job = asked(laboratory, SLOW, "ann")
    until(lambda: job.share > 0)
    process = job.process
    assert process is not None
    laboratory.leave(job, "ann")
    assert process.wait(timeout=1) != 0
    assert asked(laboratory, SLOW, "ann") is not job


def test_one_visitor_s_leaving_does_not_stop_the_others(laboratory: Laboratory) -> None:
    job = asked(laboratory, SLOW, "ann")
    asked(laboratory, SLOW, "bob")
    laboratory.leave(job, "ann")
    assert job.state == "running"
    assert laboratory.watched_by("bob") is job
    assert laboratory.watched_by("ann") is None


def test_who_was_not_seen_for_a_while_does_not_hold_an_experiment(laboratory: Laboratory) -> None:
    job = asked(laboratory, SLOW, "before the reload")
    laboratory.see(job, "after it")
    job.watchers["before the reload"] -= 60
    laboratory.leave(job, "after it")
    assert job.state == "cancelled"


def test_nobody_takes_both_places(laboratory: Laboratory) -> None:
    asked(laboratory, SLOW, "ann")
    assert laboratory.ask(QUICK, "ann") is None
    assert asked(laboratory, QUICK, "bob").state == "waiting"


def test_a_result_that_cannot_be_read_is_a_failure_and_makes_room() -> None:
    garbage = "import sys; open(sys.argv[sys.argv.index('--npz') + 1], 'wb').write(b'PK and no more')"
    laboratory = Laboratory([sys.executable, "-c", garbage])
    job = asked(laboratory, QUICK, "ann")
    until(lambda: job.ended)
    assert job.state == "failed"
    again = asked(laboratory, (2, "true"), "ann")
    until(lambda: again.ended)


def test_a_failure_tells_its_reason_and_can_be_tried_again(laboratory: Laboratory) -> None:
    job = asked(laboratory, BROKEN, "ann")
    until(lambda: job.ended)
    assert (job.state, job.trouble) == ("failed", "no such thing")
    assert asked(laboratory, BROKEN, "ann") is not job


def test_what_is_left_follows_the_share() -> None:
    job = Job(QUICK, state="running", share=0.25, began=time.monotonic() - 10)
    assert job.left == pytest.approx(30, abs=1)
    assert Job(QUICK).left is None


def test_the_real_program_runs_in_it() -> None:
    laboratory = Laboratory()
    job = asked(laboratory, QUICK, "ann")
    until(lambda: job.ended, 60)
    assert job.state == "done", job.trouble
    assert job.result is not None
    assert job.result["curve_iou"].shape == (200,)
    assert np.isfinite(job.result["final_per_point_ciou"]).all()
    assert job.share == 1
