"""The two factors of each loss' gradient and their product along the logit, with this state's numbers below."""

import torch
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure

from lossviz.core.text import Text, four, minus
from lossviz.figures.content import ExportFigure, Table, always
from lossviz.figures.curve import curve_axes, settle
from lossviz.figures.formula import broken, extent, formula
from lossviz.figures.look import Look, Rect, whole, widest, write
from lossviz.figures.measures import key_tall
from lossviz.figures.prose import prose, prose_tall
from lossviz.figures.table import Row, draw_table, table_tall
from lossviz.figures.theme import PREDICTION
from lossviz.objectness.charts import spread
from lossviz.objectness.figures.parts.content import ObjectnessContent
from lossviz.objectness.figures.parts.lines import key, spot, stroke
from lossviz.objectness.view import FACTORS, LOSSES, grid, weight_of
from lossviz.objectness.words import factor_letters, fastest_says

PANELS = ("outer", "inner", "passed")
"""The two factors and their product, as the numbers of a loss are called."""
HEADS = {"outer": "objectness_head_da", "inner": "objectness_head_inner", "passed": "objectness_head_dz"}
SIGNS = {"outer": "", "inner": "× ", "passed": "= "}
"""What stands before the name of each panel, so that the three read as one line."""
GAP, HIGH = 0.12, 0.5
"""Inches between two parts; a panel's height over its width in a column."""
FORMULAS = 0.53
"""Part of a post's width for formulas and words."""
FEW = 3
"""With more losses than that the words about two of them are left out."""
REACH = 1.25
"""How far the axis goes beyond the largest number at the point; least end of it."""


def draw(figure: SubFigure, content: ObjectnessContent, text: Text, look: Look) -> None:
    """Draw the three panels, side by side in a post, below them formulas, numbers and words."""
    area, points, names = whole(figure), look.size.body, content.names(text)
    key(figure, area, names, points, look)
    area = area.within(top=key_tall(names, points, area.w) + 0.3 * points / 72)
    low = below_tall(content, text, look, area.w)
    for n, place in enumerate(places(area.within(bottom=low + GAP), look)):
        panel(figure, place, content, PANELS[n], text, look)
    below(figure, area._replace(h=low), content, text, look)


def places(area: Rect, look: Look) -> list[Rect]:
    """Return where the panels are."""
    if look.wide:
        wide = (area.w - 2 * GAP) / len(PANELS)
        return [area._replace(x=area.x + n * (wide + GAP), w=wide) for n in range(len(PANELS))]
    high = area.h / len(PANELS)
    return [area._replace(y=area.y + area.h - (n + 1) * high, h=high) for n in range(len(PANELS))]


def curve_of(name: str, part: str, content: ObjectnessContent) -> torch.Tensor:
    """Return a factor of a loss, or the product, along the logit."""
    loss, (_, z) = LOSSES[name], grid("z")
    t, weight = torch.full_like(z, content.state.target), weight_of(loss, content.state)
    if part == "inner":
        return loss.inner_slope(z)
    return weight * (loss.outer_slope(z, t) if part == "outer" else loss.passed(z, t))


def panel(figure: SubFigure, place: Rect, content: ObjectnessContent, part: str, text: Text, look: Look) -> None:
    """Draw a factor of every loss, cut where it is much larger than at the point."""
    words = text("objectness_at_z"), SIGNS[part] + text(HEADS[part])
    axes = curve_axes(figure, place, words, ["−1000"], look)
    z, here = grid("z")[0], content.state.logit
    curves = {name: curve_of(name, part, content) for name in content.state.shown}
    numbers = {name: getattr(found, part) for name, found in content.view.numbers.items()}
    end = REACH * max(1.0, *(abs(value) for value in numbers.values()))
    low, high = (float(side) for side in (min(map(torch.min, curves.values())), max(map(torch.max, curves.values()))))
    for name, values in curves.items():
        axes.plot(z.numpy(), values.numpy(), zorder=3, **stroke(name, look))
        spot(axes, here, numbers[name], name, look)
    axes.set(xlim=(float(z[0]), float(z[-1])), ylim=spread(max(-end, low), min(end, high)))
    ruled(axes, here, look)


def ruled(axes: Axes, here: float, look: Look) -> None:
    """Draw the line of 0 and the present logit."""
    axes.locator_params(axis="y", nbins=5)
    axes.locator_params(axis="x", nbins=5)
    axes.axhline(0, color=look.quiet, linewidth=look.line / 3, zorder=2)
    axes.axvline(here, color=PREDICTION, linewidth=look.line / 2, linestyle=(0, (4, 2)), zorder=2)
    settle(axes, look)


# ---- formulas, numbers, words ----


def split(area: Rect, look: Look) -> tuple[Rect, Rect]:
    """Return where formulas and words are, and where numbers are: beside them in a post."""
    return (
        (area._replace(w=FORMULAS * area.w - GAP), area.within(FORMULAS * area.w + GAP)) if look.wide else (area, area)
    )


