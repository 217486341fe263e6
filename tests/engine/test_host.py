"""Tensors come home together, and come home whole."""

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

import pytest
import torch
from helpers.far_device import FAR, FarTensor, far_device

from lossviz.engine.host import moved, to_host


class Pair(NamedTuple):
    one: torch.Tensor
    name: str


@dataclass(frozen=True)
class Tree:
    pair: Pair
    more: dict[str, torch.Tensor]
    many: tuple[torch.Tensor, ...]
    same: object
    worked_out: dict[str, int] = field(init=False, default_factory=dict)


TENSORS = (
    torch.tensor([[1.5, 2.5]]),
    torch.tensor([3, 2**53 + 1]),
    torch.tensor(True),
    torch.zeros(0, 4),
    torch.tensor([0.1], dtype=torch.float64),
    torch.tensor([7], dtype=torch.uint8),
)


def test_every_number_keeps_its_kind_and_shape_and_all_come_in_two_copies() -> None:
    with far_device() as ways:
        home = to_host(*(tensor.to(FAR) for tensor in TENSORS))
    assert ways == Counter(numpy=2)
    for numbers, tensor in zip(home, TENSORS, strict=True):
        assert str(numbers.dtype) == str(tensor.dtype).removeprefix("torch.")
        assert numbers.shape == tuple(tensor.shape)
        assert numbers.tolist() == tensor.tolist()


def test_only_what_is_there_is_copied() -> None:
    with far_device() as ways:
        to_host(TENSORS[0].to(FAR))
        assert ways == Counter(numpy=1)
    assert to_host() == []


@pytest.mark.parametrize("there", [FAR, "cpu"])
def test_a_tree_moves_with_every_tensor_in_it_and_what_has_none_stays_itself(there: str) -> None:
    idle = object()
    with far_device() as ways:
        twice = TENSORS[1].to(there)
        tree = Tree(Pair(TENSORS[0].to(there), "a"), {"b": TENSORS[4].to(there)}, (twice, twice), (idle, Pair))
        tree.worked_out["x"] = 1
        home = moved(tree, "cpu")
        assert sum(ways.values()) == (2 if there == FAR else 0)
    assert home.pair.name == "a"
    parts = (home.pair.one, home.more["b"], *home.many)
    assert not any(isinstance(part, FarTensor) for part in parts)
    for part, before in zip(parts, (TENSORS[0], TENSORS[4], TENSORS[1], TENSORS[1]), strict=True):
        assert (part.dtype, part.tolist()) == (before.dtype, before.tolist())
    assert home.same is tree.same
    assert home.worked_out == {}
