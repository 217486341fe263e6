"""What unfolds below the comparison: the map of a difference, Darknet through time, what the paper leaves open, a script."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from html import escape
from typing import Any

import streamlit as st

from lossviz.compare.charts import described, difference_map
from lossviz.compare.columns import Column, terms_in
from lossviz.compare.difference import difference_of, place_shown
from lossviz.compare.state import EVERY_TERM, FEWEST, QUANTITIES
from lossviz.compare.view import CompareView
from lossviz.compare.widgets.desk import CompareDesk, add, change
from lossviz.compare.widgets.table import source
from lossviz.components.plot import PlotClick, plot
from lossviz.core.text import Text
from lossviz.core.visit import Visit
from lossviz.engine.heads import Predictor
from lossviz.programs.script import has_script, script
from lossviz.programs.words import versions
from lossviz.recipes import RECIPES
from lossviz.scenes.gallery import scene_of
from lossviz.web.choices import kept, kept_number
from lossviz.web.html import glossed, note
from lossviz.web.take_away import take_away

MAP = {"page": 460, "present": 560, "embed": 300}
"""The height of the map in pixels, by view."""
COPIED = "ledger-copied"
"""The session's key of the column whose script one takes home."""


def folded(view: CompareView, desk: CompareDesk, visit: Visit, text: Text) -> None:
    """Draw what unfolds: the map of the difference, Darknet through time, what the paper leaves open, a script."""
    state = view.state
    switches(view, desk, visit, text)
    if state.term:
        the_map(view, desk, visit, text)
    if state.history:
        history(desk, text)
    for key in (key for key in state.recipes if RECIPES[key].assumed):
        assumed(key, text)


def switches(view: CompareView, desk: CompareDesk, visit: Visit, text: Text) -> None:
    """Draw what unfolds them: a switch each, and the script."""
    state = view.state
    with st.container(horizontal=True, vertical_alignment="center", key="ledger-more"):
        for key, on, changes in (
            ("ledger_map", bool(state.term), {"term": "" if state.term else EVERY_TERM}),
            ("ledger_time", state.history, {"history": not state.history}),
        ):
            st.toggle(text(key), **kept_number(key, on, partial(turned, desk, changes)))
        if visit.shows("share"):
            copied(view, text)


def turned(desk: CompareDesk, changes: Mapping[str, Any], _: bool) -> None:
    """Unfold or fold one of them."""
    change(desk, **changes)


def copied(view: CompareView, text: Text) -> None:
    """Offer one column's loss as a script to take home; it is made when it is unfolded."""
    columns = {column.key: column for column in view.applied if column.predictor and has_script(column.key)}
    if not columns:
        return
    chosen = st.session_state.get(COPIED)
    chosen = chosen if chosen in columns else next(iter(columns))
    names = {key: text(f"short_{key}") for key in columns}
    with st.container(horizontal=True, vertical_alignment="center", width="content", key="ledger-copy"):
        st.selectbox(
            text("ledger_copy"),
            list(names),
            format_func=names.__getitem__,
            **kept(COPIED, chosen, lambda _: None),
            width=190,
            label_visibility="collapsed",
        )
        take_away(text, f"{view.state.lab.scene}_{chosen}", lambda: script_of(columns[chosen]))


def script_of(column: Column) -> str | None:
    """Return the script of a column, or None where the column refuses the scene or has no predictor."""
    return script(column.view.report, column.predictor) if column.view and column.predictor else None


def the_map(view: CompareView, desk: CompareDesk, visit: Visit, text: Text) -> None:
    """Draw the choices of a map and the map; a click on it holds that predictor."""
    left, right = st.columns([4, 5], gap="medium")
    with right:
        which(view, desk, text)
    found = difference_of(view)
    with left:
        if found is None:
            st.html(note(text("ledger_map_none")))
            return
        names = {"first": text(f"short_{found.first}"), "second": text(f"short_{found.second}")}
        what = text("ledger_all_terms") if found.term == EVERY_TERM else text(f"term_{found.term}")
        title = text(f"ledger_map_{found.quantity}", what=what, head=found.head, anchor=found.anchor, **names)
        st.html(f'<p class="lz-quiet" data-testid="map-title">{glossed(escape(title), text)}</p>')
        plot(
            difference_map(found, text),
            key="difference",
            height=MAP[visit.view],
            description=described(found, text),
            testid="difference",
            square=True,
            on_click=lambda click: clicked(click, (found.head, found.anchor), found.values.shape, desk),
        )
    with right:
        st.html(note(text("ledger_map_about", **names)) + note(text("ledger_map_grey")))


