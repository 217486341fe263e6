"""What leaves for the browser is strict, compact JSON; what comes back is a click or nothing."""

import base64
import json
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

import lossviz.components.plot as component
from lossviz.components.plot import Handle, PlotClick, PlotDrag, _content, plot, read_click, read_drag, to_json

HANDLE = Handle(2.0, 3.0, "box", low=(0.0, -1.0), high=(10.0, 5.0), rev=4)
DRAG = {"kind": "move", "x": 2.5, "y": 4, "seq": 8, "rev": 4}
GOOD = {"curve": 1, "point": [3, 4], "x": 2.5, "y": "dog", "customdata": [7, None, "slot"]}


def unpacked(array: dict[str, Any]) -> np.ndarray:
    shape = [int(length) for length in array["shape"].split(",")] if "shape" in array else -1
    return np.frombuffer(base64.b64decode(array["bdata"]), dtype=f"<{array['dtype']}").reshape(shape)


def test_a_click_is_read_field_by_field() -> None:
    assert read_click(GOOD, traces=2) == PlotClick(1, (3, 4), 2.5, "dog", (7, None, "slot"))
    assert read_click(GOOD | {"point": 0, "customdata": None}, traces=2) == PlotClick(1, 0, 2.5, "dog")


@pytest.mark.parametrize("nothing", [None, 1, "click", [], [GOOD], {}])
def test_what_is_no_click_is_none(nothing: object) -> None:
    assert read_click(nothing, traces=2) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"curve": 2},
        {"curve": -1},
        {"curve": True},
        {"curve": 0.0},
        {"point": None},
        {"point": [1]},
        {"point": [1, -1]},
        {"point": "0"},
        {"x": None},
        {"x": [1]},
        {"x": math.nan},
        {"y": math.inf},
        {"y": False},
        {"customdata": {"a": 1}},
        {"customdata": [[1]]},
        {"customdata": [math.nan]},
    ],
)
def test_a_click_with_one_wrong_field_is_none(wrong: dict[str, object]) -> None:
    assert read_click(GOOD | wrong, traces=2) is None


def test_nan_and_infinity_leave_as_null() -> None:
    assert json.loads(to_json({"y": [1.0, math.nan, -math.inf]})) == {"y": [1.0, None, None]}


def test_short_arrays_and_single_numbers_leave_as_plain_numbers() -> None:
    figure = {"range": np.array([0, 1]), "y": np.array([1.5, np.nan]), "width": np.float32(2), "on": np.bool_(True)}
    assert json.loads(to_json(figure)) == {"range": [0, 1], "y": [1.5, None], "width": 2.0, "on": True}


@pytest.mark.parametrize("dtype", ["float32", "float64", ">f8", "int32", "uint32", "int16", "uint16", "uint8"])
def test_a_long_array_arrives_number_for_number_in_its_shape(dtype: str) -> None:
    z = np.arange(200).reshape(10, 20)[:, ::2].astype(dtype)
    assert np.array_equal(unpacked(json.loads(to_json({"z": z}))["z"]), z)


def test_long_arrays_without_a_typed_array_of_their_own_leave_as_lists() -> None:
    assert json.loads(to_json({"x": np.arange(50), "b": np.ones(40, bool)})) == {"x": list(range(50)), "b": [True] * 40}


def test_a_grid_of_floats_costs_four_bytes_a_number_and_a_third() -> None:
    assert len(to_json({"z": np.ones((101, 101), np.float32)})) < 101 * 101 * 4 * 4 / 3 + 100


def test_what_no_figure_holds_is_refused_by_name() -> None:
    with pytest.raises(TypeError, match="not set"):
        to_json({"x": {1, 2}})


def test_a_figure_leaves_without_its_template_and_is_not_changed() -> None:
    figure = go.Figure(
        go.Scatter(x=np.arange(3), y=[1, 2, 3]), layout={"title": {"text": "t"}, "template": "plotly_dark"}
    )
    content = _content(figure)
    assert content["layout"] == {"title": {"text": "t"}}
    assert content["data"][0]["y"] == [1, 2, 3]
    assert unpacked(content["data"][0]["x"]).tolist() == [0, 1, 2]
    assert figure.layout.template.layout.to_plotly_json()


