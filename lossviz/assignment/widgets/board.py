"""A truth among the anchors: the board, the anchors on its shape, who answers and by how much."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from html import escape
from typing import Any

import streamlit as st

from lossviz.assignment.charts import shapes
from lossviz.assignment.figures.parts.content import AssignmentContent
from lossviz.assignment.state import LIMITS, AssignmentState
from lossviz.assignment.view import AssignmentView, Candidate, view_of
from lossviz.assignment.words import anchor_name, field_name, rule_name, size_of, spoken, truth_name
from lossviz.components.box_canvas import (
    WORDS,
    Canvas,
    CanvasBox,
    CanvasEvent,
    CellMark,
    Photo,
    Units,
    read,
)
from lossviz.core.desk import Desk
from lossviz.core.text import Text, four
from lossviz.core.visit import Visit
from lossviz.engine.boxes import XYWH
from lossviz.scenes.gallery import SAMPLES, letterbox_of
from lossviz.scenes.limits import LARGEST_LABEL
from lossviz.scenes.untrained import ANCHORS, FIELDS, rules_of, scene_for
from lossviz.web.choices import kept
from lossviz.web.dragging import STILL
from lossviz.web.html import glossed, number, photo_address
from lossviz.web.save import save


@dataclass
class AssignmentDesk(Desk[AssignmentState]):
    """The desk of the Assignment page: its truths, and what was guessed about them."""

    guess: tuple[int, AssignmentState] | None = None
    """Which anchor was guessed to win, and the state that shows whether it does."""


DRAWN = 5
"""How many anchors are drawn on the board at most."""
OFFERED = 4
"""How many anchors are offered as guesses."""


# ---- the board ----


def truths(state: AssignmentState, text: Text) -> list[CanvasBox]:
    """Return the truths as boxes that one can drag."""
    return [
        CanvasBox(f"truth-{line}", "truth", truth_name(state, line, text), truth.xywh, LIMITS)
        for line, truth in enumerate(state.boxes)
    ]


def anchors(view: AssignmentView, text: Text) -> list[CanvasBox]:
    """Return who answers in the shown head: anchors in their cells, or predicted boxes where these decide."""
    kinds = ["prediction", *["other"] * (DRAWN - 1)]
    return [
        CanvasBox(f"anchor-{number}", kind, anchor_name(view, number, text), box, movable=False)  # type: ignore[arg-type]
        for kind, (number, box) in zip(kinds, view.answering.items(), strict=False)
    ]


def marks(view: AssignmentView) -> list[CellMark]:
    """Mark the shown head's cells that answer for the truth in hand; those of other truths in green."""
    found: dict[tuple[int, int], str] = {}
    for truth in view.result.truths:
        for who in truth.answers:
            if who.head == view.head:
                mine = truth.number == view.state.hand
                found[who.column, who.row] = "answer" if mine else found.get((who.column, who.row), "truth")
    return [CellMark(column, row, kind) for (column, row), kind in found.items()]  # type: ignore[arg-type]


def hear(desk: AssignmentDesk, text: Text, said: object) -> None:
    """Answer what a hand did on the board."""
    event = read(said, boxes=truths(desk.state, text), rev=desk.rev, seq=desk.number("truths"))
    if not event:
        return
    touched = in_hand(desk.state, event.selected)
    if event.kind == "pick" and event.pick:
        desk.heard["truths"] = event.seq
        x, y = event.pick
        desk.put(desk.state.with_box(desk.state.hand, (x, y, *desk.state.boxes[desk.state.hand].xywh[2:])))
    elif event.kind == "cancel":
        desk.hand("truths", event.seq, "cancel", desk.state)
    else:
        desk.hand("truths", event.seq, event.kind, touched if event.kind == "select" else dragged(event, touched))


def in_hand(state: AssignmentState, selected: str) -> AssignmentState:
    """Return the state in which the truth that was touched is the one in hand."""
    line = selected.removeprefix("truth-")
    return replace(state, hand=int(line)) if line != selected and int(line) < len(state.boxes) else state


def dragged(event: CanvasEvent, state: AssignmentState) -> AssignmentState:
    """Return the state with the truths that were moved."""
    for name, xywh in event.boxes.items():
        line = int(name.removeprefix("truth-"))
        here = state.boxes[line].xywh
        if max(abs(new - old) for new, old in zip(xywh, here, strict=True)) >= STILL:
            state = state.with_box(line, xywh)
    return state


