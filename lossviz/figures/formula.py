"""Formulas, as matplotlib sets LaTeX: in the figures' font, in lines that fit."""

import re
from functools import lru_cache
from typing import Any, NamedTuple

from matplotlib.figure import SubFigure
from matplotlib.textpath import text_to_path

from lossviz.figures.look import font, whole

WRITTEN = (
    (r"\} (?=[({a-zA-Z0-9]|\\(?!cdot|;))", r"}\\, "),
    (r"(?:^|\s)= ", r" \\;=\\; "),
    (r"\\tfrac12", r"\\frac{1}{2}"),
    (r"\\bigl?\(|\\bigr?\)", lambda found: found[0][-1]),
    (r"\\mathrm\{(\w+)\}", r"\\mathregular{\1}"),
    (r"(_[a-z]) (?=[(a-z]|\\(?!cdot|;|;))", r"\1\\, "),
    (r"\\(ln|max|exp)(?![a-z_])", r"\\,\\mathregular{\1}\\,"),
    (r"\\(max)(?=_)", r"\\mathregular{\1}"),
    (r"\\frac(?![a-z])", r"\\dfrac"),
    (r"\\quad", r"\\;\\;\\;\\;"),
)
"""What the pages' LaTeX is written as here: names of functions in our font, fractions in full size."""
BREAKS = (" = ", " + ", " - ", r" \cdot ", r" \;\;")
"""Signs before which a line may break, the blank before them included."""


class Extent(NamedTuple):
    """What a formula takes, in inches: its width, what rises above its line and what hangs below."""

    wide: float
    above: float
    below: float

    @property
    def tall(self) -> float:
        """Return its height."""
        return self.above + self.below


def mathematical(latex: str) -> str:
    """Return the pages' LaTeX as matplotlib reads it."""
    for pattern, written in WRITTEN:
        latex = re.sub(pattern, written, latex)
    return rf"$\mathregular{{{latex}}}$"


def extent(latex: str, points: float) -> Extent:
    """Return what a formula takes in that size."""
    return Extent(*(points / MEASURED * side for side in measured(latex)))


MEASURED = 100.0
"""The size in which formulas are measured, in points; in another one they are in proportion."""


@lru_cache(maxsize=2048)
def measured(latex: str) -> Extent:
    """Return what a formula takes in the size in which it is measured."""
    found = text_to_path.get_text_width_height_descent(mathematical(latex), font(MEASURED), ismath=True)
    wide, tall, below = (float(side) / 72 for side in found)
    return Extent(wide, tall - below, below)


def formula(figure: SubFigure, at: tuple[float, float], latex: str, points: float, colour: str, **more: Any) -> None:
    """Write a formula whose line begins at a point given in inches."""
    page = whole(figure)
    words = figure.text(at[0] / page.w, at[1] / page.h, mathematical(latex), va="baseline", color=colour)
    words.set(fontproperties=font(points), **more)


def broken(latex: str, points: float, inches: float) -> list[str]:
    """Return a formula in lines that fit, each but the first beginning with a sign; what has no sign stays whole."""
    if extent(latex, points).wide <= inches:
        return [latex]
    lines: list[str] = []
    line = ""
    pieces = [term for part in terms(latex) for term in ([part] if fits(part, points, inches) else terms(part, "{}"))]
    for piece in pieces:
        if line and extent(line + piece, points).wide > inches:
            lines.append(line)
            line = ""
        line += piece
    return [*lines, line]


def fits(latex: str, points: float, inches: float) -> bool:
    """Return whether a piece of a formula fits into a line; brackets that are open in it are no hindrance."""
    return bool(extent(re.sub(r"\\(?:left|right)(?=[()])", "", latex), points).wide <= inches)


def terms(latex: str, brackets: str = "{}()") -> list[str]:
    """Return the pieces of a formula between which a line may break: never within a fraction or these brackets."""
    opens, closes = brackets[::2], brackets[1::2]
    found, depth, start = [], 0, 0
    for n in range(len(latex)):
        if depth == 0 and n > start and latex.startswith(BREAKS, n):
            found.append(latex[start:n])
            start = n
        depth += (latex[n] in opens) - (latex[n] in closes)
        depth += latex.startswith(r"\left", n) - latex.startswith(r"\right", n)
    return [*found, latex[start:]]
