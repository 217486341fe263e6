"""Which device torch computes on."""

import torch

DEVICES = ("auto", "cpu", "cuda", "mps")


def pick_device(choice: str, dtype: torch.dtype) -> str:
    """Return the device to compute on; ``auto`` takes cuda, then mps (which has no float64), then cpu.

    Raises: ValueError for a device that is not there or cannot do the dtype.
    """
    single = dtype != torch.float64
    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    if choice == "auto":
        return next(name for name, here in there.items() if here and (single or name != "mps"))
    if not there[choice]:
        raise ValueError(
            f"expected a device that is here ({', '.join(n for n, ok in there.items() if ok)}), not '{choice}'"
        )
    if choice == "mps" and not single:
        raise ValueError("expected --dtype float32 with --device mps, which has no float64")
    return choice
