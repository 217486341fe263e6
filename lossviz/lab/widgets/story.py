"""The Lab's first level in words and numbers: what each truth costs, the loss and its terms."""

from html import escape
from typing import Literal

import streamlit as st

from lossviz.components.tally import Tally, TallyRow
from lossviz.core.text import Text, four, paragraph
from lossviz.core.visit import LEVELS, Visit
from lossviz.lab.channels import edge_of, lines_of
from lossviz.lab.charts.bars import axis_end, described, hover, in_order, read, ticks
from lossviz.lab.desk import LabDesk
from lossviz.lab.predictors import ties_of
from lossviz.lab.state import READINGS
from lossviz.lab.view import Group, LabView, TruthView, resting_view
from lossviz.lab.words import kind_name, together, truth_name
from lossviz.web.choices import kept, levels, segments
from lossviz.web.html import about, capital, note, number, remark


def sentence(view: LabView, text: Text) -> str:
    """Say what each truth costs, a predictor that several share once, which truth nobody learns, and the rest's cost."""
    first = {group.truths[0].number: group for group in view.groups}
    told = {truth.number for group in view.groups for truth in group.truths[1:]}
    parts = [
        priced(view, first[truth.number], text) if truth.number in first else unlearned(view, truth, text)
        for truth in view.truths
        if truth.number not in told
    ]
    if view.rest is not None:
        parts.append(text("background" if view.truths else "background_alone", cost=f"<b>{four(view.rest)}</b>"))
    if view.uncounted:
        terms = text("list_nouns").join(text(f"term_{name}") for name in view.uncounted)
        parts.append(escape(text("uncounted", terms=terms)))
    plain = all(len(group.truths) == 1 for group in view.groups) and not any(t.overwritten for t in view.truths)
    mark = text("list_comma" if plain and view.truths and not view.uncounted else "list_semicolon")
    said = mark.join(parts)
    whole = f"{capital(text('costs_of', costs=said) if view.groups else said)}{text('list_end')}"
    return f'<p class="lz-sentence" data-heard="sentence">{whole}</p>'


def priced(view: LabView, group: Group, text: Text) -> str:
    """Say what one truth costs, or what those cost together that share a predictor."""
    cost = f"<b>{four(group.cost)}</b>"
    if len(group.truths) == 1:
        return text("costs", what=escape(truth_name(view, group.truths[0], text)), cost=cost)
    names = escape(together(view, group.truths, text))
    if len(group.predictors) == 1:
        return text("costs_shared", names=names, cost=cost)
    count, shared = len(group.predictors), len(group.shared)
    return text("costs_shared_some", names=names, count=count, shared=shared, cost=cost)


def unlearned(view: LabView, truth: TruthView, text: Text) -> str:
    """Say that a truth is not learned: no predictor answers for it, or a later truth has overwritten it."""
    name = kind_name(view, truth.kind, text)
    if not truth.overwritten:
        return escape(text("unanswered", name=name))
    return escape(text("overwritten", name=name, by=together(view, view.takers_of(truth), text)))


def headline(view: LabView, text: Text) -> str:
    """Return loss, excess, floor and printed number, each with its definition."""
    items: list[tuple[str, str, float | None, str]] = [
        ("loss", "loss", view.loss, text("loss_about")),
        ("excess", "excess", view.excess, text("excess_about")),
        ("floor", "floor", view.floor, text("floor_about")),
    ]
    if view.printed_costs:
        names = [head.name for head in view.report.scene.heads]
        heads = [
            text("caption_switch", what=name, choice=four(cost))
            for name, cost in zip(names, view.printed_costs, strict=True)
        ]
        costs = text("heads_printed", costs=text("list_comma").join(heads))
        printed = paragraph([text("printed_about"), costs])
        items.append(("printed", "printed-cost", view.printed_cost, printed))
    if view.reading == "printed":
        items.append(("printed_sum", "printed-sum", sum(view.printed_costs), text("printed_sum_about")))
    spans = [
        f"<span>{about(escape(text(key)), meant)} {number(testid, value)}</span>" for key, testid, value, meant in items
    ]
    if not view.printed_costs:
        spans.append(f"<span>{escape(text(f'prints_{view.report.recipe.prints}'))}</span>")
    return f'<div class="lz-numbers">{"".join(spans)}</div>'


