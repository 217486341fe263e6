"""The terms as bars: their excess or what they print, largest first; a mark where each stood at first."""

from matplotlib.figure import SubFigure

from lossviz.core.text import Text, four
from lossviz.figures.content import Table
from lossviz.figures.look import LEADING, Look, Rect, axes_in, plain, widest, wrapped, write
from lossviz.figures.theme import QUIET, TERM
from lossviz.lab.charts.bars import axis_end, described, in_order, names, read, ticks
from lossviz.lab.figures.parts.content import LabContent
from lossviz.lab.view import TermView


def ordered(content: LabContent) -> list[TermView]:
    """Return the terms that are drawn, largest first."""
    return in_order(content.view.active_terms, content.before.terms, content.state.reading)


def below(content: LabContent, text: Text) -> str:
    """Return the words below the axis."""
    said = text(f"bars_axis_{content.state.reading}")
    moved = content.view.terms != content.before.terms
    return f"{said}{text('list_comma')}{text('export_mark')}" if moved else said


def bars_tall(content: LabContent, text: Text, look: Look) -> float:
    """Return the inches of the bars in a column: a row a term, and the axis below."""
    rows = len(content.view.active_terms) * 2.0 * look.size.body / 72
    return rows + axis_tall(content, text, look, look.size.width - 2 * look.size.margin)


def left_of(content: LabContent, text: Text, look: Look) -> float:
    """Return the inches that the terms' names take at the left."""
    return widest(names(ordered(content), text), look.size.body) + look.size.body / 72 * 0.7


def said_below(content: LabContent, text: Text, look: Look, inches: float) -> list[str]:
    """Return the words below the axis in lines, on a panel of that width."""
    return wrapped(below(content, text), look.size.small, inches - left_of(content, text, look), 3)


def axis_tall(content: LabContent, text: Text, look: Look, inches: float) -> float:
    """Return the inches of the ticks and the lines below them."""
    return (1.9 + LEADING * len(said_below(content, text, look, inches))) * look.size.small / 72


def bars_panel(figure: SubFigure, place: Rect, content: LabContent, text: Text, look: Look) -> None:
    """Draw the terms as bars with their names and numbers."""
    terms, reading = ordered(content), content.state.reading
    before = {term.name: read(term, reading) or 0.0 for term in content.before.terms}
    values = [read(term, reading) for term in terms]
    lengths, rest = [value or 0.0 for value in values], [before[term.name] for term in terms]
    words, numbers = names(terms, text), [four(value) for value in values]
    points, gap = look.size.body, look.size.body / 72 * 0.7
    left, right = left_of(content, text, look), widest(numbers, points) + gap
    inner = place.within(left, axis_tall(content, text, look, place.w), right)
    axes = axes_in(figure, inner, look)
    rows, end = range(len(terms)), axis_end([*lengths, *rest, look.reach])
    axes.barh(rows, lengths, height=0.6, color=look.colour(TERM), zorder=2)
    size = 0.78 * inner.h * 72 / len(terms)
    if content.view.terms != content.before.terms:
        axes.plot(
            rest, rows, "|", markersize=size, markeredgewidth=look.line * 0.8, color=QUIET, zorder=3, clip_on=False
        )
    axes.set(xlim=(0, end), ylim=(len(terms) - 0.5, -0.5), yticks=[], xticks=[at for at, _ in ticks(end)])
    axes.set_xticklabels([label for _, label in ticks(end)])
    axes.grid(axis="x", color=look.rule, linewidth=look.line / 3, zorder=0)
    axes.spines[["top", "right"]].set_visible(False)
    plain(axes, look)
    for row, word, number in zip(rows, words, numbers, strict=True):
        y = inner.y + inner.h * (1 - (row + 0.5) / len(terms))
        write(figure, (inner.x - gap / 2, y), word, points, look.ink, ha="right", va="center")
        write(figure, (place.x + place.w, y), number, points, look.ink, ha="right", va="center")
    small = look.size.small
    for n, line in enumerate(said_below(content, text, look, place.w)):
        at = (inner.x, inner.y - (1.9 + n * LEADING) * small / 72)
        write(figure, at, line, small, look.quiet)


def headline(figure: SubFigure, place: Rect, content: LabContent, text: Text, look: Look) -> None:
    """Draw loss, excess, floor and printed cost, each above its name."""
    view, points = content.view, look.size.body * (1.35 if look.wide else 1.15)
    numbers = [("loss", view.loss), ("excess", view.excess), ("floor", view.floor)]
    numbers += [("printed", view.printed_cost)] if view.printed_costs else []
    for n, (key, value) in enumerate(numbers):
        x = place.x + n * place.w / 4
        write(figure, (x, place.y + place.h), four(value), points, look.ink)
        write(figure, (x, place.y + place.h - 1.45 * points / 72), text(key), look.size.small, look.quiet)


def headline_tall(look: Look) -> float:
    """Return the inches of the headline with its four numbers."""
    return (1.5 * look.size.body * 1.35 + LEADING * look.size.small) / 72


def term_rows(content: LabContent) -> Table:
    """Return a row for every term, then the loss and the network's printed cost.

    ``delta_squared`` is the term's part of the printed costs.
    """
    view = content.view
    rows: Table = [["term", "predictors", "loss", "floor", "excess", "delta_squared"]]
    rows += [[t.name, t.predictors, t.value, t.floor, t.excess, t.printed] for t in view.terms]
    rows.append(["loss", None, view.loss, view.floor, view.excess, sum(view.printed_costs) or None])
    if view.printed_costs:
        rows.append(["printed_cost", None, view.printed_cost, None, None, None])
    return rows


def bars_words(content: LabContent, text: Text) -> str:
    """Return the words for the bars and the loss, for those who do not see them."""
    view, terms = content.view, ordered(content)
    if view.reading == "loss":
        said = described(terms, text)
    else:
        parts = [f"{text(f'term_{term.name}')} {four(term.printed)}" for term in terms]
        said = text("bars_alt_printed", terms=text("list_comma").join(parts))
    return f"{said}{text('list_end')} {text('summary', loss=four(view.loss), excess=four(view.excess))}"
