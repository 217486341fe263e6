"""Two rules over the same truths: maps of the shown head one below the other, and the predictors in which they differ."""

from matplotlib.figure import SubFigure

from lossviz.assignment.figures.parts.content import AssignmentContent
from lossviz.assignment.figures.parts.maps import draw_key, draw_maps, key_tall, label_tall, side_of
from lossviz.assignment.words import difference_side, numbers_of, rule_name, who
from lossviz.core.text import Text, labelled, paragraph
from lossviz.figures.content import ExportFigure, Table
from lossviz.figures.look import Look, whole
from lossviz.figures.prose import prose, prose_tall
from lossviz.figures.table import Row, draw_rows

BESIDE = 0.3
"""Inches between the two rules in a post."""


def applies(content: AssignmentContent) -> bool:
    """Return whether there are two rules to compare."""
    return content.state.recipe != content.state.other


def draw(figure: SubFigure, content: AssignmentContent, text: Text, look: Look) -> None:
    """Draw the verdict, the key, and a row of maps for each rule.

    In a post they stand side by side, with the first differences in words below.
    """
    area = prose(figure, whole(figure), [verdict(content, text)], look.size.body, look)
    draw_key(figure, area, text, look, marked=True)
    area = area.within(top=key_tall(look))
    for n, result in enumerate(content.comparison.results):
        room = area._replace(x=area.x + n * (area.w + BESIDE) / 2, w=(area.w - BESIDE) / 2) if look.wide else area
        room = prose(figure, room, [named(content, n, text)], look.size.body, look)
        draw_maps(figure, room, content.compared, result, text, look, content.comparison.marks)
        side = side_of(content.compared, room.w)
        below = room.within(top=side + label_tall(content.compared, content.comparison.results, text, look, side))
        area = area if look.wide else below
    if look.wide:
        rest = below._replace(x=0, w=area.w)
        draw_rows(figure, rest, listed(content, text), look.size.small, look, text)


def listed(content: AssignmentContent, text: Text) -> list[Row]:
    """Return a head and a row for each predictor in which the rules differ; nothing where they agree."""
    found, numbers = content.comparison, numbers_of(content.state.field)
    names = [rule_name(result.recipe, text) for result in found.results]
    rows = [Row((text("assignment_field"), *names), quiet=True)]
    for one in found.differences:
        sides = (difference_side(one, n, text) for n in (0, 1))
        rows.append(Row((who(one.predictor, text, numbers), *sides)))
    return rows if found.count else []


def named(content: AssignmentContent, number: int, text: Text) -> str:
    """Return a rule and its counts over all heads, in words."""
    result = content.comparison.results[number]
    counts = {name: result.count(name) for name in ("positive", "ignored")}
    return labelled(rule_name(result.recipe, text), text("assignment_map_counts", **counts), text)


def verdict(content: AssignmentContent, text: Text) -> str:
    """Return the words for how many predictors the rules differ in, and how many of them are in the head that is drawn."""
    found, head = content.comparison, content.compared.view.head
    here = int(found.marks[head].sum())
    numbers = {"count": f"{found.count:,}", "total": f"{found.results[0].predictors:,}"}
    if len(found.marks) == 1 and found.count:
        return text("assignment_differ", **numbers)
    if here:
        return text("figure_differ_only" if here == found.count else "figure_differ", here=here, head=head, **numbers)
    said = text("figure_differ_elsewhere" if found.count else "assignment_agree", **numbers)
    return paragraph([said, text("figure_head", head=head)])


def tall(content: AssignmentContent, text: Text, look: Look) -> float:
    """Return the inches of the figure in a column: words, key, two rows of maps."""
    inches = look.size.width - 2 * look.size.margin
    side = side_of(content.compared, inches)
    words = [verdict(content, text), *(named(content, n, text) for n in (0, 1))]
    maps = side + label_tall(content.compared, content.comparison.results, text, look, side)
    return prose_tall(words, look.size.body, inches) + key_tall(look) + 2 * maps


def table(content: AssignmentContent) -> Table:
    """Return a row for each predictor in which the rules differ."""
    view, found = content.view, content.comparison
    numbers = {one.predictor[:2]: one.number for one in view.candidates}
    first, second = (result.recipe for result in found.results)
    rows: Table = [["head", "anchor", "row", "column", first, second, f"{first}_truth", f"{second}_truth"]]
    for one in found.differences:
        place = one.predictor
        truths = [truth if truth >= 0 else None for truth in one.truths]
        rows.append([place.head, numbers[place[:2]], place.row, place.column, *one.states, *truths])
    return rows


def says(content: AssignmentContent, text: Text) -> str:
    """Return the words for the verdict and both counts."""
    return paragraph([verdict(content, text), *(named(content, n, text) + text("list_end") for n in (0, 1))])


FIGURE = ExportFigure(
    "rules",
    subject="assignment",
    order=3,
    applies=applies,
    draw=draw,
    table=table,
    says=says,
    tall=tall,
    seen=lambda content, level: level == "3",
)
