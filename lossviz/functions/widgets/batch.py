"""A batch of six rows under every reduction, and the trap of two means."""

from dataclasses import replace
from html import escape
from typing import Any

import streamlit as st

from lossviz.core.spoken import spoken
from lossviz.core.text import Text
from lossviz.core.visit import Visit
from lossviz.engine.reductions import AVG_EPS
from lossviz.functions.batch import Batch, Share, Trap, batch_of, traps
from lossviz.functions.state import FACTORS, LIMITS, NETS, OBJECTS, ROW_LOSSES, SCALES
from lossviz.functions.widgets.curves import FunctionsDesk, framed, name_of
from lossviz.functions.words import counted, fraction, trap_says
from lossviz.web.choices import kept_number, segments
from lossviz.web.html import cells, note, number
from lossviz.web.tools import hidden

WIDTHS = (1, 1.55)
"""The relative widths of the rows one edits and of what is made of them."""


def batch(visit: Visit, desk: FunctionsDesk) -> None:
    """Draw the sentence, the rows and the reductions, and below them the trap."""
    shows, found, text = visit.shows, batch_of(desk.state), visit.text
    whole = visit.asks("panel") and visit.view == "page"
    if visit.asks("sentence"):
        st.html(f'<p class="lz-sentence">{escape(text("batch_sentence"))}</p>')
    left, right = st.columns(WIDTHS, gap="medium") if whole else (None, st.container())
    if left is not None:
        with left:
            rows(desk, text)
    with right:
        hidden(visit)
        if shows("numbers"):
            st.html(reduced(found, text))
            if visit.view != "present":
                st.html(note(text("batch_avg_about", eps=spoken(AVG_EPS, 3))))
    if visit.view != "embed" and (visit.answers or whole):
        trap(visit, desk, text)


# ---- the rows ----


def staged(desk: FunctionsDesk, text: Text) -> None:
    """Draw the choices that a stage has among its tools: the rows' loss, and how many objects there are."""
    loss_choice(desk, text)
    trap_choices(desk, text)


def loss_choice(desk: FunctionsDesk, text: Text) -> None:
    """Choose the rows' loss."""
    words = {key: name_of(key, text) for key in ROW_LOSSES}
    segments(text("batch_loss"), "batch-loss", words, desk.state.loss, lambda key: change(desk, loss=key))


def rows(desk: FunctionsDesk, text: Text) -> None:
    """Draw fields for what each row says, what it should say, and what it weighs."""
    loss_choice(desk, text)
    st.html(note(text(f"batch_{desk.state.loss}_about")))
    with st.container(key="batch-rows"):
        for place in range(len(desk.state.rows)):
            with st.container(horizontal=True, vertical_alignment="center", key=f"batch-row-{place}"):
                st.markdown(f"{place + 1}", width=16)
                for name in LIMITS:
                    field(place, name, desk, text)
    setting("factor", "avg_factor", (*FACTORS, 1.0), desk)


def field(place: int, name: str, desk: FunctionsDesk, text: Text) -> None:
    """Draw the field for one number of a row."""
    key = f"batch-{place}-{name}"
    low, high = LIMITS[name]
    shown = float(getattr(desk.state.rows[place], name))
    label = text("batch_field", row=place + 1, name=text(f"batch_{name}"))
    step = 0.1 if name == "t" else 0.5
    st.number_input(
        label if place else text(f"batch_{name}"),
        low,
        high,
        **kept_number(key, shown, lambda given: desk.put(desk.state.with_row(place, **{name: given}))),
        step=step,
        format="%.4g",
        label_visibility="collapsed" if place else "visible",
    )


def change(desk: FunctionsDesk, **changes: Any) -> None:
    """Change what is asked of the batch."""
    desk.put(replace(desk.state, **changes))


# ---- what is made of them ----


