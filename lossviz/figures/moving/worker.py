"""Moving figures made in a process of their own, by the same command that anybody can type."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lossviz.core.jobs import Job, Jobs
from lossviz.figures.quantity import MOST_FRAMES

LARGEST: Final = 30_000_000
"""Most bytes of a file."""


@dataclass(frozen=True)
class Take:
    """What is asked for: links, one for a sweep or the frames of a drag, and the options of ``lossviz figure``."""

    links: tuple[str, ...]
    options: tuple[str, ...]


@dataclass(frozen=True)
class Film:
    """A file that came out."""

    name: str
    data: bytes

    @property
    def kind(self) -> str:
        """Return the ending of its name."""
        return self.name.rpartition(".")[2]


class Studio(Jobs[Take, Film]):
    """Where moving figures are asked for: it gives way to everything else that the server does."""

    most_waiting = 3
    most_kept = 8
    most_bytes = 64_000_000
    lost = 300.0
    limit = 600.0
    patient = True

    def arguments(self, request: Take, folder: Path) -> list[str]:
        """Return the command of a recording; its links come on standard input."""
        return ["figure", "--from", "-", *request.options, "--progress", "json", "-o", str(folder)]

    def given(self, request: Take) -> str:
        """Return the links. Raises: ValueError for too many."""
        if len(request.links) > MOST_FRAMES:
            raise ValueError(f"expected at most {MOST_FRAMES} links, not {len(request.links)}")
        return "\n".join(request.links)

    def read(self, folder: Path) -> Film:
        """Return the one file. Raises: ValueError for one that is too large."""
        (file,) = folder.iterdir()
        if file.stat().st_size > LARGEST:
            raise ValueError(f"expected a file of at most {LARGEST // 1_000_000} MB: ask for fewer frames")
        return Film(file.name, file.read_bytes())

    def size(self, result: Film) -> int:
        """Return the bytes of the file."""
        return len(result.data)


STUDIO = Studio()
"""The studio that all visitors of this server share."""
Recording = Job[Take, Film]
