"""From raw outputs to boxes and back."""

from collections.abc import Callable
from itertools import product

import pytest
import torch

from lossviz.engine.boxes import Boxes
from lossviz.engine.heads import (
    ALL,
    CENTRE,
    CLASS_ZERO,
    CLASSES,
    OBJECTNESS,
    REACH,
    SIZE,
    Head,
    Place,
    cell_of,
    encode,
    predicted_boxes,
)
from lossviz.engine.scene import Scene

Builder = Callable[..., Scene]


def a_head(raw: torch.Tensor | None = None) -> Head:
    """Two images, two anchors, three classes, 4 columns by 3 rows."""
    if raw is None:
        raw = torch.arange(2 * 2 * 8 * 3 * 4, dtype=torch.float64).reshape(2, 2, 8, 3, 4)
    anchors = torch.tensor([[0.1, 0.2], [0.3, 0.4], [0.5, 0.6]], dtype=torch.float64)
    return Head("3x4", raw, anchors, (2, 0))


def test_a_raw_zero_is_the_anchor_in_the_middle_of_its_cell() -> None:
    boxes = predicted_boxes(a_head(torch.zeros(2, 2, 8, 3, 4, dtype=torch.float64)))
    box = boxes.pick(...).table()[1, 0, 2, 3]
    torch.testing.assert_close(box, torch.tensor([3.5 / 4, 2.5 / 3, 0.5, 0.6], dtype=torch.float64), rtol=0, atol=1e-15)
    assert torch.equal(boxes.table()[0, 1, 0, 0, 2:], torch.tensor([0.1, 0.2], dtype=torch.float64))


def test_a_predicted_centre_never_leaves_its_cell() -> None:
    for extreme in (-1000.0, 1000.0):
        head = a_head(torch.full((2, 2, 8, 3, 4), extreme, dtype=torch.float64))
        boxes = predicted_boxes(head)
        assert ((boxes.x >= torch.arange(4) / 4) & (boxes.x <= torch.arange(1, 5) / 4)).all()


@pytest.mark.parametrize("seed", range(3))
def test_encoding_undoes_decoding(make_scene: Builder, seed: int) -> None:
    for head in make_scene(seed, heads=2).heads:
        row, column = torch.meshgrid(*(torch.arange(n, dtype=torch.float64) for n in head.grid[::-1]), indexing="ij")
        for anchor, (w, h) in enumerate(head.own_anchors):
            boxes = Boxes(*(c[0, anchor].flatten() for c in predicted_boxes(head)))
            corner = Boxes(column.flatten(), row.flatten(), w, h)
            raw = head.raw[0, anchor, :4].flatten(1).T
            said = encode(boxes, corner, head.grid)
            inside = (raw[:, :2].abs() < REACH).all(1)
            assert inside.sum() > 10
            torch.testing.assert_close(said[inside], raw[inside], rtol=0, atol=1e-11)


@pytest.mark.parametrize(("x", "said"), [(0.25, -REACH), (0.5, REACH), (0.1, -REACH), (0.9, REACH), (0.375, 0.0)])
def test_a_centre_on_or_beyond_the_edge_of_the_cell_is_held_at_the_reach(x: float, said: float) -> None:
    box = Boxes.of(torch.tensor([[x, x, 0.1, 0.2]], dtype=torch.float64))
    corner = Boxes.of(torch.tensor([[1.0, 1.0, 0.1, 0.2]], dtype=torch.float64))
    found = encode(box, corner, (4, 4))
    assert found.tolist() == [[said, said, 0, 0]]


def test_the_reach_is_a_thousandth_of_a_cell_from_the_edge() -> None:
    assert abs(torch.sigmoid(torch.tensor(REACH, dtype=torch.float64)) - 0.99909) < 5e-6


@pytest.mark.parametrize(
    ("x", "y", "column", "row"),
    [
        (0.1, 0.1, 0, 0),
        (0.25, 1 / 4, 1, 0),  # on an edge: the cell to the right
        (0.5, 1 / 3, 2, 1),  # the lower cell
        (0.999, 0.999, 3, 2),
        (1.0, 1.0, 3, 2),  # outside the grid: held at the last
        (0.0, 0.0, 0, 0),
    ],
)
def test_the_cell_of_a_centre(x: float, y: float, column: int, row: int) -> None:
    box = Boxes.of(torch.tensor([[x, y, 0.1, 0.1]], dtype=torch.float64))
    assert [int(n) for n in cell_of(box, 4, 3)] == [column, row]


def test_a_predictors_number_and_its_place_are_the_same_thing() -> None:
    head = a_head()
    places = [Place(*p) for p in product(range(2), range(2), range(3), range(4))]
    assert [head.slot(place) for place in places] == list(range(head.predictors))
    assert [head.place(slot) for slot in range(head.predictors)] == places
    found = torch.stack(head.places(torch.arange(head.predictors)), 1)
    assert found.tolist() == [[*place[1:]] for place in places]


@pytest.mark.parametrize("part", [CENTRE, SIZE, OBJECTNESS, CLASSES, CLASS_ZERO, ALL], ids=lambda part: part.name)
def test_gathering_takes_a_predictors_own_channels(part: object) -> None:
    head = a_head()
    slots = torch.tensor([0, 5, 23, 24, 47])
    said = head.gather(slots, part)  # type: ignore[arg-type]
    for row, slot in zip(said, slots.tolist(), strict=True):
        image, anchor, r, c = head.place(slot)
        assert torch.equal(row, head.raw[image, anchor, :, r, c][part.channels])  # type: ignore[attr-defined]


def test_a_head_uses_the_anchors_of_its_mask_in_the_masks_order() -> None:
    assert a_head().own_anchors.tolist() == [[0.5, 0.6], [0.1, 0.2]]
    assert a_head().place_of_anchor.tolist() == [1, -1, 0]
    assert a_head().grid == (4, 3)
    assert a_head().classes == 3
