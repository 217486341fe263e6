"""Facts of the losses of one output: each loss, what it passes back and what is printed; the softmax' probabilities."""

import math
from collections.abc import Mapping

import torch

from lossviz.objectness.state import ObjectnessState
from lossviz.objectness.view import LOSSES, fastest, numbers_of


def facts(state: ObjectnessState) -> Mapping[str, float | str]:
    """Return the facts. ``ratio``: gradient of BCE over that of squared error; ``fastest.p``: where that is largest."""
    said: dict[str, float | str] = {
        "z": state.logit,
        "t": state.target,
        "p": state.probability,
        "scale": state.scale,
        "axis": state.axis,
        "kind": state.kind,
        "rate": state.rate,
    }
    found = {name: numbers_of(name, state) for name in LOSSES}
    for name, numbers in found.items():
        said |= {
            f"{name}.{key}": getattr(numbers, key) for key in ("loss", "floor", "outer", "inner", "passed", "printed")
        }
    squared = found["squared"].passed
    said["ratio"] = abs(found["bce"].passed / squared) if squared else math.inf
    side = fastest(state.target, below=state.probability < state.target)
    if side:
        said |= {"fastest.p": side.p, "fastest.slope": side.slope}
    scores = torch.tensor(state.scores, dtype=torch.float64, device="cpu")
    said |= {f"softmax.{k}": value for k, value in enumerate(scores.softmax(-1).tolist())}
    said |= {f"sigmoid.{k}": value for k, value in enumerate(scores.sigmoid().tolist())}
    return said
