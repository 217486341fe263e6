"""From raw numbers to a box: the grid, the list of raw numbers, and on the first level formulas and a question."""

import math
from collections.abc import Callable
from dataclasses import replace
from html import escape
from typing import Any

import streamlit as st

from lossviz.components.box_canvas import (
    WORDS,
    Arrow,
    Canvas,
    CanvasBox,
    CellMark,
    Units,
    read,
)
from lossviz.components.channels import WORDS as ROW_WORDS
from lossviz.components.channels import Channel, Channels
from lossviz.components.channels import read as read_row
from lossviz.core.spoken import spoken
from lossviz.core.text import Text, four, minus, paragraph
from lossviz.core.visit import Visit
from lossviz.decode.figures.parts.content import DecodeContent
from lossviz.decode.state import CHANNELS, TABS, DecodeState
from lossviz.decode.view import CELL, CELLS, LIMITS, MIDDLE, NET, SHARES, DecodeView, moved, tex, view_of
from lossviz.decode.widgets import curves as decode_curves
from lossviz.decode.widgets.desk import DecodeDesk
from lossviz.decode.words import border_of, percent, size_of
from lossviz.engine.boxes import XYWH
from lossviz.scenes.limits import WIDEST, shown_box
from lossviz.web.choices import segments
from lossviz.web.html import glossed, indexed, question_alone
from lossviz.web.save import save

BOARD, ROWS = "decode-board", "decode-rows"
SLIDER = {"x": 8.0, "y": 8.0, "w": 4.0, "h": 4.0}
"""How far each slider goes, both ways."""
STEEPEST = 2.5
"""The slope, in cells for one unit of a raw number, whose bar is as long as can be."""
ANSWERS, RIGHT, TRIED = ("cells", "border", "outside"), "border", 10.0
"""Where t_x = 10 might put the centre, where it does put it, and the 10 that is tried."""


# ---- choices ----


def tabs(desk: DecodeDesk, text: Text) -> None:
    """Choose the part of the page: box, tensor or passthrough."""
    words = {tab: text(f"decode_tab_{tab}") for tab in TABS}
    segments(text("decode_tabs"), "decode-tab", words, desk.state.tab, lambda tab: look(desk, tab=tab))


def look(desk: DecodeDesk, **changes: Any) -> None:
    """Change how the same raw numbers are shown."""
    desk.put(replace(desk.state, **changes))


# ---- the grid ----


def board_rev(desk: DecodeDesk) -> int:
    """Return the grid's rev, which also rises when a hand on raw numbers or curves moves the box."""
    return desk.rev + sum(desk.number(part) for part in (ROWS, *decode_curves.KEYS.values()))


def the_box(found: DecodeView, text: Text) -> CanvasBox:
    """Return the predicted box, which one can drag."""
    return CanvasBox("box", "prediction", text("decode_box"), found.shown(), LIMITS)


def everything(found: DecodeView, level: str, state: DecodeState, text: Text) -> list[CanvasBox]:
    """Return the box, the anchor, and the same raw numbers in another form, where one is shown."""
    anchor: XYWH = (MIDDLE, MIDDLE, *SHARES)
    boxes = [the_box(found, text), CanvasBox("anchor", "other", text("decode_anchor"), anchor, movable=False)]
    form = other_form(level, state)
    if form:
        xywh: XYWH = getattr(found, form)
        boxes.append(CanvasBox(form, "truth", text(f"decode_form_{form}_box"), shown_box(xywh, FAR), movable=False))
    return boxes


def thrown(found: DecodeView, text: Text) -> list[Arrow]:
    """Return the arrow from the anchor to where Faster R-CNN's form puts the centre, cut at the picture's edge."""
    x, y = found.free[:2]
    cells = math.hypot(x - MIDDLE, y - MIDDLE) * CELLS
    part = min(1.0, EDGE / max(abs(x - MIDDLE), abs(y - MIDDLE), EDGE))
    end = MIDDLE + part * (x - MIDDLE), MIDDLE + part * (y - MIDDLE)
    return [Arrow((MIDDLE, MIDDLE), end, text("decode_thrown", cells=f"{cells:.3g}"), "target")]


