"""Loss functions as curves: which, on what axis, the point one drags, every number at it, the knobs."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import Any

import streamlit as st

from lossviz.components.plot import Chart, Handle, read_drag
from lossviz.core.desk import Desk
from lossviz.core.languages import LANGUAGES
from lossviz.core.link import six
from lossviz.core.text import Text, four, listed, minus
from lossviz.core.visit import Visit
from lossviz.functions.charts.curves import LINES, bare_figure, curve_figure, path
from lossviz.functions.figures.parts.content import FunctionsContent
from lossviz.functions.search import BATCH, BOXES, REDUCTIONS, names_elsewhere
from lossviz.functions.state import MOST, SPANS, FunctionsState
from lossviz.functions.view import Curve, Point, curves_of, given_of
from lossviz.functions.words import ranked
from lossviz.losses import LOSSES
from lossviz.web import session
from lossviz.web.choices import kept, kept_number, segments
from lossviz.web.html import cells, note, number, question_alone, table_of
from lossviz.web.save import save


@dataclass
class FunctionsDesk(Desk[FunctionsState]):
    """The desk of the Loss functions page: its functions, and the question of who pulls hardest."""

    guess: str = ""
    """The visitor's answer; "" until he gives one. He is asked once."""


CHART = "zoo-chart"
HEIGHT = {"page": 500, "embed": 380, "present": 610}
"""The height of the chart in pixels, by view."""
STEP = {"output": 0.1, "logit": 0.1, "probability": 0.01}
"""How far an arrow key moves the point, by axis."""
SKIPPED = "skipped"
SHOWN = "✓"
"""Stands in the list of functions after the name of one that is shown."""
GREEK = {"alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ"}


def name_of(key: str, text: Text) -> str:
    """Return what a function is called."""
    return text(f"zoo_{key}")


# ---- the chart ----


def handle(
    curves: Sequence[Curve], points: Sequence[Point], parts: Sequence[str], desk: FunctionsDesk, text: Text
) -> Handle:
    """Return the grip on the curve of the function in hand."""
    state = desk.state
    number = state.functions.index(state.hand)
    low, high = SPANS[state.by]
    along = tuple(path(curves[number], part, log=state.log) for part in parts) if curves else ()
    height = points[number].value if points else 0.0
    return Handle(
        state.x,
        height if abs(height) < 1e9 else 0.0,
        text("zoo_handle", name=name_of(state.hand, text)),
        (low, 0.0),
        (high, 0.0),
        desk.rev,
        step=STEP[state.by],
        words="x {x}",
        locked="y",
        subplots=True,
        along=along,
    )


def hear(desk: FunctionsDesk, text: Text, said: object) -> None:
    """Answer what a hand did on the chart."""
    event = read_drag(said, handle=handle((), (), (), desk, text), seq=desk.number(CHART))
    if event:
        desk.hand(CHART, event.seq, event.kind, desk.state.at(event.x))


def parts_of(asking: bool) -> tuple[str, ...]:
    """Return which halves of the chart are drawn: slopes would answer the question, so they wait for it."""
    return ("value",) if asking else ("value", "slope")


def chart(points: Sequence[Point], desk: FunctionsDesk, visit: Visit, *, asking: bool) -> Chart:
    """Return the chart: values above, slopes below, one grip on both."""
    state, text, parts = desk.state, visit.text, parts_of(asking)
    curves = curves_of(state)
    names = {key: name_of(key, text) for key in state.functions}
    return Chart(
        figure=curve_figure(curves, points, state, parts=parts, names=names, text=text),
        height=HEIGHT[visit.view],
        description=text("zoo_chart_alt", x=minus(four(state.x)), values=said(points, text)),
        testid="zoo-chart",
        handle=handle(curves, points, parts, desk, text),
    )


def bare_chart(points: Sequence[Point], desk: FunctionsDesk, visit: Visit) -> Chart:
    """Return the values alone, with the grip, and without a number read off them."""
    state, text, curves = desk.state, visit.text, curves_of(desk.state)
    names = {key: name_of(key, text) for key in state.functions}
    grip = handle(curves, points, parts_of(True), desk, text)
    return Chart(
        figure=bare_figure(curves, state, names=names, text=text),
        height=HEIGHT[visit.view],
        description=text("zoo_chart_bare"),
        testid="zoo-chart",
        handle=replace(grip, y=0.0),
    )


def said(points: Sequence[Point], text: Text) -> str:
    """Return the value of every function in words, for a screen reader."""
    return text("list_comma").join(f"{name_of(point.key, text)} {minus(four(point.value))}" for point in points)


# ---- the question ----


