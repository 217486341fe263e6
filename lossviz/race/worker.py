"""Experiments in a process of their own: one runs, one may wait; visitors who ask for the same share it."""

import json
import subprocess
import sys
import tempfile
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock, Thread
from typing import Any

import numpy as np

from lossviz.engine.device import device_for

MOST_KEPT = 12
"""Most finished experiments that are remembered."""
AWAY, LOST = 5.0, 120.0
"""Seconds unseen after which a visitor counts as gone: when another one cancels, and in any case."""
Request = tuple[int, str]
"""What is asked for: how many points, and which gradient."""


@dataclass
class Job:
    """One experiment: asked for, running, done, failed or cancelled."""

    request: Request
    watchers: dict[str, float] = field(default_factory=dict)
    """Who waits for it, and when each was last seen."""
    state: str = "waiting"
    share: float = 0.0
    """Share of the work that is done."""
    backend: str = ""
    """How the work is computed: "compiled" or "eager"."""
    began: float = 0.0
    seconds: float = 0.0
    """How long the work took, once done."""
    result: dict[str, np.ndarray] | None = None
    trouble: str = ""
    process: subprocess.Popen[str] | None = None

    @property
    def left(self) -> float | None:
        """Return the seconds still to go, as far as one can tell; None where one cannot."""
        spent = time.monotonic() - self.began
        return spent * (1 - self.share) / self.share if self.state == "running" and self.share > 0.01 else None

    @property
    def ended(self) -> bool:
        """Return whether nothing more will come of it."""
        return self.state in ("done", "failed", "cancelled")


class Laboratory:
    """Where experiments are asked for: a queue of one behind the one that runs."""

    def __init__(self, command: Sequence[str] = (sys.executable, "-m", "lossviz", "race")) -> None:
        """Open with no experiments; ``command`` is the program that does the work."""
        self.command = tuple(command)
        self.jobs: OrderedDict[Request, Job] = OrderedDict()
        self.lock = Lock()

    def of(self, request: Request) -> Job | None:
        """Return the experiment of that request, if somebody has asked for it."""
        return self.jobs.get(request)

    def watched_by(self, visitor: str) -> Job | None:
        """Return the experiment under way that this visitor waits for, if there is one."""
        return next((job for job in self.jobs.values() if visitor in job.watchers and not job.ended), None)

    def ask(self, request: Request, visitor: str) -> Job | None:
        """Return the experiment of that request, begun or joined.

        None where one runs and another waits already, and for a visitor who waits for another one.
        """
        with self.lock:
            job = self.jobs.get(request)
            if job and job.state in ("waiting", "running", "done"):
                self.see(job, visitor)
                return job
            if self.watched_by(visitor) or any(job.state == "waiting" for job in self.jobs.values()):
                return None
            job = self.jobs[request] = Job(request, {visitor: time.monotonic()})
            self.jobs.move_to_end(request)
            self.start_next()
            return job

    @staticmethod
    def see(job: Job, visitor: str) -> None:
        """Note that the visitor still looks at the experiment."""
        job.watchers[visitor] = time.monotonic()

    def leave(self, job: Job, visitor: str) -> None:
        """Let a visitor no longer wait; with the last one the experiment ends.

        Whoever was not seen for a while is gone, too.
        """
        with self.lock:
            job.watchers.pop(visitor, None)
            self.forget(job, AWAY)

    def forget(self, job: Job, seconds: float) -> None:
        """Drop visitors not seen for so long; an experiment that nobody waits for ends."""
        now = time.monotonic()
        job.watchers = {name: seen for name, seen in job.watchers.items() if now - seen < seconds}
        if job.watchers or job.ended:
            return
        job.state = "cancelled"
        if job.process:
            job.process.kill()
        self.start_next()

    def start_next(self) -> None:
        """Begin what waits, if nothing runs; forget the oldest results."""
        busy = any(job.state == "running" for job in self.jobs.values())
        waiting = next((job for job in self.jobs.values() if job.state == "waiting"), None)
        if waiting and not busy:
            waiting.state, waiting.began = "running", time.monotonic()
            Thread(target=self.run, args=(waiting,), daemon=True).start()
        ended = [request for request, job in self.jobs.items() if job.ended]
        for request in ended[: max(0, len(ended) - MOST_KEPT)]:
            del self.jobs[request]

    def run(self, job: Job) -> None:
        """Watch the process of an experiment to its end."""
        try:
            with tempfile.TemporaryDirectory() as folder:
                self.watch(job, Path(folder) / "race.npz")
        except Exception as error:  # whatever it is, the next one must not wait for ever
            job.trouble = str(error)
        with self.lock:
            job.process = None
            if job.state == "running":
                job.state = "done" if job.result is not None else "failed"
            job.seconds = time.monotonic() - job.began
            self.start_next()

    def watch(self, job: Job, file: Path) -> None:
        """Start the process, follow what it says, take over what it wrote."""
        points, gradient = job.request
        arguments = ["--points", str(points), "--gradient", gradient, "--npz", str(file), "--progress", "json"]
        arguments += ["--device", device_for("experiment")]
        with subprocess.Popen(
            [*self.command, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
        ) as process:
            job.process = process
            if job.state != "running":
                process.kill()
            for line in process.stderr or ():
                self.hear(job, line)
                if job.watchers and time.monotonic() - max(job.watchers.values()) > LOST:
                    with self.lock:
                        self.forget(job, LOST)
            code = process.wait()
        if code == 0:
            with np.load(file, allow_pickle=False) as found:
                job.result = {name: found[name] for name in found.files}

    @staticmethod
    def hear(job: Job, line: str) -> None:
        """Take over a line of progress; any other is kept as the reason, should the process fail."""
        try:
            said: dict[str, Any] = json.loads(line)
            job.share, job.backend = float(said["done"]) / float(said["of"]), str(said.get("backend", ""))
        except (ValueError, KeyError, TypeError, ZeroDivisionError):
            job.trouble = line.strip() or job.trouble


LABORATORY = Laboratory()
"""The laboratory that all visitors of this server share."""
