"""What was held against the original programs, and how far the numbers differ: ``make verify`` writes it."""

import json
from dataclasses import dataclass
from functools import cache

from lossviz.core.assets import ASSETS

FILE = ASSETS / "verified.json"
FUNCTIONS = frozenset({"functions_tensorflow", "functions_torchvision", "functions_mmdet"})
"""Entries of the loss functions, one for each library they are held against."""


@dataclass(frozen=True)
class Verified:
    """Reference files of a recipe, or of loss functions, and the largest absolute deviation from the program's gradient."""

    files: int
    deviation: float
    date: str
    """The day of the measurement, by ISO 8601."""


@cache
def verified() -> dict[str, Verified]:
    """Return what was verified, by recipe, and by library for the functions.

    A recipe that is stated from a paper has no program to be compared with, and no entry.
    """
    entries = json.loads(FILE.read_text(encoding="utf-8"))
    return {key: Verified(**entry) for key, entry in entries.items()}


def files_checked() -> tuple[int, int]:
    """Return the numbers of reference files: of all recipes, and of all loss functions."""
    of_functions = sum(entry.files for key, entry in verified().items() if key in FUNCTIONS)
    return sum(entry.files for entry in verified().values()) - of_functions, of_functions
