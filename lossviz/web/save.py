"""Figures to take away: choose one and its size, then its files, its caption and its description in words."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from lossviz.core.text import Text
from lossviz.engine.device import computing_on
from lossviz.figures.caption import caption
from lossviz.figures.content import C, Content, ExportFigure
from lossviz.figures.look import SIZES, Look
from lossviz.figures.page import FORMATS, picture, table
from lossviz.figures.registry import Figures, applicable
from lossviz.web.choices import segments


def save(content: Content, text: Text) -> None:
    """Choose a figure; its files are made when a button is pressed, from the CPU's numbers on every machine."""
    figure = figure_choice(applicable(content), text)
    look = look_choice(text)
    files(figure, content, look, text)
    with computing_on("cpu"):
        st.caption(text("export_caption"))
        st.code(caption(content, text), language=None, wrap_lines=True)
        st.caption(text("export_alt"))
        st.code(figure.alt(content, text), language=None, wrap_lines=True)


def on_the_cpu(make: Callable[[], bytes]) -> bytes:
    """Return a file that is made of the CPU's numbers, so that its bytes do not depend on the machine."""
    with computing_on("cpu"):
        return make()


def figure_choice(figures: Figures, text: Text) -> ExportFigure[Content]:
    """Choose one of the figures that make sense now."""
    key = st.selectbox(
        text("export_figure"), list(figures), format_func=lambda key: text(f"export_{key}"), key="export_figure"
    )
    return figures[key]


def look_choice(text: Text) -> Look:
    """Choose size and colours, which are light unless asked otherwise."""
    size = st.session_state.get("export_size") or next(iter(SIZES))
    segments(text("export_size"), "export_size", {key: text(f"size_{key}") for key in SIZES}, size, lambda _: None)
    live = st.toggle(text("export_live"), key="export_live")
    dark = st.toggle(text("export_dark"), key="export_dark")
    return Look(SIZES[size], dark=dark, live=live)


def files(figure: ExportFigure[C], content: C, look: Look, text: Text) -> None:
    """Draw a download button for each format, and one for the numbers."""
    name = content.file_name(figure.key)
    makers = {kind: (partial(picture, figure, content, text, look, kind), mime) for kind, mime in FORMATS.items()}
    makers["csv"] = (partial(table, figure, content), "text/csv")
    for kind, (make, mime) in makers.items():
        label = text(figure.numbers) if kind == "csv" else text("save_picture", format=kind.upper())
        st.download_button(
            label,
            partial(on_the_cpu, make),
            f"{name}.{kind}",
            mime,
            key=f"save-{kind}",
            on_click="ignore",
            width="stretch",
        )
