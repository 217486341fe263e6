"""Every colour and scale of the figures, once."""

import math

TERM = "#0072B2"
"""Colour of the terms' bars: Okabe and Ito's blue, 3:1 and more on white and on the dark ground."""
ON_DARK = {TERM: "#3D9BE0"}
"""What a figure draws for a colour on its dark ground, where the colour itself is dull. Charts stand on either ground."""
TRUTH, PREDICTION, OTHER = "#009E73", "#D55E00", "#56B4E9"
"""Colours of boxes as on the canvas: labels solid green, the prediction dashed vermilion."""
QUIET = "#888888"
MEASURE = {
    "iou": "#0072B2",
    "giou": "#D55E00",
    "diou": "#009E73",
    "ciou": "#CC79A7",
    "l2": "#E69F00",
    "smooth_l1": "#56B4E9",
    "darknet": "#7F7F7F",
}
"""Colours of IoU, its successors, and their rivals in the race."""
DASH = {
    "iou": "solid",
    "giou": "dash",
    "diou": "dot",
    "ciou": "dashdot",
    "l2": "6px,3px",
    "smooth_l1": "longdashdot",
    "darknet": "longdash",
}
"""Dashes of the measures' lines, so that colour is never alone."""


def ceiling(largest: float) -> float:
    """Return a round axis end at or above the number: 1, 2 or 5 times a power of ten, so that it seldom jumps."""
    if not largest > 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(largest))
    return next(float(f"{step * power:.3g}") for step in (1, 2, 5, 10) if step * power >= largest)
