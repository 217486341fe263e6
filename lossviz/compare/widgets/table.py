"""The comparison as a table: what each program does, asks and adds up, row by row."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from html import escape
from itertools import groupby
from urllib.parse import urlencode

from lossviz.compare.columns import Column
from lossviz.compare.view import Cell, CompareView, Finding, Row
from lossviz.core.spoken import spoken
from lossviz.core.text import Text, four, labelled, minus, paragraph
from lossviz.engine.heads import Predictor
from lossviz.lab.words import together
from lossviz.programs.verified import verified
from lossviz.programs.words import sentence
from lossviz.recipes import RECIPES
from lossviz.scenes.gallery import SAMPLES, TINY
from lossviz.web.html import glossed, indexed, note, predictor_name, remark, stacked

LISTED = 4
"""How many predictors or channels stand in a cell; the rest is counted."""
LETTERS = "xywho"
HIDDEN = ("value", "excess", "gradient", "print", "sum")
"""Rows of objectness that would give the answer away while the question waits."""
COMPARED = ("count", "value", "excess", "gradient", "print", "sum", "loss", "floor", "number")
"""Rows whose numbers have a bar."""
COMMIT = 7
"""How many characters of a commit are shown."""


def ledger_table(view: CompareView, text: Text, *, asking: bool) -> str:
    """Return the whole table, with a group of rows for each term."""
    takes = view.applied
    head = "".join(f'<th scope="col">{heading(column, view, text)}</th>' for column in takes)
    shown = [(group, list(rows)) for group, rows in groupby(view.shown, key=lambda row: row.group)]
    body = "".join(block(group, rows, view, text, asking=asking) for group, rows in shown)
    if not shown:
        body = f'<tr><td colspan="{len(takes) + 1}">{escape(text("ledger_no_difference"))}</td></tr>'
    return (
        f'<div class="lz-ledger-frame" tabindex="0" role="region" aria-label="{escape(text("ledger_alt"))}">'
        f'<table class="lz-ledger" data-testid="ledger" style="--columns: {len(takes)}">'
        f'<thead><tr><th class="lz-corner"></th>{head}</tr></thead>{body}</table></div>'
    )


def heading(column: Column, view: CompareView, text: Text) -> str:
    """Return a column's head: name, source, how well it was checked, and the way into the Lab."""
    query = urlencode(replace(view.state.in_the_lab(column.key), at=column.predictor).to_query())
    link = f'<a href="lab?{escape(query)}" target="_blank" rel="noopener">{escape(text("ledger_open_lab"))} ↗</a>'
    about = escape(source(column.key, text, whole=True))
    short = escape(source(column.key, text)).replace("/", "/<wbr>")  # a path breaks between its names only
    return (
        f'<b data-testid="column-{column.key}">{escape(text(f"recipe_{column.key}"))}</b>'
        f'<small title="{about}">{short}</small><small>{link}</small>'
    )


def source(recipe: str, text: Text, *, whole: bool = False) -> str:
    """Return a recipe's repository, file, commit, and its reference files with date and largest deviation."""
    origin, checked = RECIPES[recipe].source, verified().get(recipe)
    if not origin.repository:
        return text("ledger_from_text", paper=origin.paper)
    commit = origin.commit if whole else origin.commit[:COMMIT]
    said = text("ledger_source", repository=origin.repository, file=origin.file, commit=commit)
    if checked is None:
        return said
    deviation = spoken(checked.deviation, 2)
    return f"{said} · {text('ledger_checked', files=checked.files, date=checked.date, deviation=deviation)}"


