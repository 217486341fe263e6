"""Darknet's two layers through time: each dated version and what it changed, those compared here marked."""

from typing import Any

from matplotlib.figure import SubFigure
from matplotlib.lines import Line2D

from lossviz.compare.figures.parts.content import CompareContent
from lossviz.core.text import Text, labelled, paragraph
from lossviz.figures.content import ExportFigure, Table
from lossviz.figures.look import LEADING, Look, Rect, whole, wrapped, write
from lossviz.figures.prose import LEAST, fitted, prose, prose_tall
from lossviz.figures.theme import PREDICTION, QUIET
from lossviz.programs.words import Version, versions

GAP, BETWEEN = 0.12, 0.35
"""Inches below the sentence above, and between two columns in a post."""
INDENT, APART = 1.5, 0.5
"""Room for the dots before the words, and the distance between two versions, in font sizes."""
BIG, SMALL = 3.2, 2.0
"""Size of the dot of a version that is compared, and of any other, in widths of a line."""


def applies(content: CompareContent) -> bool:
    """Return whether Darknet through time is unfolded."""
    return content.state.history


def said(version: Version, text: Text) -> list[str]:
    """Return date, layer and commit of a version, and what it changed."""
    head = text("ledger_version", date=version.date, commit=version.commit, layer=version.layer)
    return [head, version.said(text.lang)]


def lines_of(version: Version, text: Text, points: float, inches: float) -> list[str]:
    """Return the lines of a version, the first of which names it."""
    room = inches - INDENT * points / 72
    return [line for words in said(version, text) for line in wrapped(words, points, room)]


def high(version: Version, text: Text, points: float, inches: float) -> float:
    """Return the inches of a version in height."""
    return (len(lines_of(version, text, points, inches)) * LEADING + APART) * points / 72


def columns_of(text: Text, points: float, inches: float, count: int) -> list[list[Version]]:
    """Return the versions in columns of about the same height, the oldest first."""
    talls = [high(version, text, points, inches) for version in versions()]
    columns: list[list[Version]] = [[] for _ in range(count)]
    passed = 0.0
    for version, tall in zip(versions(), talls, strict=True):
        columns[min(count - 1, int((passed + tall / 2) / sum(talls) * count))].append(version)
        passed += tall
    return columns


def tallest(text: Text, points: float, inches: float, count: int) -> float:
    """Return the inches of the tallest column."""
    columns = columns_of(text, points, inches, count)
    return max(sum(high(version, text, points, inches) for version in column) for column in columns)


def draw(figure: SubFigure, content: CompareContent, text: Text, look: Look) -> None:
    """Draw the sentence above, then the versions along a line: in a post in two columns."""
    rest = prose(figure, whole(figure), [about(text)], look.size.small, look, quiet=True).within(top=GAP)
    count, points = setting(text, rest, look)
    wide = width_of(rest.w, count)
    for n, column in enumerate(columns_of(text, points, wide, count)):
        place = rest._replace(x=rest.x + n * (wide + BETWEEN), w=wide)
        along(figure, place, column, content, text, points, look)


def width_of(inches: float, count: int) -> float:
    """Return the inches of one of so many columns."""
    return (inches - (count - 1) * BETWEEN) / count


def setting(text: Text, area: Rect, look: Look) -> tuple[int, float]:
    """Return in how many columns, and in which font size, the versions are set: in a post in two, or three if need be."""
    if not look.wide:
        return 1, LEAST
    two = fitted(lambda size: tallest(text, size, width_of(area.w, 2), 2), area.h, look.size.small)
    if tallest(text, two, width_of(area.w, 2), 2) <= area.h:
        return 2, two
    return 3, fitted(lambda size: tallest(text, size, width_of(area.w, 3), 3), area.h, look.size.small)


def about(text: Text) -> str:
    """Return the sentence above: what these versions are, and which of them are marked."""
    return paragraph([text("ledger_time_about"), text("figure_history_key")])


def along(
    figure: SubFigure,
    place: Rect,
    column: list[Version],
    content: CompareContent,
    text: Text,
    points: float,
    look: Look,
) -> None:
    """Draw versions along an upright line, a dot each."""
    page, em = whole(figure), points / 72
    tops, top = [], place.y + place.h
    for version in column:
        tops.append(top - 0.7 * em)
        for n, line in enumerate(lines_of(version, text, points, place.w)):
            colour = look.quiet if n else look.ink
            write(figure, (place.x + INDENT * em, top), line, points, colour)
            top -= LEADING * em
        top -= APART * em
    x = (place.x + 0.4 * em) / page.w
    ends = [tops[0] / page.h, tops[-1] / page.h]
    style: dict[str, Any] = {"transform": figure.transSubfigure, "color": look.rule, "zorder": 1}
    figure.add_artist(Line2D([x, x], ends, linewidth=look.line / 2, **style))
    for version, y in zip(column, tops, strict=True):
        compared = bool(version.recipe) and version.recipe in content.state.recipes
        dot = Line2D([x], [y / page.h], transform=figure.transSubfigure, linestyle="", marker="o", zorder=2)
        dot.set(color=PREDICTION if compared else QUIET, markersize=(BIG if compared else SMALL) * look.line)
        figure.add_artist(dot)


def tall(content: CompareContent, text: Text, look: Look) -> float:
    """Return the inches of the figure in a column."""
    inches = look.size.width - 2 * look.size.margin
    return prose_tall([about(text)], look.size.small, inches) + GAP + tallest(text, LEAST, inches, 1)


def table(content: CompareContent) -> Table:
    """Return a row for each version, and whether it is one of those compared."""
    found: Table = [["date", "layer", "commit", "recipe", "compared", "change", "change_zh"]]
    for version in versions():
        compared = int(version.recipe in content.state.recipes)
        found.append([version.date, version.layer, version.commit, version.recipe, compared, version.en, version.zh])
    return found


def says(content: CompareContent, text: Text) -> str:
    """Return every version in words."""
    return paragraph([text("ledger_time_about"), *(told(version, text) for version in versions())])


def told(version: Version, text: Text) -> str:
    """Return a version in one sentence."""
    head, words = said(version, text)
    return labelled(head, words, text)


def title(content: CompareContent, text: Text) -> str:
    """Return the title: it is about one program, whatever is compared."""
    return text("export_history")


def details(content: CompareContent, text: Text) -> list[str]:
    """Return no sentence: every version has its commit beside it."""
    return []


FIGURE = ExportFigure(
    "history",
    subject="ledger",
    order=3,
    applies=applies,
    draw=draw,
    table=table,
    says=says,
    title=title,
    details=details,
    tall=tall,
    seen=lambda content, level: not content.state.term,
)