EDGE = 0.46
"""How far an arrow goes from the middle of the picture."""
FAR = ((-9.0, 9.0), (-9.0, 9.0), *LIMITS[2:])
"""The limits of another form's box, which may lie beyond the picture."""


def other_form(level: str, state: DecodeState) -> str:
    """Return which other form is drawn: Faster R-CNN's on the second level, the bounded one on the third."""
    if level == "2" and state.form == "free":
        return "free"
    return "bounded" if level == "3" and state.edge == "bounded" else ""


def hear(desk: DecodeDesk, level: str, text: Text, part: str, said: object) -> None:
    """Answer what a hand did on the grid, to a raw number, or on a curve."""
    found = view_of(desk.state)
    if part == BOARD:
        boxes = everything(found, level, desk.state, text)
        event = read(said, boxes=boxes, rev=board_rev(desk), seq=desk.number(BOARD))
        if event and event.kind in ("move", "end", "cancel"):
            state = moved(desk.state, event.boxes["box"]) if event.boxes else desk.state
            desk.hand(BOARD, event.seq, event.kind, state)
    elif part == ROWS:
        row = read_row(said, channels=rows(found, text), rev=desk.rev, seq=desk.number(ROWS), field=FIELD)
        if row and (row.kind == "select" or row.value is None):
            desk.hand(ROWS, row.seq, "end", replace(desk.state, hand=row.channel))
        elif row and row.value is not None:
            state = replace(desk.state.with_one(row.channel, row.value), hand=row.channel)
            desk.hand(ROWS, row.seq, row.kind, state)
    else:
        decode_curves.hear(desk, found, part, said, later=other_form(level, desk.state) == "bounded")


FIELD = (-WIDEST, WIDEST)


def board(found: DecodeView, desk: DecodeDesk, level: str, text: Text) -> Canvas:
    """Return the grid of three by three cells with the anchor and the box."""
    return Canvas(
        boxes=everything(found, level, desk.state, text),
        grid=(CELLS, CELLS),
        cells=[CellMark(CELL, CELL)],
        arrows=thrown(found, text) if other_form(level, desk.state) == "free" else [],
        units=Units(0, NET, 1, NET / CELLS, 1),
        board=False,
        front="box",
        selected="box",
        rev=board_rev(desk),
        words={word: text(f"canvas_{word}") for word in WORDS},
        description=text("decode_board"),
    )


# ---- words ----

Spell = Callable[[str, float, str], str]
"""Writes a number: its name, its value, how it is shown."""


def sentence(found: DecodeView, visit: Visit, state: DecodeState, *, resting: bool) -> str:
    """Return the level's question and what the numbers say; screen readers hear it when nothing moves."""
    text, level = visit.text, visit.open_level
    if not visit.answers:
        return question_alone(text(f"decode_question_{'hidden' if visit.level == '1' else visit.level}"))
    question = escape(text(f"decode_question_{level}"))
    heard = f'<span hidden data-heard="sentence">{said(found, level, state, text, plain)}</span>' if resting else ""
    whole = indexed(f"<b>{question}</b><br>{said(found, level, state, text, marked)}")
    return f'<p class="lz-sentence">{glossed(whole, text)}</p>{heard}'


def said(found: DecodeView, level: str, state: DecodeState, text: Text, spell: Spell) -> str:
    """Say what the raw numbers in hand do along x or along y; ``spell`` writes a number by its name."""
    if level != "1":
        part = state.form if level == "2" else state.edge
        return escape(text(f"decode_says_{part}"))
    axis = state.hand % 2
    return paragraph([centre(found, axis, text, spell), side(found, axis, text, spell)])


def centre(found: DecodeView, axis: int, text: Text, spell: Spell) -> str:
    """Say where in its cell the centre lies; next to a border only that."""
    t, x = found.raw[axis], "xy"[axis]
    said = spell(f"across-{x}", 100 * found.sigmas[axis], "" if border_of(t) else percent(t))
    return text(CENTRES[border_of(t)] + x, raw=minus(spoken(t)), sigma=said)


