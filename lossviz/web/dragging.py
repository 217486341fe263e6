"""From a canvas to a state: the boxes that a hand moved."""

from typing import Any, Protocol, TypeVar, runtime_checkable

from lossviz.components.box_canvas import CanvasEvent
from lossviz.core.plane import from_shares, to_shares
from lossviz.engine.boxes import XYWH

STILL = 2e-6
"""A box that moved less than this share has not been moved: the browser's numbers and ours differ by rounding."""


@runtime_checkable
class Boxed(Protocol):
    """A state with boxes on the plane."""

    def with_box(self, name: str, box: XYWH) -> Any:
        """Return the state with one of its boxes elsewhere."""


B = TypeVar("B", bound=Boxed)


def dragged(event: CanvasEvent, state: B) -> B:
    """Return the state with the boxes that were moved."""
    for name, xywh in event.boxes.items():
        here = to_shares(getattr(state, name))
        if max(abs(new - old) for new, old in zip(xywh, here, strict=True)) >= STILL:
            state = state.with_box(name, from_shares(xywh))
    return state
