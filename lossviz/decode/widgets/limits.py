"""The third level: how raw numbers break the arithmetic, and the later form that no raw number can break."""

from html import escape

import streamlit as st

from lossviz.core.text import Text
from lossviz.core.visit import Visit
from lossviz.decode.state import CHANNELS, EDGES, DecodeState
from lossviz.decode.view import MOVES, DecodeView, Overflow, overflow_of
from lossviz.decode.widgets.box import look, worked
from lossviz.decode.widgets.desk import DecodeDesk
from lossviz.decode.widgets.forms import table
from lossviz.decode.words import kind_of_number, limits_say
from lossviz.web.choices import segments
from lossviz.web.html import cells, note, number


def choice(desk: DecodeDesk, text: Text) -> None:
    """Choose overflow or the bounded form."""
    words = {edge: text(f"decode_edge_{edge}") for edge in EDGES}
    segments(text("decode_edges"), "edge", words, desk.state.edge, lambda edge: look(desk, edge=edge))


def moves(desk: DecodeDesk, text: Text) -> None:
    """Offer, for overflow, moves that break the arithmetic."""
    if desk.state.edge == "overflow":
        with st.container(horizontal=True, vertical_alignment="center", key="decode-moves"):
            for n, (channel, value) in enumerate(MOVES, 1):
                label = f"{n}. t_{CHANNELS[channel]} = {value:g}".replace("-", "−")
                st.button(label, key=f"move-{n}", on_click=make, args=(desk, channel, value))


def says(found: DecodeView, state: DecodeState, visit: Visit) -> str:
    """Return what 32 bits make of the raw numbers, or both forms in numbers; not on a stage what is to be noted."""
    text = visit.text
    if state.edge == "bounded":
        return bounded(found, state, text)
    broken = overflow_of(state.raw)
    return stamp(broken, text) + numbers(broken, text) + ("" if visit.view == "present" else notes(text))


def formulas(found: DecodeView, state: DecodeState) -> str:
    """Return the bounded form with this state's numbers, as LaTeX."""
    return worked(found, ("bounded_centre", "bounded_size"), (state.hand % 2,))


def make(desk: DecodeDesk, channel: int, value: float) -> None:
    """Make one of the moves: set a raw number to a value."""
    desk.put(desk.state.with_one(channel, value))


def stamp(found: Overflow, text: Text) -> str:
    """Say how far the arithmetic is broken."""
    done = found.situation == "lost"
    kind, mark = ("lz-stamp", "✓ ") if done else ("lz-stamp lz-waits", "")
    words = escape(text(f"decode_broken_{found.situation}"))
    return f'<p class="{kind}" data-testid="broken" data-situation="{found.situation}" data-heard="broken">{mark}{words}</p>'


def numbers(found: Overflow, text: Text) -> str:
    """Return a table of what becomes of each quantity when 32 bits overflow."""
    lines = "".join(
        cells(
            escape(text(f"decode_over_{name}")),
            number(f"over-{name}", value),
            escape(text(f"decode_is_{kind_of_number(value)}")),
        )
        for name, value in found._asdict().items()
    )
    return table("overflow", [text("decode_over"), text("decode_over_value"), ""], lines)


def notes(text: Text) -> str:
    """Return notes on where exp ends, and on what the bound of a hand means."""
    return "".join(map(note, limits_say(text)))


def bounded(found: DecodeView, state: DecodeState, text: Text) -> str:
    """Return a table of both forms with the numbers of this state."""
    axis, lines = state.hand % 2, ""
    for n, name in ((axis, "centre"), (2 + axis, "size")):
        usual, later = found.usual[n], found.later[n]
        numbers = [number(f"{kind}-{name}", value) for kind, value in zip(KINDS, (*usual, *later), strict=True)]
        lines += cells(escape(text(f"decode_axis_{name}")), *numbers)
    heads = ["", text("decode_usual"), text("decode_slope"), text("decode_form_bounded_box"), text("decode_slope")]
    return table("bounded", heads, lines)


KINDS = ("usual", "usual_slope", "later", "later_slope")
"""The names of value and slope in the usual and the later form."""
