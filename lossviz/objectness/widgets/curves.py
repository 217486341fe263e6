"""One output and its target: two curves with a point on them, three numbers a loss, a guess."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from html import escape
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from lossviz.components.field import Field
from lossviz.components.field import read as read_typed
from lossviz.components.plot import Chart, Handle, read_drag
from lossviz.core.spoken import ratio as times
from lossviz.core.spoken import spoken
from lossviz.core.text import Text, airy, labelled
from lossviz.core.visit import Visit
from lossviz.objectness.charts import COLOURS, curves_figure, described, losses_figure, name_of, ranges, runs_along
from lossviz.objectness.figures.parts.content import ObjectnessContent
from lossviz.objectness.state import AXES, MOST, SHOWN, ObjectnessState
from lossviz.objectness.view import Numbers, ObjectnessView, at_target
from lossviz.objectness.widgets.desk import ObjectnessDesk
from lossviz.objectness.words import at_spoon, compared, floor_of, question_of
from lossviz.web.choices import kept, kept_number, segments
from lossviz.web.html import about, cells, note, number, question_alone, table_of
from lossviz.web.save import save

OUTPUT = "logit"
"""The field in which the output can be typed."""
HEIGHT = {"page": 460, "embed": 360, "present": 610}
"""The height of the curves in pixels, by view."""
STEP = {"z": 0.1, "p": 0.01}
LAB = {"at": "13.1.6.8", "steps": "0", "of": "duel"}
"""The spoon's link in the Loss Lab."""


# ---- the curves ----


def key_of(desk: ObjectnessDesk) -> str:
    """Return the chart's key; each axis is a chart of its own."""
    return f"curves-{desk.state.axis}"


def handle(view: ObjectnessView, desk: ObjectnessDesk, text: Text) -> Handle:
    """Return the grip on the curves of the first loss."""
    axis, (loss, _) = view.state.axis, ranges(view)
    ends = (float(view.places[0]), float(view.places[-1]))
    return Handle(
        view.here,
        0.0,
        text("objectness_grip"),
        (ends[0], loss[0]),
        (ends[1], loss[1]),
        desk.rev,
        step=STEP[axis],
        words=f"{axis} = {{x}}",
        locked="y",
        along=runs_along(view),
        subplots=True,
    )


def hear(desk: ObjectnessDesk, text: Text, part: str, said: object) -> None:
    """Answer what a hand did on the curves, if they are the ones that are shown, or typed."""
    if part == OUTPUT:
        low, high, _ = reach(desk.state)
        typed = read_typed(said, low=low, high=high, rev=desk.rev, seq=desk.number(part))
        if typed:
            desk.heard[part] = typed.seq
            desk.put(at(desk.state, typed.value))
    elif part == key_of(desk):
        event = read_drag(said, handle=handle(ObjectnessView(desk.state), desk, text), seq=desk.number(key_of(desk)))
        if event:
            desk.hand(part, event.seq, event.kind, at(desk.state, event.x))


def at(state: ObjectnessState, place: float) -> ObjectnessState:
    """Return the state with the output at a place of the axis: a logit or a probability."""
    return state.with_logit(place) if state.axis == "z" else state.with_probability(place)


def chart(view: ObjectnessView, desk: ObjectnessDesk, text: Text, look: str, *, marked: bool = False) -> Chart:
    """Return loss above and slope below; ``marked`` shows where squared error learns fastest."""
    squared = marked and {"squared", "darknet_v2"} & {*view.state.shown}
    return Chart(
        figure=curves_figure(view, text, view.side if squared else None),
        height=HEIGHT[look],
        description=described(view, text),
        testid="curves",
        handle=handle(view, desk, text),
    )


def losses_chart(view: ObjectnessView, desk: ObjectnessDesk, text: Text, look: str) -> Chart:
    """Return the losses with their grip, without slopes and without a number read off them."""
    grip = handle(view, desk, text)
    return Chart(
        figure=losses_figure(view, text),
        height=HEIGHT[look],
        description=text("objectness_chart_bare", axis=text(f"objectness_at_{view.state.axis}")),
        testid="curves",
        handle=replace(grip, along=grip.along[:1]),
    )


# ---- words and numbers ----


def question(state: ObjectnessState, visit: Visit) -> str:
    """Return the level's question."""
    said = {"p": spoken(state.probability), "t": f"{state.target:.6g}"}
    key = question_of(state) if visit.level == "1" else visit.level
    return visit.text(f"objectness_question_{key}", **said)


def sentence(view: ObjectnessView, visit: Visit, *, resting: bool) -> str:
    """Return the level's question and how the first two losses compare; screen readers hear it at rest."""
    text = visit.text
    if not visit.answers:
        return question_alone(question(view.state, visit))
    asks = escape(question(view.state, visit))
    if visit.level == "3":
        return f'<p class="lz-sentence lz-one"><b>{asks}</b></p>'
    words = escape(airy(ratio(view, text)))
    heard = f'<span hidden data-heard="sentence">{words}</span>' if resting else ""
    return f'<p class="lz-sentence"><b>{asks}</b><br>{words}</p>{heard}'


def ratio(view: ObjectnessView, text: Text) -> str:
    """Say how much steeper the first loss is than the second; at the target that nothing is left to learn."""
    if at_target(view.state):
        return text("objectness_done")
    kind, names, share = compared(view.numbers, view.state.axis)
    if kind == "drag":
        return text("objectness_drag")
    first, second = (name_of(name, text) for name in names)
    return text(RATIOS[kind], first=first, second=second, ratio=times(share))


RATIOS = {"ratio": "objectness_ratio", "same": "objectness_ratio_same", "none": "objectness_ratio_none"}
"""The sentences on two losses, by what holds of them."""


