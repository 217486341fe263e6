"""What the bars of the terms say beside their length: names, axis, hover, a sentence for screen readers."""

from collections.abc import Sequence

from lossviz.core.text import Text, four
from lossviz.figures.theme import ceiling
from lossviz.lab.view import TermView

STEPS = 4
"""How many parts the axis is cut into."""


def names(terms: Sequence[TermView], text: Text) -> list[str]:
    """Return the terms' names in the language of the page."""
    return [text(f"term_{term.name}") for term in terms]


def read(term: TermView, reading: str) -> float | None:
    """Return the length of a term's bar: its excess, or what it prints; None where there is no such number."""
    return term.printed if reading == "printed" else term.excess


def in_order(terms: Sequence[TermView], before: Sequence[TermView], reading: str) -> list[TermView]:
    """Return the terms with the largest first, as the network left them.

    So the ranks change with the reading, not while one drags.
    """
    rank = {term.name: read(term, reading) or 0.0 for term in before}
    return sorted(terms, key=lambda term: -rank[term.name])


def axis_end(lengths: Sequence[float]) -> float:
    """Return a round number that all bars stay below."""
    return ceiling(max([*lengths, 1e-6]))


def ticks(end: float) -> list[tuple[float, str]]:
    """Return the places of the bars' axis with their labels."""
    return [(end * step / STEPS, f"{end * step / STEPS:g}") for step in range(STEPS + 1)]


def hover(term: TermView, text: Text) -> str:
    """Return what a bar is, in one sentence."""
    return text(
        "bars_hover" if term.printed is not None else "bars_hover_plain",
        term=text(f"term_{term.name}"),
        excess=four(term.excess),
        value=four(term.value),
        floor=four(term.floor),
        printed=four(term.printed),
        predictors=f"{term.predictors:,}",
        about=text(f"about_{term.name}"),
    )


def described(terms: Sequence[TermView], text: Text) -> str:
    """Return the words that describe the bars to a screen reader."""
    parts = [f"{text(f'term_{term.name}')} {four(term.excess)}" for term in terms]
    return text("bars_alt", terms=text("list_comma").join(parts))
