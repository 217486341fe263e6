"""The lines of a derivation as far as they are unfolded, each with its numbers and its rule."""

from dataclasses import dataclass, replace

from matplotlib.figure import SubFigure

from lossviz.core.text import Text, four, labelled, minus
from lossviz.derivations.line import Derivation
from lossviz.derivations.spell import own, with_numbers
from lossviz.figures.content import ExportFigure, Table, always
from lossviz.figures.formula import Extent, broken, extent, formula
from lossviz.figures.look import LEADING, Look, Rect, whole, width, write
from lossviz.figures.prose import LEAST, prose, prose_tall
from lossviz.figures.theme import OTHER, TERM
from lossviz.objectness.figures.parts.content import ObjectnessContent
from lossviz.objectness.words import derivation_letters, derivation_of, read_at

GAP, BETWEEN = 0.12, 0.4
"""Inches between the words above and the lines; distance between two columns of lines."""
AIR, APART = 0.75, 1.4
"""Distance between two lines, and between formula, numbers and rule, in font sizes."""
SMALLER = 0.85
"""Size of the rules' names beside that of the formulas."""
CLOSE, BLANK = 0.3, 0.4
"""Distance between two rows of a line, and behind its left side, in font sizes."""
PARTS = ("formula", "numbers")
"""What stands beside one another in a row."""
SIZES = (12.0, 11.0, 10.0, 9.5, 9.0, 8.5, 8.0, 7.5)
"""Font sizes that are tried after the largest."""


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


@dataclass(frozen=True)
class Step:
    """A line as it is set: its left side, rows of formula and numbers, its rule and which row that stands behind."""

    left: str
    rows: tuple[tuple[str, ...], ...]
    letters: int
    """How many of the pieces in the rows are the formula; the others are its numbers."""
    rule: str
    behind: int
    result: bool

    def extents(self, setting: Setting) -> list[Extent]:
        """Return what each row takes."""
        found = []
        for n, row in enumerate(self.rows):
            parts = [extent(part, setting.points) for part in (*row, *([self.left] if self.left and not n else []))]
            found.append(Extent(0, max(part.above for part in parts), max(part.below for part in parts)))
        return found

    def tall(self, setting: Setting) -> float:
        """Return the inches in height, with the air below."""
        rows = self.extents(setting)
        return sum(row.tall for row in rows) + ((len(rows) - 1) * CLOSE + AIR) * setting.em


def reached(content: ObjectnessContent) -> int:
    """Return how many lines are drawn: those unfolded; all where nobody has unfolded any."""
    lines, line = derivation_of(content.state).lines, content.state.line
    return len(lines) if line == 0 else min(line + 1, len(lines))


def shown_left(derivation: Derivation, n: int) -> str:
    """Return a line's left side, unless that is the same as of the line above."""
    left = derivation.lines[n].left
    return "" if n and derivation.lines[n - 1].left == left else left


# ---- how lines are set ----


def indent(content: ObjectnessContent, setting: Setting) -> float:
    """Return the inches of the widest left side and the blank after it."""
    lines = derivation_of(content.state).lines[: reached(content)]
    return max(extent(line.left, setting.points).wide for line in lines) + BLANK * setting.em


def steps(content: ObjectnessContent, text: Text, setting: Setting) -> list[Step]:
    """Return the lines as they are set: formula and numbers in one row with the rule if there is room."""
    derivation, point = derivation_of(content.state), read_at(content.state)
    room, found = setting.inches - indent(content, setting), []
    for n, line in enumerate(derivation.lines[: reached(content)]):
        formulas = broken(f"= {line.latex}", setting.points, room)
        numbers = broken(f"= {with_numbers(line, point)}", setting.points, room)
        rule = text(f"calculus_{line.rule}")
        rows, behind = placed(formulas, numbers, rule, room, setting)
        found.append(Step(shown_left(derivation, n), rows, len(formulas), rule, behind, line.result))
    return found


def placed(
    formulas: list[str], numbers: list[str], rule: str, room: float, setting: Setting
) -> tuple[tuple[tuple[str, ...], ...], int]:
    """Return the rows of a line, and behind which its rule has room: the first that leaves it some, else the last."""
    free = room - width(rule, setting.small)

    def taken(row: tuple[str, ...]) -> float:
        return sum(extent(part, setting.points).wide + APART * setting.em for part in row)

    together = (*formulas, *numbers)
    if len(together) == len(PARTS) and taken(together) <= free:
        return (together,), 0
    rows = tuple((part,) for part in together)
    return rows, next((n for n, row in enumerate(rows) if taken(row) <= free), len(rows) - 1)