def board(view: AssignmentView, desk: AssignmentDesk, text: Text) -> Canvas:
    """Return the canvas: the network's input with truths, grid, cells and the anchors that answer."""
    bare = truths_alone(desk, text)
    return replace(
        bare,
        boxes=[*bare.boxes, *anchors(view, text)],
        grid=view.grid,
        cells=marks(view),
        description=text("assignment_board", count=len(view.state.boxes), head=view.head),
    )


def truths_alone(desk: AssignmentDesk, text: Text) -> Canvas:
    """Return the canvas with the truths and a grid that does not tell who answers: the chosen head's, or the first one's."""
    state = desk.state
    scene = scene_for(state.field)
    side, _ = scene.pixels
    grids = {head.name: head.grid for head in scene.heads}
    return Canvas(
        boxes=truths(state, text),
        photo=photo_of(state.field),
        grid=grids.get(state.head) or next(iter(grids.values())),
        units=Units(0, side, 1, side / 13, 4),
        board=False,
        front=f"truth-{state.hand}",
        selected=f"truth-{state.hand}",
        rev=desk.rev,
        words={word: text(f"canvas_{word}") for word in WORDS},
        description=text("assignment_board_bare", count=len(state.boxes)),
    )


def photo_of(field: str) -> Photo | None:
    """Return the photograph that lies under the boxes, or None where the field has none."""
    if field in ANCHORS:
        return None
    place = letterbox_of(field)
    return Photo(photo_address(SAMPLES[field].photo), place.x, place.y, place.w, place.h)


# ---- words and numbers ----


def sentence(view: AssignmentView, visit: Visit, *, resting: bool) -> str:
    """Return the level's question and who answers for the truth in hand; screen readers hear it at rest."""
    text = visit.text
    question, words = escape(text(f"assignment_question_{visit.level}")), escape(spoken(view, text))
    heard = f'<span hidden data-heard="sentence">{words}</span>' if resting else ""
    return f'<p class="lz-sentence">{glossed(f"<b>{question}</b><br>{words}", text)}</p>{heard}'


def strip(view: AssignmentView, text: Text) -> str:
    """Return the anchors drawn on the truth's shape, and each one's fit as a bar."""
    size = view.pixels
    about = text("assignment_shapes_alt", size=size_of(size), number=view.ranked[0].number)
    picture = shapes(view, about)
    head = escape(text("assignment_fits", fit=text(f"fit_{view.measure}"), size=size_of(size)))
    lines = "".join(bar(one, view, text) for one in view.candidates)
    return (
        f'<p class="lz-quiet" title="{escape(text(f"about_fit_{view.measure}"))}">{head}</p><div class="lz-fits">'
        f'{picture}<div class="lz-bars-list" role="list" data-testid="fits">{lines}</div></div>'
    )


def bar(one: Candidate, view: AssignmentView, text: Text) -> str:
    """Return one anchor's row: its number, size and head, its fit, and whether it answers."""
    fit, most = one.fits[view.measure], max(1.0, *(other.fits[view.measure] for other in view.candidates))
    stray = not one.answers and one.number in view.strays
    key = "assignment_answers" if one.answers else "assignment_strays" if stray else ""
    marked = [name for name, true in (("lz-best", one == view.ranked[0]), ("lz-answers", bool(key))) if true]
    title = text("assignment_bar", number=one.number, size=size_of(one.pixels), head=one.predictor.head)
    said = f"<em>{escape(text(key))}</em>" if key else ""
    return (
        f'<p class="{" ".join(marked)}" role="listitem" title="{escape(title)}"><span>{one.number}</span>'
        f"<span>{size_of(one.pixels)}</span><small>{escape(one.predictor.head)}</small>"
        f'<i><u style="width:{100 * max(0, fit) / most:.1f}%"></u></i>{number(f"fit-{one.number}", fit)}{said}</p>'
    )


