"""Programs side by side on one scene: what each asks of the predictor that answers for one truth, and what it adds up to."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

from lossviz.compare.columns import Asked, Column, Numbers, columns_of, terms_in
from lossviz.compare.state import CompareState
from lossviz.engine.heads import Predictor
from lossviz.lab.view import TruthView
from lossviz.programs.words import sentence
from lossviz.recipes import RECIPES

ALIKE = 1e-6
"""Two numbers that differ by less than this part of the larger are the same to a reader."""
EXACT, TINY = 1e-9, 1e-12
"""Two gradients are the same function's where they agree to this part, or differ by less than this."""
QUANTITIES = ("target", "weight", "value", "excess", "gradient", "print")
"""Names of the numbers that one term asks of one predictor, a row each."""
SUMS = ("loss", "floor", "excess")


@dataclass(frozen=True)
class Cell:
    """One program's entry: words of its own, numbers, or predictors. Nothing at all: the row does not apply."""

    key: str
    numbers: Numbers = ()
    words: str = ""
    predictors: tuple[Predictor, ...] = ()
    note: str = ""
    """Name of the text that says why there is no number."""

    @property
    def empty(self) -> bool:
        """Return whether there is nothing to show."""
        return not (self.numbers or self.words or self.predictors or self.note)

    @property
    def size(self) -> float | None:
        """Return one number for all: the number itself, or the length of several."""
        if not self.numbers:
            return None
        return self.numbers[0] if len(self.numbers) == 1 else math.hypot(*self.numbers)

    def like(self, other: "Cell") -> bool:
        """Return whether a reader would see no difference."""
        words = (self.words, self.predictors, self.note) == (other.words, other.predictors, other.note)
        return words and same(self.numbers, other.numbers, ALIKE)


@dataclass(frozen=True)
class Row:
    """One line of the table. ``group``: decode, answers, ignored, a term, sums, printed; ``what``: empty for the rule."""

    group: str
    what: str
    cells: tuple[Cell, ...]

    @property
    def name(self) -> str:
        """Return the row's name, as in test ids: group and quantity."""
        return f"{self.group}-{self.what}" if self.what else self.group

    @property
    def differs(self) -> bool:
        """Return whether two programs that take the scene disagree."""
        return any(not one.like(other) for one, other in combinations(self.cells, 2))

    @property
    def empty(self) -> bool:
        """Return whether no program has anything to say."""
        return all(cell.empty for cell in self.cells)


def same(one: Sequence[float], other: Sequence[float], part: float, least: float = TINY) -> bool:
    """Return whether numbers agree to that part of the larger of the two."""
    return len(one) == len(other) and all(
        abs(a - b) <= max(part * max(abs(a), abs(b)), least) or (math.isnan(a) and math.isnan(b))
        for a, b in zip(one, other, strict=True)
    )


@dataclass(frozen=True)
class Finding:
    """Two programs whose losses and gradients do not go together.

    ``kind``: same_gradient (the losses differ), same_value (the gradients differ), other_print (only the log differs),
    same_print (only the log agrees).
    """

    kind: str
    term: str
    first: str
    second: str
    numbers: tuple[float, float]
    """The two numbers that differ."""


@dataclass(frozen=True)
class CompareView:
    """Everything the comparison shows."""

    state: CompareState
    columns: tuple[Column, ...]
    truth: int | None
    rows: tuple[Row, ...]
    findings: tuple[Finding, ...]

    @property
    def shown(self) -> tuple[Row, ...]:
        """Return the rows the visitor wants to see."""
        return tuple(row for row in self.rows if self.state.rows == "all" or row.differs)

    @property
    def applied(self) -> tuple[Column, ...]:
        """Return the programs that take the scene."""
        return tuple(column for column in self.columns if column.view)

    @property
    def truths(self) -> tuple[TruthView, ...]:
        """Return the scene's truths as the first program sees them."""
        return self.applied[0].view.truths if self.applied and self.applied[0].view else ()

    def column(self, key: str) -> Column:
        """Return the column of that program."""
        return next(column for column in self.columns if column.key == key)

    @property
    def contest(self) -> tuple[str, tuple[Column, ...]] | None:
        """Return the objectness of a predictor in all columns that are asked for it, if they are at least two.

        It is the predictor that answers, or the held one.
        """
        for term in ("object", "noobject"):
            asked = tuple(column for column in self.columns if column.asks(term))
            if len(asked) > 1:
                return term, asked
        return None


@lru_cache(maxsize=16)
def view_of(state: CompareState) -> CompareView:
    """Return everything the comparison shows of the state."""
    columns, truth = columns_of(state)
    rows = tuple(row for row in rows_of(columns) if not row.empty)
    return CompareView(state, columns, truth, rows, findings_of(columns))


def rows_of(columns: Sequence[Column]) -> list[Row]:
    """Return all rows, group by group."""
    takes = [column for column in columns if column.view]

    def row(group: str, what: str, cell: Callable[[Column], Cell]) -> Row:
        return Row(group, what, tuple(cell(column) for column in takes))

    def rule(group: str) -> Row:
        return row(group, "", lambda column: Cell(column.key, words=sentence(column.key, group, "en")))

    rows = [rule("decode"), row("decode", "box", lambda column: Cell(column.key, column.box))]
    rows += [rule("answers"), row("answers", "who", who)]
    rows += [row("answers", "state", lambda column: Cell(column.key, note=f"state_{column.state}"))]
    rows += [rule("ignored"), row("ignored", "count", lambda column: counted(column, "ignored"))]
    for term in terms_in(columns):
        rows.append(row(term, "", lambda column, term=term: rule_of(column, term)))  # type: ignore[misc]
        for what in QUANTITIES:
            rows.append(row(term, what, lambda column, term=term, what=what: quantity(column, term, what)))  # type: ignore[misc]
        rows.append(row(term, "sum", lambda column, term=term: term_sum(column, term)))  # type: ignore[misc]
    rows += [rule("sums"), *(row("sums", what, lambda column, what=what: total(column, what)) for what in SUMS)]  # type: ignore[misc]
    return [*rows, rule("printed"), row("printed", "number", printed)]


