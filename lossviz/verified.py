"""What was held against the original programs, and how far the numbers differ: ``make verify`` writes it."""

import json
from dataclasses import dataclass
from functools import cache

from lossviz.gallery import ASSETS

FILE = ASSETS / "verified.json"


@dataclass(frozen=True)
class Verified:
    """Reference files of a recipe and the largest absolute deviation of a gradient from the original's."""

    files: int
    deviation: float


@cache
def verified() -> dict[str, Verified]:
    """By recipe."""
    entries = json.loads(FILE.read_text(encoding="utf-8"))
    return {key: Verified(**entry) for key, entry in entries.items()}
