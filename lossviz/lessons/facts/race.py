"""Facts of a race: where it starts, and when each contender reaches half the overlap."""

import math
from collections.abc import Mapping

from lossviz.overlap.state import OverlapState
from lossviz.overlap.view import view_of
from lossviz.race.state import RaceState
from lossviz.race.view import ranked, runs_of


def facts(state: RaceState) -> Mapping[str, float | str | bool]:
    """Return the facts. ``giou.half``: the first step at which IoU is at least 0.5, infinite if there is none."""
    runs, start = runs_of(state), view_of(OverlapState(state.start, state.target))
    said: dict[str, float | str | bool] = {
        "who": ".".join(state.who),
        "gradient": state.gradient,
        "steps": state.steps,
        "rate": state.rate,
        "tab": state.tab,
        "nearest": ranked(runs)[0].name,
    }
    said |= {f"start.{name}": measured.value for name, measured in start.measures.items()}
    for run in runs:
        said[f"{run.name}.half"] = math.inf if run.half is None else run.half
        said[f"{run.name}.error"] = float(run.error[-1])
        said[f"{run.name}.iou"] = float(run.iou[-1])
        said[f"{run.name}.widest"] = float(run.boxes[:, 2].max() / run.boxes[0, 2])
    return said
