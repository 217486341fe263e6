"""Servers of the real app: one alone, or two behind nginx as the files in ``assets/deploy`` have it, on this machine."""

import contextlib
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from deploy.nginx import ROOT, started
from helpers.ports import free_port


class Replica:
    """One server of the app, with its name, if it has one, in all its paths."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name, self.log = name, folder / f"server-{name}.log"
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        env = os.environ | {"STREAMLIT_SERVER_BASE_URL_PATH": self.name}
        command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless", "true"]
        command += ["--server.address", "127.0.0.1", "--server.port", str(self.port)]
        with self.log.open("w") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log)

    def wait(self, seconds: float = 90) -> None:
        """Until it answers."""
        end = time.monotonic() + seconds
        while True:
            try:
                path = f"/{self.name}/_stcore/health" if self.name else "/_stcore/health"
                urllib.request.urlopen(self.address + path, timeout=2).close()
                return
            except OSError:
                assert self.process.poll() is None, self.log.read_text()
                assert time.monotonic() < end, self.log.read_text()
                time.sleep(0.1)

    def kill(self) -> None:
        """End it as a power cut does."""
        self.process.kill()
        self.process.wait()


class Pair:
    """Two replicas by name, and the one address of both."""

    def __init__(self, address: str, replicas: dict[str, Replica], nginx: Path) -> None:
        self.address, self.replicas, self.nginx = address, replicas, nginx

    def __getitem__(self, name: str) -> Replica:
        return self.replicas[name]


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[Replica]:
    """One server without a name and without nginx."""
    server = Replica("", folder)
    try:
        server.start()
        server.wait()
        yield server
    finally:
        server.kill()


@contextlib.contextmanager
def pair(folder: Path) -> Iterator[Pair]:
    """Both, started at the same time; nginx is there before them."""
    replicas = {name: Replica(name, folder) for name in ("r1", "r2")}
    with started(folder / "nginx", free_port(), {name: one.port for name, one in replicas.items()}) as address:
        try:
            for one in replicas.values():
                one.start()
            for one in replicas.values():
                one.wait()
            yield Pair(address, replicas, folder / "nginx")
        finally:
            for one in replicas.values():
                one.kill()