def who(column: Column) -> Cell:
    """Return who answers for the truth, or that it is overwritten."""
    return Cell(column.key, predictors=chosen_first(column), note="overwritten" if column.overwritten else "")


def chosen_first(column: Column) -> tuple[Predictor, ...]:
    """Return who answers; the predictor whose numbers are shown stands first."""
    return tuple(sorted(column.answers, key=lambda predictor: predictor != column.predictor))


def rule_of(column: Column, term: str) -> Cell:
    """Return the term in words; nothing where the program has no such term."""
    known = any(other.name == term for other in RECIPES[column.key].terms)
    return Cell(column.key, words=sentence(column.key, term, "en") if known else "", note="" if known else "no_term")


def counted(column: Column, state: str) -> Cell:
    """Return how many predictors are in that state, as a cell."""
    return Cell(column.key, (float((column.counts or {}).get(state, 0)),))


def quantity(column: Column, term: str, what: str) -> Cell:
    """Return one number, or one a channel, of what the term asks of the column's predictor."""
    asked = column.asks(term)
    if asked is None or (what == "print" and column.prints != "delta squared"):
        return Cell(column.key)
    found = getattr(asked, what)
    if found is None:
        return Cell(column.key, note="no_loss")
    return Cell(column.key, found if isinstance(found, tuple) else (found,))


def term_sum(column: Column, term: str) -> Cell:
    """Return the term over all predictors, images and heads."""
    mine = next((one for one in column.view.terms if one.name == term), None) if column.view else None
    if mine is None:
        return Cell(column.key)
    return Cell(column.key, note="no_loss") if mine.value is None else Cell(column.key, (mine.value,))


def total(column: Column, what: str) -> Cell:
    """Return loss, floor or excess of the whole scene."""
    value: float | None = getattr(column.view, what)
    return Cell(column.key, note="no_loss") if value is None else Cell(column.key, (value,))


def printed(column: Column) -> Cell:
    """Return the number in the program's log: Darknet's network cost, the loss itself, or none."""
    assert column.view
    known = {"delta squared": column.view.printed_cost, "loss": column.view.loss}
    number = known.get(column.prints)
    return Cell(column.key, note="no_print") if number is None else Cell(column.key, (number,))


def findings_of(columns: Sequence[Column]) -> tuple[Finding, ...]:
    """Return where loss, gradient and log of two programs tell different stories about the same predictor."""
    found = []
    for term in terms_in(columns):
        for first, second in combinations(columns, 2):
            one, other = first.asks(term), second.asks(term)
            if one and other and first.predictor == second.predictor and one.channels == other.channels:
                logs = {first.prints, second.prints} == {"delta squared"}
                mine = compared(one, other, logs=logs)
                if mine:
                    found.append(Finding(mine[0], term, first.key, second.key, mine[1]))
    return tuple(found)


def compared(one: Asked, other: Asked, *, logs: bool) -> tuple[str, tuple[float, float]] | None:
    """Return what is the same and what is not, with the numbers that are not.

    ``logs``: both programs print delta squared.
    """
    if one.value is None or other.value is None:
        return None
    pulls = one.pull, other.pull
    cases = {
        "same_gradient": (same_gradient(one, other), (one.value, other.value)),
        "same_value": (same_value(one, other), pulls),
        "other_print": (logs and other_print(one, other), (one.print, other.print)),
        "same_print": (logs and same_print(one, other), pulls),
    }
    return next(((kind, numbers) for kind, (found, numbers) in cases.items() if found), None)


def losses_alike(one: Asked, other: Asked) -> bool:
    """Return whether both have a loss and a reader sees no difference: |a - b| <= 1e-6 max(|a|, |b|)."""
    return one.value is not None and other.value is not None and same([one.value], [other.value], ALIKE)


def gradients_alike(one: Asked, other: Asked, part: float) -> bool:
    """Return whether the gradients agree channel by channel to that part of the larger."""
    return same(one.gradient, other.gradient, part)


def logs_alike(one: Asked, other: Asked) -> bool:
    """Return whether the sums of delta squared agree to 1e-6 of the larger."""
    return same([one.print], [other.print], ALIKE)


def same_gradient(one: Asked, other: Asked) -> bool:
    """Return whether the gradients are one function's (to 1e-9) and the losses differ to a reader."""
    return gradients_alike(one, other, EXACT) and not losses_alike(one, other)


def same_value(one: Asked, other: Asked) -> bool:
    """Return whether the losses agree, are not 0 (above 1e-9), and the gradients differ to a reader."""
    large = one.value is not None and one.value > EXACT
    return large and losses_alike(one, other) and not gradients_alike(one, other, ALIKE)


def other_print(one: Asked, other: Asked) -> bool:
    """Return whether losses and gradients agree and only the logs differ."""
    return gradients_alike(one, other, EXACT) and losses_alike(one, other) and not logs_alike(one, other)


def same_print(one: Asked, other: Asked) -> bool:
    """Return whether the logs agree, are not 0 (above 1e-9), and the gradients differ to a reader."""
    return one.print > EXACT and logs_alike(one, other) and not gradients_alike(one, other, ALIKE)
