"""The lines of a derivation as far as they are unfolded, each with its numbers and its rule."""

from dataclasses import dataclass, replace
from functools import lru_cache

from matplotlib.figure import SubFigure

from lossviz.core.text import Text, four, labelled, minus
from lossviz.derivations.line import Derivation
from lossviz.derivations.spell import own, with_numbers
from lossviz.figures.content import ExportFigure, Table, always
from lossviz.figures.formula import Extent, broken, extent, formula
from lossviz.figures.look import LEADING, Look, Rect, whole, width, write
from lossviz.figures.prose import LEAST, STEP, prose, prose_tall
from lossviz.figures.theme import OTHER, TERM
from lossviz.objectness.figures.parts.content import ObjectnessContent
from lossviz.objectness.words import derivation_letters, derivation_of, read_at

GAP, BETWEEN = 0.12, 0.4
"""Inches between the words above and the lines; distance between two columns of lines."""
AIR, APART = 0.75, 1.4
"""Distance between two lines, and between formula, numbers and rule, in font sizes."""
SMALLER = 0.85
"""Size of the rules' names beside that of the formulas."""
INDENT = 0.9
"""How far what goes on in another line stands to the right, in font sizes."""


@dataclass(frozen=True)
class Step:
    """A line as it is set: its left side, what is written beside it, the name of its rule."""

    left: str
    formula: tuple[str, ...]
    numbers: tuple[str, ...]
    rule: str
    result: bool


def reached(content: ObjectnessContent) -> int:
    """Return how many lines are drawn: those unfolded; all where nobody has unfolded any."""
    lines, line = derivation_of(content.state).lines, content.state.line
    return len(lines) if line == 0 else min(line + 1, len(lines))


def shown_left(derivation: Derivation, n: int) -> str:
    """Return a line's left side, unless that is the same as of the line above."""
    left = derivation.lines[n].left
    return "" if n and derivation.lines[n - 1].left == left else left


# ---- how lines are set ----


@dataclass(frozen=True)
class Setting:
    """In which size lines are set in a column of that width, and in how many columns."""

    points: float
    inches: float
    columns: int = 1

    @property
    def em(self) -> float:
        """Return the font size in inches."""
        return self.points / 72

    @property
    def small(self) -> float:
        """Return the font size of the rules' names."""
        return max(LEAST, SMALLER * self.points)


@lru_cache(maxsize=64)
def steps(content: ObjectnessContent, text: Text, setting: Setting) -> tuple[Step, ...]:
    """Return the lines as they are set: a formula that is too wide goes on in the next line."""
    derivation, point, points = derivation_of(content.state), read_at(content.state), setting.points
    found = []
    for n in range(reached(content)):
        line = derivation.lines[n]
        room = setting.inches - indent(content, setting) - INDENT * setting.em
        left = shown_left(derivation, n)
        found.append(
            Step(
                left,
                tuple(broken(f"= {line.latex}", points, room)),
                tuple(broken(f"= {with_numbers(line, point)}", points, room)),
                text(f"calculus_{line.rule}"),
                line.result,
            )
        )
    return tuple(found)


def indent(content: ObjectnessContent, setting: Setting) -> float:
    """Return the inches of the widest left side and the blank after it."""
    lines = derivation_of(content.state).lines[: reached(content)]
    return max(extent(line.left, setting.points).wide for line in lines) + 0.4 * setting.em


def beside(step: Step, content: ObjectnessContent, setting: Setting) -> bool:
    """Return whether a line's numbers have room beside its formula."""
    if len(step.formula) > 1 or len(step.numbers) > 1:
        return False
    return has_room((*step.formula, *step.numbers), step, content, setting)


def has_room(row: tuple[str, ...], step: Step, content: ObjectnessContent, setting: Setting) -> bool:
    """Return whether the name of a line's rule has room behind a row of it."""
    taken = sum(extent(part, setting.points).wide + APART * setting.em for part in row)
    return taken + width(step.rule, setting.small) <= setting.inches - indent(content, setting)


def rule_row(step: Step, content: ObjectnessContent, setting: Setting) -> int:
    """Return which row of a line has its rule: the first with room for it, else the last."""
    parts = rows(step, content, setting)
    return next((n for n, row in enumerate(parts) if has_room(row, step, content, setting)), len(parts) - 1)


def rows(step: Step, content: ObjectnessContent, setting: Setting) -> list[tuple[str, ...]]:
    """Return what stands in each row of a line: formula and numbers in one, or one after the other."""
    if beside(step, content, setting):
        return [(*step.formula, *step.numbers)]
    return [(part,) for part in (*step.formula, *step.numbers)]


def row_extent(parts: tuple[str, ...], left: str, points: float) -> Extent:
    """Return what a row takes."""
    found = [extent(part, points) for part in (*parts, *([left] if left else []))]
    return Extent(0, max(one.above for one in found), max(one.below for one in found))


def step_tall(step: Step, content: ObjectnessContent, setting: Setting) -> float:
    """Return the inches of a line in height, with the air below it."""
    parts = rows(step, content, setting)
    found = [row_extent(row, "" if n else step.left, setting.points) for n, row in enumerate(parts)]
    return sum(one.tall for one in found) + ((len(parts) - 1) * 0.3 + AIR) * setting.em


