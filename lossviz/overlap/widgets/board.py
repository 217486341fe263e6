"""Two boxes on a board, and what the four measures say of them."""

import math
from collections.abc import Sequence
from dataclasses import replace
from html import escape
from typing import Any

from lossviz.components.box_canvas import (
    WORDS,
    Arrow,
    Canvas,
    CanvasBox,
    Limits,
    Relation,
    Units,
    read,
)
from lossviz.core.desk import Desk
from lossviz.core.plane import LOW, SIDE, to_shares
from lossviz.core.text import Text, four, minus, paragraph
from lossviz.core.visit import Visit
from lossviz.engine.boxes import XYWH
from lossviz.figures.theme import MEASURE
from lossviz.overlap.figures.parts.content import OverlapContent
from lossviz.overlap.state import BOXES, MEASURES, SHOWN, OverlapState
from lossviz.overlap.view import OverlapView
from lossviz.overlap.words import arrows_along, board_says, formulas, pull, situation
from lossviz.web.choices import segments
from lossviz.web.dragging import dragged
from lossviz.web.html import cells, number, question_alone
from lossviz.web.save import save

OverlapDesk = Desk[OverlapState]
LIMITS: Limits = ((0.0, 1.0), (0.0, 1.0), (0.0, 1.0), (0.0, 1.0))


def boxes(state: OverlapState, text: Text) -> list[CanvasBox]:
    """Return the box that moves, dashed, and its target."""
    kinds = {"moving": "prediction", "target": "truth"}
    return [
        CanvasBox(name, kinds[name], text(f"box_{name}"), to_shares(getattr(state, name)), LIMITS)  # type: ignore[arg-type]
        for name in BOXES
    ]


def board_rev(desk: OverlapDesk) -> int:
    """Return the board's rev, which also rises when a hand on the surface moves the box."""
    return desk.rev + sum(number for part, number in desk.heard.items() if part.startswith("surface"))


def hear(desk: OverlapDesk, text: Text, said: object) -> None:
    """Answer what a hand did on the board."""
    event = read(said, boxes=boxes(desk.state, text), rev=board_rev(desk), seq=desk.number("board"))
    if event and event.kind in ("move", "end", "cancel"):
        desk.hand("board", event.seq, event.kind, dragged(event, desk.state))


def board(
    found: OverlapView,
    desk: OverlapDesk,
    text: Text,
    shown: Sequence[str] | None = None,
    pulls: list[Arrow] | None = None,
) -> Canvas:
    """The board with what the measures are made of, and where each would move the dashed box.

    ``shown``: only these parts; ``pulls``: other arrows.
    """
    parts = between(found, shown)
    return replace(
        bare(found, desk, text),
        relation=Relation("moving", "target", parts),
        arrows=arrows(found) if pulls is None else pulls,
        description=board_says(found, parts, text),
    )


def bare(found: OverlapView, desk: OverlapDesk, text: Text) -> Canvas:
    """The board with the two boxes alone."""
    return Canvas(
        boxes=boxes(found.state, text),
        units=Units(LOW, SIDE, 2),
        front="moving",
        selected="moving",
        rev=board_rev(desk),
        words={word: text(f"canvas_{word}") for word in WORDS},
        description=text("board_bare"),
    )


def between(found: OverlapView, only: Sequence[str] | None) -> dict[str, str]:
    """Return what is drawn between the boxes, with its number."""
    shown = {"hull": f"C {four(found.hull_area)}", "union": f"U {four(found.union)}"}
    if found.intersection:
        shown["intersection"] = f"I {four(found.intersection)}"
    if found.distance:
        shown["centres"] = f"ρ {four(found.distance)}"
    shown["diagonal"] = f"c {four(found.diagonal)}"
    if found.aspect and found.state.measure in ("ciou", "all"):
        shown["aspect_first"] = f"{angle(found.state.moving):.1f}°"
        shown["aspect_second"] = f"{angle(found.state.target):.1f}°"
    return {name: label for name, label in shown.items() if only is None or name in only}


def angle(box: XYWH) -> float:
    """Return a box's arctan(w/h) in degrees."""
    return math.degrees(math.atan2(box[2], box[3]))


