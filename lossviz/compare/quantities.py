"""What of a comparison can be swept: the settings of the programs that stand side by side."""

from dataclasses import replace
from typing import Any

from lossviz.compare.state import CompareState
from lossviz.figures.quantity import Quantities, Quantity, of_setting
from lossviz.recipes import RECIPES


def quantities(state: CompareState) -> Quantities:
    """Return the settings that some of the programs have, as far as all of those let them go."""
    found: dict[str, Quantity[Any]] = {}
    for recipe in state.recipes:
        settings = RECIPES[recipe].settings
        for name, (low, high, whole) in settings.bounds().items():
            now = of_setting(name, float(getattr(settings, name)), low, high, whole)
            before = found.get(name, now)
            found[name] = replace(before, low=max(low, before.low), high=min(high, before.high))
    return {name: quantity for name, quantity in found.items() if quantity.low < quantity.high}
