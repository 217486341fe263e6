"""The Loss Lab's pieces of screen: each takes the view and draws, or says in words what the view holds."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from html import escape
from urllib.parse import urlencode

import streamlit as st

from lossviz import session
from lossviz.components.box_canvas import WORDS, CanvasBox, CanvasEvent, CellMark, Photo, box_canvas
from lossviz.engine.recipe import OBJECTNESS_CHOICES
from lossviz.figures.picture import FORMATS, picture, table
from lossviz.gallery import SAMPLES, letterbox_of
from lossviz.lab import (
    FOUND,
    TRUTH_LIMITS,
    LabView,
    TruthView,
    moved_prediction,
    nearest_predictor,
    resting_view,
)
from lossviz.recipes import RECIPES
from lossviz.session import Memory
from lossviz.state import MODES, Predictor, State
from lossviz.text import Text, four
from lossviz.verified import verified

STILL = 2e-6
"""A box that moved less than this has not been moved: the browser's and our numbers differ by rounding."""


def number(testid: str, value: float | None) -> str:
    """A number for people, with more digits for scripts."""
    exact = "" if value is None else f"{value:.9g}"
    return f'<b class="lz-number" data-testid="{testid}" data-value="{exact}">{four(value)}</b>'


def kind_name(view: LabView, kind: int, text: Text) -> str:
    """The name of a class in this scene."""
    return text.kind(SAMPLES[view.state.scene].classes, kind)


def truth_name(view: LabView, truth: TruthView, text: Text) -> str:
    """The cup; the missed spoon."""
    name = kind_name(view, truth.kind, text)
    return text("found" if truth.objectness >= FOUND else "missed", name=name)


def sentence(view: LabView, text: Text) -> str:
    """What each truth costs, and the rest."""
    parts = []
    for truth in view.truths:
        name = kind_name(view, truth.kind, text)
        if truth.answers:
            cost = f"<b>{four(truth.cost)}</b>"
            parts.append(text("costs", what=escape(truth_name(view, truth, text)), cost=cost))
        else:
            parts.append(escape(text("unanswered", name=name)))
    if view.rest is not None:
        parts.append(text("background", cost=f"<b>{four(view.rest)}</b>"))
    joined = text("list_comma").join(parts)
    return f'<p class="lz-sentence">{joined[:1].upper()}{joined[1:]}{text("list_end")}</p>'


def headline(view: LabView, text: Text) -> str:
    """Loss, excess, floor, printed number, each with its definition."""
    heads = text("list_comma").join(
        f"{head.name}: {four(cost)}" for head, cost in zip(view.report.scene.heads, view.printed_costs, strict=True)
    )
    printed = f"{text('printed_about')}. {text('heads_printed', costs=heads)}"
    items = (
        ("loss", "loss", view.loss, text("loss_about")),
        ("excess", "excess", view.excess, text("excess_about")),
        ("floor", "floor", view.floor, text("floor_about")),
        ("printed", "printed-cost", view.printed_cost, printed),
    )
    spans = [
        f'<span title="{escape(about)}">{text(key)} {number(testid, value)}</span>'
        for key, testid, value, about in items
    ]
    return f'<div class="lz-numbers">{"".join(spans)}</div>'


def equation(view: LabView, text: Text) -> str:
    """The loss as the sum of its terms."""
    summands = [
        f'<span title="{escape(text(f"about_{term.name}"))}">{number(f"term-{term.name}", term.value)} '
        f"<small>{escape(text(f'term_{term.name}'))}</small></span>"
        for term in view.active_terms
    ]
    whole = f"<span>{four(view.loss)} <small>{text('loss')}</small></span>"
    summary = text("summary", loss=four(view.loss), excess=four(view.excess))
    return (
        f'<div class="lz-equation">{text("equation", loss=whole, sum=" + ".join(summands))}</div>'
        f'<div class="lz-unseen" role="status">{summary}</div>'
    )


def hint(view: LabView, text: Text) -> str:
    """What to do first; at the edge of its cell, why the box goes no farther."""
    if view.state.mode == "prediction" and view.prediction.at_limit:
        return f'<p class="lz-quiet">{text("hint_limit")}</p>'
    return f'<p class="lz-quiet lz-wide">{text(f"hint_{view.state.mode}")}</p>'


def reasons(view: LabView, text: Text) -> None:
    """The answer to "why?", for the dearest truth; nothing is worked out while it is folded."""
    folded = st.popover(text("why"), key="why", on_change="rerun")
    if not folded.open:
        return
    with folded:
        dearest = max((t for t in view.truths if t.answers), key=lambda t: t.cost, default=None)
        if dearest:
            costs = text(
                "why_costs",
                cost=four(dearest.cost),
                share=f"{dearest.worst_cost / max(dearest.cost, 1e-12):.0%}",
                term=text(f"term_{dearest.worst}"),
                reason=reason(view, dearest, text),
            )
            name = truth_name(view, dearest, text)
            st.markdown(f"{name[:1].upper()}{name[1:]} {costs}")
        rescored = vars(view.report.recipe.settings).get("rescore")
        st.markdown(text("why_try_rescore" if rescored else "why_try_prediction"))
        if view.floor:
            st.markdown(text("why_label" if view.state.truths else "why_floor"))


