"""Where the original programs' numbers are, and what kind each file is."""

import os
from pathlib import Path

import numpy as np
import reference_box_regression
from reference_box_losses import kind_by_fields

REPOSITORY = Path(__file__).parent.parent
FOLDER = REPOSITORY / os.environ.get("LOSSVIZ_GOLDEN", "tests/golden")
SHIPPED = sorted((REPOSITORY / "tests/golden").glob("*/*.npz"))
FILES = sorted(FOLDER.glob("*/*.npz"))


def kind_of(fields: np.lib.npyio.NpzFile) -> str:
    """What a file is follows from its fields."""
    if "kind" in fields:
        return str(fields["kind"])
    if any(name.startswith("printed") for name in fields) and any(name.startswith("raw") for name in fields):
        return "real"
    return kind_by_fields(fields) or reference_box_regression.kind_by_fields(fields) or "unknown"


def label(path: Path) -> str:
    """Name of a file's test."""
    return f"{path.parent.name}/{path.stem}"
