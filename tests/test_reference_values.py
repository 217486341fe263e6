"""Our numbers are the original programs' numbers: one test a file."""

import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
import torch
from helpers import darknet_boxes as darknet
from helpers.reference import FILES, SHIPPED, kind_of, label
from helpers.reference_box_losses import BOX_LOSS_CHECKS
from helpers.reference_box_regression import REGRESSION_CHECKS
from helpers.reference_functions import FUNCTION_CHECKS
from helpers.reference_mmdet import MMDET_CHECKS
from helpers.reference_yolo2 import YOLO2_CHECKS
from helpers.reference_yunyang import YUNYANG_CHECKS
from torch import Tensor

from lossviz.engine.boxes import Boxes
from lossviz.engine.evaluate import Report, evaluate
from lossviz.engine.overlap import Pair
from lossviz.engine.reorg import depth_to_space, reorg, reorg_back, space_to_depth
from lossviz.engine.scene import Scene
from lossviz.recipes import RECIPES
from lossviz.scenes.file import read_scene

Fields = dict[str, np.ndarray]
NUMBER = re.compile(r"-?nan|-?\d+\.\d+|\d+")

CHANNELS = (slice(0, 4), slice(4, 5), slice(5, None))
# Tolerances that the reference numbers come with, for float32: x, y, w, h; objectness; classes. YOLOv2's objectness target
# is 5 times the IoU of sometimes tiny boxes.
DELTA = {"region": (1e-5, 2e-4, 1e-5), "yolo": (1e-5, 1e-6, 1e-5), "region2016": (1e-5, 2e-5, 1e-6)}
INPUT_DELTA = DELTA | {"region": (3e-5, 3e-5, 3e-5)}
# Costs: Darknet adds in float32.
COST_F64 = {"region": 2e-5, "yolo": 2e-5, "region2016": 2e-6}
RECIPE = {"region": "darknet_v2", "yolo": "darknet_v3", "region2016": "darknet_v2_2016"}


def near(ours: Tensor | float, theirs: np.ndarray, absolute: float = 0.0, relative: float = 0.0) -> None:
    found = ours.numpy() if isinstance(ours, Tensor) else ours
    np.testing.assert_allclose(found, theirs, rtol=relative, atol=absolute)


def by_channel(ours: Tensor, theirs: np.ndarray, tolerance: tuple[float, ...]) -> None:
    for channels, absolute in zip(CHANNELS, tolerance, strict=True):
        near(ours[:, :, channels], theirs[:, :, channels], absolute)


def same_line(ours: str | None, theirs: str) -> None:
    """The words are equal, the numbers to 1e-5."""
    if not theirs:
        assert ours is None
        return
    assert ours is not None
    assert NUMBER.sub("#", ours) == NUMBER.sub("#", theirs)
    said, meant = ([float(n) for n in NUMBER.findall(line)] for line in (ours, theirs))
    np.testing.assert_allclose(said, meant, rtol=0, atol=1e-5)


@lru_cache(maxsize=64)
def scene_of(path: Path, names: frozenset[str]) -> Scene:
    """Read once for all that misread its rules."""
    return read_scene(path, names).scene


def report_on(path: Path, recipe: str) -> Report:
    names = frozenset(name for known in RECIPES.values() for name in known.settings.accepts())
    scene = scene_of(path, names)
    return evaluate(RECIPES[recipe].for_scene(scene), scene)


def check_layer(path: Path, fields: Fields) -> None:
    kind = str(fields["kind"])
    report = report_on(path, RECIPE[kind])
    near(report.output[0], fields["output"], 2e-6)
    by_channel(report.delta[0], fields["delta"], DELTA[kind])
    by_channel(-report.gradient[0], fields["input_delta"], INPUT_DELTA[kind])
    near(report.printed_costs[0], fields["cost"], relative=5e-5)
    near(report.printed_costs[0], fields["cost_f64"], relative=COST_F64[kind])
    same_line(report.log(0), str(fields["printed"]))
    statistics = [float(fields[name]) for name in fields if name.startswith("stat_")]
    line = report.log(0)
    if line is None:
        assert not report.gradient[0].any()
        assert np.isnan(statistics).all()
    else:
        said = [float(n) for n in NUMBER.findall(line.partition("Avg IOU")[2].replace(".5R", "").replace(".75R", ""))]
        np.testing.assert_allclose(said, statistics, rtol=0, atol=1e-5)


def check_real(path: Path, fields: Fields) -> None:
    report = report_on(path, "darknet_v3")
    for number, head in enumerate(report.scene.heads):
        near(report.delta[number][0], fields[f"delta{head.name}"], 1e-5)
        # The file holds the cost with seven decimals.
        near(report.printed_costs[number], fields[f"cost{head.name}"], 1e-7, 5e-5)
        same_line(report.log(number), str(fields[f"printed{head.name}"]))


def check_box(path: Path, fields: Fields) -> None:
    a, b = (Boxes.of(torch.from_numpy(fields[name])) for name in "ab")
    undefined = np.isnan(fields["iou"])
    # Two empty boxes: Darknet divides 0 by 0 and gets nan, we say 0. Nothing else differs.
    assert (Pair(a, b).union.numpy() == 0)[undefined].all()
    near(Pair(a, b).iou, np.where(undefined, 0, fields["iou"]), 1e-5)
    near(Pair(a, b).intersection, fields["intersection"], 1e-5)
    near(Pair(a, b).union, fields["union"], 1e-5)
    near(darknet.rmse(a, b), fields["rmse"], 1e-5)
    for name in ("doverlap", "dintersect", "dunion", "diou", "encode"):
        near(getattr(darknet, name)(a, b).table(), fields[name], 1e-5)
    near(darknet.decode(Boxes.of(torch.from_numpy(fields["encode"])), b).table(), fields["decode"], 1e-5)


def check_reorg(path: Path, fields: Fields) -> None:
    forward, back = (depth_to_space, space_to_depth) if fields["reverse"] else (reorg, reorg_back)
    stride = int(fields["stride"])
    near(forward(torch.from_numpy(fields["x"]), stride), fields["output"])
    near(back(torch.from_numpy(fields["grad_output"]), stride), fields["grad_input"])


CHECKS: dict[str, Callable[[Path, Fields], None]] = {
    "region": check_layer,
    "yolo": check_layer,
    "region2016": check_layer,
    "real": check_real,
    "box": check_box,
    "reorg": check_reorg,
    **BOX_LOSS_CHECKS,
    **REGRESSION_CHECKS,
    **MMDET_CHECKS,
    **YOLO2_CHECKS,
    **YUNYANG_CHECKS,
    **FUNCTION_CHECKS,
}


@pytest.mark.golden
@pytest.mark.parametrize("path", FILES, ids=label)
def test_our_numbers_are_the_original_programs_numbers(path: Path) -> None:
    with np.load(path, allow_pickle=False) as archive:
        kind = kind_of(archive)
        if kind not in CHECKS:
            pytest.skip(f"no test knows files of the kind '{kind}'")
        CHECKS[kind](path, {name: archive[name] for name in archive.files})


def test_every_reference_file_we_ship_is_tested() -> None:
    assert len(SHIPPED) >= 76
    for path in SHIPPED:
        with np.load(path, allow_pickle=False) as archive:
            assert kind_of(archive) in CHECKS, path
