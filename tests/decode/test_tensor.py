"""The output tensor: channels, places in memory in two layouts, raw numbers of a photograph."""

import re
from itertools import product

import numpy as np
import plotly.graph_objects as go
import pytest
import torch

from lossviz.components.plot import to_json
from lossviz.core.text import LANGUAGES, Text
from lossviz.decode.charts.tensor import around, edges_of, entry_at, grid, line_of, strip
from lossviz.decode.figures.parts.content import DecodeContent
from lossviz.decode.state import LAYOUTS as LINKED
from lossviz.decode.state import TENSORS, from_query
from lossviz.decode.tensor import (
    ATTRIBUTES,
    LAYOUTS,
    OUTPUTS,
    PARTS,
    Output,
    Place,
    activated,
    attribute_of,
    channel_of,
    class_of,
    index_of,
    nearby,
    place_at,
    place_of,
    plane_of,
    rivals,
    spelled,
    stride_of,
    with_numbers,
)
from lossviz.decode.words import attributes
from lossviz.figures.registry import FIGURES, applicable
from lossviz.scenes.gallery import scene_of

SMALL = Output(anchors=2, classes=3, side=4, names="voc")


def test_voc_has_125_channels_coco_425_and_each_head_of_yolov3_255() -> None:
    assert [(one.channels, one.side) for one in OUTPUTS.values()] == [
        (125, 13),
        (425, 13),
        (255, 13),
        (255, 26),
        (255, 52),
    ]
    assert {key: (one.channels, one.side, one.side) for key, one in OUTPUTS.items()} == TENSORS
    assert LAYOUTS == LINKED == tuple(PARTS)


@pytest.mark.parametrize("key", OUTPUTS)
def test_every_channel_is_one_number_of_one_anchor(key: str) -> None:
    output = OUTPUTS[key]
    found = [place_of(output, channel, (0, 0)) for channel in range(output.channels)]
    assert [channel_of(output, place) for place in found] == [*range(output.channels)]
    assert [place[:2] for place in found] == [*product(range(output.anchors), range(output.entries))]
    assert {attribute_of(place.entry) for place in found} == {*ATTRIBUTES, "class"}
    assert sum(attribute_of(place.entry) == "class" for place in found) == output.anchors * output.classes


@pytest.mark.parametrize(("layout", "order"), [("darknet", (0, 1, 2, 3, 4)), ("nhwc", (0, 3, 4, 1, 2))])
def test_an_index_is_where_torch_and_numpy_keep_the_number(layout: str, order: tuple[int, ...]) -> None:
    """Numbers are counted in memory in the layout's own order and then looked up as image, anchor, entry, row, column."""
    sizes = (2, SMALL.anchors, SMALL.entries, SMALL.side, SMALL.side)
    stored = torch.arange(torch.Size(sizes).numel()).reshape([sizes[axis] for axis in order])
    tensor = stored.permute(*np.argsort(order).tolist())
    strides = {part.name: stride_of(SMALL, part) for part in PARTS[layout]}
    assert tensor.stride() == tuple(strides[name] for name in ("batch", "anchor", "entry", "row", "column"))
    for batch, anchor, entry, row, column in product(*map(range, sizes)):
        place = Place(anchor, entry, row, column)
        index = int(tensor[batch, anchor, entry, row, column])
        assert index_of(SMALL, layout, place, batch) == index
    flat = np.ascontiguousarray(tensor.numpy().transpose(order)).ravel()
    assert (flat == np.arange(flat.size)).all()


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("key", OUTPUTS)
def test_a_typed_index_leads_back_to_its_number(key: str, layout: str) -> None:
    output = OUTPUTS[key]
    for index in (*range(0, output.numbers, 997), output.numbers - 1):
        assert index_of(output, layout, place_at(output, layout, index)) == index
    assert place_at(output, layout, output.numbers - 1) == Place(
        output.anchors - 1, output.entries - 1, output.side - 1, output.side - 1
    )


def test_the_known_places_of_the_cups_objectness() -> None:
    place = place_of(OUTPUTS["v3-13"], 89, (5, 6))
    assert place == Place(anchor=1, entry=4, row=5, column=6)
    assert index_of(OUTPUTS["v3-13"], "darknet", place) == 89 * 169 + 5 * 13 + 6 == 15112
    assert index_of(OUTPUTS["v3-13"], "nhwc", place) == (5 * 13 + 6) * 255 + 89 == 18194


def test_darknets_neighbours_are_cells_and_those_of_nhwc_are_channels() -> None:
    place = place_of(OUTPUTS["v3-13"], 89, (5, 6))
    ahead = {
        layout: nearby(OUTPUTS["v3-13"], layout, index_of(OUTPUTS["v3-13"], layout, place), 1) for layout in LAYOUTS
    }
    assert [one.column for one in ahead["darknet"].values()] == [5, 6, 7]
    assert [one.entry for one in ahead["nhwc"].values()] == [3, 4, 5]
    assert [*nearby(SMALL, "nhwc", 0, 2)] == [0, 1, 2]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("key", OUTPUTS)
