"""Where the original programs' numbers are, and what kind each file is."""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from helpers import reference_box_regression, reference_functions, reference_mmdet, reference_yolo2, reference_yunyang
from helpers.reference_box_losses import kind_by_fields
from numpy.typing import NDArray

REPOSITORY = Path(__file__).parents[2]
FOLDER = REPOSITORY / os.environ.get("LOSSVIZ_GOLDEN", "tests/golden")
SHIPPED = sorted((REPOSITORY / "tests/golden").glob("*/*.npz"))
FILES = sorted(FOLDER.glob("*/*.npz"))

Pair = tuple[NDArray[np.floating], NDArray[np.floating]]
"""Our gradient and the program's, in one layout and with one sign."""


@dataclass(frozen=True)
class Program:
    """How far a recipe, or functions, are from their program: the gradients in each file of these kinds.

    A file that holds no gradient (labels, decoded boxes) counts among the recipe's files and yields no pair.
    """

    recipe: str
    kinds: tuple[str, ...]
    gradients: Callable[[Path], Iterable[Pair]]


def kind_of(fields: np.lib.npyio.NpzFile) -> str:
    """What a file is follows from its fields."""
    if "kind" in fields:
        return str(fields["kind"])
    if any(name.startswith("printed") for name in fields) and any(name.startswith("raw") for name in fields):
        return "real"
    return (
        kind_by_fields(fields)
        or reference_box_regression.kind_by_fields(fields)
        or reference_mmdet.kind_by_fields(fields)
        or reference_yolo2.kind_by_fields(fields)
        or reference_yunyang.kind_by_fields(fields)
        or reference_functions.kind_by_fields(fields)
        or "unknown"
    )


def label(path: Path) -> str:
    """Name of a file's test."""
    return f"{path.parent.name}/{path.stem}"