def test_a_plain_dict_needs_neither_data_nor_layout() -> None:
    assert _content({}) == {"data": [], "layout": {}}
    assert _content({"data": ({"y": [1]},), "layout": {"template": {}}}) == {"data": [{"y": [1]}], "layout": {}}


def test_a_drag_is_read_field_by_field_and_holds_floats() -> None:
    drag = read_drag(DRAG, handle=HANDLE, seq=7)
    assert drag == PlotDrag("move", 2.5, 4.0, seq=8, rev=4)
    assert isinstance(drag.y, float)


@pytest.mark.parametrize("nothing", [None, 1, "drag", [], [DRAG], {}])
def test_what_is_no_drag_is_none(nothing: object) -> None:
    assert read_drag(nothing, handle=HANDLE, seq=7) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "start"},
        {"kind": None},
        {"kind": ["move"]},
        {"x": None},
        {"x": "2"},
        {"x": True},
        {"y": math.nan},
        {"y": math.inf},
        {"y": [1]},
        {"seq": 7},
        {"seq": 8.0},
        {"seq": True},
        {"seq": 2**60},
        {"rev": 3},
        {"rev": None},
        {"rev": 4.0},
    ],
)
def test_a_drag_with_one_wrong_field_or_an_old_one_is_none(wrong: dict[str, object]) -> None:
    assert read_drag(DRAG | wrong, handle=HANDLE, seq=7) is None


def test_a_drag_ends_at_the_limits() -> None:
    low, high = (
        read_drag(DRAG | {"x": -1e300, "y": -2}, handle=HANDLE, seq=7),
        read_drag(DRAG | {"x": 11}, handle=HANDLE, seq=7),
    )
    assert low
    assert high
    assert (low.x, low.y, high.x) == (0.0, -1.0, 10.0)


@pytest.mark.parametrize(("locked", "place"), [("x", (2.0, 4.0)), ("y", (2.5, 3.0))])
def test_a_locked_coordinate_stays_whatever_the_browser_says(locked: str, place: tuple[float, float]) -> None:
    drag = read_drag(DRAG, handle=replace(HANDLE, locked=locked), seq=7)
    assert drag
    assert (drag.x, drag.y) == place


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[dict[str, Any], object]]:
    """What a call sends, and the height it asks for."""

    def sent(message: object = None, **more: Any) -> tuple[dict[str, Any], object]:
        asked: dict[str, Any] = {}
        monkeypatch.setattr(component, "_component", lambda: lambda **given: asked.update(given) or {})
        monkeypatch.setattr(component, "_drag_of", lambda key: message)
        layout = {"margin": {"l": 40, "r": 10, "t": 20, "b": 60}}
        plot({"data": [{"y": [1, 2]}], "layout": layout}, key="k", height=300, description="a\nb", **more)
        return json.loads(asked["data"].decode()), asked["height"]

    return sent


def test_a_plot_leaves_with_layout_and_data_as_texts(sent: Callable[..., tuple[dict[str, Any], object]]) -> None:
    head, height = sent()
    assert (head["label"], head["handle"], head["cursor"], head["square"]) == ("a\nb", None, False, None)
    assert json.loads(head["layout"]) == {"margin": {"l": 40, "r": 10, "t": 20, "b": 60}}
    assert (json.loads(head["figure"]), height) == ([{"y": [1, 2]}], 300)


@pytest.mark.parametrize(("message", "answered"), [(None, 7), (DRAG | {"rev": 1}, 8), ({"seq": "8"}, 7)])
def test_the_number_of_the_last_message_goes_back_also_of_a_refused_one(
    sent: Callable[..., tuple[dict[str, Any], object]], message: object, answered: int
) -> None:
    data, _ = sent(message, handle=HANDLE, seq=7)
    handle = data["handle"]
    assert data["stamp"]["seq"] == answered
    assert (handle["x"], handle["low"], handle["locked"], handle["subplots"]) == (2.0, [0.0, -1.0], "none", False)


def test_a_square_is_as_much_higher_than_wide_as_its_margins_are(
    sent: Callable[..., tuple[dict[str, Any], object]],
) -> None:
    head, height = sent(square=True)
    assert (head["square"], height) == (20 + 60 - 40 - 10, "content")
