"""Formulas along x or y with this state's numbers, as LaTeX, one below the other."""

from collections.abc import Sequence

from matplotlib.figure import SubFigure

from lossviz.decode.figures.parts.content import DecodeContent
from lossviz.decode.view import tex
from lossviz.figures.formula import broken, extent, formula
from lossviz.figures.look import Look, Rect

AIR = 0.5
"""Distance between two lines, in font sizes."""


def lines_of(content: DecodeContent, keys: Sequence[str], points: float, inches: float) -> list[str]:
    """Return the formulas in lines that fit."""
    found = []
    for key in keys:
        latex, numbers, value = content.found.worked(key, content.state.hand % 2)
        found += broken(f"{latex} = {numbers} = {tex(value)}", points, inches)
    return found


def worked_tall(content: DecodeContent, keys: Sequence[str], points: float, inches: float) -> float:
    """Return the inches of the formulas in height."""
    return sum(extent(line, points).tall + AIR * points / 72 for line in lines_of(content, keys, points, inches))


def draw_worked(
    figure: SubFigure, place: Rect, content: DecodeContent, keys: Sequence[str], points: float, look: Look
) -> Rect:
    """Draw the formulas from the top of the place and return what is left of it below."""
    top = place.y + place.h
    for line in lines_of(content, keys, points, place.w):
        found = extent(line, points)
        formula(figure, (place.x, top - found.above), line, points, look.ink)
        top -= found.tall + AIR * points / 72
    return place._replace(h=top - place.y)
