"""The picture with its boxes, and what a hand on it does."""

import math
from dataclasses import replace

from lossviz.components.box_canvas import WORDS, Arrow, Canvas, CanvasBox, CanvasEvent, CellMark, Photo, read
from lossviz.core.text import Text
from lossviz.core.visit import Visit
from lossviz.engine.heads import Predictor
from lossviz.lab.channels import WhyView
from lossviz.lab.desk import LabDesk
from lossviz.lab.dragging import crossing_of, followed, moved_prediction, nearest_predictor
from lossviz.lab.state import State
from lossviz.lab.view import LabView
from lossviz.lab.words import kind_name, prediction_name
from lossviz.scenes.gallery import SAMPLES, letterbox_of
from lossviz.scenes.limits import TRUTH_LIMITS, shown_box
from lossviz.web.dragging import STILL
from lossviz.web.html import photo_address

LONGEST, PER_SLOPE, SHORTEST = 0.22, 0.12, 1e-4
"""Arrows, in shares: of the longest, of a slope of 1, and the slope below which none is drawn."""


def canvas_boxes(view: LabView, text: Text) -> list[CanvasBox]:
    """Return the labels and the chosen prediction as boxes."""
    moves = view.state.mode == "label"
    boxes = [
        CanvasBox(
            f"truth-{truth.number}",
            "truth",
            text("truth_label", name=kind_name(view, truth.kind, text)),
            truth.xywh,
            TRUTH_LIMITS,
            movable=moves,
        )
        for truth in view.truths
    ]
    said = view.prediction
    label = prediction_name(view, text)
    xywh = shown_box(said.xywh, said.limits)
    return [*boxes, CanvasBox("prediction", "prediction", label, xywh, said.limits, movable=not moves)]


def untold_boxes(view: LabView, text: Text) -> list[CanvasBox]:
    """Return the boxes without what tells an answer.

    The prediction does not say what it found. While labels move it is not there: it would change hands with the label.
    """
    *labels, prediction = canvas_boxes(view, text)
    return labels if labelling(view) else [*labels, replace(prediction, label=text("prediction_untold"))]


def untold(view: LabView, desk: LabDesk, text: Text) -> Canvas:
    """Return the picture with its boxes and nothing that tells an answer: no marked cell, no arrow, no objectness."""
    grid, key = view.prediction.grid, "canvas_description"
    if labelling(view):
        grid, key = view.report.scene.heads[0].grid, "canvas_description_labels"
    whole, said = canvas(view, desk, text), text(key, count=len(view.truths))
    return replace(whole, boxes=untold_boxes(view, text), grid=grid, cells=(), description=said)


def labelling(view: LabView) -> bool:
    """Return whether labels are what moves, and there is one."""
    return view.state.mode == "label" and bool(view.truths)


def canvas(view: LabView, desk: LabDesk, text: Text, why: WhyView | None = None) -> Canvas:
    """Return the picture with its boxes; with ``why``, also the arrows of descent."""
    state, said = view.state, view.prediction
    sample, place = SAMPLES[state.scene], letterbox_of(state.scene)
    photo = Photo(photo_address(sample.photo), place.x, place.y, place.w, place.h) if sample.photo else None
    columns, rows = said.grid
    front = f"truth-{chosen_truth(view)}" if labelling(view) else "prediction"
    return Canvas(
        boxes=canvas_boxes(view, text),
        photo=photo,
        grid=said.grid,
        aspect=columns / rows,
        cells=marks(view, desk, text),
        arrows=arrows(view, why) if why else (),
        front=front,
        selected=front,
        rev=canvas_rev(desk),
        words={word: text(f"canvas_{word}") for word in WORDS},
        description=text("canvas_description", count=len(view.truths)),
    )


def canvas_rev(desk: LabDesk) -> int:
    """Return a count that also rises when a channel moves the box: the canvas takes its place over, the sliders go on."""
    return desk.rev + desk.number("channels")


def marks(view: LabView, desk: LabDesk, text: Text) -> list[CellMark]:
    """Mark the answering cell; after a change of hands also the one that was left."""
    said, crossing = view.prediction.predictor, desk.crossing
    if view.state.mode != "label" or not crossing:
        return [CellMark(said.column, said.row, "answer")]
    grid = next(head.grid for head in view.report.scene.heads if head.name == said.head)
    left = [
        CellMark(p.column, p.row, "faded", text("crossing_left"))
        for p in crossing.faded
        if p.head == said.head and p.column < grid[0]
    ]
    taken = [
        CellMark(p.column, p.row, "taken", text("crossing_took"))
        for p in crossing.after
        if p.head == said.head and p not in crossing.before
    ]
    return [*left, *taken] or [CellMark(said.column, said.row, "answer")]


