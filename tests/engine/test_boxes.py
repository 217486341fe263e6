"""Boxes as four columns."""

import torch

from lossviz.engine.boxes import Boxes


def test_edges_lie_half_a_side_from_the_centre() -> None:
    box = Boxes.of(torch.tensor([0.5, 0.25, 0.5, 0.125], dtype=torch.float64))
    assert (box.left, box.right, box.top, box.bottom) == (0.25, 0.75, 0.1875, 0.3125)
    assert box.area == 0.0625


def test_a_table_of_boxes_survives_the_trip_to_columns_and_back() -> None:
    table = torch.arange(24, dtype=torch.float64).reshape(2, 3, 4)
    assert torch.equal(Boxes.of(table).table(), table)


def test_columns_that_broadcast_become_a_full_table() -> None:
    box = Boxes(torch.zeros(2, 1), torch.zeros(1, 3), torch.ones(()), torch.ones(2, 3))
    assert box.table().shape == (2, 3, 4)


def test_picking_takes_the_same_row_of_every_column() -> None:
    table = torch.arange(12, dtype=torch.float64).reshape(3, 4)
    assert torch.equal(Boxes.of(table).pick(1).table(), table[1])