def reduced(found: Batch, text: Text) -> str:
    """Return what each reduction makes of the batch and, below, each row's gradient under it."""
    names = list(found.reduced)
    heads = [text("batch_row"), text("batch_row_loss"), *(text(f"reduction_{name}") for name in names)]
    abouts = ["", "", *(text(f"reduction_{name}_about") for name in names)]
    head = cells(
        *(f'<span title="{escape(b)}">{escape(a)}</span>' for a, b in zip(heads, abouts, strict=True)), tag="th"
    )
    totals = [number(f"total-{name}", found.reduced[name].total) for name in names]
    body = cells(f"<b>{escape(text('batch_total'))}</b>", "", *totals)
    body += f'<tr><td colspan="{len(heads)}"><small>{escape(text("batch_gradients"))}</small></td></tr>'
    for place, loss in enumerate(found.losses):
        slopes = (number(f"row-{name}-{place}", found.reduced[name].slopes[place]) for name in names)
        body += cells(str(place + 1), number(f"loss-{place}", loss), *slopes)
    return framed("batch", head, body)


# ---- the trap ----


def trap(visit: Visit, desk: FunctionsDesk, text: Text) -> None:
    """Draw one object among thousands of background predictors: how much each pulls under each reduction."""
    state, shows = desk.state, visit.shows
    st.html(f"<h2>{escape(text('trap_title'))}</h2>")
    whole = visit.asks("panel") and visit.view == "page"
    left, right = st.columns(WIDTHS, gap="medium") if whole else (None, st.container())
    if left is not None:
        with left:
            trap_choices(desk, text)
    with right:
        if shows("numbers"):
            st.html(ways(traps(state), text))
    if shows("numbers"):
        st.html(f'<p class="lz-stamp" data-testid="trap-says">{escape(trap_says(state, text))}</p>')


def trap_choices(desk: FunctionsDesk, text: Text) -> None:
    """Choose how many predictors and objects there are, and what the background counts."""
    words = {str(net): f"{net:,}" for net in NETS}
    segments(
        text("trap_net"), "trap-net", words, str(desk.state.net), lambda net: change(desk, net=int(net)), named=True
    )
    with st.container(horizontal=True, vertical_alignment="bottom", key="trap-choices"):
        setting("objects", text("trap_objects"), (1, OBJECTS, 1), desk)
        setting("noobj", "noobj_scale", (*SCALES, 10.0), desk)


def setting(name: str, label: str, ends: tuple[float, float, float], desk: FunctionsDesk) -> None:
    """Draw the field for one number of the trap."""
    low, high, step = ends
    st.number_input(
        label,
        low,
        high,
        **kept_number(f"trap-{name}", getattr(desk.state, name), lambda given: change(desk, **{name: given})),
        step=step,
        format="%d" if isinstance(low, int) else "%.4g",
        width=170,
    )


def share(testid: str, written: Share) -> str:
    """Write a factor as a fraction such as 100 / 10,646."""
    top, bottom = written
    return f'<b class="lz-number" data-testid="{testid}" data-value="{top / bottom:.13g}">{fraction(written)}</b>'


def worth(one: Trap) -> str:
    """Write how many background predictors an object is worth, in whole numbers from 1000 on."""
    return f'<b class="lz-number" data-testid="trap-worth-{one.way}" data-value="{one.worth:.13g}">{counted(one.worth)}</b>'


def ways(found: tuple[Trap, ...], text: Text) -> str:
    """Return a table of what each way of reducing makes of a positive and of a negative."""
    keys = ("trap_way", "trap_positive", "trap_negative", "trap_worth")
    head = cells(*(escape(text(key)) for key in keys), tag="th")
    body = "".join(
        cells(
            f"{escape(text(f'trap_{one.way}'))}",
            share(f"trap-positive-{one.way}", one.one),
            share(f"trap-negative-{one.way}", one.other),
            worth(one),
        )
        for one in found
    )
    return framed("trap", head, body)
