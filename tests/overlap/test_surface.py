"""Surfaces and slices: figures that Plotly knows, on scales that do not move, with arrows that climb."""

from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest
import torch

from lossviz.core.text import Text
from lossviz.engine.boxes import Boxes
from lossviz.engine.overlap import MEASURES, Pair
from lossviz.overlap.charts.slice import slice_figure
from lossviz.overlap.charts.surface import (
    BINS,
    Surface,
    described,
    field,
    flat_cells,
    flat_note,
    hatching,
    roomiest,
    surface_figure,
)

NAMES = {"iou": "IoU", "giou": "GIoU", "diou": "DIoU", "ciou": "CIoU"}
TARGET, MOVING = (10.0, 10.0, 2.0, 2.0), (12.5, 9.0, 1.6, 1.2)


class Words(Text):
    """Says the key and its values."""

    def __call__(self, key: str, **values: object) -> str:
        return " ".join([key, *map(str, values.values())])


TEXT = Words("en")


@dataclass(frozen=True)
class Ground:
    measure: str
    xs: np.ndarray
    ys: np.ndarray
    values: np.ndarray
    slope_x: np.ndarray
    slope_y: np.ndarray

    @property
    def flat(self) -> np.ndarray:
        return (self.slope_x == 0) & (self.slope_y == 0)


@dataclass(frozen=True)
class Line:
    measure: str
    along: np.ndarray
    values: np.ndarray
    slope: np.ndarray


@cache
def ground(measure: str, axes: str = "place", n: int = 61) -> Ground:
    """The measure against the moving box's place or size."""
    first, second = (torch.linspace(low, high, n, dtype=torch.float64) for low, high in [(5, 15), (5, 15)])
    if axes == "size":
        first = second = torch.linspace(0.2, 5, n, dtype=torch.float64)
    x, y, w, h = (torch.tensor(side, dtype=torch.float64) for side in MOVING)
    plane = torch.meshgrid(first, second, indexing="xy")
    x, y, w, h = (side.expand(n, n) for side in (x, y, w, h))
    a = Boxes(*plane, w, h) if axes == "place" else Boxes(x, y, *plane)
    b = Boxes(*(torch.tensor(side, dtype=torch.float64).expand(n, n) for side in TARGET))
    slope = MEASURES[measure].slope(Pair(a, b))
    pair = (slope.x, slope.y) if axes == "place" else (slope.w, slope.h)
    tables = (MEASURES[measure].value(Pair(a, b)), *pair)
    return Ground(measure, first.numpy(), second.numpy(), *(table.numpy() for table in tables))


def line(measure: str) -> Line:
    one = ground(measure)
    row = 24
    return Line(measure, one.xs, one.values[row], one.slope_x[row])


def drawn(*measures: str, axes: str = "place", fill: str = "contour", n: int = 61, **more: Any) -> dict[str, Any]:
    here = MOVING[:2] if axes == "place" else MOVING[2:]
    given = {"here": here, "axes": axes, "fill": fill, "arrows": 15, "target": TARGET, "moving": MOVING}
    return surface_figure([ground(name, axes, n) for name in measures], **given | more, names=NAMES, text=TEXT)


@pytest.mark.parametrize("fill", ["contour", "heat"])
@pytest.mark.parametrize("axes", ["place", "size"])
@pytest.mark.parametrize("measures", [("iou",), ("ciou",), MEASURES])
def test_a_surface_holds_only_what_plotly_knows(measures: tuple[str, ...], axes: str, fill: str) -> None:
    figure = go.Figure(drawn(*measures, axes=axes, fill=fill))
    kinds = [trace.type for trace in figure.data if trace.type != "scatter"]
    assert kinds == [{"contour": "contour", "heat": "heatmap"}[fill]] * len(measures)
    assert isinstance(ground("iou"), Surface)


@pytest.mark.parametrize(
    ("measures", "low"), [(("iou",), 0), (("giou",), -1), (("diou",), -1), (("ciou",), -1), (MEASURES, -1)]
)
def test_the_scale_is_that_of_the_measures_range_and_one_for_all(measures: tuple[str, ...], low: float) -> None:
    figure = drawn(*measures)
    scale = figure["layout"]["coloraxis"]
    assert (scale["cmin"], scale["cmax"]) == (low, 1)
    filled = [trace for trace in figure["data"] if trace["type"] == "contour"]
    assert all(trace["coloraxis"] == "coloraxis" for trace in filled)
    steps = {tuple(trace["contours"].values()) for trace in filled}
    assert steps == {(low, 1, (1 - low) / BINS)}