def progress(view: AssignmentView, desk: AssignmentDesk, text: Text) -> str:
    """Say whether another anchor wins than at the beginning; if not yet, what the second best lacks."""
    before, after = anchor_before(view, desk), view.anchor
    if None not in (before, after) and before != after:
        words = text("assignment_won", before=before, after=after)
        return f'<p class="lz-stamp" data-testid="won" data-heard="won">✓ {escape(words)}</p>'
    if view.ahead is None:
        return "<span></span>"
    first, second = view.ahead
    gap = first.fits[view.measure] - second.fits[view.measure]
    key = "assignment_rival_tied" if view.tied else "assignment_rival"
    words = text(key, number=second.number, gap=four(gap), first=first.number, fit=text(f"fit_{view.measure}"))
    return f'<p class="lz-stamp lz-waits" data-testid="rival">{escape(words)}</p>'


def anchor_before(view: AssignmentView, desk: AssignmentDesk) -> int | None:
    """Return which anchor answered for the truth in hand in the state that the link or the example opened."""
    start, line = desk.linked, view.state.hand
    same_ground = (start.field, start.recipe) == (view.state.field, view.state.recipe)
    return view_of(replace(start, hand=line)).anchor if same_ground and line < len(start.boxes) else None


# ---- predict first ----


def verdict(view: AssignmentView, desk: AssignmentDesk, text: Text) -> str:
    """Say whether the guess was right; empty while nothing was guessed of this state."""
    if not desk.guess or desk.guess[1] != desk.state:
        return ""
    right = desk.guess[0] == view.anchor
    answer = text("assignment_nobody" if view.anchor is None else "assignment_guess_won", number=view.anchor)
    words = f"{'✓' if right else '✗'} {text('right' if right else 'wrong')} {answer}"
    return f'<p class="lz-stamp" data-testid="verdict" data-heard="verdict">{escape(words)}</p>'


def guess(view: AssignmentView, desk: AssignmentDesk, text: Text) -> None:
    """Ask which anchor will win when the truth is twice as wide; an answer makes it so."""
    after, key = wider(desk.state)
    with st.container(horizontal=True, vertical_alignment="center", key="guess"):
        st.markdown(text(key), width="content")
        for one in offered(view, view_of(after)):
            words = text("assignment_guess_anchor", number=one.number, size=size_of(one.pixels))
            st.button(words, key=f"guess-{one.number}", on_click=try_it, args=(desk, one.number))


def wider(state: AssignmentState) -> tuple[AssignmentState, str]:
    """Return the state with the truth in hand twice as wide (half, where there is no room), and the question's key."""
    x, y, w, h = state.boxes[state.hand].xywh
    fits = 2 * w <= LARGEST_LABEL
    box: XYWH = (x, y, 2 * w if fits else w / 2, h)
    return state.with_box(state.hand, box), "assignment_guess_wider" if fits else "assignment_guess_narrower"


def offered(before: AssignmentView, after: AssignmentView) -> list[Candidate]:
    """Return the present winner and the anchors that fit best afterwards, in the order of the anchors."""
    known = [*before.ranked[:1], *after.ranked]
    numbers = list(dict.fromkeys(one.number for one in known))[:OFFERED]
    named = {one.number: one for one in before.candidates}  # an anchor may stand in several heads
    return [one for number, one in named.items() if number in numbers]


def try_it(desk: AssignmentDesk, anchor: int) -> None:
    """Make the truth wider, and remember what was guessed."""
    after, _ = wider(desk.state)
    desk.put(after)
    desk.guess = (anchor, after)


# ---- choices ----


def choices(desk: AssignmentDesk, text: Text) -> None:
    """Choose the field of predictors and the rule that assigns them."""
    state = desk.state
    with st.container(horizontal=True, vertical_alignment="center", key="assignment-choices"):
        fields = {key: field_name(key, text) for key in FIELDS}
        select("field", fields, state.field, text("assignment_field"), lambda key: desk.put(desk.state.over(key)))
        rules = {key: rule_name(key, text) for key in rules_of(state.field)}
        select("rule", rules, state.recipe, text("assignment_rule"), lambda key: desk.put(desk.state.by(key)))


def select(key: str, words: Mapping[str, str], value: str, label: str, change: Any) -> None:
    """Choose one entry of a list whose label is heard but not seen."""
    st.selectbox(
        label,
        list(words),
        format_func=words.__getitem__,
        **kept(key, value, change),
        label_visibility="collapsed",
        width=330,
    )


def save_assignment(desk: AssignmentDesk, text: Text, link: str) -> None:
    """Offer the figures of truths and predictors as files."""
    save(AssignmentContent(desk.state, link), text)
