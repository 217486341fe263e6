"""The way home from a device: many tensors in one copy, since each one that comes alone makes the host wait for it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

import torch
from torch import Tensor

T = TypeVar("T")


def packed(tensors: Sequence[Tensor], bring: Callable[[Tensor], Any]) -> list[Any]:
    """Return what ``bring`` makes of the tensors, which it gets end to end, once for numbers and once for whole numbers.

    What it makes is cut into pieces of the tensors' shapes. Marks come as whole numbers.
    """
    found: list[Any] = [None] * len(tensors)
    for whole in (False, True):
        places = [n for n, tensor in enumerate(tensors) if tensor.is_floating_point() != whole]
        if not places:
            continue
        flat, start = bring(torch.cat([tensors[n].reshape(-1) for n in places])), 0
        for n in places:
            size = tensors[n].numel()
            found[n] = flat[start : start + size].reshape(tuple(tensors[n].shape))
            start += size
    return found


def to_host(*tensors: Tensor) -> list[Any]:
    """Return NumPy's arrays of the tensors' numbers, brought to the host in at most two copies."""
    kinds = (str(tensor.dtype).removeprefix("torch.") for tensor in tensors)
    home = packed(tensors, lambda flat: flat.numpy(force=True))
    return [numbers.astype(kind, copy=False) for numbers, kind in zip(home, kinds, strict=True)]


def moved(tree: T, device: str) -> T:
    """Return the same dataclasses, tuples and mappings with every tensor in them on another device.

    They come in at most two copies. Functions are left as they are.
    """
    tensors: dict[int, Tensor] = {}
    rebuilt(tree, lambda tensor: tensors.setdefault(id(tensor), tensor))
    pieces = packed([*tensors.values()], lambda flat: flat.to(device))
    home = {key: piece.to(old.dtype) for (key, old), piece in zip(tensors.items(), pieces, strict=True)}
    found: T = rebuilt(tree, lambda tensor: home[id(tensor)])
    return found


def rebuilt(tree: Any, each: Callable[[Tensor], Tensor]) -> Any:
    """Return the same tree with ``each`` of every tensor. What has no tensor in it stays the very same object."""
    if isinstance(tree, Tensor):
        return each(tree)
    if is_dataclass(tree) and not isinstance(tree, type):
        return _changed(tree, {part.name: getattr(tree, part.name) for part in fields(tree) if part.init}, each)
    if isinstance(tree, Mapping):
        return _changed(tree, tree, each)
    if isinstance(tree, tuple):
        parts = [rebuilt(part, each) for part in tree]
        same = all(new is old for new, old in zip(parts, tree, strict=True))
        return tree if same else type(tree)(*parts) if hasattr(tree, "_fields") else tuple(parts)
    return tree


def _changed(tree: Any, parts: Mapping[Any, Any], each: Callable[[Tensor], Tensor]) -> Any:
    new = {name: rebuilt(part, each) for name, part in parts.items()}
    if all(new[name] is part for name, part in parts.items()):
        return tree
    return new if tree is parts else replace(tree, **new)
