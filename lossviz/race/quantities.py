"""What of a race can be swept: its step, as its film does, and where it starts."""

from dataclasses import replace

from lossviz.figures.quantity import Quantities, Quantity, of_box
from lossviz.race.state import LIMITS, RaceState


def quantities(state: RaceState) -> Quantities:
    """Return the step of a race, then x, y, w and h of its start; nothing of the experiment."""
    if state.tab != "one":
        return {}
    step: Quantity[RaceState] = Quantity(
        "step",
        lambda state: state.steps if state.at is None else state.at,
        lambda state, value: replace(state, at=round(value)),
        0,
        state.steps,
        whole=True,
        label="quantity_step",
    )
    return {"step": step} | of_box(lambda state: state.start, lambda state, box: state.with_box("start", box), LIMITS)