def arrows(found: OverlapView) -> list[Arrow]:
    """Return the descent of each measure's loss on the centre; of the chosen one also on the sides."""
    chosen = found.state.measure
    drawn = []
    for name, measured in found.measures.items():
        drawn += pushes(found.state.moving, measured.slope, name, sides=chosen in (name, "all"))
    return drawn


def pushes(box: XYWH, slope: XYWH, kind: str, *, sides: bool) -> list[Arrow]:
    """Return arrows along a slope: of the centre and, with ``sides``, of the right and the lower edge."""
    along = arrows_along(to_shares(box), slope, 1.0, sides=sides)
    return [Arrow(start, end, "", kind) for start, end in along]  # type: ignore[arg-type]


def sentence(found: OverlapView, visit: Visit) -> str:
    """Ask the page's question; say how the boxes lie, and what follows for the measures."""
    text = visit.text
    if not visit.answers:
        return question_alone(text("overlap_question_hidden"))
    words = situation(found, text)
    whole = paragraph(
        [f"<b>{escape(text('overlap_question'))}</b>", f'<span data-heard="sentence">{escape(words)}</span>']
    )
    return f'<p class="lz-sentence">{whole}</p>'


def swatch(name: str) -> str:
    """Return the measure's line, coloured as in every picture."""
    return f'<i class="lz-swatch lz-{name}" style="border-color:{MEASURE[name]}"></i>'


def measures(found: OverlapView, text: Text) -> str:
    """Return a table of each measure's value, loss and pull."""
    head = ("measure", "value", "one_minus", "pull_x", "pull_y", "pull_w", "pull_h")
    rows = cells(*(f'<span title="{escape(text(f"about_{key}"))}">{text(key)}</span>' for key in head), tag="th")
    body = ""
    for name in MEASURES:
        measured = found.measures[name]
        pulls = (f'<span data-value="{slope:.13g}">{pull(slope)}</span>' for slope in measured.slope)
        label = f'{swatch(name)}<span title="{escape(text(f"about_{name}"))}">{text(name)}</span>'
        body += cells(label, number(name, measured.value), number(f"loss-{name}", measured.loss), *pulls)
    iou = found.measures["iou"]
    slopes = (pull(slope / iou.value) if iou.value else pull(0.0) for slope in iou.slope)
    label = f'<span title="{escape(text("about_minus_log"))}">{text("minus_log")}</span>'
    body += cells(label, "", number("loss-log", found.log_loss), *slopes)
    return (
        f'<table class="lz-table lz-measures" data-testid="measures"><thead>{rows}</thead><tbody>{body}</tbody></table>'
        f"{heard(found, text)}"
    )


def heard(found: OverlapView, text: Text) -> str:
    """Return the four values as a screen reader hears them after a move: the sentence above often stays as it is."""
    values = (f"{text(name)} {minus(four(found.measures[name].value))}" for name in MEASURES)
    return f'<span hidden data-heard="measures">{text("list_comma").join(values)}{text("list_end")}</span>'


def headline(found: OverlapView, text: Text) -> str:
    """Return the four measures' values in one line."""
    spans = (
        f'<span title="{escape(text(f"about_{name}"))}">{swatch(name)}{escape(text(name))} '
        f"{number(name, found.measures[name].value)}</span>"
        for name in MEASURES
    )
    return f'<div class="lz-numbers" data-testid="measures">{"".join(spans)}</div>{heard(found, text)}'


def equations(found: OverlapView, text: Text) -> str:
    """Return each measure with the numbers of this state in it."""
    rows = "".join(f"<p>{swatch(name)}{escape(line)}</p>" for name, line in formulas(found).items())
    return f'<div class="lz-formulas">{rows}<p class="lz-quiet">{escape(text("formulas_letters"))}</p></div>'


def measure_choice(desk: OverlapDesk, text: Text, label: str = "") -> None:
    """Choose the measure; ``label`` says what for."""
    words = {name: text("measure_all" if name == "all" else name) for name in SHOWN}
    segments(
        label or text("measure"),
        "measure",
        words,
        desk.state.measure,
        lambda name: look(desk, measure=name),
        named=bool(label),
    )


def look(desk: OverlapDesk, **changes: Any) -> None:
    """Change how the same boxes are shown."""
    desk.settle(replace(desk.state, **changes))


def save_overlap(desk: Desk[OverlapState], text: Text, link: str) -> None:
    """Offer the figures of two boxes as files."""
    save(OverlapContent(desk.state, link), text)