def reason(view: LabView, truth: TruthView, text: Text) -> str:
    """Why the dearest term is dear, with this predictor's numbers."""
    facts = view.facts_of(truth)
    return text(
        f"reason_{truth.worst}",
        objectness=four(facts.objectness),
        target=four(facts.wanted),
        probability=four(facts.probability),
        w=four(facts.width_ratio),
        h=four(facts.height_ratio),
    )


def canvas_boxes(view: LabView, text: Text) -> list[CanvasBox]:
    """The labels and the chosen prediction."""
    labelling = view.state.mode == "label"
    boxes = [
        CanvasBox(
            f"truth-{truth.number}",
            "truth",
            text("truth_label", name=kind_name(view, truth.kind, text)),
            truth.xywh,
            TRUTH_LIMITS,
            movable=labelling,
        )
        for truth in view.truths
    ]
    said = view.prediction
    label = text("prediction_label", name=kind_name(view, said.kind, text), objectness=f"{said.objectness:.3f}")
    box = CanvasBox("prediction", "prediction", label, said.xywh, said.limits, movable=not labelling)
    return [*boxes, box]


def canvas(view: LabView, memory: Memory, text: Text) -> None:
    """The picture."""
    state, said = view.state, view.prediction
    sample, place = SAMPLES[state.scene], letterbox_of(state.scene)
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    address = f"{'/' + base if base else ''}/scenes/{sample.photo}"
    photo = Photo(address, place.x, place.y, place.w, place.h) if sample.photo else None
    labelling = state.mode == "label"
    columns, rows = said.grid
    box_canvas(
        boxes=canvas_boxes(view, text),
        photo=photo,
        grid=said.grid,
        aspect=columns / rows,
        cells=[CellMark(said.predictor.column, said.predictor.row, "answer")],
        front=f"truth-{nearest_truth(view)}" if labelling else "prediction",
        selected=f"truth-{nearest_truth(view)}" if labelling and view.truths else "prediction",
        rev=memory.rev,
        seq=memory.seq,
        words={word: text(f"canvas_{word}") for word in WORDS},
        description=text("canvas_description", count=len(view.truths)),
        key="canvas",
    )


def nearest_truth(view: LabView) -> int:
    """The truth the chosen predictor answers for, else the first."""
    mine = (truth.number for truth in view.truths if view.prediction.predictor in truth.answers)
    return next(mine, 0)


def answer(event: CanvasEvent, view: LabView) -> bool:
    """Turn what the visitor did on the canvas into the next state; whether a choice was made, not just a drag goes on."""
    state = view.state
    if event.kind == "cancel":
        session.take_back()
    elif event.kind == "pick" and event.pick:
        session.replace_boxes(replace(state, at=nearest_predictor(view, *event.pick)))
    elif event.kind == "select":
        chosen = chosen_by(event.selected, view)
        if chosen != view.prediction.predictor:
            session.replace_boxes(replace(state, at=chosen))
    elif event.kind == "move":
        session.drag(dragged(event, view))
    else:
        session.settle(dragged(event, view))
    return event.kind != "move"


def chosen_by(selected: str, view: LabView) -> Predictor:
    """A click on a label chooses the predictor that answers for it."""
    answers = next((t.answers for t in view.truths if f"truth-{t.number}" == selected), ())
    return answers[0] if answers else view.prediction.predictor


def dragged(event: CanvasEvent, view: LabView) -> State:
    """The state with the moved boxes."""
    state, said = view.state, view.prediction
    here = {f"truth-{truth.number}": truth.xywh for truth in view.truths} | {"prediction": said.xywh}
    for name, xywh in event.boxes.items():
        if max(abs(new - old) for new, old in zip(xywh, here[name], strict=True)) < STILL:
            continue
        if name == "prediction":
            state = moved_prediction(state, said.predictor, xywh)
        else:
            state = state.with_truth(int(name.removeprefix("truth-")), xywh)
    return state


def segments(label: str, key: str, words: Mapping[str, str], value: str, change: Callable[[str], None]) -> None:
    """A row of choices, one of them chosen; ``words`` are what each is called."""
    st.session_state[key] = value
    st.segmented_control(
        label,
        list(words),
        format_func=words.__getitem__,
        key=key,
        required=True,
        on_change=lambda: change(st.session_state[key]),
        label_visibility="collapsed",
    )


