"""The files for many visitors agree with one another, with the Makefile and with what the README says to do."""

import json
import re
import shlex
import subprocess
import sys
import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "assets" / "deploy"
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
COMPOSE = (DEPLOY / "compose.yaml").read_text("utf-8")
UNIT = (DEPLOY / "lossviz@.service").read_text("utf-8")
NGINX = (DEPLOY / "nginx.conf").read_text("utf-8")
PINNED = dict(re.findall(r"^([\w-]+)==([\w.]+)$", (ROOT / "requirements.txt").read_text("utf-8"), re.MULTILINE))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
README = (ROOT / "README.md").read_text("utf-8")
CLASS = README.partition("## For a class")[2].partition("\n## ")[0]
COMMANDS = [line for block in re.findall(r"```\n(.*?)```", CLASS, re.DOTALL) for line in block.splitlines()]


def served(host: str, port: str) -> list[str]:
    """What ``make run`` starts, as words."""
    run = re.search(r"@LOSSVIZ_DEVICE=\$\(DEVICE\) \$\(BIN\)/(python -m streamlit run .*)", MAKEFILE)
    quiet = re.search(r"^QUIET := (.*)$", MAKEFILE, re.MULTILINE)
    assert run
    assert quiet
    return run[1].replace("$(HOST)", host).replace("$(PORT)", port).replace("$(QUIET)", quiet[1]).split()


def upstreams(name: str) -> dict[str, str]:
    return dict(
        re.findall(r"^upstream (\w+) \{ server ([\d.:]+); \}$", (DEPLOY / name).read_text("utf-8"), re.MULTILINE)
    )


def steps(word: str) -> list[str]:
    """What a word of the Dockerfile is followed by."""
    return re.findall(rf"^{word} (.*)$", DOCKERFILE, re.MULTILINE)


def words_of(command: str) -> list[str]:
    """A command without its comment."""
    return shlex.split(command.partition("#")[0])


# ---- Docker ----


def test_the_image_starts_what_make_run_starts_at_the_port_it_names() -> None:
    (command,) = steps("CMD")
    assert json.loads(command) == served("0.0.0.0", "8501")
    assert steps("EXPOSE") == ["8501"]
    assert "app_port: 8501" in (DEPLOY / "space.md").read_text("utf-8")


def test_the_image_has_a_python_that_the_project_takes_and_the_pinned_torch() -> None:
    (base,) = steps("FROM")
    found = re.fullmatch(r"python:3\.(\d+)-slim", base)
    bounds = re.fullmatch(r">=3\.(\d+),<3\.(\d+)", PROJECT["requires-python"])
    assert found
    assert bounds
    assert int(bounds[1]) <= int(found[1]) < int(bounds[2])
    assert re.findall(r"torch==([\w.]+)", DOCKERFILE) == [PINNED["torch"]]
    assert "ARG INDEX=\n" in DOCKERFILE
    assert "INDEX: ${INDEX:-}" in COMPOSE


def test_what_the_app_needs_is_in_the_image() -> None:
    ignored = [line for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line and line[0] != "#"]

    def left_out(path: str) -> bool:
        whole = [path, *map(str, Path(path).parents)]
        return any(fnmatch(one, pattern.removeprefix("**/")) for pattern in ignored for one in whole)

    needed = [
        "app.py",
        "requirements.txt",
        "pyproject.toml",
        "setup.py",
        "README.md",
        "LICENSE",
        ".streamlit/config.toml",
    ]
    for folder in ("lossviz", "pages", "assets"):
        needed += [str(path.relative_to(ROOT)) for path in (ROOT / folder).rglob("*") if path.is_file()]
    out = {path for path in needed if left_out(path)}
    assert {
        path for path in out if not path.startswith(("assets/readme", "assets/deploy")) and "__pycache__" not in path
    } == set()
    assert all(left_out(path) for path in ("tests/conftest.py", ".venv/bin/python", ".git/HEAD"))


def test_the_image_copies_what_is_there() -> None:
    sources = [step.split()[0] for step in steps("COPY")]
    assert sources == ["requirements.txt", "."]
    assert "pip install -r requirements.txt" in DOCKERFILE.partition("COPY . .")[2]


