"""What of decoding can be swept: the four raw numbers of a box."""

from lossviz.decode.state import CHANNELS, DecodeState
from lossviz.figures.quantity import Quantities, Quantity

FARTHEST = 6.0
"""Largest size to which a raw number is swept."""


def quantities(state: DecodeState) -> Quantities:
    """Return t_x, t_y, t_w and t_h where a box is decoded."""
    return {f"t_{side}": raw(n) for n, side in enumerate(CHANNELS)} if state.tab == "box" else {}


def raw(n: int) -> Quantity[DecodeState]:
    """Return one raw number."""
    return Quantity(
        f"t_{CHANNELS[n]}",
        lambda state: state.raw[n],
        lambda state, value: state.with_one(n, value),
        -FARTHEST,
        FARTHEST,
    )
