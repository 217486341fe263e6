"""Calling the command line, and what its answers must look like."""

import json
import re
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from lossviz import cli


class Said(NamedTuple):
    """What a command answered."""

    status: int
    out: str
    err: str


Run = Callable[..., Said]


def caller(capsys: pytest.CaptureFixture[str]) -> Run:
    """The command line, in this process."""

    def call(*arguments: object) -> Said:
        try:
            status = cli.main([str(argument) for argument in arguments])
        except SystemExit as end:  # argparse
            status = int(end.code or 0)
        return Said(status, *capsys.readouterr())

    return call


def strict(text: str) -> Any:
    """JSON without nan and infinity."""

    def refuse(name: str) -> None:
        raise AssertionError(f"{name} is no JSON")

    return json.loads(text, parse_constant=refuse)


def refused(said: Said) -> str:
    """The one line that a bad input is answered with."""
    assert said.status == 2
    assert said.out == ""
    lines = said.err.splitlines()
    kept = [line for line in lines if not line.startswith(("usage:", " "))]
    assert len(kept) == 1, said.err
    assert "Traceback" not in said.err
    assert re.fullmatch(r"lossviz( \w+)?: error: \S.*", kept[0])
    return kept[0]