def clicked(click: PlotClick, slot: tuple[str, int], shape: tuple[int, ...], desk: CompareDesk) -> None:
    """Hold the predictor of the clicked cell."""
    row, column = click.point if isinstance(click.point, tuple) else (int(click.y), int(click.x))
    if 0 <= row < shape[0] and 0 <= column < shape[1]:
        head, anchor = slot
        at = Predictor(head, anchor, row, column)
        change(desk, held=True, place=slot, lab=replace(desk.state.lab, at=at))


def which(view: CompareView, desk: CompareDesk, text: Text) -> None:
    """Choose the map's term, quantity, pair of programs, head and anchor."""
    state = view.state
    with st.container(horizontal=True, vertical_alignment="bottom", key="ledger-choose-map"):
        terms = (EVERY_TERM, *terms_in(view.columns))
        names = {term: text("ledger_all_terms") if term == EVERY_TERM else text(f"term_{term}") for term in terms}
        pick(text("term"), "term", names, state.term, desk)
        words = {name: text(f"ledger_quantity_{name}") for name in QUANTITIES}
        pick(text("ledger_quantity"), "quantity", words, state.quantity, desk)
        if len(state.recipes) > FEWEST:
            pairs = [(one, other) for one in state.recipes for other in state.recipes if one != other]
            words = {".".join(pair): " − ".join(text(f"short_{key}") for key in pair) for pair in pairs}
            pick(text("ledger_pair"), "pair", words, ".".join(state.compared), desk)
        here = place_shown(view)
        if here:
            heads = scene_of(state.lab.scene).heads
            anchors = [(head.name, n) for head in heads for n in range(head.raw.shape[1])]
            words = {f"{head}.{n}": text("ledger_place", head=head, anchor=n) for head, n in anchors}
            pick(text("ledger_head"), "place", words, f"{here[0]}.{here[1]}", desk)


def pick(label: str, name: str, words: dict[str, str], value: str, desk: CompareDesk) -> None:
    """Choose one entry of a list that says what the map shows."""
    shown = value if value in words else next(iter(words))
    st.selectbox(
        label,
        list(words),
        format_func=words.__getitem__,
        **kept(f"map-{name}", shown, lambda chosen: change(desk, **{name: picked(name, chosen)})),
        width=230,
    )


def picked(name: str, value: str) -> Any:
    """Return a chosen entry as the state has it: a pair, a head with an anchor, or the name itself."""
    first, _, last = value.rpartition(".")
    return {"pair": (first, last), "place": (first, int(last) if last.isdigit() else 0)}.get(name, value)


def history(desk: CompareDesk, text: Text) -> None:
    """Draw the dated versions of Darknet's two layers; those that lossviz has can stand in the table."""
    st.html(f"<h2>{escape(text('ledger_time'))}</h2>{note(text('ledger_time_about'))}")
    with st.container(key="ledger-history", gap=None):
        for n, version in enumerate(versions()):
            words = escape(version.said(text.lang))
            head = text("ledger_version", date=version.date, commit=version.commit, layer=version.layer)
            with st.container(horizontal=True, vertical_alignment="center", key=f"version-{n}"):
                mark = " lz-ours" if version.recipe else ""
                st.html(f'<p class="lz-version{mark}"><b>{escape(head)}</b> {words}</p>')
                if version.recipe:
                    there = version.recipe in desk.state.recipes
                    st.button(
                        text("ledger_is_column" if there else "ledger_add_column"),
                        key=f"add-{version.recipe}",
                        disabled=there,
                        on_click=add,
                        args=(desk, version.recipe),
                    )


def assumed(key: str, text: Text) -> None:
    """Draw what a recipe's source leaves open, and how it is read here."""
    said = "".join(f"<li>{escape(text(f'assumed_{key}_{place}'))}</li>" for place in RECIPES[key].assumed)
    head = text("ledger_assumed", name=text(f"recipe_{key}"))
    about = source(key, text)
    st.html(f'<h2>{escape(head)}</h2>{note(about)}<ul class="lz-reasons" data-testid="assumed">{said}</ul>')