def asking(desk: FunctionsDesk, visit: Visit) -> bool:
    """Return whether the question still waits: it is asked once a visit, on what the page opens on."""
    opened = desk.state == desk.plain and visit.view != "embed" and visit.asks("sentence")
    return opened and not desk.guess


def question(points: Sequence[Point], desk: FunctionsDesk, text: Text) -> None:
    """Ask which function pulls hardest; the numbers that tell are hidden until it is answered."""
    with st.container(border=True, key="question"):
        st.markdown(f"**{text('zoo_ask')}**")
        for point in points:
            st.button(
                name_of(point.key, text),
                key=f"answer-{point.key}",
                on_click=answer,
                args=(desk, point.key),
                width="stretch",
            )
        st.button(text("zoo_ask_skip"), key=f"answer-{SKIPPED}", type="tertiary", on_click=answer, args=(desk, SKIPPED))


def answer(desk: FunctionsDesk, key: str) -> None:
    """Remember the answer, which uncovers the numbers; nobody is asked twice."""
    desk.guess = key


def unsaid(points: Sequence[Point], desk: FunctionsDesk, text: Text) -> str:
    """Return the question without its answer; right after it was answered, whether that was right."""
    if desk.state != desk.plain:
        return question_alone(text("zoo_question"))
    told = verdict(ranked(points).strong, desk, text)
    return f'<p class="lz-sentence">{told}{escape(text("zoo_sentence"))}</p>'


def sentence(points: Sequence[Point], desk: FunctionsDesk, text: Text, *, resting: bool) -> str:
    """Say who pulls hardest here and who hardly does; right after the question, whether the answer was right."""
    state, found = desk.state, ranked(points)
    strong, weak, without = (names_of(keys, text) for keys in (found.strong, found.weak, found.without))
    ends = {"strong": strong, "high": four(found.high), "weak": weak, "low": four(found.low)}
    words = text(found.sentence, x=minus(f"{state.x:.4g}"), t=minus(f"{state.t:.4g}"), **ends)
    if strong and without:
        words += text("zoo_without", names=without)
    heard = f'<span hidden data-heard="sentence">{escape(words)}</span>' if resting else ""
    return f'<p class="lz-sentence">{verdict(found.strong, desk, text)}{escape(words)}</p>{heard}'


def names_of(keys: Sequence[str], text: Text) -> str:
    """Return the names of functions in a row."""
    return listed([name_of(key, text) for key in keys], text)


def verdict(strong: Sequence[str], desk: FunctionsDesk, text: Text) -> str:
    """Say whether the answer was right, as long as nothing has moved."""
    if desk.guess in ("", SKIPPED) or desk.state != desk.plain:
        return ""
    right = desk.guess in strong
    words = f"{'✓' if right else '✗'} {text('right' if right else 'wrong')}"
    return f'<b data-testid="verdict">{escape(words)}</b> '


# ---- numbers ----


def swatch(place: int) -> str:
    """Return the line of the first, second, ... function, drawn as in the chart."""
    colour, dash = LINES[place]
    style = {"solid": "solid", "dash": "dashed", "longdash": "dashed"}.get(dash, "dotted")
    return f'<i class="lz-swatch" style="border-color:{colour};border-top-style:{style}"></i>'


def numbers(points: Sequence[Point], desk: FunctionsDesk, text: Text) -> str:
    """Return a table of what each shown function is given, its value, and its slope along the axis."""
    state = desk.state
    head = cells(*(escape(text(key)) for key in ("zoo_function", "zoo_given", "zoo_value", "zoo_slope")), tag="th")
    body = ""
    for place, point in enumerate(points):
        title = escape(text(f"zoo_{point.key}_about"))
        label = f'{swatch(place)}<span title="{title}">{escape(name_of(point.key, text))}</span>'
        given = f"<small>{escape(given_of(point.key, state))}</small>"
        body += cells(
            label, given, number(f"value-{point.key}", point.value), number(f"slope-{point.key}", point.slope)
        )
    about = text(f"zoo_axis_{state.by}_about", t=minus(f"{state.t:.4g}"))
    return framed("zoo-numbers", head, body) + note(about)


def framed(testid: str, head: str, body: str) -> str:
    """Return a table in a frame that scrolls on a phone."""
    return f'<div class="lz-zoo-frame">{table_of(testid, head, body, "lz-measures lz-zoo-table")}</div>'


# ---- choices ----


def chooser(desk: FunctionsDesk, text: Text) -> None:
    """Choose the function in hand among the shown ones, or find any other by its name."""
    state = desk.state
    with st.container(horizontal=True, vertical_alignment="center", key="zoo-functions"):
        words = {key: name_of(key, text) for key in state.functions}
        segments(text("zoo_in_hand"), "in_hand", words, state.hand, lambda key: look(desk, on=key))
        search(desk, text)


