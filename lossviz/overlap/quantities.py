"""What of two boxes can be swept: the place and the size of the moving one."""

from lossviz.core.plane import BOUNDS
from lossviz.figures.quantity import Quantities, of_box
from lossviz.overlap.state import OverlapState


def quantities(state: OverlapState) -> Quantities:
    """Return x, y, w and h of the moving box, in units of the plane."""
    return of_box(lambda state: state.moving, lambda state, box: state.with_box("moving", box), BOUNDS)