def block(group: str, rows: list[Row], view: CompareView, text: Text, *, asking: bool) -> str:
    """Return one group: its name, why a difference there matters, what is odd about it, its rows."""
    width = len(view.applied) + 1
    secret = asking and group in ("object", "noobject")
    badges = "".join(badge(finding, view, text) for finding in view.findings if finding.term == group and not secret)
    name, why = group_name(group, text), text(f"ledger_why_{group}")
    first = (
        f'<tr class="lz-group"><th colspan="{width}" scope="rowgroup"><div><b>{escape(name)}</b> '
        f"<small>{escape(why)}</small>{badges}</div></th></tr>"
    )
    hidden = HIDDEN if secret else ()
    lines = "".join(line(row, view, text, hidden=row.what in hidden) for row in rows)
    return f'<tbody data-testid="group-{group}">{first}{lines}</tbody>'


def group_name(group: str, text: Text) -> str:
    """Return the name of a group of rows: a term's, or that of a group that is no term."""
    return text(
        f"ledger_group_{group}" if group in ("decode", "answers", "ignored", "sums", "printed") else f"term_{group}"
    )


def badge(finding: Finding, view: CompareView, text: Text) -> str:
    """Return a warning about two programs whose losses and gradients do not go together."""
    names = text(f"short_{finding.first}"), text(f"short_{finding.second}")
    one, other = (minus(spoken(number)) for number in finding.numbers)
    words = text(f"ledger_{finding.kind}_says", first=names[0], second=names[1], one=one, other=other)
    kind = escape(text(f"ledger_{finding.kind}"))
    return (
        f'<p class="lz-badge" data-testid="finding-{finding.kind}">{paragraph([f"<b>{kind}</b>", escape(words)])}</p>'
    )


def line(row: Row, view: CompareView, text: Text, *, hidden: bool) -> str:
    """Return one row of the table; bars compare the numbers where each cell has one."""
    what = row.what or "rule"
    about = escape(text(f"ledger_row_{what}_about"))
    label = f'<th scope="row" title="{about}"><span>{escape(text(f"ledger_row_{what}"))}</span></th>'
    sizes = [abs(cell.size) for cell in row.cells if cell.size is not None]
    longest = max(sizes, default=0.0) if row.what in COMPARED else 0.0
    mark = "" if row.differs else ' class="lz-same"'
    entries = "".join(
        entry(row, cell, view.column(cell.key), view, text, longest=0.0 if hidden else longest, hidden=hidden)
        for cell in row.cells
    )
    return f"<tr{mark}>{label}{entries}</tr>"


def entry(row: Row, cell: Cell, column: Column, view: CompareView, text: Text, *, longest: float, hidden: bool) -> str:
    """Return one cell, its number with more digits for scripts, its source one hover away."""
    exact = "" if cell.size is None else f"{cell.size:.13g}"
    about = escape("\n".join(part for part in (details(row, cell, column, text), source(cell.key, text)) if part))
    inner = "?" if hidden else written(row, cell, column, view, text)
    share = 100 * abs(cell.size or 0) / longest if longest else 0.0
    bar = f'<u><i style="width: {share:.1f}%"></i></u>' if longest and cell.numbers else ""
    kind = "lz-rule" if cell.words else "lz-cell"
    return (
        f'<td class="{kind}" data-testid="cell-{row.name}-{cell.key}" data-value="{exact}" title="{about}">'
        f"{inner}{bar}</td>"
    )


def written(row: Row, cell: Cell, column: Column, view: CompareView, text: Text) -> str:
    """Return what stands in a cell: a dash, a note, predictors, a rule in words, or numbers."""
    if cell.empty:
        return "–"
    if cell.note:
        words = text(cell.note if cell.note.startswith("state_") else f"ledger_{cell.note}")
        return f'<span class="lz-quiet">{escape(words)}</span>'
    if row.what == "who" or (cell.predictors and not cell.numbers):
        return who(cell.predictors, column.predictor, text)
    if not row.what:
        return indexed(escape(sentence(cell.key, row.group, text.lang)))
    return numbers(row, cell, column, view, text)