def test_y_runs_down_over_places_and_up_over_sizes_with_the_same_length_for_a_unit() -> None:
    place, size = (drawn("iou", axes=axes)["layout"]["yaxis"] for axes in ("place", "size"))
    assert (place["range"], size["range"]) == ([15, 5], pytest.approx([0.2, 5]))
    assert place["scaleanchor"] == size["scaleanchor"] == "x"


def test_four_pictures_have_titles_and_numbers_on_the_outer_edges_only() -> None:
    layout = drawn(*MEASURES)["layout"]
    titles = {name: axis["title"]["text"] for name, axis in layout.items() if name[1:5] == "axis"}
    assert [name for name, title in titles.items() if title] == ["yaxis", "xaxis3", "yaxis3", "xaxis4"]
    assert [note["text"] for note in layout["annotations"] if "domain" in note["xref"]] == list(NAMES.values())


@pytest.mark.parametrize("axes", ["place", "size"])
def test_only_shapes_change_while_the_box_moves_over_its_own_surface(axes: str) -> None:
    here, there = drawn("giou", axes=axes), drawn("giou", axes=axes, here=(11.0, 8.0), moving=(11.0, 8.0, 1.6, 1.2))
    assert str(here["data"]) == str(there["data"])
    changed = {name for name in here["layout"] if here["layout"][name] != there["layout"][name]}
    assert changed == {"shapes"}


def test_the_outlines_are_the_boxes_and_stand_only_over_places() -> None:
    rects = [shape for shape in drawn("iou")["layout"]["shapes"] if shape["type"] == "rect"]
    edges = [[shape[edge] for edge in ("x0", "x1", "y0", "y1")] for shape in rects[1::2]]
    assert edges == [[9, 11, 9, 11], pytest.approx([11.7, 13.3, 8.4, 9.6])]
    spots = drawn("iou", axes="size")["layout"]["shapes"]
    assert [(spot["type"], spot["xanchor"], spot["yanchor"]) for spot in spots] == [
        ("circle", 2.0, 2.0),
        ("circle", 1.6, 1.2),
    ]


# ---- arrows ----