def bars(view: LabView, text: Text) -> Tally:
    """Return the terms as bars of their excess, or of what they print, largest first."""
    reading, before = view.reading, resting_view(view.state.untouched())
    terms = in_order(view.active_terms, before.terms, reading)
    rest = {term.name: read(term, reading) or 0.0 for term in before.terms}
    shown = [read(term, reading) for term in terms]
    end = axis_end([length or 0.0 for length in shown] + [rest[term.name] for term in terms])
    return Tally(
        rows=[
            TallyRow(
                term.name,
                text(f"term_{term.name}"),
                length or 0.0,
                four(length),
                rest[term.name],
                hover(term, text),
                ties_of(view, term.name),
            )
            for term, length in zip(terms, shown, strict=True)
        ],
        end=end,
        ticks=ticks(end),
        axis=text(f"bars_axis_{reading}"),
        description=described(terms, text),
        testid="bars",
        selected=view.state.term or None,
    )


def pick(desk: LabDesk, name: str) -> None:
    """Look at another term, or at none if it is the one that is looked at."""
    desk.look(term="" if name == desk.state.term else name, channel=None)


def term_choice(
    view: LabView, desk: LabDesk, shown: str, key: str, text: Text, width: int | Literal["stretch"] = "stretch"
) -> None:
    """Choose one of the terms; those that ask nothing of this predictor can be read as well."""
    names = [term.name for term in view.active_terms]
    st.selectbox(
        text("term"),
        names,
        format_func=lambda name: text(f"term_{name}"),
        **kept(key, shown if shown in names else names[0], lambda term: desk.look(term=term, channel=None)),
        label_visibility="collapsed",
        width=width,
    )


def equation(view: LabView, text: Text) -> str:
    """Return the loss as the sum of its terms."""
    summands = [
        f'<span title="{escape(text(f"about_{term.name}"))}">{number(f"term-{term.name}", term.value)} '
        f"<small>{escape(text(f'term_{term.name}'))}</small></span>"
        for term in view.active_terms
    ]
    whole = f"<span>{four(view.loss)} <small>{text('loss')}</small></span>"
    summary = text("summary", loss=four(view.loss), excess=four(view.excess))
    broken = f'<p class="lz-quiet">{escape(text("no_number"))}</p>' if view.loss is None else ""
    said = remark(view.report, text)
    return (
        f'<div class="lz-equation">{text("equation", loss=whole, sum=" + ".join(summands))}</div>{broken}'
        f"{note(said) if said else ''}"
        f'<div hidden data-heard="summary">{summary}</div>'
    )


def hint(view: LabView, text: Text) -> str:
    """Say what to do first or, at the edge of its cell, why the box goes no farther."""
    if view.state.mode == "prediction" and view.prediction.at_limit:
        kind, rate = edge_of(view, lines_of(view))
        words = text("hint_limit", then=text(f"hint_limit_{kind}", rate=four(abs(rate))))
        return f'<p class="lz-quiet">{words}</p>'
    return f'<p class="lz-quiet lz-wide">{text(f"hint_{view.state.mode}")}</p>'


def depth(desk: LabDesk, visit: Visit) -> None:
    """Choose how deep one looks, and what the bars show."""
    text, reading = visit.text, desk.state.reading
    with st.container(horizontal=True, vertical_alignment="center", key="depth"):
        levels({level: text(f"level_{level}") for level in LEVELS}, visit)
        if visit.shows("bars") and desk.view.printed_costs and not (visit.view == "embed" and visit.level != "1"):
            words = {name: text(f"reading_{name}") for name in READINGS}
            segments(text("reading"), "reading", words, reading, lambda name: desk.look(reading=name))