def who(predictors: tuple[Predictor, ...], chosen: Predictor | None, text: Text) -> str:
    """Return the first few predictors that answer; the one whose numbers follow stands out."""
    names = [
        f'<{tag} title="{escape(predictor_name(predictor, text))}">{predictor}</{tag}>'
        for predictor in predictors[:LISTED]
        for tag in ["b" if predictor == chosen else "span"]
    ]
    more = [escape(text("ledger_more", count=len(predictors) - LISTED))] if len(predictors) > LISTED else []
    return text("list_nouns").join(names + more)


def numbers(row: Row, cell: Cell, column: Column, view: CompareView, text: Text) -> str:
    """Return a cell's numbers: one; a few with their channels; of many the labelled ones or their length."""
    kinds = partial(text.kind, SAMPLES[view.state.lab.scene].classes)
    if len(cell.numbers) == 1:
        return f'<b class="lz-number">{whole(row, cell.numbers[0])}</b>'
    if len(cell.numbers) <= LISTED:
        return " ".join(
            f"<span><small>{escape(name)}</small> {minus(four(number))}</span>"
            for name, number in named(row, cell, column, kinds)
        )
    if row.what == "target":
        wanted = max(cell.numbers)
        best = [n for n, number in enumerate(cell.numbers) if number == wanted][:LISTED]
        return escape(text("list_comma").join(f"{kinds(kind)} {minus(f'{wanted:.6g}')}" for kind in best))
    length = escape(text("ledger_length", count=len(cell.numbers)))
    return f'<b class="lz-number">{minus(four(cell.size))}</b> <small>{length}</small>'


def whole(row: Row, number: float) -> str:
    """Return a number as text, and a count without digits behind the point."""
    return f"{number:.0f}" if row.what == "count" else minus(four(number))


def named(row: Row, cell: Cell, column: Column, kinds: Callable[[int], str]) -> list[tuple[str, float]]:
    """Return the numbers of a cell, each with its channel's letter or its class."""
    asked = column.asks(row.group)
    channels = asked.channels if asked else tuple(range(len(cell.numbers)))
    names = [LETTERS[channel] if channel < len(LETTERS) else kinds(channel - len(LETTERS)) for channel in channels]
    return list(zip(names, cell.numbers, strict=False))


def details(row: Row, cell: Cell, column: Column, text: Text) -> str:
    """Return what is one hover away: what the loss saw, or the steepest channels."""
    asked = column.asks(row.group)
    if asked and row.what == "target" and len(asked.seen) <= LISTED:
        return text("ledger_saw", seen=minus(text("list_comma").join(four(number) for number in asked.seen)))
    if asked and row.what == "gradient" and len(cell.numbers) > LISTED:
        order = sorted(range(len(cell.numbers)), key=lambda n: -abs(cell.numbers[n]))[:LISTED]
        first = text("list_comma").join(
            labelled(f"{asked.channels[n] - 5}", minus(four(cell.numbers[n])), text) for n in order
        )
        return text("ledger_steepest", classes=first)
    return ""


def below(view: CompareView, text: Text) -> list[str]:
    """Return which programs cannot be applied and why, and what a reader of the numbers should know."""
    said = [note(text("raw_from"))] if view.state.lab.scene in TINY else []
    for column in view.columns:
        name = text(f"recipe_{column.key}")
        if column.refusal:
            why = text(column.refusal.key, **column.refusal.values)
            words = escape(text("ledger_refused", name=name, why=why))
            said.append(f'<p class="lz-stamp" data-testid="refused-{column.key}">{words}</p>')
            continue
        if len(column.shared) > 1 and column.view:
            names = together(column.view, column.shared, text)
            said.append(note(text("ledger_shared", name=name, names=names)))
        if column.view and column.view.report.notes:
            said.append(note(text("ledger_remark", name=name, remark=remark(column.view.report, text))))
    return said


def whole_table(view: CompareView, text: Text, *, asking: bool) -> str:
    """Return the table with everything below it; while the question is asked without the numbers that answer it."""
    return glossed(stacked(ledger_table(view, text, asking=asking), *below(view, text)), text)
