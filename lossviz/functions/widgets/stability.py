"""Where cross-entropies break: as written and as libraries compute them, in three precisions."""

from collections.abc import Mapping
from dataclasses import replace
from html import escape
from typing import Any

import streamlit as st

from lossviz.components.plot import plot
from lossviz.core.text import Text
from lossviz.core.visit import Visit
from lossviz.functions.charts.stability import breaks_figure
from lossviz.functions.stability import WAYS, Break, Strained, Way, all_strained, latex_of, tensorflow_slope, true_slope
from lossviz.functions.state import FORMS, TYPES, WEIGHTS
from lossviz.functions.widgets.curves import FunctionsDesk, framed, look, slide
from lossviz.functions.words import broken_sides, spelled
from lossviz.web.choices import kept_number, segments
from lossviz.web.html import cells, note, number, question_alone, table_of
from lossviz.web.tools import hidden

HEIGHT = {"page": 460, "embed": 290, "present": 610}
"""The height of the curve in pixels, by view."""
AROUND = (-0.001, 0.0, 0.001)
"""Logits at which TensorFlow's slope is looked at."""
Found = Mapping[tuple[Way, str], Strained]


def stability(visit: Visit, desk: FunctionsDesk) -> None:
    """Draw choices, both formulas, and the curve with its breaks; beside it the table and TensorFlow's slope."""
    state, text = desk.state, visit.text
    found = all_strained(state.form, state.t, state.pos)
    if visit.shows("sentence"):
        st.html(f'<p class="lz-sentence" data-heard="sentence">{escape(sentence(found, desk, text))}</p>')
    elif visit.asks("sentence"):
        st.html(question_alone(text("breaks_question", type=state.dtype)))
    if visit.asks("panel") and visit.view == "page":
        choices(desk, text)
    hidden(visit)
    if visit.curves:
        broken(found, visit, desk)


def broken(found: Found, visit: Visit, desk: FunctionsDesk) -> None:
    """Draw the curve with its breaks, and beside it formulas and numbers."""
    state, text = desk.state, visit.text
    left, right = st.columns((1.1 if visit.view == "present" else 1.25, 1), gap="medium")
    with left:
        plot(
            breaks_figure({way: found[way, state.dtype] for way in WAYS}, text),
            key="breaks-chart",
            height=HEIGHT[visit.view],
            description=text("breaks_alt", type=state.dtype),
            testid="breaks-chart",
        )
    with right:
        if visit.shows("equation") and visit.view != "embed":
            for way in WAYS:
                st.latex(latex_of(state.form, way))
            if visit.view == "page":
                st.html(note(text(f"breaks_why_{state.form}")))
        if visit.shows("numbers"):
            st.html(table(found, text) + (note(text("breaks_bound")) if visit.view != "present" else ""))
            if state.form == "weighted":
                st.html(slopes(desk, visit))


def choices(desk: FunctionsDesk, text: Text) -> None:
    """Choose the cross-entropy, the precision and the target."""
    state = desk.state
    with st.container(horizontal=True, vertical_alignment="center", key="breaks-choices"):
        words = {form: text(f"breaks_{form}") for form in FORMS}
        segments(text("breaks_form"), "breaks-form", words, state.form, lambda form: change(desk, form=form))
        kinds = {kind: kind for kind in TYPES}
        segments(text("breaks_type"), "breaks-type", kinds, state.dtype, lambda kind: look(desk, dtype=kind))
        slide(text("zoo_target"), "breaks-t", state.t, (0.0, 1.0, 0.05), lambda t: change(desk, t=t))
        if state.form == "weighted":
            weight(desk)


def weight(desk: FunctionsDesk) -> None:
    """Draw the field for the weight of positives."""
    st.number_input(
        "pos_weight",
        *WEIGHTS,
        **kept_number("breaks-pos", desk.state.pos, lambda pos: change(desk, pos=pos)),
        step=1.0,
        format="%.4g",
        width=150,
    )


def change(desk: FunctionsDesk, **changes: Any) -> None:
    """Change which cross-entropy is examined."""
    desk.put(replace(desk.state, **changes))


def sentence(found: Found, desk: FunctionsDesk, text: Text) -> str:
    """Say where the form as written breaks in this precision."""
    one = found["naive", desk.state.dtype]
    sides = {"below": spelled(one.below, text), "above": spelled(one.above, text)}
    return text(f"breaks_sentence_{broken_sides(one)}", type=desk.state.dtype, **sides)


def table(found: Found, text: Text) -> str:
    """Return a table with a row a precision: where each way breaks below and above zero."""
    heads = ("breaks_type", "breaks_naive_below", "breaks_naive_above", "breaks_stable_both")
    head = cells(*(escape(text(key)) for key in heads), tag="th")
    body = ""
    for kind in TYPES:
        naive, stable = found["naive", kind], found["stable", kind]
        last = next((side for side in (stable.below, stable.above) if side), None)
        body += cells(
            kind,
            place(naive.below, f"{kind}-below", text),
            place(naive.above, f"{kind}-above", text),
            escape(spelled(last, text)),
        )
    return table_of("breaks", head, body, "")


def place(side: Break | None, name: str, text: Text) -> str:
    """Return where a form breaks, with the exact logit for scripts."""
    exact = "" if side is None else f"{side.z:.6g}"
    return f'<span data-testid="break-{name}" data-value="{exact}">{escape(spelled(side, text))}</span>'


def slopes(desk: FunctionsDesk, visit: Visit) -> str:
    """Return a table of the weighted form's slope around 0, true and as TensorFlow returns it."""
    state, text = desk.state, visit.text
    head = cells("z", escape(text("breaks_true_slope")), "TensorFlow", tag="th")
    body = "".join(
        cells(
            f"{z:g}".replace("-", "−"),
            number(f"slope-true-{n}", true_slope(z, state.t, state.pos)),
            number(f"slope-tf-{n}", tensorflow_slope(z, state.t, state.pos)),
        )
        for n, z in enumerate(AROUND)
    )
    title = f"<h2>{escape(text('breaks_slope_title'))}</h2>"
    words = text("breaks_slope_about", t=f"{state.t:.4g}", q=f"{state.pos:.4g}")
    about = note(words if state.t == 1 else f"{words} {text('breaks_slope_try')}")
    return title + framed("tf-slope", head, body) + ("" if visit.view == "present" else about)