def arrows(view: LabView, why: WhyView) -> list[Arrow]:
    """Return arrows of the predicted box's descent: centre, width at the right edge, height at the lower one.

    Lengths follow -dL/dt, cut off at the longest; the number is that slope.
    """
    slopes = {channel.index: channel.gradient for channel in why.channels if channel.index < 4}
    x, y, w, h = shown_box(view.prediction.xywh, view.prediction.limits)
    found = []
    dx, dy = (-(slopes[k] or 0.0) for k in (0, 1))
    length = math.hypot(dx, dy)
    if SHORTEST < length < math.inf:
        reach = min(LONGEST, PER_SLOPE * length) / length
        found.append(Arrow((x, y), (x + dx * reach, y + dy * reach), f"{length:.3g}"))
    for k, start, along in ((2, (x + w / 2, y), (1, 0)), (3, (x, y + h / 2), (0, 1))):
        pull = -(slopes[k] or 0.0)
        if SHORTEST < abs(pull) < math.inf:
            reach = math.copysign(min(LONGEST, PER_SLOPE * abs(pull)), pull)
            found.append(Arrow(start, (start[0] + along[0] * reach, start[1] + along[1] * reach), f"{abs(pull):.3g}"))
    return found


def chosen_truth(view: LabView) -> int:
    """Return the number of the label in hand: the state's, else the chosen predictor's, else the first."""
    numbers = [truth.number for truth in view.truths]
    if view.state.mode == "label" and view.state.label in numbers:
        return view.state.label
    mine = (truth.number for truth in view.truths if view.prediction.predictor in truth.answers)
    return next(mine, numbers[0] if numbers else 0)


def hear(desk: LabDesk, visit: Visit, said: object) -> None:
    """Answer what a hand did on the picture."""
    view = desk.view
    boxes = (canvas_boxes if visit.answers else untold_boxes)(view, visit.text)
    event = read(said, boxes=boxes, rev=canvas_rev(desk), seq=desk.number("canvas"))
    if not event:
        return
    desk.heard["canvas"] = event.seq
    if event.kind == "pick" and event.pick:
        desk.put(replace(view.state, at=nearest_predictor(view, *event.pick), channel=None))
    elif event.kind == "select":
        select(event.selected, view, desk)
    elif event.kind == "cancel":
        desk.take_back()
    else:
        desk.hand("canvas", event.seq, event.kind, dragged(event, view))
        watch(view, event.selected, desk)


def select(name: str, view: LabView, desk: LabDesk) -> None:
    """Take the clicked label in hand, and choose the predictor that answers for it."""
    state, chosen = view.state, chosen_by(name, view)
    number = int(name.removeprefix("truth-")) if name.startswith("truth-") else state.label
    if chosen != view.prediction.predictor:
        desk.put(replace(state, at=chosen, label=number, channel=None))
    elif number != state.label:
        desk.look(label=number)


def chosen_by(selected: str, view: LabView) -> Predictor:
    """Return the predictor that answers for a label, or did until it was overwritten; for anything else the chosen one."""
    answers = next((t.answers or t.lost for t in view.truths if f"truth-{t.number}" == selected), ())
    return answers[0] if answers else view.prediction.predictor


def watch(before: LabView, selected: str, desk: LabDesk) -> None:
    """Follow a moving label: record its loss, and notice when another predictor takes over."""
    if not selected.startswith("truth-"):
        return
    number, after = int(selected.removeprefix("truth-")), desk.view
    desk.track = followed(followed(desk.track, before, number), after, number)
    crossing = crossing_of(before, after, number)
    if crossing:
        desk.crossing = crossing
        taken = [predictor for predictor in crossing.after if predictor not in crossing.before]
        at = next(iter(taken or crossing.after), None)
        if at:
            desk.state = replace(desk.state, at=at, label=number)


def dragged(event: CanvasEvent, view: LabView) -> State:
    """Return the state with the boxes that were moved."""
    state, said = view.state, view.prediction
    here = {f"truth-{truth.number}": truth.xywh for truth in view.truths} | {"prediction": said.xywh}
    for name, xywh in event.boxes.items():
        if max(abs(new - old) for new, old in zip(xywh, here[name], strict=True)) < STILL:
            continue
        if name == "prediction":
            state = moved_prediction(state, said.predictor, xywh)
        else:
            number = int(name.removeprefix("truth-"))
            state = replace(state.with_truth(number, xywh=xywh), label=number)
    return state
