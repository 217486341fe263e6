"""Figures to take away: which, how large, then the files, the caption and the words for those who do not see it."""

from functools import partial

import streamlit as st

from lossviz.assignment_state import AssignmentState
from lossviz.decode_state import DecodeState
from lossviz.desk import Desk
from lossviz.figures.export import Figures, applicable
from lossviz.figures.export.assignment.parts.content import AssignmentContent
from lossviz.figures.export.decode.parts.content import DecodeContent
from lossviz.figures.export.experiment.parts.content import ExperimentContent
from lossviz.figures.export.lab.parts.content import LabContent
from lossviz.figures.export.ledger.parts.content import LedgerContent
from lossviz.figures.export.objectness.parts.content import ObjectnessContent
from lossviz.figures.export.overlap.parts.content import OverlapContent
from lossviz.figures.export.parts.caption import caption
from lossviz.figures.export.parts.content import C, Content, ExportFigure
from lossviz.figures.export.parts.look import SIZES, Look
from lossviz.figures.export.parts.page import FORMATS, picture, table
from lossviz.figures.export.race.parts.content import RaceContent
from lossviz.figures.export.zoo.parts.content import ZooContent
from lossviz.lab import resting_view
from lossviz.lab_desk import LabDesk
from lossviz.ledger_state import LedgerState
from lossviz.objectness_state import ObjectnessState
from lossviz.overlap_state import OverlapState
from lossviz.race_state import RaceState
from lossviz.results import results_of, shipped
from lossviz.text import Text
from lossviz.widgets.choices import segments
from lossviz.worker import LABORATORY
from lossviz.zoo_state import ZooState


def save_lab(desk: LabDesk, text: Text, link: str) -> None:
    """Of the Lab."""
    view = desk.view
    save(LabContent(view, resting_view(view.state.untouched()), link, desk.track), text)


def save_overlap(desk: Desk[OverlapState], text: Text, link: str) -> None:
    """Of two boxes."""
    save(OverlapContent(desk.state, link), text)


def save_race(desk: Desk[RaceState], text: Text, link: str) -> None:
    """Of one race, or of the experiment: the one that was asked for, until it is done the full run."""
    state = desk.state
    if state.tab == "one":
        save(RaceContent(state, link), text)
        return
    job = LABORATORY.of((state.points, state.gradient))
    asked = job.result if job else None
    found = shipped(state.gradient) if asked is None else results_of(state.gradient, asked)
    save(ExperimentContent(found, link), text)


def save_assignment(desk: Desk[AssignmentState], text: Text, link: str) -> None:
    """Of truths and predictors."""
    save(AssignmentContent(desk.state, link), text)


def save_ledger(desk: Desk[LedgerState], text: Text, link: str) -> None:
    """Of programs side by side."""
    save(LedgerContent(desk.state, link), text)


def save_decode(desk: Desk[DecodeState], text: Text, link: str) -> None:
    """Of raw numbers and their box."""
    save(DecodeContent(desk.state, link), text)


def save_objectness(desk: Desk[ObjectnessState], text: Text, link: str) -> None:
    """Of one output and its target."""
    save(ObjectnessContent(desk.state, link), text)


def save_zoo(desk: Desk[ZooState], text: Text, link: str) -> None:
    """Of loss functions, or of two distributions."""
    save(ZooContent(desk.state, link), text)


def save(content: Content, text: Text) -> None:
    """Choose a figure; its files are made when a button is pressed."""
    figure = figure_choice(applicable(content), text)
    look = look_choice(text)
    files(figure, content, look, text)
    st.caption(text("export_caption"))
    st.code(caption(content, text), language=None, wrap_lines=True)
    st.caption(text("export_alt"))
    st.code(figure.alt(content, text), language=None, wrap_lines=True)


def figure_choice(figures: Figures, text: Text) -> ExportFigure[Content]:
    """One of those that make sense now."""
    key = st.selectbox(
        text("export_figure"), list(figures), format_func=lambda key: text(f"export_{key}"), key="export_figure"
    )
    return figures[key]


def look_choice(text: Text) -> Look:
    """Size and colours; light unless asked."""
    size = st.session_state.get("export_size") or next(iter(SIZES))
    segments(text("export_size"), "export_size", {key: text(f"size_{key}") for key in SIZES}, size, lambda _: None)
    live = st.toggle(text("export_live"), key="export_live")
    dark = st.toggle(text("export_dark"), key="export_dark")
    return Look(SIZES[size], dark=dark, live=live)


def files(figure: ExportFigure[C], content: C, look: Look, text: Text) -> None:
    """A button a format, and one for the numbers."""
    name = content.file_name(figure.key)
    makers = {kind: (partial(picture, figure, content, text, look, kind), mime) for kind, mime in FORMATS.items()}
    makers["csv"] = (partial(table, figure, content), "text/csv")
    for kind, (make, mime) in makers.items():
        label = text(figure.numbers) if kind == "csv" else text("save_picture", format=kind.upper())
        st.download_button(label, make, f"{name}.{kind}", mime, key=f"save-{kind}", on_click="ignore", width="stretch")
