"""IoU losses: two boxes, four measures, their surfaces and gradient fields, and who computes what."""

from functools import partial

import streamlit as st

from lossviz.components.box_canvas import Canvas
from lossviz.components.readout import Readout
from lossviz.core.desk import Desk
from lossviz.core.parts import Make, Message
from lossviz.core.visit import LEVELS, Visit
from lossviz.overlap.state import OverlapState, from_query
from lossviz.overlap.view import view_of
from lossviz.overlap.widgets import board, checks, surface
from lossviz.web import tools
from lossviz.web.choices import levels
from lossviz.web.html import note
from lossviz.web.page import Place
from lossviz.web.session import Page

WIDTHS = {"1": (1, 1.25), "2": (1, 1.12, 0.9), "3": (1, 1.25)}
"""The relative widths, by level: of board and numbers, or of board, surface and slices."""
STAGED = WIDTHS | {"2": (1, 1.45, 1.1)}
"""The same on a stage."""


def hear(desk: Desk[OverlapState], visit: Visit, message: Message) -> None:
    """Move the box to where the hand is, on the board or on the surface."""
    if message.part == "board":
        board.hear(desk, visit.text, message.said)
    else:
        surface.hear(desk, visit.text, message.part, message.said)


def parts(desk: Desk[OverlapState], visit: Visit) -> dict[str, Make]:
    """Return what follows a drag; nothing of a closed level is worked out."""
    found, text, shows = view_of(desk.state), visit.text, visit.shows
    level, framed = visit.open_level, visit.view == "embed"
    made: dict[str, Make] = {"board": lambda: picture(desk, visit)}
    if visit.asks("sentence"):
        made["sentence"] = lambda: Readout(board.sentence(found, visit))
    if shows("numbers") and level == "2":
        made["headline"] = lambda: Readout(board.headline(found, text))
    bare = ("referee",) if visit.view != "present" else ("referee", "iou", "giou", "laws")
    if shows("numbers") and level != "2" and not (level == "3" and desk.state.check in bare):
        made["measures"] = lambda: Readout(board.measures(found, text))
    if shows("equation") and level == "1" and not framed:
        made["equations"] = lambda: Readout(board.equations(found, text))
    if level == "2":
        made[surface.key_of(desk)] = lambda: surface.surface(desk, text, visit.view)
        if not framed:
            made["slice"] = lambda: surface.slices(found, text, visit.view)
    if level == "3":
        made["check-says"] = lambda: Readout(checks.check(found, text, visit.view))
    return made


def picture(desk: Desk[OverlapState], visit: Visit) -> Canvas:
    """Return the board; without the answers the two boxes alone."""
    found, text = view_of(desk.state), visit.text
    if not visit.answers:
        return board.bare(found, desk, text)
    return board.board(found, desk, text, *checks.drawn(found, visit.open_level))


def above(place: Place) -> None:
    """Draw levels and tools."""
    with st.container(horizontal=True, key="toolbar"):
        levels({level: place.text(f"overlap_level_{level}") for level in LEVELS}, place.visit)
        if place.staged:
            choices(place)
        tools.tools(place.memory, partial(board.save_overlap, place.desk, place.text), place.text)


def show(place: Place) -> None:
    """Draw one sentence, the board, the numbers; the board last, as it tells the browser they are written."""
    place.put("sentence", "headline")
    widths = (STAGED if place.staged else WIDTHS)[place.level] if not place.framed else (1, 1)
    left, *right = st.columns(tools.widths(place.visit, widths), gap="medium")
    with left:
        picture = st.container(key="picture")
    with right[0]:
        tools.hidden(place.visit)
        beside(place)
        tools.way_out(place.memory)
    if len(right) > 1:
        with right[1]:
            if not place.staged:
                surface.cut_choice(place.desk, place.text)
            place.put("slice")
    with picture:
        place.put("board")


def choices(place: Place) -> None:
    """Draw what is chosen on the deeper levels."""
    desk, text = place.desk, place.text
    if place.level == "2":
        surface.choices(desk, text, whole=not place.framed)
        if place.staged:
            surface.cut_choice(desk, text)
    elif place.level == "3":
        checks.choice(desk, text)


def beside(place: Place) -> None:
    """Draw the surface, or the measures and, on the third level, the checks."""
    desk, text = place.desk, place.text
    if place.level == "2":
        if not place.staged:
            choices(place)
        place.put(surface.key_of(desk))
        if not place.framed and not place.staged:
            st.html(note(text("surface_arrows")))
        return
    place.put("measures")
    if place.level == "1" and place.tools:
        board.measure_choice(desk, text, text("arrows_of"))
    place.put("equations")
    if place.level == "3":
        if not place.staged:
            checks.choice(desk, text)
        checks.deed(desk, text)
        place.put("check-says")


PAGE = Page(
    "overlap", 3, show, reads=from_query, hear=hear, parts=parts, above=above, tall={"1": 450, "2": 520, "3": 970}
)
