"""Count the reference files of each recipe and of the loss functions, and find the largest deviation.

``make verify`` writes it for the pages.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from helpers import reference_functions, reference_mmdet, reference_yolo2, reference_yunyang
from helpers.reference import SHIPPED, Pair, Program, kind_of
from test_reference_values import RECIPE, report_on

from lossviz.programs.verified import FILE


def of_layers(path: Path) -> Iterator[Pair]:
    """A layer of Darknet passes back minus our gradient."""
    with np.load(path, allow_pickle=False) as fields:
        yield report_on(path, RECIPE[kind_of(fields)]).gradient[0].numpy(), -fields["input_delta"]


def of_photographs(path: Path) -> Iterator[Pair]:
    """All heads of a network at once."""
    report = report_on(path, "darknet_v3")
    with np.load(path, allow_pickle=False) as fields:
        for head, gradient in zip(report.scene.heads, report.gradient, strict=True):
            yield gradient[0].numpy(), -fields[f"delta{head.name}"]


PROGRAMS = (
    Program("mmdet_v3", tuple(reference_mmdet.MMDET_CHECKS), reference_mmdet.gradients),
    Program("yunyang_v3", tuple(reference_yunyang.YUNYANG_CHECKS), reference_yunyang.gradients),
    Program("darkflow_v2", ("darkflow",), reference_yolo2.gradients),
    Program("yhcc_v2", ("yhcc",), reference_yolo2.gradients),
    Program("darknet_v2", ("region",), of_layers),
    Program("darknet_v2_2016", ("region2016",), of_layers),
    Program("darknet_v3", ("yolo",), of_layers),
    Program("darknet_v3", ("real",), of_photographs),
    Program("functions_tensorflow", ("tf_sigmoid", "tf_weighted", "tf_softmax"), reference_functions.gradients),
    Program("functions_torchvision", ("tv_focal",), reference_functions.gradients),
    Program(
        "functions_mmdet", ("mmdet_smooth_l1", "mmdet_cross_entropy", "mmdet_focal"), reference_functions.gradients
    ),
)


def measured() -> dict[str, dict[str, Any]]:
    """Recipe, or functions of a library, to number of files, largest deviation of our gradient, and today's date."""
    found: dict[str, list[float]] = {}
    for path in SHIPPED:
        with np.load(path, allow_pickle=False) as fields:
            kind = kind_of(fields)
        for program in PROGRAMS:
            if kind in program.kinds:
                found.setdefault(program.recipe, []).append(deviation(program, path))
    today = datetime.now(UTC).date().isoformat()
    return {
        key: {"files": len(values), "deviation": float(f"{max(values):.2g}"), "date": today}
        for key, values in sorted(found.items())
    }


def deviation(program: Program, path: Path) -> float:
    """Largest absolute difference in one file; numbers that are not finite there are not compared."""
    differences = [np.abs(ours - theirs)[np.isfinite(theirs)] for ours, theirs in program.gradients(path)]
    return max((float(each.max(initial=0)) for each in differences), default=0.0)


if __name__ == "__main__":
    FILE.write_text(json.dumps(measured(), indent=2) + "\n", encoding="utf-8")
    print(FILE.read_text(encoding="utf-8"), end="")