def toolbar(memory: Memory, text: Text) -> None:
    """Everything that is chosen, in one row that breaks where the screen is narrow."""
    with st.container(horizontal=True, key="toolbar"):
        choices(memory, text)
        tools(memory.view, memory, text)


def choices(memory: Memory, text: Text) -> None:
    """Scene and implementation behind one button; objectness beside it."""
    state = memory.state

    def choose_objectness(choice: str) -> None:
        session.settle(replace(memory.state, objectness=choice))

    label = f"{text(f'scene_{state.scene}')} · {text(f'short_{state.recipe}')}"
    with st.container(horizontal=True, vertical_alignment="center", width="content", key="choices"):
        with st.popover(label, key="what"):
            picker(text("scene"), "scene", list(SAMPLES), memory, text)
            picker(text("recipe"), "recipe", list(RECIPES), memory, text)
            about(memory, text)
        st.markdown(text("objectness"), help=text("objectness_help"), width="content")
        words = {option: text(f"obj_{option}") for option in OBJECTNESS_CHOICES}
        written = RECIPES[state.recipe].written_objectness()
        if written:
            words["as-written"] = text("obj_equal", one=words["as-written"], other=words[written])
        segments(text("objectness"), "objectness", words, state.objectness, choose_objectness)


def tools(view: LabView, memory: Memory, text: Text) -> None:
    """What moves, undo, reset, why, save."""

    def choose_mode(mode: str) -> None:
        session.replace_boxes(replace(memory.state, mode=mode))

    with st.container(horizontal=True, vertical_alignment="center", width="content", key="tools"):
        words = {mode: text(f"mode_{mode}") for mode in MODES}
        segments(text("mode"), "mode", words, memory.state.mode, choose_mode)
        st.button(text("undo"), key="undo", icon=":material/undo:", disabled=not memory.past, on_click=session.undo)
        st.button(
            text("reset"),
            key="reset",
            icon=":material/restart_alt:",
            disabled=memory.state == memory.state.at_rest() and memory.state.at is None,
            on_click=lambda: session.replace_boxes(replace(memory.state.at_rest(), at=None)),
        )
        reasons(view, text)
        save(view, memory, text)


def picker(label: str, name: str, options: Sequence[str], memory: Memory, text: Text) -> None:
    """One of a list; boxes moved in another scene do not come along."""

    def choose() -> None:
        chosen = replace(memory.state, **{name: st.session_state[name]})
        if name == "scene":
            chosen = chosen.at_rest()
        session.replace_boxes(replace(chosen, at=None))

    st.session_state[name] = getattr(memory.state, name)
    st.radio(label, options, format_func=lambda key: text(f"{name}_{key}"), key=name, on_change=choose)


def about(memory: Memory, text: Text) -> None:
    """Where the numbers and the photograph come from, and how well they were checked."""
    recipe, sample = RECIPES[memory.state.recipe], SAMPLES[memory.state.scene]
    checked = verified()[recipe.key]
    source = recipe.source
    st.caption(
        text(
            "verified",
            files=checked.files,
            repository=source.repository,
            file=source.file,
            commit=source.commit[:7],
            deviation=f"{checked.deviation:.1e}",
        )
    )
    if sample.credit:
        st.caption(text("photo_credit", credit=sample.credit))


def save(view: LabView, memory: Memory, text: Text) -> None:
    """The state as a picture, the terms as a table. Made when asked for."""
    folded = st.popover(text("save"), key="save", icon=":material/download:", on_change="rerun")
    if not folded.open:
        return
    before = resting_view(view.state.at_rest())
    link, name = address(memory), f"lossviz-{view.state.scene}-{view.state.recipe}"
    with folded:
        for kind, mime in FORMATS.items():
            st.download_button(
                text("save_picture", format=kind.upper()),
                partial(picture, view, before, text, link, kind),
                f"{name}.{kind}",
                mime,
                key=f"save-{kind}",
                on_click="ignore",
                width="stretch",
            )
        st.download_button(
            text("save_csv"), table(view), f"{name}.csv", "text/csv", key="save-csv", on_click="ignore", width="stretch"
        )


def address(memory: Memory) -> str:
    """The link to this state."""
    page = (st.context.url or "").partition("?")[0]
    query = urlencode({**memory.visit.to_query(), **memory.state.to_query()})
    return f"{page}?{query}" if query else page


def way_out(memory: Memory, text: Text) -> str:
    """In an embedded frame: a link to the whole page."""
    query = urlencode({**replace(memory.visit, view="page").to_query(), **memory.state.to_query()})
    link = f'<a href="lab?{escape(query)}" target="_blank" rel="noopener">{text("embed_open")} ↗</a>'
    return f'<p class="lz-quiet lz-out">{link}</p>'