def side(found: DecodeView, axis: int, text: Text, spell: Spell) -> str:
    """Say how many anchors wide or high the box is; past counting only that."""
    t, w = found.raw[2 + axis], "wh"[axis]
    said = spell(f"anchors-{w}", found.factors[axis], "" if size_of(t) else four(found.factors[axis]))
    return text(SIDES[size_of(t)] + w, raw=minus(spoken(t)), factor=said)


CENTRES = {"": "decode_says_", "low": "decode_low_", "high": "decode_high_"}
SIDES = {"": "decode_says_", "tiny": "decode_tiny_", "huge": "decode_huge_"}
"""How the keys of the sentences on centre and size begin, by what holds."""


def marked(name: str, value: float, shown: str) -> str:
    """Write a number as it is shown, with more digits for scripts."""
    exact = f"{value:.13g}" if math.isfinite(value) else ""
    return f'<b class="lz-number" data-testid="{name}" data-value="{exact}">{shown}</b>'


def plain(name: str, value: float, shown: str) -> str:
    """Write a number for screen readers, without markup."""
    return shown


# ---- raw numbers ----


def rows(found: DecodeView, text: Text) -> list[Channel]:
    """Return each raw number as a row: what it becomes, where that is in cells, how steep it is there."""
    becomes = [f"σ = {four(value)}" for value in found.sigmas] + [f"e^t = {four(value)}" for value in found.factors]
    return [
        Channel(n, f"t_{name}", raw, output, minus(four(cell)), slope, minus(four(slope)), -SLIDER[name], SLIDER[name])
        for n, (name, raw, output, cell, slope) in enumerate(
            zip(CHANNELS, found.raw, becomes, found.cells, found.slopes, strict=True)
        )
    ]


def raw_numbers(found: DecodeView, desk: DecodeDesk, text: Text) -> Channels:
    """Return the list of the four raw numbers with their sliders."""
    words = {
        word: text(f"channels_{word}" if word in ("slider", "field") else f"decode_row_{word}") for word in ROW_WORDS
    }
    return Channels(
        rows=rows(found, text),
        selected=desk.state.hand,
        words=words,
        largest=STEEPEST,
        rev=desk.rev,
        description=text("decode_rows"),
        field=FIELD,
    )


def worked(found: DecodeView, keys: tuple[str, ...], axes: tuple[int, ...]) -> str:
    """Return formulas with this state's numbers, one below the other, as LaTeX."""
    lines = []
    for axis in axes:
        for key in keys:
            latex, numbers, value = found.worked(key, axis)
            left, _, right = latex.partition("=")
            lines.append(rf"{left} &= {right} = {numbers} = {tex(value)}")
    return r"\begin{aligned} " + r" \\[5pt] ".join(lines) + r" \end{aligned}"


# ---- predict first ----


def verdict(desk: DecodeDesk, text: Text) -> str:
    """Say whether the guess was right; empty while nothing was guessed of this state."""
    if not guessed(desk):
        return ""
    right = guessed(desk) == RIGHT
    words = f"{'✓' if right else '✗'} {text('right' if right else 'wrong')} {text('decode_guess_told')}"
    return f'<p class="lz-stamp" data-testid="verdict" data-heard="verdict">{indexed(escape(words))}</p>'


def guessed(desk: DecodeDesk) -> str:
    """Return what was guessed of this state, or an empty string."""
    return desk.guess[0] if desk.guess and desk.guess[1] == desk.state else ""


def guess(desk: DecodeDesk, text: Text) -> None:
    """Ask where t_x = 10 will put the centre; an answer shows it."""
    if guessed(desk):
        return
    with st.container(horizontal=True, vertical_alignment="center", key="guess"):
        st.html(indexed(escape(text("decode_guess"))), width="content")
        for one in ANSWERS:
            st.button(text(f"decode_guess_{one}"), key=f"guess-{one}", on_click=try_it, args=(desk, one))


def try_it(desk: DecodeDesk, answer: str) -> None:
    """Set t_x to 10, and remember what was guessed."""
    after = replace(desk.state.with_one(0, TRIED), hand=0)
    desk.put(after)
    desk.guess = (answer, after)


def save_decode(desk: DecodeDesk, text: Text, link: str) -> None:
    """Offer the figures of raw numbers and their box as files."""
    save(DecodeContent(desk.state, link), text)