def tails_and_tips(one: Surface, arrows: int, steepest: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    shafts, heads = field(one, arrows, steepest)
    tails = np.stack([shafts["x"][0::3], shafts["y"][0::3]])
    tips = np.stack([heads["x"][1::5], heads["y"][1::5]])
    return tails, tips


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("axes", ["place", "size"])
def test_every_arrow_climbs(measure: str, axes: str) -> None:
    one = ground(measure, axes, 201)
    tails, tips = tails_and_tips(one, 15)
    middle, way = (tails + tips) / 2, tips - tails
    column, row = (np.abs(places[:, None] - at).argmin(0) for places, at in zip((one.xs, one.ys), middle, strict=True))
    slope = np.stack([one.slope_x[row, column], one.slope_y[row, column]])
    cosine = (slope * way).sum(0) / np.hypot(*slope) / np.hypot(*way)
    assert len(cosine) > 8
    assert cosine.min() > 1 - 1e-3  # ends of arrows are kept in single precision, the shortest are hundredths long


def test_a_quarter_of_the_slope_is_half_the_arrow_and_none_overlaps_the_next() -> None:
    xs = np.linspace(0, 1, 60)
    plain, zero = np.ones((60, 60)), np.zeros((60, 60))
    lengths = []
    for slope in (1.0, 0.25):
        tails, tips = tails_and_tips(Ground("iou", xs, xs, plain, slope * plain, zero), 15)
        lengths.append(np.hypot(*(tips - tails)))
    assert np.allclose(lengths[1] / lengths[0], 0.5, rtol=1e-4)
    assert lengths[0].max() < 1 / 15


def test_there_is_no_arrow_where_the_slope_is_zero() -> None:
    one = ground("iou")
    tails, tips = tails_and_tips(one, 15)
    assert 0 < tails.shape[1] < 40
    middle = (tails + tips) / 2
    assert np.abs(middle - 10).max() < 2
    flat = replace(one, slope_x=np.zeros((61, 61)), slope_y=np.zeros((61, 61)))
    assert tails_and_tips(flat, 15)[0].size == 0
    go.Figure(field(flat, 15, 0.0))


# ---- flat regions ----


def test_only_what_is_flat_is_hatched() -> None:
    one = ground("iou", n=201)
    lines = hatching(one, 40)
    x, y = np.asarray(lines["x"], float).reshape(-1, 3), np.asarray(lines["y"], float).reshape(-1, 3)
    assert len(x) > 60
    for share in (0.01, 0.3, 0.5, 0.99):
        at_x, at_y = x[:, 0] + share * (x[:, 1] - x[:, 0]), y[:, 0] + share * (y[:, 1] - y[:, 0])
        apart = (np.abs(at_x - 10) > 1.8 - 0.051) | (np.abs(at_y - 10) > 1.6 - 0.051)
        inside = (np.abs(at_x - 10) < 0.2 + 0.051) & (np.abs(at_y - 10) < 0.4 + 0.051)
        assert (apart | inside).all()
    assert ((np.abs(x[:, 0] - 10) < 0.3) & (np.abs(y[:, 0] - 10) < 0.5)).any()


def test_hatching_covers_the_flat_region_in_proportion() -> None:
    one = ground("iou", n=201)
    lines = hatching(one, 40)
    x = np.asarray(lines["x"], float).reshape(-1, 3)
    flat = {"slope_x": np.zeros((201, 201)), "slope_y": np.zeros((201, 201)), "values": np.zeros((201, 201))}
    everything = hatching(replace(one, **flat), 40)
    whole = np.asarray(everything["x"], float).reshape(-1, 3)
    share = (x[:, 1] - x[:, 0]).sum() / (whole[:, 1] - whole[:, 0]).sum()
    assert share == pytest.approx(flat_cells(one).mean(), abs=0.02)


def test_a_slope_of_zero_at_single_points_is_no_region() -> None:
    one = ground("diou")
    assert one.flat.any()
    assert hatching(one, 40)["x"].size == 0
    assert flat_note(one, TEXT) == []


def test_the_name_stands_in_the_middle_of_the_room_and_clear_of_the_target() -> None:
    (note,) = flat_note(ground("iou"), TEXT)
    assert not note["showarrow"]
    assert abs(note["x"] - 10) < 0.5
    assert 1.6 + 0.5 < abs(note["y"] - 10) < 5 - 0.5


def test_a_small_flat_region_is_named_from_outside() -> None:
    (note,) = flat_note(ground("giou"), TEXT)
    assert note["showarrow"]
    assert abs(note["x"] - 10) < 0.2
    assert abs(note["y"] - 10) < 0.4


def test_the_roomiest_place_is_in_the_largest_region() -> None:
    cells = np.zeros((40, 60), bool)
    assert roomiest(cells) is None
    cells[2:6, 2:12] = True
    cells[20:31, 20:53] = True
    found = roomiest(cells)
    assert found
    assert found[0] == (25, 36)
    assert 0.4 < found[1] < 0.6


# ---- slices and words ----


@pytest.mark.parametrize("along", ["x", "y", "w", "h"])
@pytest.mark.parametrize("measures", [("iou",), MEASURES])
def test_slices_hold_only_what_plotly_knows_and_share_their_axis(measures: tuple[str, ...], along: str) -> None:
    figure = go.Figure(slice_figure([line(name) for name in measures], along=along, here=10.9, names=NAMES, text=TEXT))
    curves = [trace for trace in figure.data if trace.mode == "lines"]
    assert [trace.yaxis for trace in curves] == ["y", "y2"] * len(measures)
    assert {trace.xaxis for trace in curves} == {None}
    assert len({trace.line.dash for trace in curves}) == len(measures)
    assert figure.layout.xaxis.title.text == f"surface_{along}"


def test_the_present_place_is_marked_on_both_curves() -> None:
    one = line("giou")
    figure = slice_figure([one], along="x", here=10.91, names=NAMES, text=TEXT)
    marks = [(trace["x"][0], trace["y"][0]) for trace in figure["data"] if trace["mode"] == "markers"]
    wanted = [(10.91, float(np.interp(10.91, one.along, numbers))) for numbers in (one.values, one.slope)]
    assert marks == pytest.approx(wanted)
    place, zero = figure["layout"]["shapes"][1], figure["layout"]["shapes"][0]
    assert (place["x0"], place["x1"], zero["y0"], zero["yref"]) == (10.91, 10.91, 0, "y2")


def test_the_axes_of_a_slice_hold_every_value_and_seldom_move() -> None:
    for name, low in (("iou", 0.0), ("ciou", -1.0)):
        layout = slice_figure([line(name)], along="x", here=9.0, names=NAMES, text=TEXT)["layout"]
        assert layout["yaxis"]["range"] == pytest.approx([low - 0.05, 1.05])
        bottom, top = layout["yaxis2"]["range"]
        assert -bottom == top > np.abs(line(name).slope).max()
        steeper = replace(line(name), slope=line(name).slope * 1.01)
        again = slice_figure([steeper], along="x", here=9.0, names=NAMES, text=TEXT)["layout"]
        assert again["yaxis2"]["range"] == [bottom, top]


def test_a_screen_reader_hears_values_and_how_much_is_flat() -> None:
    said = described(
        [ground("iou"), ground("diou")], here=(10.0, 10.0), values={"iou": 0.25, "diou": 0.125}, names=NAMES, text=TEXT
    )
    assert said.startswith("surface_alt 10.00 10.00 surface_says IoU 0.2500 ")
    assert said.endswith("DIoU 0.1250 0%")
