"""Work in a process of its own: one runs, a few may wait; visitors who ask for the same share it."""

import json
import os
import subprocess
import sys
import tempfile
import time
from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock, Thread, Timer
from typing import Any, Generic, TypeVar

AWAY = 5.0
"""Seconds unseen after which a visitor counts as gone when another one cancels."""
PATIENT = 10
"""How far a process stands back behind the server's, in POSIX's steps of priority."""
ERROR = "lossviz: error: "
"""What the program writes before its reason to end."""

Q = TypeVar("Q", bound=Hashable)
R = TypeVar("R")


@dataclass
class Job(Generic[Q, R]):
    """One piece of work: asked for, running, done, failed or cancelled."""

    request: Q
    watchers: dict[str, float] = field(default_factory=dict)
    """Who waits for it, and when each was last seen."""
    state: str = "waiting"
    share: float = 0.0
    """Share of the work that is done."""
    said: Mapping[str, Any] = field(default_factory=dict)
    """The last line of progress."""
    began: float = 0.0
    seconds: float = 0.0
    """How long the work took, once done."""
    result: R | None = None
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


class Jobs(ABC, Generic[Q, R]):
    """Where work of one kind is asked for. A kind says what its program is told and how its result is read."""

    most_waiting = 1
    """Most that wait behind the one that runs."""
    most_kept = 12
    """Most that are remembered once they have ended."""
    most_bytes: float = float("inf")
    """Most bytes of all results together."""
    lost = 120.0
    """Seconds unseen after which a visitor counts as gone in any case."""
    limit: float | None = None
    """Seconds after which a process is ended."""
    patient = False
    """Whether the process gives way to all others: nobody's drag may be slower for it."""

    def __init__(self, command: Sequence[str] = (sys.executable, "-m", "lossviz")) -> None:
        """Open with no work; ``command`` begins the command line of the program that does it."""
        self.command = tuple(command)
        self.jobs: OrderedDict[Q, Job[Q, R]] = OrderedDict()
        self.lock = Lock()

    @abstractmethod
    def arguments(self, request: Q, folder: Path) -> list[str]:
        """Return what the program is told on its command line; what it writes goes into the folder."""

    @abstractmethod
    def read(self, folder: Path) -> R:
        """Return what the program wrote. Raises: any exception, whose words are the reason of the failure."""

    def given(self, request: Q) -> str:  # noqa: ARG002 - most programs read nothing
        """Return what the program reads on standard input."""
        return ""

    def size(self, result: R) -> int:  # noqa: ARG002 - most results are small
        """Return the bytes of a result."""
        return 0

    def of(self, request: Q) -> Job[Q, R] | None:
        """Return the work of that request, if somebody has asked for it."""
        return self.jobs.get(request)

    def watched_by(self, visitor: str) -> Job[Q, R] | None:
        """Return the work under way that this visitor waits for, if there is any."""
        return next((job for job in [*self.jobs.values()] if visitor in job.watchers and not job.ended), None)

    def ask(self, request: Q, visitor: str) -> Job[Q, R] | None:
        """Return the work of that request, begun or joined.

        None where one runs and enough wait already, and for a visitor who waits for another one.
        """
        with self.lock:
            job = self.jobs.get(request)
            if job and job.state in ("waiting", "running", "done"):
                self.see(job, visitor)
                return job
            for waiting in self.waiting():
                self.forget(waiting, self.lost)
            if self.watched_by(visitor) or len(self.waiting()) >= self.most_waiting:
                return None
            job = self.jobs[request] = Job(request, {visitor: time.monotonic()})
            self.jobs.move_to_end(request)
            self.start_next()
            return job

    def waiting(self) -> list[Job[Q, R]]:
        """Return what waits, first come first."""
        return [job for job in self.jobs.values() if job.state == "waiting"]

    @staticmethod
    def see(job: Job[Q, R], visitor: str) -> None:
        """Note that the visitor still looks at the work."""
        job.watchers = {**job.watchers, visitor: time.monotonic()}  # another thread may be counting them

    def leave(self, job: Job[Q, R], visitor: str) -> None:
        """Let a visitor no longer wait; with the last one the work ends.

        Whoever was not seen for a while is gone, too.
        """
        with self.lock:
            job.watchers = {name: seen for name, seen in job.watchers.items() if name != visitor}
            self.forget(job, AWAY)

    def forget(self, job: Job[Q, R], seconds: float) -> None:
        """Drop visitors not seen for so long; work that nobody waits for ends."""
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
        waiting = self.waiting()
        if waiting and not busy:
            waiting[0].state, waiting[0].began = "running", time.monotonic()
            Thread(target=self.run, args=(waiting[0],), daemon=True).start()
        ended = [job for job in self.jobs.values() if job.ended]
        while len(ended) > self.most_kept or self.weight(ended) > self.most_bytes:
            del self.jobs[ended.pop(0).request]

    def weight(self, jobs: Sequence[Job[Q, R]]) -> int:
        """Return the bytes of the results together."""
        return sum(self.size(job.result) for job in jobs if job.result is not None)

    def run(self, job: Job[Q, R]) -> None:
        """Watch the process of some work to its end."""
        try:
            with tempfile.TemporaryDirectory() as folder:
                self.watch(job, Path(folder))
        except Exception as error:  # whatever it is, the next one must not wait for ever
            job.trouble = str(error)
        with self.lock:
            job.process = None
            if job.state == "running":
                job.state = "done" if job.result is not None else "failed"
            job.seconds = time.monotonic() - job.began
            self.start_next()

    def watch(self, job: Job[Q, R], folder: Path) -> None:
        """Start the process, follow what it says, take over what it wrote."""
        told, written = folder / "told", folder / "written"
        told.write_text(self.given(job.request), encoding="utf-8")
        written.mkdir()
        command = [*self.command, *self.arguments(job.request, written)]
        with (
            told.open(encoding="utf-8") as stream,
            subprocess.Popen(
                command, stdin=stream, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, encoding="utf-8"
            ) as process,
        ):
            self.follow(job, process)
            code = process.wait()
        if code == 0 and job.state == "running":
            job.result = self.read(written)

    def follow(self, job: Job[Q, R], process: "subprocess.Popen[str]") -> None:
        """Hear what the process says until it ends, or until nobody waits for it, or until it has taken too long."""
        if self.patient:
            give_way(process)
        job.process = process
        if job.state != "running":
            process.kill()
        late = Timer(self.limit, self.stop, (job, process)) if self.limit else None
        if late:
            late.daemon = True
            late.start()
        for line in process.stderr or ():
            self.hear(job, line)
            if job.watchers and time.monotonic() - max(job.watchers.values()) > self.lost:
                with self.lock:
                    self.forget(job, self.lost)
        if late:
            late.cancel()

    def stop(self, job: Job[Q, R], process: "subprocess.Popen[str]") -> None:
        """End a process that has taken too long."""
        job.trouble = f"it took longer than {self.limit:.0f} s"
        process.kill()

    @staticmethod
    def hear(job: Job[Q, R], line: str) -> None:
        """Take over a line of progress; any other is kept as the reason, should the process fail."""
        try:
            said: dict[str, Any] = json.loads(line)
            job.share, job.said = float(said["done"]) / float(said["of"]), said
        except (ValueError, KeyError, TypeError, ZeroDivisionError):
            job.trouble = line.strip().removeprefix(ERROR) or job.trouble


def give_way(process: "subprocess.Popen[str]") -> None:
    """Lower a process's priority from its first moment on; its threads inherit it. No-op where there is no such thing."""
    if hasattr(os, "setpriority"):
        try:
            os.setpriority(os.PRIO_PROCESS, process.pid, PATIENT)
        except OSError:  # it has ended already
            return
