"""Count the reference files of each recipe and find the largest deviation: ``make verify`` writes it for the pages."""

import json

import numpy as np
from reference import SHIPPED, kind_of
from test_reference_values import RECIPE, report_on

from lossviz.verified import FILE


def measured() -> dict[str, dict[str, float]]:
    """Recipe to number of files and largest absolute difference between our gradient and the program's."""
    found: dict[str, list[float]] = {}
    for path in SHIPPED:
        with np.load(path, allow_pickle=False) as fields:
            kind = kind_of(fields)
            recipe = RECIPE.get(kind) or ("darknet_v3" if kind == "real" else "")
            if not recipe:
                continue
            gradient = report_on(path, recipe).gradient
            theirs = [fields[n] for n in fields if n.startswith("delta")] if kind == "real" else [fields["input_delta"]]
            pairs = zip(gradient, theirs, strict=True)
            found.setdefault(recipe, []).append(max(float(np.abs(g.numpy() + t).max()) for g, t in pairs))
    return {
        key: {"files": len(values), "deviation": float(f"{max(values):.2g}")} for key, values in sorted(found.items())
    }


if __name__ == "__main__":
    FILE.write_text(json.dumps(measured(), indent=2) + "\n", encoding="utf-8")
    print(FILE.read_text(encoding="utf-8"), end="")
