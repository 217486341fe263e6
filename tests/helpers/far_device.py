"""A device that is none: its tensors have another name for where they are, and every way home from it is counted.

What torch says of ``meta`` is said of them, but behind each stands a tensor of the CPU with all its numbers. A tensor of the
CPU among them is an error, as on a GPU, unless it is a single number.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_flatten, tree_map_only

FAR = "meta"


class FarTensor(torch.Tensor):
    """A tensor on the far device."""

    near: torch.Tensor

    @staticmethod
    def __new__(cls: type["FarTensor"], near: torch.Tensor) -> "FarTensor":
        found = torch.Tensor._make_wrapper_subclass(
            cls, near.shape, strides=near.stride(), dtype=near.dtype, device=FAR
        )
        found.near = near
        return found

    def __init__(self, near: torch.Tensor) -> None: ...

    def tolist(self) -> Any:
        WAYS["tolist"] += 1
        return self.near.tolist()

    def numpy(self, *, force: bool = False) -> Any:
        WAYS["numpy"] += 1
        return self.near.numpy(force=force)

    def __getitem__(self, key: Any) -> Any:
        return super().__getitem__(listed(key))

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(listed(key), value)

    @classmethod
    def __torch_dispatch__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return run(func, args, kwargs or {})


def listed(key: Any) -> Any:
    """An index with tensors for lists: torch makes its own of them, and for meta an empty one."""
    parts = key if isinstance(key, tuple) else (key,)
    found = tuple(torch.tensor([*part], device=FAR) if isinstance(part, list | range) else part for part in parts)
    return found if isinstance(key, tuple) else found[0]


WAYS: Counter[str] = Counter()


def run(func: Any, args: Any, kwargs: Any) -> Any:
    """Compute on the CPU what is asked of the far device."""
    name = func.__name__
    flat, _ = tree_flatten((args, kwargs))
    tensors = [part for part in flat if isinstance(part, torch.Tensor)]
    target = next((part.type for part in flat if isinstance(part, torch.device)), None)
    far = any(isinstance(part, FarTensor) for part in tensors)
    near = any(part.dim() and not isinstance(part, FarTensor) for part in tensors)
    if far and near and target is None and not name.startswith(("copy_", "index", "_index", "to.other")):
        raise RuntimeError(f"{name}: tensors on two devices")
    if far and (target == "cpu" or name.startswith(("_local_scalar_dense", "nonzero", "equal", "item", "is_nonzero"))):
        WAYS[name.partition(".")[0]] += 1
    arguments = tree_map_only(FarTensor, lambda part: part.near, (args, kwargs))
    plain_args, plain = tree_map_only(torch.device, lambda part: torch.device("cpu"), arguments)
    out = func(*plain_args, **plain)
    if name.partition(".")[0].endswith("_") and not name.startswith("__") and isinstance(args[0], FarTensor):
        return args[0]
    return tree_map_only(torch.Tensor, FarTensor, out) if target == FAR or (far and target is None) else out


class Far(TorchDispatchMode):
    """What makes tensors there."""

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        return run(func, args, kwargs or {})


@contextmanager
def far_device() -> Iterator[Counter[str]]:
    """While this lasts, ``meta`` computes; what is counted are the ways home from it."""
    WAYS.clear()
    plain = torch.tensor

    def tensor(data: Any, *, device: Any = "cpu", **kind: Any) -> torch.Tensor:
        return plain(data, device="cpu", **kind).to(device)

    def new_tensor(self: torch.Tensor, data: Any, *, device: Any = None, dtype: Any = None) -> torch.Tensor:
        return plain(data, dtype=dtype or self.dtype, device="cpu").to(device or self.device)

    made = patch.object(torch, "tensor", tensor), patch.object(torch.Tensor, "new_tensor", new_tensor)
    with made[0], made[1], Far(), torch.inference_mode():
        yield WAYS