def test_compose_starts_the_replicas_that_nginx_knows_where_it_looks_for_them() -> None:
    found = re.findall(
        r"  (r\d):\n.*\n.*\n\s+STREAMLIT_SERVER_BASE_URL_PATH: (r\d)\n.*\n.*\n\s+ipv4_address: ([\d.]+)", COMPOSE
    )
    assert {name: f"{place}:8501" for name, _, place in found} == upstreams("replicas.compose.conf")
    assert all(name == base for name, base, _ in found)
    assert set(upstreams("replicas.compose.conf")) == set(upstreams("replicas.conf"))
    mounted = re.findall(r"- \./(\S+):/etc/nginx/conf\.d/\S+\.conf:ro", COMPOSE)
    assert mounted == ["nginx.conf", "replicas.compose.conf"]
    assert all((DEPLOY / name).is_file() for name in mounted)
    assert (DEPLOY / "../..").resolve() == ROOT
    assert "context: ../..\n" in COMPOSE


# ---- one machine ----


def test_the_unit_starts_what_make_run_starts_where_nginx_looks_for_it() -> None:
    (command,) = re.findall(r"^ExecStart=(.*)$", UNIT, re.MULTILINE)
    python, *words = command.replace("850%i", "8501").split()
    assert ["python", *words] == served("127.0.0.1", "8501")
    assert Path(python) == Path("/srv/lossviz/.venv/bin/python")
    assert "WorkingDirectory=/srv/lossviz\n" in UNIT
    assert "Environment=STREAMLIT_SERVER_BASE_URL_PATH=r%i\n" in UNIT
    assert upstreams("replicas.conf") == {f"r{i}": f"127.0.0.1:850{i}" for i in (1, 2)}


def test_nginx_sends_to_the_replicas_there_are_and_takes_files_as_large_as_the_app() -> None:
    names = set(upstreams("replicas.conf"))
    (shares,) = re.findall(r"split_clients .*?\{(.*?)\}", NGINX, re.DOTALL)
    assert set(re.findall(r"\b(r\d);", shares)) == names
    (following,) = re.findall(r"\$lossviz_next \{(.*?)\}", NGINX, re.DOTALL)
    assert set(re.findall(r"\b(r\d);", following)) == names
    limits = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text("utf-8"))["server"]
    assert f"client_max_body_size {limits['maxUploadSize']}m;" in NGINX


def test_make_run_prints_the_address_for_the_board_and_sends_nothing_to_find_it() -> None:
    def printed(host: str) -> str:
        command = [sys.executable, "-m", "lossviz.core.hosts", host, "8501"]
        return subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout

    assert printed("127.0.0.1") == "lossviz: http://127.0.0.1:8501  (Ctrl-C stops it)\n"
    assert "http://0.0.0.0" not in printed("0.0.0.0")
    assert re.search(r"http://[\w.-]+:8501 ", printed("0.0.0.0"))
    assert served("0.0.0.0", "8501")[-2:] == ["--logger.hideWelcomeMessage", "true"]  # it asks checkip.amazonaws.com


# ---- the README ----


def test_every_way_to_serve_a_class_is_told() -> None:
    for words in (
        "HOST=0.0.0.0",
        "nginx",
        "docker",
        "systemctl",
        "Community Cloud",
        "Hugging Face",
        "have not been tried",
    ):
        assert words in CLASS
    assert len(COMMANDS) > 10


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_readme_names_only_what_is_there(command: str) -> None:
    words = [word for word in words_of(command) if "=" not in word]
    if words[0] == "make":
        targets = set(words[1:]) - {"&"}
        assert targets
        assert targets <= set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))
    for word in words:
        if word.startswith("assets/"):
            assert (ROOT / word).exists()
    if words[0] == "cp":
        assert words[-1].startswith(("/etc/nginx/conf.d/", "/etc/systemd/system/"))


def test_the_readme_copies_all_that_nginx_needs_to_where_it_is_read() -> None:
    copied = {words[1]: words[2] for words in map(words_of, COMMANDS) if words[:1] == ["cp"]}
    assert set(copied) == {f"assets/deploy/{name}" for name in ("nginx.conf", "replicas.conf", "lossviz@.service")}
    read = [place for place in copied.values() if place.startswith("/etc/nginx")]
    assert [Path(place).suffix for place in read] == [".conf", ".conf"]
    assert len(set(read)) == len(read)
