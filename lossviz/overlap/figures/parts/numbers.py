"""The measures in numbers: a table with values, losses and pulls."""

import math

from lossviz.core.text import Text, four, minus
from lossviz.figures.table import Row
from lossviz.overlap.figures.parts.content import OverlapContent
from lossviz.overlap.words import pull


def measure_rows(content: OverlapContent, text: Text) -> list[Row]:
    """Return value, loss and pull of each measure as rows of a table; -ln IoU last."""
    found = content.view
    rows = [Row(tuple(text(key) for key in ("measure", "value", "one_minus", *pull_keys())), quiet=True)]
    for name, measured in found.measures.items():
        numbers = (four(measured.value), four(measured.loss), *map(pull, measured.slope))
        rows.append(Row((text(name), *map(minus, numbers)), measure=name))
    iou = found.measures["iou"]
    slopes = (pull(slope / iou.value if iou.value else 0.0) for slope in iou.slope)
    log = "∞" if math.isinf(found.log_loss) else four(found.log_loss)
    return [*rows, Row((text("minus_log"), "", log, *slopes))]


def pull_keys() -> list[str]:
    """Return the keys of the table's four columns of pulls."""
    return [f"pull_{side}" for side in "xywh"]