def test_the_arithmetic_that_is_printed_gives_the_index(key: str, layout: str) -> None:
    output = OUTPUTS[key]
    place = Place(output.anchors - 1, 7, 3, output.side - 2)
    letters = {"A": output.anchors, "C": output.classes, "H": output.side, "W": output.side}
    values = place._asdict() | letters | {"batch": 0}
    formula = re.sub(r"\(5\+C\)", "(5 + C)", spelled(layout)).replace("·", "*")
    index = index_of(output, layout, place)
    assert eval(formula, {}, values) == index
    assert eval(with_numbers(output, layout, place).replace("·", "*")) == index


def test_nhwc_reshapes_to_cells_anchors_and_entries_without_moving_a_number() -> None:
    output = OUTPUTS["voc"]
    stored = np.arange(output.numbers).reshape(1, 13, 13, 125)
    split = stored.reshape(1, 13, 13, 5, 25)
    assert split.base is stored.base
    assert split[0, 7, 2, 3, 11] == index_of(output, "nhwc", Place(3, 11, 7, 2))


@pytest.mark.parametrize("head", ["13", "26"])
def test_raw_numbers_are_those_of_the_photograph(head: str) -> None:
    output = OUTPUTS[f"v3-{head}"]
    (found,) = (one for one in scene_of("coffee").heads if one.name == head)
    plane = plane_of(output, 2 * 85 + 5 + 41)
    assert plane is not None
    assert (torch.from_numpy(plane) == found.raw[0, 2, 46].double()).all()
    assert plane.shape == (output.side, output.side)
    cup = plane_of(OUTPUTS["v3-13"], 89)
    assert cup is not None
    assert np.unravel_index(cup.argmax(), cup.shape) == (5, 6)
    assert plane_of(OUTPUTS["v3-52"], 0) is plane_of(OUTPUTS["voc"], 0) is None


def test_what_becomes_of_a_raw_number() -> None:
    assert activated(4, 0.0) == activated(0, 0.0) == activated(50, 0.0) == 0.5
    assert activated(2, 0.0) == activated(3, 0.0) == 1.0
    assert class_of(5) == 0


@pytest.mark.parametrize("key", OUTPUTS)
def test_a_question_offers_three_channels_one_of_them_right(key: str) -> None:
    output = OUTPUTS[key]
    for anchor in range(1, output.anchors):
        right, *others = rivals(output, anchor)
        assert place_of(output, right, (0, 0))[:2] == (anchor, 4)
        assert len({right, *others}) == 3
        assert max(others) < output.channels


@pytest.mark.parametrize("key", OUTPUTS)
def test_every_channel_has_a_place_of_its_own_on_the_strip_and_a_click_there_finds_it(key: str) -> None:
    output, found = OUTPUTS[key], []
    edges = edges_of(output)
    for channel in range(output.channels):
        anchor, entry = divmod(channel, output.entries)
        left, top, right, bottom = around(output, anchor, entry)
        line, curve = edges.index(top), int(entry >= len(ATTRIBUTES))
        column = int(left / (right - left))
        assert edges[line + 1] == bottom
        assert entry_at(output, curve, (line, column)) == channel
        found.append((left, top))
    assert len({*found}) == output.channels
    gap = line_of(output, 0, output.entries - 1) + 1
    assert [entry_at(output, curve, (gap, 0)) for curve in (0, 1)] == [None, None]
    assert entry_at(output, 0, (1, 0)) is entry_at(output, 1, (0, 0)) is None


@pytest.mark.parametrize("lang", LANGUAGES)
def test_pictures_of_the_tensor_are_what_plotly_knows(lang: str) -> None:
    text = Text(lang)
    for output in OUTPUTS.values():
        for picture in (strip(output, 9, attributes(text), text), grid(output, 9, (0, 1), text)):
            to_json(picture)
            go.Figure(picture)


def test_the_table_to_take_away_has_every_channel_of_the_cell_with_its_indices() -> None:
    content = DecodeContent(from_query({"tab": "tensor"})[0])
    assert [*applicable(content)] == ["tensor"]
    head, *rows = FIGURES["decode"]["tensor"].table(content)
    assert len(rows) == 255
    cup = dict(zip(head, rows[89], strict=True))
    assert (cup["number"], cup["index_darknet"], cup["index_nhwc"]) == ("objectness", 15112, 18194)
    assert cup["raw"] == pytest.approx(1.390857, abs=1e-6)