def stacks(content: ObjectnessContent, text: Text, setting: Setting) -> list[list[Step]]:
    """Return the lines in columns that are about equally tall; each column begins with a left side."""
    found = steps(content, text, setting)
    talls = [step.tall(setting) for step in found]
    columns: list[list[Step]] = [[] for _ in range(setting.columns)]
    passed = 0.0
    for n, (step, high) in enumerate(zip(found, talls, strict=True)):
        column = columns[min(setting.columns - 1, int((passed + high / 2) / sum(talls) * setting.columns))]
        column.append(step if column else replace(step, left=derivation_of(content.state).lines[n].left))
        passed += high
    return columns


def tallest(columns: list[list[Step]], setting: Setting) -> float:
    """Return the inches of the tallest column."""
    return max(sum(step.tall(setting) for step in column) for column in columns)


def setting_of(content: ObjectnessContent, text: Text, look: Look, area: Rect) -> Setting:
    """Return the largest setting in which everything fits: in a post in one column or two."""
    if not look.wide:
        return Setting(look.size.small, area.w)
    tried = (
        Setting(points, (area.w - (columns - 1) * BETWEEN) / columns, columns)
        for points in (look.size.body, *SIZES)
        for columns in (1, 2)
    )
    least = Setting(LEAST, (area.w - BETWEEN) / 2, 2)
    return next((one for one in tried if tallest(stacks(content, text, one), one) <= area.h), least)


# ---- the figure ----


def title(content: ObjectnessContent, text: Text) -> str:
    """Return the title: what is derived."""
    name = text(f"derivation_{derivation_of(content.state).key}")
    return labelled(text("export_objectness_derivation"), name, text)


def details(content: ObjectnessContent, text: Text) -> list[str]:
    """Return no sentence: what the letters stand for is said above the lines."""
    return []


def letters(content: ObjectnessContent, text: Text) -> list[str]:
    """Return the line above: what the letters stand for."""
    return [derivation_letters(read_at(content.state), text)]


def draw(figure: SubFigure, content: ObjectnessContent, text: Text, look: Look) -> None:
    """Draw the words above, then the lines, in a post in as many columns as they need."""
    area = prose(figure, whole(figure), letters(content, text), look.size.small, look, quiet=True).within(top=GAP)
    setting = setting_of(content, text, look, area)
    for n, stack in enumerate(stacks(content, text, setting)):
        place = area._replace(x=area.x + n * (setting.inches + BETWEEN), w=setting.inches)
        for step in stack:
            place = one_step(figure, place, step, indent(content, setting), setting, look)


def one_step(figure: SubFigure, place: Rect, step: Step, left: float, setting: Setting, look: Look) -> Rect:
    """Draw a line, its rule at the right end of a row, and return what is left of the place below it."""
    top, points, written = place.y + place.h, setting.points, 0
    for n, (row, found) in enumerate(zip(step.rows, step.extents(setting), strict=True)):
        y = top - found.above
        if not n and step.left:
            end = place.x + left - BLANK * setting.em - extent(step.left, points).wide
            formula(figure, (end, y), step.left, points, look.ink)
        if n == step.behind:
            write(figure, (place.x + place.w, y), step.rule, setting.small, look.quiet, ha="right", va="baseline")
        x = place.x + left
        for part in row:
            formula(figure, (x, y), part, points, colour_of(step, look) if written < step.letters else look.quiet)
            x += extent(part, points).wide + APART * setting.em
            written += 1
        top -= found.tall + CLOSE * setting.em
    return place._replace(h=top - place.y - (AIR - CLOSE) * setting.em)


def colour_of(step: Step, look: Look) -> str:
    """Return the colour of a line's formula: results stand out."""
    return look.either(TERM, OTHER) if step.result else look.ink


def tall(content: ObjectnessContent, text: Text, look: Look) -> float:
    """Return the inches of the figure in a column."""
    inches = look.size.width - 2 * look.size.margin
    setting = Setting(look.size.small, inches)
    words = prose_tall(letters(content, text), look.size.small, inches)
    lines = tallest([steps(content, text, setting)], setting)
    return words + GAP + lines + LEADING * look.size.small / 144


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
    title=title,
    details=details,
    tall=tall,
    seen=lambda content, level: level == "3",
)
