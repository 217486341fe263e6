"""The ten words one needs: what each means, in the order in which they build on one another, each with a picture."""

import base64
from collections.abc import Callable, Mapping

SIDE = 96
"""Width and height of a picture, in its own units."""
PALE, INK, GREEN, ORANGE, BLUE = "#999999", "#808080", "#009e73", "#e69f00", "#0072b2"


def rectangle(x: float, y: float, w: float, h: float, style: str) -> str:
    """Return a rectangle."""
    return f'<rect x="{x:g}" y="{y:g}" width="{w:g}" height="{h:g}" {style}/>'


def line(x1: float, y1: float, x2: float, y2: float, style: str) -> str:
    """Return a line."""
    return f'<line x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}" {style}/>'


def label(x: float, y: float, words: str, size: float = 12) -> str:
    """Return letters, in the middle of their place."""
    return f'<text x="{x:g}" y="{y:g}" font-size="{size:g}" text-anchor="middle" fill="{INK}">{words}</text>'


def stroke(colour: str, width: float = 2, dashes: str = "") -> str:
    """Return the style of an outline."""
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return f'fill="none" stroke="{colour}" stroke-width="{width:g}"{dashed}'


def filled(colour: str, opacity: float = 1) -> str:
    """Return the style of an area."""
    return f'fill="{colour}" fill-opacity="{opacity:g}"'


def grid(cells: int, x: float = 6, y: float = 6, side: float = 84) -> str:
    """Return a grid of so many cells a side."""
    step = side / cells
    rules = (n * step for n in range(cells + 1))
    return "".join(
        line(x + at, y, x + at, y + side, stroke(PALE, 1)) + line(x, y + at, x + side, y + at, stroke(PALE, 1))
        for at in rules
    )


def raw() -> str:
    """Return a row of numbers: one predictor's raw outputs."""
    names = ("x", "y", "w", "h", "o", "…")
    boxes = (
        rectangle(3 + 15 * n, 40, 15, 18, stroke(INK, 1)) + label(10.5 + 15 * n, 53, name)
        for n, name in enumerate(names)
    )
    return "".join(boxes)


def cell(*, anchor: bool) -> str:
    """Return a grid with one of its cells, and an anchor on it."""
    drawn = rectangle(34, 34, 28, 28, filled(ORANGE, 0.45)) + grid(3)
    return drawn + (rectangle(18, 26, 60, 44, stroke(BLUE, 2.5)) if anchor else "")


def head() -> str:
    """Return a coarse and a fine grid."""
    return grid(3, 4, 26, 42) + grid(6, 50, 26, 42)


def anchors() -> str:
    """Return three shapes with the same centre."""
    sizes = ((76, 44), (40, 66), (24, 20))
    return "".join(rectangle(48 - w / 2, 48 - h / 2, w, h, stroke(BLUE, 2)) for w, h in sizes)


def boxed() -> str:
    """Return a ground-truth box with its class."""
    plate = rectangle(16, 12, 36, 16, filled(GREEN, 0.35)) + label(34, 24, "cup", 11)
    return rectangle(16, 28, 64, 54, stroke(GREEN, 3)) + plate


def states() -> str:
    """Return a grid with a responsible predictor, two ignored ones, and negatives."""
    here = rectangle(34, 34, 28, 28, filled(GREEN, 0.8))
    near = "".join(rectangle(6 + 28 * x, 6 + 28 * y, 28, 28, filled(ORANGE, 0.5)) for x, y in ((2, 1), (1, 2)))
    return here + near + grid(3)


def target() -> str:
    """Return a predicted box and an arrow to the box that it should be."""
    arrow = line(50, 50, 60, 42, stroke(INK, 2)) + f'<path d="M64 39 l-9 2 l5 6 z" {filled(INK)}/>'
    return rectangle(12, 34, 50, 46, stroke(ORANGE, 2.5, "6 4")) + rectangle(34, 14, 52, 50, stroke(GREEN, 2.5)) + arrow


def loss() -> str:
    """Return a bar of two parts: floor and excess."""
    bars = rectangle(8, 38, 26, 20, filled(PALE)) + rectangle(34, 38, 54, 20, filled(BLUE))
    return bars + line(8, 30, 88, 30, stroke(INK, 1)) + label(48, 24, "L", 13)


def delta() -> str:
    """Return two arrows: the gradient and, against it, delta."""
    there = line(16, 34, 76, 34, stroke(BLUE, 3)) + f'<path d="M86 34 l-12 -6 v12 z" {filled(BLUE)}/>'
    back = line(20, 68, 80, 68, stroke(ORANGE, 3)) + f'<path d="M10 68 l12 -6 v12 z" {filled(ORANGE)}/>'
    return there + label(48, 26, "∂L/∂z") + back + label(48, 60, "delta")


TEN: Mapping[str, tuple[Callable[[], str], tuple[str, ...]]] = {
    "raw": (raw, ("word_raw",)),
    "cell": (lambda: cell(anchor=False), ("cell_about",)),
    "head": (head, ("detection_head_about",)),
    "anchor": (anchors, ("word_anchor",)),
    "predictor": (lambda: cell(anchor=True), ("predictor_about",)),
    "label": (boxed, ("word_label",)),
    "states": (states, ("responsible_about", "word_states")),
    "target": (target, ("word_target",)),
    "loss": (loss, ("word_loss", "floor_about", "excess_about")),
    "delta": (delta, ("delta_about", "printed_about")),
}
"""Each word with its picture and the catalogue's keys of what it means."""


def picture(word: str) -> str:
    """Return a word's picture as the address of an image; the words beside it say the same."""
    draw, _ = TEN[word]
    start = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE} {SIDE}" font-family="sans-serif">'
    return "data:image/svg+xml;base64," + base64.b64encode(f"{start}{draw()}</svg>".encode()).decode()
