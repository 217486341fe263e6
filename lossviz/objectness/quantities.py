"""What of objectness can be swept: the logit and the target."""

from dataclasses import replace

from lossviz.core.link import six
from lossviz.figures.quantity import Quantities, Quantity
from lossviz.objectness.state import MOST, ObjectnessState


def quantities(state: ObjectnessState) -> Quantities:
    """Return the logit z, the probability p and the target t."""
    found: tuple[Quantity[ObjectnessState], ...] = (
        Quantity("z", lambda state: state.logit, ObjectnessState.with_logit, -MOST, MOST),
        Quantity("p", lambda state: state.probability, ObjectnessState.with_probability, 0.001, 0.999),
        Quantity("t", lambda state: state.target, lambda state, value: replace(state, target=six(value)), 0, 1),
    )
    return {quantity.name: quantity for quantity in found}