def stacks(content: ObjectnessContent, text: Text, setting: Setting, inches: float) -> list[list[Step]]:
    """Return the lines in columns that are about equally tall, none taller than that if it can be."""
    found = steps(content, text, setting)
    talls = [step_tall(step, content, setting) for step in found]
    most = max(inches if setting.columns == 1 else sum(talls) / setting.columns, *talls)
    columns: list[list[Step]] = [[]]
    filled = 0.0
    for n, (step, high) in enumerate(zip(found, talls, strict=True)):
        if columns[-1] and filled + high / 2 > most and len(columns) < setting.columns:
            columns.append([])
            filled = 0.0
            step = replace(step, left=derivation_of(content.state).lines[n].left)
        columns[-1].append(step)
        filled += high
    return columns


def stack_tall(stack: list[Step], content: ObjectnessContent, setting: Setting) -> float:
    """Return the inches of a column of lines in height."""
    return sum(step_tall(step, content, setting) for step in stack)


def setting_of(content: ObjectnessContent, text: Text, look: Look, area: Rect) -> Setting:
    """Return the largest setting in which everything fits: in a post in one column or two."""
    if not look.wide:
        return Setting(look.size.small, area.w)
    points = look.size.body
    while points > LEAST:
        for columns in (1, 2):
            setting = Setting(points, (area.w - (columns - 1) * BETWEEN) / columns, columns)
            found = stacks(content, text, setting, area.h)
            if max(stack_tall(stack, content, setting) for stack in found) <= area.h:
                return setting
        points -= STEP
    return Setting(LEAST, (area.w - BETWEEN) / 2, 2)


# ---- the figure ----


def above(content: ObjectnessContent, text: Text) -> list[str]:
    """Return the lines above: which derivation, and what its letters stand for."""
    name = text(f"derivation_{derivation_of(content.state).key}")
    return [name, derivation_letters(read_at(content.state), text)]


def draw(figure: SubFigure, content: ObjectnessContent, text: Text, look: Look) -> None:
    """Draw the words above, then the lines, in a post in as many columns as they need."""
    name, letters = above(content, text)
    rest = prose(figure, whole(figure), [name], look.size.body, look)
    area = prose(figure, rest, [letters], look.size.small, look, quiet=True).within(top=GAP)
    setting = setting_of(content, text, look, area)
    for n, stack in enumerate(stacks(content, text, setting, area.h)):
        place = area._replace(x=area.x + n * (setting.inches + BETWEEN), w=setting.inches)
        for step in stack:
            place = one_step(figure, place, step, content, setting, look)


def one_step(
    figure: SubFigure, place: Rect, step: Step, content: ObjectnessContent, setting: Setting, look: Look
) -> Rect:
    """Draw a line, its rule at the right end of a row, and return what is left of the place below it."""
    left, top, points = indent(content, setting), place.y + place.h, setting.points
    parts = rows(step, content, setting)
    for n, row in enumerate(parts):
        found = row_extent(row, "" if n else step.left, points)
        y = top - found.above
        if not n and step.left:
            end = place.x + left - 0.4 * setting.em - extent(step.left, points).wide
            formula(figure, (end, y), step.left, points, look.ink)
        if n == rule_row(step, content, setting):
            write(figure, (place.x + place.w, y), step.rule, setting.small, look.quiet, ha="right", va="baseline")
        x = place.x + left
        for part in row:
            letters = part in step.formula
            formula(figure, (x, y), part, points, colour_of(step, look) if letters else look.quiet)
            x += extent(part, points).wide + APART * setting.em
        top -= found.tall + (0.3 if n < len(parts) - 1 else AIR) * setting.em
    return place._replace(h=top - place.y)


def colour_of(step: Step, look: Look) -> str:
    """Return the colour of a line's formula: results stand out."""
    return (OTHER if look.dark else TERM) if step.result else look.ink


def tall(content: ObjectnessContent, text: Text, look: Look) -> float:
    """Return the inches of the figure in a column."""
    inches, (name, letters) = look.size.width - 2 * look.size.margin, above(content, text)
    setting = Setting(look.size.small, inches)
    words = prose_tall([name], look.size.body, inches) + prose_tall([letters], look.size.small, inches)
    return (
        words + GAP + stack_tall([*steps(content, text, setting)], content, setting) + LEADING * look.size.small / 144
    )


def table(content: ObjectnessContent) -> Table:
    """Return a row for each line: both sides as LaTeX, the numbers in it, its value and its rule."""
    derivation, point = derivation_of(content.state), read_at(content.state)
    found: Table = [["line", "left", "right", "with_numbers", "value", "rule"]]
    for n, line in enumerate(derivation.lines[: reached(content)], 1):
        found.append([n, line.left, line.latex, with_numbers(line, point), own(line, point), line.rule])
    return found


def says(content: ObjectnessContent, text: Text) -> str:
    """Return the words for each line: its rule and what it comes to."""
    derivation, point = derivation_of(content.state), read_at(content.state)
    said = (
        labelled(f"{n}. {text(f'calculus_{line.rule}')}", minus(four(own(line, point))), text)
        for n, line in enumerate(derivation.lines[: reached(content)], 1)
    )
    name = text(f"derivation_{derivation.key}")
    return labelled(name, text("list_semicolon").join(said), text) + text("list_end")


FIGURE = ExportFigure(
    "objectness_derivation",
    subject="objectness",
    order=5,
    applies=always,
    draw=draw,
    table=table,
    says=says,
    tall=tall,
    seen=lambda content, level: level == "3",
)
