"""The measures in numbers: formulas with this state's numbers in them, and a table with losses and pulls."""

import math

from lossviz.figures.export.overlap.parts.content import OverlapContent, minus
from lossviz.figures.export.parts.table import Row
from lossviz.meeting import Meeting
from lossviz.overlap_state import MEASURES
from lossviz.text import Text, four


def formulas(found: Meeting) -> list[str]:
    """Each measure with its parts."""
    iou, giou, diou, ciou = (four(found.measures[name].value) for name in MEASURES)
    empty, hull = four(found.hull_area - found.union), four(found.hull_area)
    squares = f"{four(found.distance**2)} / {four(found.diagonal**2)}"
    lines = (
        f"IoU = I / U = {four(found.intersection)} / {four(found.union)} = {iou}",
        f"GIoU = IoU − (C − U) / C = {iou} − {empty} / {hull} = {giou}",
        f"DIoU = IoU − ρ² / c² = {iou} − {squares} = {diou}",
        f"CIoU = DIoU − α v = {diou} − {four(found.trade_off)} × {four(found.aspect)} = {ciou}",
    )
    return [minus(line) for line in lines]


def pull(slope: float) -> str:
    """A slope; one that is exactly 0 says so."""
    return "0" if slope == 0 else minus(f"{slope:+.3g}")


def measure_rows(content: OverlapContent, text: Text) -> list[Row]:
    """Value, loss and pull of each measure; -ln IoU last."""
    found = content.meeting
    rows = [Row(tuple(text(key) for key in ("measure", "value", "one_minus", *pull_keys())), quiet=True)]
    for name, measured in found.measures.items():
        numbers = (four(measured.value), four(measured.loss), *map(pull, measured.slope))
        rows.append(Row((text(name), *map(minus, numbers)), measure=name))
    iou = found.measures["iou"]
    slopes = (pull(slope / iou.value if iou.value else 0.0) for slope in iou.slope)
    log = "∞" if math.isinf(found.log_loss) else four(found.log_loss)
    return [*rows, Row((text("minus_log"), "", log, *slopes))]


def pull_keys() -> list[str]:
    """Of the four columns."""
    return [f"pull_{side}" for side in "xywh"]
