"""What of the loss functions can be swept: the point, the target, knobs; a bar of a distribution."""

from dataclasses import replace

from lossviz.core.link import six
from lossviz.figures.quantity import Quantities, Quantity
from lossviz.functions.state import SPANS, FunctionsState, knob_of
from lossviz.losses import LOSSES


def quantities(state: FunctionsState) -> Quantities:
    """Return x, t and the knobs of the curves, or the bar in hand of two distributions."""
    if state.tab == "distributions":
        name, outcome = ("p", state.bar) if state.bar < len(state.p) else ("q", state.bar - len(state.p))
        bar: Quantity[FunctionsState] = Quantity(
            name,
            lambda state: getattr(state, name)[outcome],
            lambda state, value: state.with_bar(state.bar, value),
            0,
            1,
        )
        return {name: bar}
    if state.tab != "curves":
        return {}
    found: tuple[Quantity[FunctionsState], ...] = (
        Quantity("x", lambda state: state.x, FunctionsState.at, *SPANS[state.by]),
        Quantity("t", lambda state: state.t, lambda state, value: replace(state, t=six(value)), 0, 1),
    )
    names = [f"{key}.{knob.name}" for key in state.functions for knob in LOSSES[key].knobs]
    return {quantity.name: quantity for quantity in (*found, *map(knob, names))}


def knob(name: str) -> Quantity[FunctionsState]:
    """Return a knob of a function."""
    found = knob_of(name)
    return Quantity(
        name,
        lambda state: state.knob(name),
        lambda state, value: state.with_knob(name, value),
        found.low,
        found.high,
    )
