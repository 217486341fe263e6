"""The trap of two means: how many background predictors count as much as one object, in each way to one number."""

import math

from matplotlib.figure import SubFigure

from lossviz.core.text import Text, labelled
from lossviz.figures.content import ExportFigure, Table
from lossviz.figures.look import LEADING, Look, Rect, axes_in, plain, whole, widest, write
from lossviz.figures.prose import prose, prose_tall
from lossviz.figures.theme import TERM
from lossviz.functions.batch import Trap, traps
from lossviz.functions.figures.parts.content import FunctionsContent
from lossviz.functions.words import counted, fraction, trap_says

GAP = 0.15
"""Inches between words and bars."""
BAR = 0.9
"""Height of a bar, in font sizes."""


def points_of(look: Look) -> float:
    """Return the font size of names and numbers."""
    return look.size.body if look.wide else look.size.small


def words(content: FunctionsContent, text: Text) -> list[str]:
    """Return the lines above: what is counted, and what two means do."""
    state = content.state
    return [text("figure_trap", objects=state.objects, net=f"{state.net:,}"), trap_says(state, text)]


def row_tall(look: Look) -> float:
    """Return the inches of one way in height: its name, its factors, its bar."""
    lines = LEADING if look.wide else 2 * LEADING
    return (lines + BAR + 0.7) * points_of(look) / 72


def draw(figure: SubFigure, content: FunctionsContent, text: Text, look: Look) -> None:
    """Draw a bar for each way under its name and the two factors, on one logarithmic scale."""
    points, found = points_of(look), traps(content.state)
    rest = prose(figure, whole(figure), words(content, text), points, look).within(top=GAP)
    low, high = ends(found)
    numbers = [counted(one.worth) for one in found]
    for n, one in enumerate(found):
        top = rest.y + rest.h - n * row_tall(look)
        write(figure, (rest.x, top), text(f"trap_{one.way}"), points, look.ink)
        beside = (rest.x + rest.w, top) if look.wide else (rest.x, top - LEADING * points / 72)
        write(figure, beside, factors(one, text), points, look.quiet, ha="right" if look.wide else "left")
        bottom = top - row_tall(look) + 0.7 * points / 72
        room = Rect(rest.x, bottom, rest.w - widest(numbers, points) - points / 72, BAR * points / 72)
        axes = axes_in(figure, room, look)
        axes.barh(0, one.worth - 1, left=1, height=1, color=look.colour(TERM))
        axes.set(xscale="log", xlim=(low, high), ylim=(-0.5, 0.5), xticks=[], yticks=[])
        axes.set_xticks([], minor=True)
        axes.axvline(1, color=look.ink, linewidth=look.line)
        axes.spines[:].set_visible(False)
        plain(axes, look)
        at = (rest.x + rest.w, bottom + BAR * points / 144)
        write(figure, at, numbers[n], points, look.ink, ha="right", va="center")


def factors(one: Trap, text: Text) -> str:
    """Return the factors of an object and of a background predictor in words."""
    return text("figure_trap_factors", positive=fraction(one.one), negative=fraction(one.other))


def ends(found: tuple[Trap, ...]) -> tuple[float, float]:
    """Return the ends of the scale: powers of ten around 1 and all numbers."""
    numbers = [1.0, *(one.worth for one in found)]
    low, high = (math.log10(end) for end in (min(numbers), max(numbers)))
    return 10.0 ** math.floor(low) / 1.02, 10.0 ** max(1, math.ceil(high))


def tall(content: FunctionsContent, text: Text, look: Look) -> float:
    """Return the inches of the figure in a column: words, a bar for each way."""
    inches = look.size.width - 2 * look.size.margin
    said = prose_tall(words(content, text), points_of(look), inches)
    return said + GAP + len(traps(content.state)) * row_tall(look)


def table(content: FunctionsContent) -> Table:
    """Return a row for each way: both factors and their ratio."""
    state = content.state
    found: Table = [["way", "predictors", "objects", "noobj_scale", "factor_object", "factor_background", "ratio"]]
    for one in traps(state):
        found.append([one.way, state.net, state.objects, state.noobj, one.positive, one.negative, one.worth])
    return found


def says(content: FunctionsContent, text: Text) -> str:
    """Return the words for how many background predictors an object is worth in each way."""
    said = (labelled(text(f"trap_{one.way}"), counted(one.worth), text) for one in traps(content.state))
    return labelled(text("trap_worth"), text("list_semicolon").join(said), text) + text("list_end")


def title(content: FunctionsContent, text: Text) -> str:
    """Return the title: the trap's name."""
    return text("trap_title")


def details(content: FunctionsContent, text: Text) -> list[str]:
    """Return no sentence: everything is said above the bars."""
    return []


FIGURE = ExportFigure(
    "zoo_trap",
    subject="zoo",
    order=4,
    applies=lambda content: content.state.tab == "reductions",
    draw=draw,
    table=table,
    says=says,
    title=title,
    details=details,
    tall=tall,
)