def size_of(look: Look) -> float:
    """Return the font size of formulas and numbers."""
    return look.size.small * (1.1 if look.wide else 1)


def sayings(content: ObjectnessContent, text: Text) -> list[str]:
    """Return the lines for what the letters are, why the gradients differ, where squared error learns fastest."""
    view = content.view
    told = {"bce", "squared"} <= {*content.state.shown} and len(content.state.shown) <= FEW
    puzzle = [text("objectness_puzzle"), fastest_says(view, text, lambda _, value: four(value))] if told else []
    return [factor_letters(view, text), *puzzle]


def formulas(content: ObjectnessContent, text: Text, look: Look, inches: float) -> list[tuple[str, list[str]]]:
    """Return each loss with the chain rule in letters, in lines that fit beside its name."""
    points = size_of(look)
    left = widest([*content.names(text).values()], points) + points / 72
    found = []
    for name, words in content.names(text).items():
        loss = LOSSES[name]
        found.append(
            (words, broken(rf"{loss.outer} \cdot {FACTORS[loss.sigmoid]} = {loss.latex}", points, inches - left))
        )
    return found


def formulas_tall(content: ObjectnessContent, text: Text, look: Look, inches: float) -> float:
    """Return the inches of the formulas in height."""
    points = size_of(look)
    lines = [line for _, found in formulas(content, text, look, inches) for line in found]
    return sum(extent(line, points).tall + 0.5 * points / 72 for line in lines)


def below_tall(content: ObjectnessContent, text: Text, look: Look, inches: float) -> float:
    """Return the inches of everything below the panels."""
    left = split(Rect(0, 0, inches, 0), look)[0].w
    letters, numbers = formulas_tall(content, text, look, left), table_tall(rows(content, text), size_of(look))
    words = prose_tall(sayings(content, text), look.size.small, left) + GAP
    return max(letters, numbers, min(letters, numbers) + words) if look.wide else letters + numbers + words + GAP


def below(figure: SubFigure, area: Rect, content: ObjectnessContent, text: Text, look: Look) -> None:
    """Draw formulas, numbers and words."""
    left, right = split(area, look)
    points, top = size_of(look), left.y + left.h
    indent = widest([*content.names(text).values()], points) + points / 72
    for words, lines in formulas(content, text, look, left.w):
        for n, line in enumerate(lines):
            found = extent(line, points)
            if not n:
                write(figure, (left.x, top - found.above), words, points, look.quiet, va="baseline")
            formula(figure, (left.x + indent, top - found.above), line, points, look.ink)
            top -= found.tall + 0.5 * points / 72
    entries = rows(content, text)
    numbers = table_tall(entries, points)
    rest, said = left._replace(h=top - left.y - GAP), sayings(content, text)
    if not look.wide:
        right = prose(figure, rest, said, look.size.small, look, quiet=True).within(top=GAP)
    elif left.y + left.h - top > numbers:
        prose(figure, right.within(top=numbers + GAP), said, look.size.small, look, quiet=True)
    else:
        prose(figure, rest, said, look.size.small, look, quiet=True)
    draw_table(figure, right, entries, points, look)


def rows(content: ObjectnessContent, text: Text) -> list[Row]:
    """Return a row of a table for each loss: both factors and the product at the point."""
    found = [Row(("", *(text(HEADS[part]) for part in PANELS)), quiet=True)]
    for name, numbers in content.view.numbers.items():
        values = (minus(four(getattr(numbers, part))) for part in PANELS)
        found.append(Row((content.names(text)[name], *values)))
    return found


def tall(content: ObjectnessContent, text: Text, look: Look) -> float:
    """Return the inches of the figure in a column: three panels, formulas, numbers, words."""
    inches = look.size.width - 2 * look.size.margin
    names = content.names(text)
    head = key_tall(names, look.size.body, inches) + 0.3 * look.size.body / 72
    return head + len(PANELS) * HIGH * inches + below_tall(content, text, look, inches) + 2 * GAP


def table(content: ObjectnessContent) -> Table:
    """Return a row for each loss: its value, both factors and the product at the point."""
    found: Table = [["loss_name", "z", "p", "target", "loss", "dL_da", "da_dz", "dL_dz"]]
    state = content.state
    for name, numbers in content.view.numbers.items():
        here = (state.logit, state.probability, state.target)
        found.append([name, *here, numbers.loss, numbers.outer, numbers.inner, numbers.passed])
    return found


def says(content: ObjectnessContent, text: Text) -> str:
    """Return the words for both factors and the product of each loss."""
    names = content.names(text)
    said = (
        text(
            "figure_factors_alt",
            name=names[name],
            outer=minus(four(found.outer)),
            inner=minus(four(found.inner)),
            passed=minus(four(found.passed)),
        )
        for name, found in content.view.numbers.items()
    )
    return text("list_semicolon").join(said) + text("list_end")


FIGURE = ExportFigure(
    "objectness_factors",
    subject="objectness",
    order=2,
    applies=always,
    draw=draw,
    table=table,
    says=says,
    tall=tall,
    seen=lambda content, level: level == "2" and content.state.part == "factors",
)
