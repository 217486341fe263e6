"""Find an nginx, or unpack one into .venv: ``python tests/deploy/nginx.py --install``. And start it with what is shipped."""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "assets" / "deploy"
OURS = ROOT / ".venv" / "nginx"
PLACES = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin", str(OURS / "usr" / "sbin")])
PACKAGES = ("nginx", "nginx-core", "nginx-light")
"""Of Debian and Ubuntu: which one brings the program differs from release to release."""
PORTS = {"r1": 8501, "r2": 8502}
"""Where ``replicas.conf`` says that the replicas are."""
MAIN = """
{user}
pid {folder}/pid;
error_log {folder}/error.log;
daemon off;
worker_processes 1;
events {{ worker_connections 1024; }}
http {{
    access_log {folder}/access.log;
    client_body_temp_path {folder}/tmp;
    proxy_temp_path {folder}/tmp;
    fastcgi_temp_path {folder}/tmp;
    uwsgi_temp_path {folder}/tmp;
    scgi_temp_path {folder}/tmp;
    include {folder}/conf.d/*.conf;
}}
"""


def found() -> str | None:
    """The program named by NGINX, else the system's, else the one in .venv."""
    return os.environ.get("NGINX") or shutil.which("nginx", path=PLACES)


def install() -> None:
    """Debian's package, as root, unpacked beside the tools: an installed one would start serving. Else nothing."""
    if found() or not shutil.which("apt-get") or os.geteuid() != 0:
        return
    print("unpacking nginx (Debian package) into .venv/nginx for the tests", flush=True)
    OURS.mkdir(parents=True, exist_ok=True)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.run(["apt-get", "update", "-qq"], check=False, **quiet)
    for package in PACKAGES:
        subprocess.run(["apt-get", "download", "-qq", package], cwd=OURS, check=False, **quiet)
        for archive in OURS.glob(f"{package}_*.deb"):
            subprocess.run(["dpkg", "-x", str(archive), str(OURS)], check=True)
            archive.unlink()
        if found():
            return
    print("there is no nginx: the tests that need one are skipped")


def shipped(folder: Path, port: int, ports: Mapping[str, int]) -> Path:
    """The shipped configuration for these ports, below a main file that needs nothing of the system's."""
    (folder / "conf.d").mkdir(parents=True)
    (folder / "tmp").mkdir()
    server = (SHIPPED / "nginx.conf").read_text("utf-8")
    replicas = (SHIPPED / "replicas.conf").read_text("utf-8")
    for name, shipped_port in PORTS.items():
        assert f"upstream {name} {{ server 127.0.0.1:{shipped_port}; }}" in replicas
        replicas = replicas.replace(f"127.0.0.1:{shipped_port};", f"127.0.0.1:{ports[name]};")
    assert server.count("listen 80;") == 1
    (folder / "conf.d" / "lossviz.conf").write_text(server.replace("listen 80;", f"listen 127.0.0.1:{port};"), "utf-8")
    (folder / "conf.d" / "replicas.conf").write_text(replicas, "utf-8")
    main = folder / "nginx.conf"
    main.write_text(MAIN.format(folder=folder, user="user root;" if os.geteuid() == 0 else ""), "utf-8")
    return main


@contextlib.contextmanager
def started(folder: Path, port: int, ports: Mapping[str, int]) -> Iterator[str]:
    """The address at which nginx serves the replicas at these ports; they need not be there yet."""
    program = found()
    assert program
    command = [program, "-p", str(folder), "-e", str(folder / "error.log"), "-c", str(shipped(folder, port, ports))]
    with subprocess.Popen(command) as server:
        try:
            listening(port, server)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


def listening(port: int, server: "subprocess.Popen[bytes]", seconds: float = 30) -> None:
    """Wait until somebody listens there."""
    end = time.monotonic() + seconds
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        assert server.poll() is None, "nginx does not start"
        assert time.monotonic() < end, "nobody listens"
        time.sleep(0.02)


if __name__ == "__main__" and "--install" in sys.argv:
    install()
