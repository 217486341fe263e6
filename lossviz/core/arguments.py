"""What the commands of all subjects share: readers of arguments, how a text comes in, and what writes files."""

import argparse
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import IO, Any, TypeVar

from lossviz.core.hosts import site_of

T = TypeVar("T", str, bytes)
Writer = Callable[[IO[bytes]], object]
Deliver = Callable[[dict[str, Any], str | None, Mapping[Path, Writer]], None]
"""What writes JSON and further files, all of them or none."""
STANDARD = "-"
"""The name of a file that is standard input or output."""


def some_of(known: Iterable[str]) -> Callable[[str], tuple[str, ...]]:
    """Return a reader of names between commas, each a known one and none twice."""

    def read(text: str) -> tuple[str, ...]:
        names = tuple(text.split(","))
        if not set(names) <= set(known) or len(set(names)) < len(names):
            raise argparse.ArgumentTypeError(f"expected some of {','.join(known)}, each once, not {text!r}")
        return names

    return read


def site(text: str) -> str:
    """Read the address of a server."""
    try:
        return site_of(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def text_of(file: str, what: str, most: int) -> str:
    """Return the text of a file or of standard input, at most so many bytes; ``what`` says what is expected in it.

    Raises: ValueError for no file, one that is too long, and one that is no text.
    """
    try:
        return bounded(sys.stdin.read(most + 1) if file == STANDARD else read_file(Path(file), what, most), what, most)
    except UnicodeDecodeError as error:
        raise ValueError(f"expected text in UTF-8 in {file!r}") from error


def read_file(path: Path, what: str, most: int) -> str:
    """Return the beginning of a file, a byte more than it may have. Raises: ValueError where there is none."""
    if not path.is_file():
        raise ValueError(f"expected a file with {what}, not {str(path)!r}")
    with path.open("rb") as stream:
        return bounded(stream.read(most + 1), what, most).decode("utf-8-sig")


def bounded(read: T, what: str, most: int) -> T:
    """Return what was read, if it is not too long. Raises: ValueError."""
    if len(read) > most:
        raise ValueError(f"expected at most {most:,} bytes of {what}")
    return read


def folder_for(folder: Path) -> Path:
    """Return a folder that is there, or that can be made. Raises: ValueError."""
    if folder.exists() and not folder.is_dir():
        raise ValueError(f"expected a folder after -o, or none yet, not the file {str(folder)!r}")
    if not folder.parent.is_dir():
        raise ValueError(f"expected an existing folder to make {folder.name!r} in, not {str(folder.parent)!r}")
    return folder


def writer(data: bytes) -> Writer:
    """Return what writes these bytes."""
    return lambda stream: stream.write(data)
