"""Lines of words, one below the other."""

from collections.abc import Callable, Sequence

from matplotlib.figure import SubFigure

from lossviz.figures.look import LEADING, Look, Rect, wrapped, write

BETWEEN = 0.3
"""Distance between two paragraphs, in font sizes."""
LEAST, STEP = 7.0, 0.25
"""The smallest size in which words are set, and how finely a size is chosen, in points."""


def prose_tall(paragraphs: Sequence[str], points: float, inches: float) -> float:
    """Return the inches that paragraphs take in height."""
    lines = sum(len(wrapped(words, points, inches)) for words in paragraphs)
    return (lines * LEADING + len(paragraphs) * BETWEEN) * points / 72


def prose(
    figure: SubFigure, place: Rect, paragraphs: Sequence[str], points: float, look: Look, *, quiet: bool = False
) -> Rect:
    """Write paragraphs from the top of the place and return what is left of it below."""
    top = place.y + place.h
    for words in paragraphs:
        for line in wrapped(words, points, place.w):
            write(figure, (place.x, top), line, points, look.quiet if quiet else look.ink)
            top -= LEADING * points / 72
        top -= BETWEEN * points / 72
    return place._replace(h=top - place.y)


def fitted(tall: Callable[[float], float], inches: float, most: float) -> float:
    """Return the largest font size, up to ``most``, in which something is no taller than that; 7 points at least."""
    points = most
    while points > LEAST and tall(points) > inches:
        points -= STEP
    return max(points, LEAST)
