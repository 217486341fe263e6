"""What each comparison of a goal asks."""

import math
from typing import Any

import pytest

from lossviz.lessons.goals import KINDS, fulfilled

FACTS = {"iou": 0.4, "giou": -0.5, "state": "ignored", "far": math.inf, "nan": math.nan, "none": None, "yes": True}


@pytest.mark.parametrize(
    ("test", "holds"),
    [
        ({"fact": "iou", "min": 0.4}, True),
        ({"fact": "iou", "min": 0.41}, False),
        ({"fact": "iou", "max": 0.4}, True),
        ({"fact": "iou", "min": 0.1, "max": 0.3}, False),
        ({"fact": "iou", "near": 0.5, "by": 0.11}, True),
        ({"fact": "iou", "near": 0.5, "by": 0.09}, False),
        ({"fact": "giou", "min": 0.5, "abs": True}, True),
        ({"fact": "giou", "min": 0.5}, False),
        ({"fact": "giou", "same_as": "iou", "times": -1.25, "by": 1e-9}, True),
        ({"fact": "giou", "same_as": "iou", "by": 0.1}, False),
        ({"fact": "giou", "at_least": "iou", "abs": True}, True),
        ({"fact": "giou", "at_least": "iou"}, False),
        ({"fact": "giou", "at_most": "iou", "times": 0.5}, True),
        ({"fact": "far", "finite": True}, False),
        ({"fact": "iou", "finite": True}, True),
        ({"fact": "nan", "nan": True}, True),
        ({"fact": "iou", "nan": True}, False),
        ({"fact": "nan", "min": -9}, False),
        ({"fact": "nan", "max": 9}, False),
        ({"fact": "state", "is": "ignored"}, True),
        ({"fact": "state", "is": "negative"}, False),
        ({"fact": "state", "differs": "negative"}, True),
        ({"fact": "state", "differs": "ignored"}, False),
        ({"fact": "state", "in": ["ignored", "positive"]}, True),
        ({"fact": "state", "differs_fact": "iou"}, True),
        ({"fact": "state", "differs_fact": "state"}, False),
        ({"fact": "yes", "is": True}, True),
        ({"fact": "yes", "min": 0}, False),
        ({"fact": "none", "absent": True}, True),
        ({"fact": "unknown", "absent": True}, True),
        ({"fact": "iou", "absent": True}, False),
        ({"fact": "unknown", "max": 1}, False),
        ({"fact": "none", "is": None}, False),
        ({"fact": "iou", "at_most": "unknown"}, False),
        ({"fact": "iou", "same_as": "nan", "by": 9}, False),
    ],
)
def test_a_comparison(test: dict[str, Any], holds: bool) -> None:
    assert {*test} & {*KINDS}
    assert fulfilled(test, FACTS) is holds
