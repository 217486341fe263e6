"""Facts of two boxes: how they lie, every measure with its gradient, the published gradients."""

from collections.abc import Mapping

from lossviz.overlap.checks import verdicts
from lossviz.overlap.state import OverlapState
from lossviz.overlap.view import view_of


def facts(state: OverlapState) -> Mapping[str, float | str | bool]:
    """Return the facts. ``giou.pull.x``: derivative of GIoU in the box's x; ``published.giou.pull.x``: as published."""
    found = view_of(state)
    said: dict[str, float | str | bool] = {
        "situation": found.situation,
        "distance": found.distance,
        "v": found.aspect,
        "alpha": found.trade_off,
        "log_loss": found.log_loss,
        "check": state.check,
    }
    said |= {f"box.{side}": value for side, value in zip("xywh", state.moving, strict=True)}
    said |= {f"target.{side}": value for side, value in zip("xywh", state.target, strict=True)}
    for name, measured in found.measures.items():
        said |= {name: measured.value, f"{name}.loss": measured.loss}
        said |= {f"{name}.moves": measured.moves, f"{name}.centres": measured.centres}
        said |= {f"{name}.pull.{side}": value for side, value in zip("xywh", measured.slope, strict=True)}
    for verdict in verdicts(state):
        said[f"published.{verdict.name}.same"] = verdict.same
        said |= {
            f"published.{verdict.name}.pull.{side}": value
            for side, value in zip("xywh", verdict.published, strict=True)
        }
    return said