def search(desk: FunctionsDesk, text: Text) -> None:
    """Find any function by its name in either language, or by what libraries and their arguments are called."""

    def choose(key: Any) -> None:
        if key in BOXES:
            session.go("overlap", {"measure": key})
        elif key == BATCH:
            look(desk, tab="reductions")
        elif key is not None:
            take(desk, key)

    st.selectbox(
        text("zoo_search"),
        [*LOSSES, BATCH, *BOXES],
        index=None,
        format_func=lambda key: option(key, desk.state, text),
        filter_mode="contains",
        **kept("zoo-search", None, choose),
        placeholder=text("zoo_search"),
        label_visibility="collapsed",
        width=400,
    )


def take(desk: FunctionsDesk, key: str) -> None:
    """Choose a function that is shown already, or show one more and choose it."""
    if key in desk.state.functions:
        look(desk, on=key)
    else:
        kept = desk.state.functions[: MOST - 1]
        desk.put(replace(desk.state.with_functions((*kept, key)), on=key))


def option(key: str, state: FunctionsState, text: Text) -> str:
    """Return what a function is found by: its name and whether it is shown, then all that it is called elsewhere."""
    if key in BOXES:
        return " · ".join((text("zoo_search_boxes", name=text(key)), *BOXES[key]))
    if key == BATCH:
        return " · ".join((text("zoo_search_batch"), *REDUCTIONS))
    name = name_of(key, text)
    first = f"{name} {SHOWN}" if key in state.functions else name
    others = [Text(lang)(f"zoo_{key}") for lang in LANGUAGES if lang != text.lang]
    return " · ".join(dict.fromkeys([first, *names_elsewhere(key), *others, name]))


def axis_choice(desk: FunctionsDesk, text: Text) -> None:
    """Choose what x is, and whether heights are logarithmic."""
    state = desk.state
    with st.container(horizontal=True, vertical_alignment="center", key="zoo-axis"):
        words = {by: text(f"zoo_by_{by}") for by in SPANS}
        segments(text("zoo_by"), "zoo-by", words, state.by, lambda by: desk.put(desk.state.over(by)))
        st.toggle(text("zoo_log"), **kept_number("zoo-log", state.log, lambda log: look(desk, log=log)))


def knobs(desk: FunctionsDesk, text: Text) -> None:
    """Draw sliders for the target, and for every parameter that bends a shown function."""
    state = desk.state
    with st.container(horizontal=True, key="zoo-knobs"):
        slide(text("zoo_target"), "zoo-t", state.t, (0.0, 1.0, 0.05), lambda t: desk.put(replace(desk.state, t=t)))
        for key in state.functions:
            for knob in LOSSES[key].knobs:
                name = f"{key}.{knob.name}"
                label = text("zoo_knob", name=name_of(key, text), knob=GREEK.get(knob.name, knob.name))
                slide(
                    label,
                    name,
                    float(state.knob(name)),
                    (float(knob.low), float(knob.high), float(knob.step)),
                    turner(desk, name),
                )


def turner(desk: FunctionsDesk, name: str) -> Any:
    """Return what takes over the new value of one parameter."""
    return lambda value: desk.put(desk.state.with_knob(name, value))


def slide(label: str, name: str, value: float, ends: tuple[float, float, float], change: Any) -> None:
    """Draw a slider that reports its value when it is released, and beside it a field for any value between its ends."""
    low, high, step = ends
    key = name.replace(".", "-")
    with st.container(horizontal=True, vertical_alignment="bottom", width=270, gap="small", key=f"number-{key}"):
        st.slider(
            label,
            low,
            high,
            step=step,
            **kept_number(f"slide-{key}", value, change),
            width=160,
        )
        st.number_input(
            label,
            low,
            high,
            step=step,
            format="%.6g",
            **kept_number(f"typed-{key}", value, lambda given: change(six(given))),
            label_visibility="collapsed",
            width=95,
        )


def opening(text: Text) -> str:
    """Return the sentence that stands there before the question is answered."""
    return f'<p class="lz-sentence">{escape(text("zoo_sentence"))}</p>'


def turn(desk: FunctionsDesk, text: Text) -> str:
    """Return a note on what to try next, as long as the page is as it opened."""
    return note(text("zoo_turn")) if desk.state == desk.plain else ""


def look(desk: FunctionsDesk, **changes: Any) -> None:
    """Change how the same curves are shown."""
    desk.settle(replace(desk.state, **changes))


def save_functions(desk: FunctionsDesk, text: Text, link: str) -> None:
    """Offer the figures of loss functions, or of two distributions, as files."""
    save(FunctionsContent(desk.state, link), text)
