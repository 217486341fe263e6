"""A card for each shown function: formula, slope, what libraries call it, where it comes from."""

from html import escape

import streamlit as st

from lossviz.core.text import Text, paragraph
from lossviz.functions.widgets.curves import FunctionsDesk, name_of, swatch
from lossviz.functions.words import special
from lossviz.losses import LOSSES
from lossviz.web.html import cells, note

JOINT = r" \\ "
WIDE = 3
"""How many cards stand side by side."""


def cards(desk: FunctionsDesk, text: Text) -> None:
    """Draw a card for each shown function, the one in hand first."""
    state = desk.state
    keys = sorted(state.functions, key=lambda key: key != state.hand)
    for start in range(0, len(keys), WIDE):
        columns = st.columns(WIDE, gap="small")
        for column, key in zip(columns, keys[start : start + WIDE], strict=False):
            with column, st.container(border=True, key=f"card-{key}"):
                card(key, desk, text)
    st.html(note(text("zoo_held")))
    link = f'<a href="overlap?lang={text.lang}" target="_self">{escape(text("zoo_boxes"))}</a>'
    st.html(f'<p class="lz-quiet">{link}</p>')


def card(key: str, desk: FunctionsDesk, text: Text) -> None:
    """Draw the card of one function."""
    function, state = LOSSES[key], desk.state
    with st.container(horizontal=True, vertical_alignment="center", key=f"head-{key}"):
        title = f"{swatch(state.functions.index(key))}{escape(name_of(key, text))}"
        st.html(f'<h2 class="lz-zoo-title">{title}</h2>', width="stretch")
        if len(state.functions) > 1:
            icon = ":material/close:"
            about = text("zoo_remove", name=name_of(key, text))
            st.button(
                "", key=f"remove-{key}", icon=icon, help=about, type="tertiary", on_click=remove, args=(desk, key)
            )
    st.html(note(paragraph([text(said) for said in (f"zoo_{key}_about", *special(key, state.knobs_of(key)))])))
    st.latex(lines(function.latex))
    st.html(f'<p class="lz-quiet">{escape(text(f"zoo_slope_in_{function.variable}"))}</p>')
    st.latex(lines(function.slope_latex))
    st.html(calls(key, text))


def lines(latex: str) -> str:
    r"""Return LaTeX in which what the letters stand for is below the formula: it breaks at ``\quad`` and ``, \;``."""
    parts = [part for line in latex.split(r" \quad ") for part in line.split(r", \; ")]
    return latex if len(parts) == 1 else rf"\begin{{gathered}} {JOINT.join(parts)} \end{{gathered}}"


def remove(desk: FunctionsDesk, key: str) -> None:
    """Show one function less."""
    left = tuple(other for other in desk.state.functions if other != key)
    desk.put(desk.state.with_functions(left))


def calls(key: str, text: Text) -> str:
    """Return a table of what computes a function in PyTorch and TensorFlow, and of its sources."""
    function = LOSSES[key]
    rows = {
        "PyTorch": [f"<code>{escape(call)}</code>" for call in function.torch],
        "TensorFlow": [f"<code>{escape(call)}</code>" for call in function.tensorflow],
        text("zoo_sources"): [f"<cite>{escape(source)}</cite>" for source in function.sources],
    }
    nothing = f"<small>{escape(text('zoo_no_call'))}</small>"
    body = "".join(cells(escape(name), "<br>".join(found) or nothing) for name, found in rows.items())
    return f'<table class="lz-table lz-zoo-calls">{body}</table>'
