"""What of an assignment can be swept: the truth in hand, and the rule's thresholds."""

from lossviz.assignment.state import LIMITS, AssignmentState, thresholds_of
from lossviz.figures.quantity import Quantities, of_box, of_setting
from lossviz.recipes import RECIPES


def quantities(state: AssignmentState) -> Quantities:
    """Return x, y, w and h of the truth in hand, in shares of the input, then the thresholds of the rule by their names."""
    box = of_box(
        lambda state: state.boxes[state.hand].xywh,
        lambda state, xywh: state.with_box(state.hand, xywh),
        LIMITS,
    )
    limits = RECIPES[state.recipe].settings.bounds()
    return box | {name: of_setting(name, usual, *limits[name]) for name, usual in thresholds_of(state.recipe).items()}
