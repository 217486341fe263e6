"""The excess of each term as bars, with a mark where each stood before."""

from collections.abc import Mapping, Sequence
from typing import Any

from lossviz.figures.theme import QUIET, TERM, ceiling
from lossviz.lab import TermView
from lossviz.text import Text, four

ROW = 31
"""Pixels a bar."""


def names(terms: Sequence[TermView], text: Text) -> list[str]:
    """The terms' names, in the order of the table."""
    return [text(f"term_{term.name}") for term in terms]


def height(terms: Sequence[TermView]) -> int:
    """Pixels the bars need."""
    return ROW * len(terms) + 50


def hover(term: TermView, text: Text) -> str:
    """What a bar is, in one sentence."""
    return text(
        "bars_hover",
        term=text(f"term_{term.name}"),
        excess=four(term.excess),
        value=four(term.value),
        floor=four(term.floor),
        predictors=term.predictors,
        about=text(f"about_{term.name}"),
    )


def bars(terms: Sequence[TermView], before: Sequence[TermView], text: Text) -> Mapping[str, Any]:
    """Horizontal bars on an axis whose end is a round number; ``before`` are the terms at rest."""
    labels = names(terms, text)
    shown = [term.excess or 0.0 for term in terms]
    before = [term for shown_term in terms for term in before if term.name == shown_term.name]
    rest = [term.excess or 0.0 for term in before]
    end = ceiling(1.2 * max([*shown, *rest, 1e-6]))
    return {
        "data": [
            {
                "type": "bar",
                "orientation": "h",
                "y": labels,
                "x": shown,
                "marker": {"color": TERM},
                "hovertext": [hover(term, text) for term in terms],
                "hoverinfo": "text",
            },
            {
                "type": "scatter",
                "mode": "markers",
                "y": labels,
                "x": rest,
                "marker": {"symbol": "line-ns-open", "size": 24, "color": QUIET, "line": {"width": 2}},
                "hovertext": [text("bars_before", excess=four(term.excess)) for term in before],
                "hoverinfo": "text",
            },
            {
                "type": "scatter",
                "mode": "text",
                "y": labels,
                "x": [max(pair) for pair in zip(shown, rest, strict=True)],
                "text": [f"  {four(term.excess)}" for term in terms],
                "textposition": "middle right",
                "textfont": {"size": 15},
                "cliponaxis": False,
                "hoverinfo": "skip",
            },
        ],
        "layout": {
            "showlegend": False,
            "bargap": 0.3,
            "margin": {"l": 8, "r": 12, "t": 2, "b": 42},
            "xaxis": {
                "range": [0, end],
                "fixedrange": True,
                "nticks": 6,
                "zeroline": True,
                "title": {"text": text("bars_axis"), "standoff": 6},
            },
            "yaxis": {
                "autorange": "reversed",
                "fixedrange": True,
                "automargin": True,
                "ticks": "",
                "tickfont": {"size": 14},
            },
            "hoverlabel": {"align": "left"},
        },
    }


def described(terms: Sequence[TermView], text: Text) -> str:
    """The bars for a screen reader."""
    parts = [f"{text(f'term_{term.name}')} {four(term.excess)}" for term in terms]
    return text("bars_alt", terms=text("list_comma").join(parts))
