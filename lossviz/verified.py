"""What was held against the original programs, and how far the numbers differ: ``make verify`` writes it."""

import json
from dataclasses import dataclass
from functools import cache

from lossviz.gallery import ASSETS

FILE = ASSETS / "verified.json"


@dataclass(frozen=True)
class Verified:
    """Reference files of a recipe, and the largest absolute deviation of its gradient from the original program's."""

    files: int
    deviation: float
    date: str
    """The day of the measurement, by ISO 8601."""


@cache
def verified() -> dict[str, Verified]:
    """By recipe. One that is stated from a paper has no program to be compared with, and no entry."""
    entries = json.loads(FILE.read_text(encoding="utf-8"))
    return {key: Verified(**entry) for key, entry in entries.items()}
