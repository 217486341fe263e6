"""A typed number, read at the border."""

import math
from typing import Any

import pytest

from lossviz.components.field import Field, Typed, read

GOOD: dict[str, Any] = {"kind": "end", "seq": 3, "rev": 1, "value": 0.25}


def hear(message: object) -> Typed | None:
    return read(message, low=0.0, high=1.0, rev=1, seq=2)


@pytest.mark.parametrize(("value", "taken"), [(0.25, 0.25), (1, 1.0), (-3, 0.0), (10**400, 1.0)])
def test_a_typed_number_is_taken_inside_its_limits(value: float, taken: float) -> None:
    typed = hear(GOOD | {"value": value})
    assert typed == Typed(taken, 3)
    assert type(typed.value) is float


@pytest.mark.parametrize(
    "wrong",
    [
        *({"kind": kind} for kind in ("move", None, [])),
        *({"seq": seq} for seq in (2, 1, "3", True, 2**60)),
        *({"rev": rev} for rev in (0, None)),
        *({"value": value} for value in (None, "1", True, math.nan, math.inf)),
    ],
)
def test_one_wrong_field_or_an_old_message_is_nothing(wrong: dict[str, object]) -> None:
    assert hear(GOOD | wrong) is None


@pytest.mark.parametrize("nonsense", [None, 7, "end", [], {}, [GOOD]])
def test_nonsense_is_nothing(nonsense: object) -> None:
    assert hear(nonsense) is None


def test_what_is_no_number_is_an_empty_field() -> None:
    field = Field(label="z", value=math.nan, low=-1.0, high=1.0, step=0.1, rev=0)
    assert field.data()["value"] is None
