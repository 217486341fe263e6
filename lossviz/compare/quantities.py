"""What of a comparison can be swept: the settings of the programs that stand side by side."""

from dataclasses import replace

from lossviz.compare.state import CompareState
from lossviz.core.link import six
from lossviz.figures.quantity import Quantities, Quantity
from lossviz.recipes import RECIPES


def quantities(state: CompareState) -> Quantities:
    """Return the settings that some of the programs have, as far as all of those let them go."""
    found: dict[str, Quantity[CompareState]] = {}
    for recipe in state.recipes:
        settings = RECIPES[recipe].settings
        for name, (low, high, whole) in settings.bounds().items():
            now = setting(name, float(getattr(settings, name)), low, high, whole)
            before = found.get(name, now)
            found[name] = replace(before, low=max(low, before.low), high=min(high, before.high))
    return {name: quantity for name, quantity in found.items() if quantity.low < quantity.high}


def setting(name: str, usual: float, low: float, high: float, whole: bool) -> Quantity[CompareState]:
    """Return one setting, of every program that has it."""

    def put(state: CompareState, value: float) -> CompareState:
        others = tuple(pair for pair in state.settings if pair[0] != name)
        return replace(state, settings=tuple(sorted((*others, (name, six(value))))))

    return Quantity(name, lambda state: dict(state.settings).get(name, usual), put, low, high, whole)
