"""Choices of what is compared: about which truth or predictor, which rows, which programs."""

from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

from lossviz.compare.figures.parts.content import CompareContent
from lossviz.compare.state import FEWEST, MOST, ROWS
from lossviz.compare.view import CompareView, view_of
from lossviz.compare.widgets.desk import CompareDesk, change
from lossviz.compare.widgets.question import subject, truth_in
from lossviz.core.text import Text
from lossviz.core.visit import Visit
from lossviz.engine.heads import Predictor
from lossviz.recipes import RECIPES
from lossviz.scenes.gallery import scene_of
from lossviz.web.choices import kept, kept_number, segments
from lossviz.web.html import capital
from lossviz.web.save import save


def choices(desk: CompareDesk, visit: Visit, text: Text) -> None:
    """Draw the choices: about what, which rows, and which programs."""
    view = view_of(desk.state)
    with st.container(horizontal=True, vertical_alignment="center", width="content", key="ledger-choices"):
        if visit.shows("scene"):
            about_what(view, desk, text)
        if visit.shows("levels"):
            words = {name: text(f"ledger_rows_{name}") for name in ROWS}
            segments(text("ledger_rows"), "rows", words, desk.state.rows, lambda name: change(desk, rows=name))
        if visit.shows("mode"):
            programs(desk, text)


def stay(desk: CompareDesk, **changes: Any) -> None:
    """Change the state from inside the popover of choices, and keep it unfolded under its new name."""
    change(desk, **changes)
    st.session_state["about"] = True


def about_what(view: CompareView, desk: CompareDesk, text: Text) -> None:
    """Choose the truth one asks about, or one predictor for all columns; nothing is drawn while it is folded."""
    held, truth = view.state.lab.at if view.state.held else None, truth_in(view)
    name = str(held) if held else subject(view, truth, text) if truth else text("ledger_no_truth")
    folded = st.popover(capital(name), key="about", icon=":material/target:", on_change="rerun")
    if not folded.open:
        return
    with folded:
        truths = {one.number: capital(subject(view, one, text)) for one in view.truths}
        if truths and not view.state.held:
            st.radio(
                text("ledger_truth"),
                list(truths),
                format_func=truths.__getitem__,
                **kept("ledger_truth", view.truth, lambda truth: stay(desk, truth=truth)),
            )
        change_held = kept_number("held", view.state.held, partial(hold, view, desk))
        st.toggle(text("ledger_held"), help=text("ledger_held_help"), **change_held)
        if held:
            place(held, desk, text)


def hold(view: CompareView, desk: CompareDesk, held: bool) -> None:
    """Hold one predictor in every column, beginning with the first column's, or give each its own again."""
    first = next((column.predictor for column in view.applied if column.predictor), None)
    at = view.state.lab.at or first or Predictor(scene_of(view.state.lab.scene).heads[0].name, 0, 0, 0)
    stay(desk, held=held, lab=replace(view.state.lab, at=at))


def place(held: Predictor, desk: CompareDesk, text: Text) -> None:
    """Draw fields for the held predictor's head, anchor, row and column."""
    heads = {head.name: head.raw.shape for head in scene_of(desk.state.lab.scene).heads}
    if len(heads) > 1:
        names = {name: name for name in heads}
        segments(text("head"), "ledger_head", names, held.head, lambda name: to_head(name, held, desk), named=True)
    _, anchors, _, rows, columns = heads[held.head]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for name, most in zip(("anchor", "row", "column"), (anchors, rows, columns), strict=True):
            st.number_input(
                text(name),
                0,
                most - 1,
                **kept_number(f"ledger_{name}", getattr(held, name), partial(go_to, held, name, desk)),
                width=124,
            )


def to_head(name: str, held: Predictor, desk: CompareDesk) -> None:
    """Hold the predictor at the same place of the picture in another head."""
    heads = {head.name: head for head in scene_of(desk.state.lab.scene).heads}
    (columns, rows), (old_columns, old_rows) = heads[name].grid, heads[held.head].grid
    row, column = (2 * held.row + 1) * rows // (2 * old_rows), (2 * held.column + 1) * columns // (2 * old_columns)
    go(Predictor(name, min(held.anchor, heads[name].raw.shape[1] - 1), row, column), desk)


def go_to(held: Predictor, name: str, desk: CompareDesk, number: Any) -> None:
    """Hold the predictor with another anchor, row or column."""
    go(held._replace(**{name: number}), desk)


def go(predictor: Predictor, desk: CompareDesk) -> None:
    """Hold another predictor in all columns."""
    stay(desk, lab=replace(desk.state.lab, at=predictor))


def programs(desk: CompareDesk, text: Text) -> None:
    """Choose the programs that stand side by side; nothing is drawn while they are folded."""
    folded = st.popover(text("ledger_add"), key="programs", icon=":material/view_column:", on_change="rerun")
    if not folded.open:
        return
    with folded:
        st.pills(
            text("ledger_programs"),
            list(RECIPES),
            selection_mode="multi",
            format_func=lambda key: text(f"recipe_{key}"),
            **kept("recipes", list(desk.state.recipes), partial(choose, desk)),
        )
        st.caption(text("ledger_programs_help", fewest=FEWEST, most=MOST))


def choose(desk: CompareDesk, chosen: list[str]) -> None:
    """Take over the chosen programs: old ones keep their order, new ones come last; fewer than two change nothing."""
    old = [key for key in desk.state.recipes if key in chosen]
    columns = (*old, *(key for key in RECIPES if key in chosen and key not in old))[:MOST]
    if len(columns) >= FEWEST:
        desk.put(desk.state.with_recipes(columns))


def save_compare(desk: CompareDesk, text: Text, link: str) -> None:
    """Offer the figures of programs side by side as files."""
    save(CompareContent(desk.state, link), text)