def swatch(name: str) -> str:
    """Return the line of a loss, drawn as in the chart."""
    style = {"bce": "solid", "linear": "dotted"}.get(name, "dashed")
    return f'<i class="lz-swatch" style="border-color:{COLOURS[name]};border-top-style:{style}"></i>'


def loss_name(name: str, text: Text) -> str:
    """Return a loss' line and name; what it is stands one hover away."""
    return (
        f'{swatch(name)}<span title="{escape(text(f"objectness_about_{name}"))}">{escape(name_of(name, text))}</span>'
    )


def head_of(keys: tuple[str, ...], text: Text) -> str:
    """Return the head of a table; what each column is stands one hover away."""
    said = (about(escape(text(f"objectness_head_{key}")), text(f"objectness_head_{key}_about")) for key in keys)
    return cells("", *said, tag="th")


COLUMNS: dict[str, Callable[[Numbers], float]] = {
    "loss": lambda found: found.loss,
    "outer": lambda found: found.outer,
    "passed": lambda found: found.passed,
    "printed": lambda found: found.printed,
}


def table(view: ObjectnessView, text: Text) -> str:
    """Return a table of loss, slope passed back and number printed; over p also the slope that is drawn."""
    keys = tuple(key for key in COLUMNS if key != "outer" or view.state.axis == "p")
    body = "".join(
        cells(loss_name(name, text), *(number(f"{key}-{name}", COLUMNS[key](found)) for key in keys))
        for name, found in view.numbers.items()
    )
    return table_of("losses", head_of(keys, text), body, "lz-losses") + floor(view, text)


def floor(view: ObjectnessView, text: Text) -> str:
    """Say why cross-entropy does not fall to 0 for a target between 0 and 1."""
    found = floor_of(view.numbers)
    if not found:
        return ""
    said = {"t": f"{view.state.target:.6g}", "floor": spoken(found.floor)}
    if at_target(view.state):
        return note(text("objectness_floor_done", **said))
    excess = spoken(max(0.0, found.loss - found.floor))
    return note(text("objectness_floor", **said, loss=spoken(found.loss), excess=excess))


def spoon(state: ObjectnessState, visit: Visit) -> str:
    """Say where the spoon's output comes from, with a link to the Lab; nothing for any other output."""
    if not at_spoon(state):
        return ""
    text = visit.text
    keys = ("lang",) if visit.answers else ("lang", "hide")
    query = urlencode({key: value for key, value in visit.to_query().items() if key in keys} | LAB)
    words = escape(text("objectness_spoon_link"))
    link = f'<a href="lab?{escape(query)}" target="_self" data-testid="spoon">{words}</a>'
    return f'<p class="lz-quiet">{escape(text("objectness_spoon"))} {link}</p>'


# ---- choices ----


def look(desk: ObjectnessDesk, **changes: Any) -> None:
    """Change how the same output is shown."""
    desk.put(replace(desk.state, **changes))


def axis_choice(desk: ObjectnessDesk, text: Text) -> None:
    """Choose over what the curves are drawn and, folded, which losses."""
    with st.container(horizontal=True, vertical_alignment="center", key="axis-row"):
        words = {axis: text(f"objectness_axis_{axis}") for axis in AXES}
        segments(text("objectness_axis"), "axis", words, desk.state.axis, lambda axis: look(desk, axis=axis))
        losses(desk, text)


def losses(desk: ObjectnessDesk, text: Text) -> None:
    """Choose which losses are drawn; nothing is drawn while they are folded."""
    state = desk.state
    folded = st.popover(text("objectness_losses"), key="losses", icon=":material/show_chart:", on_change="rerun")
    if not folded.open:
        return
    with folded:
        st.pills(
            text("objectness_losses"),
            SHOWN,
            selection_mode="multi",
            format_func=lambda name: name_of(name, text),
            **kept("shown", list(state.shown), partial(choose, desk)),
            label_visibility="collapsed",
        )
        for name in state.shown:
            st.html(note(labelled(name_of(name, text), text(f"objectness_about_{name}"), text)))
        if "darknet_v2" in state.shown:
            scaled = kept_number("scale", state.scale == 5, lambda on: look(desk, scale=5 if on else 1))
            st.toggle(text("objectness_scale"), **scaled)


def choose(desk: ObjectnessDesk, names: list[str]) -> None:
    """Take over the chosen losses, if there is at least one."""
    chosen = tuple(name for name in SHOWN if name in names)
    if chosen:
        look(desk, shown=chosen)


def reach(state: ObjectnessState) -> tuple[float, float, float]:
    """Return the least and the greatest output that can be typed, and the step of the field's buttons."""
    return (-MOST, MOST, 0.5) if state.axis == "z" else (0.0, 1.0, 0.01)


def output(desk: ObjectnessDesk, text: Text) -> Field:
    """Return the field in which the output can be typed."""
    state = desk.state
    low, high, step = reach(state)
    value = state.logit if state.axis == "z" else state.probability
    label = text(f"objectness_at_{state.axis}")
    return Field(label=label, value=value, low=low, high=high, step=step, rev=desk.rev, testid=OUTPUT)


def target_slider(desk: ObjectnessDesk, text: Text) -> None:
    """Draw the slider of the target."""
    st.slider(
        text("objectness_target"),
        0.0,
        1.0,
        step=0.01,
        **kept_number("target", desk.state.target, lambda target: look(desk, target=float(f"{target:.6g}"))),
    )


def save_objectness(desk: ObjectnessDesk, text: Text, link: str) -> None:
    """Offer the figures of one output and its target as files."""
    save(ObjectnessContent(desk.state, link), text)
