"""The bars' border: what leaves is strict JSON, whatever the numbers are; what comes back is one of the names."""

import json
import math

import pytest
from streamlit.testing.v1 import AppTest

from lossviz.components.tally import TallyRow, _data, read_pick

ROW = TallyRow("centre", "Centre", 1.5, "1.500", 0.75, "about it", ((0.25, 0.5), (1, 0)))


def test_lengths_leave_as_shares_of_the_axis() -> None:
    data = json.loads(json.dumps(_data([ROW], end=3, ticks=[(0, "0"), (1.5, "1.5"), (3, "3")]), allow_nan=False))
    assert data["rows"] == [
        {
            "name": "centre",
            "label": "Centre",
            "shown": "1.500",
            "hover": "about it",
            "share": 0.5,
            "mark": 0.25,
            "ties": [[0.25, 0.5], [1.0, 0.0]],
        }
    ]
    assert data["ticks"] == [{"at": 0, "label": "0"}, {"at": 0.5, "label": "1.5"}, {"at": 1, "label": "3"}]


@pytest.mark.parametrize("end", [1.0, 0.0, -1.0, math.nan, math.inf, 5e-324])
@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, -1.0, 1e308])
def test_odd_numbers_leave_as_shares_too(value: float, end: float) -> None:
    row = TallyRow("a", "A", value, "odd", value, "", ((value, 0.5), (0.5, math.nan), (0.5, 0.5)))
    data = _data([row], end=end, ticks=[(value, "odd"), (math.nan, "nan")])
    json.dumps(data, allow_nan=False)
    (sent,) = data["rows"]
    assert sent["share"] == (1.0 if value == 1e308 and end in (1.0, 5e-324) else 0.0)
    assert sent["mark"] == (sent["share"] if math.isfinite(value) else None)
    assert [0.5, 0.5] in sent["ties"]
    assert all(math.isfinite(x) and math.isfinite(y) for x, y in sent["ties"])
    assert data["ticks"] == []


def test_a_row_without_a_mark_has_none() -> None:
    assert _data([TallyRow("a", "A", 1, "1")], end=1, ticks=[])["rows"][0]["mark"] is None


def test_two_rows_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="same name"):
        _data([ROW, ROW], end=1, ticks=[])


def test_a_pick_is_one_of_the_names() -> None:
    assert read_pick("centre", {"centre", "size"}) == "centre"


@pytest.mark.parametrize("nothing", [None, 1, True, "other", "", ["centre"], {"centre": 1}, {"name": "centre"}])
def test_what_is_no_pick_is_none(nothing: object) -> None:
    assert read_pick(nothing, {"centre"}) is None


def test_it_draws_in_an_app() -> None:
    def script() -> None:
        from lossviz.components.tally import TallyRow, tally

        rows = [TallyRow("a", "A", float("nan"), "nan")]
        tally(rows, end=1, ticks=[(0, "0")], axis="loss", description="terms", key="bars", on_pick=print)
        tally((), end=0, ticks=(), axis="", description="", key="none")

    assert not AppTest.from_function(script).run(timeout=30).exception
