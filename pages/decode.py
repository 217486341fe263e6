"""Decode: how raw numbers become a box, where they stand in the output tensor, what the passthrough does."""

from functools import partial

import streamlit as st

from lossviz.components.formula import Formula
from lossviz.components.readout import Readout
from lossviz.core.parts import Make, Message
from lossviz.core.visit import LEVELS, Visit
from lossviz.decode.state import from_query
from lossviz.decode.view import view_of
from lossviz.decode.widgets import box, curves, forms, limits, passthrough, tensor
from lossviz.decode.widgets.box import BOARD, ROWS
from lossviz.decode.widgets.desk import DecodeDesk
from lossviz.web import tools
from lossviz.web.choices import levels
from lossviz.web.html import note
from lossviz.web.page import Place
from lossviz.web.session import Page

WIDTHS = {"page": (1, 1.35), "present": (1, 1.5), "embed": (1, 1.15)}
"""The relative widths of the grid and of what stands beside it, by view."""


def hear(desk: DecodeDesk, visit: Visit, message: Message) -> None:
    """Move the box or a raw number to where the hand is."""
    box.hear(desk, visit.open_level, visit.text, message.part, message.said)


def parts(desk: DecodeDesk, visit: Visit) -> dict[str, Make]:
    """Return what follows a drag: grid, raw numbers, the open level; nothing of a closed level is worked out."""
    if desk.state.tab != "box":
        return {}
    found, text, level = view_of(desk.state), visit.text, visit.open_level
    made: dict[str, Make] = {BOARD: lambda: box.board(found, desk, level, text)}
    if visit.asks("sentence"):
        made["sentence"] = lambda: Readout(box.sentence(found, visit, desk.state, resting=not desk.before))
    if not visit.answers:
        return made | told_parts(desk, visit)
    if not visit.shows("numbers"):
        return made
    if visit.view != "embed" or level == "1":
        made[ROWS] = lambda: box.raw_numbers(found, desk, text)
    return made | {"1": first_parts, "2": second_parts, "3": third_parts}[level](desk, visit)


def first_parts(desk: DecodeDesk, visit: Visit) -> dict[str, Make]:
    """Return the first level: curves, formulas, what is said of a guess."""
    found = view_of(desk.state)
    made: dict[str, Make] = two_curves(desk, visit, later=False) if visit.view != "embed" else {}
    if visit.shows("equation"):
        made["worked"] = lambda: Formula(box.worked(found, ("centre", "size"), (desk.state.hand % 2,)))
    return made | told_parts(desk, visit)


def told_parts(desk: DecodeDesk, visit: Visit) -> dict[str, Make]:
    """Return what is said of a guess, where one is asked for."""
    return {"verdict": lambda: Readout(box.verdict(desk, visit.text))} if visit.asks("panel") else {}


def second_parts(desk: DecodeDesk, visit: Visit) -> dict[str, Make]:
    """Return the second level: another form, or the way back."""
    found = view_of(desk.state)
    return {
        "form-formula": lambda: Formula(forms.formulas(found, desk.state)),
        "forms": lambda: Readout(forms.says(found, desk.state, visit.text)),
    }


def third_parts(desk: DecodeDesk, visit: Visit) -> dict[str, Make]:
    """Return the third level: how the arithmetic breaks, and the form that cannot."""
    found = view_of(desk.state)
    made: dict[str, Make] = {"limits": lambda: Readout(limits.says(found, desk.state, visit))}
    if desk.state.edge == "bounded":
        made |= two_curves(desk, visit, later=True)
        made["bounded"] = lambda: Formula(limits.formulas(found, desk.state))
    return made


def two_curves(desk: DecodeDesk, visit: Visit, *, later: bool) -> dict[str, Make]:
    """The centre's curve and the size's; ``later`` in the bounded form."""
    found = view_of(desk.state)
    return {key: partial(curves.chart, name, found, desk, visit, later=later) for name, key in curves.KEYS.items()}


def above(place: Place) -> None:
    """Draw the choice of the page's part, its levels, and tools."""
    with st.container(horizontal=True, key="toolbar"):
        if place.visit.shows("levels"):
            box.tabs(place.desk, place.text)
            if place.desk.state.tab == "box":
                levels({level: place.text(f"decode_level_{level}") for level in LEVELS}, place.visit)
        if place.staged:
            choices(place)
        tools.tools(place.memory, partial(box.save_decode, place.desk, place.text), place.text)


def choices(place: Place) -> None:
    """Draw among a stage's tools what stands beside the pictures elsewhere."""
    desk, text, tab = place.desk, place.text, place.desk.state.tab
    if tab == "box" and place.level != "1":
        (forms if place.level == "2" else limits).choice(desk, text)
    elif tab != "box" and place.tools:
        (tensor if tab == "tensor" else passthrough).choices(desk, text)


def show(place: Place) -> None:
    """Draw the chosen part of the page."""
    tab: str = place.desk.state.tab
    if tab == "box":
        decoded(place)
    else:
        {"tensor": tensor.show, "passthrough": passthrough.show}[tab](place)


def decoded(place: Place) -> None:
    """Draw the sentence, the grid, the numbers; the grid last, as it tells the browser they are written."""
    place.put("sentence")
    if place.visit.shows("sentence"):
        tools.opened(place.memory, place.text)
    left, right = st.columns(tools.widths(place.visit, WIDTHS[place.visit.view]), gap="medium")
    with left:
        picture = st.container(key="picture")
    with right:
        tools.hidden(place.visit)
        if not place.visit.answers:
            guessed(place)
        elif place.visit.shows("numbers"):
            place.put(ROWS)
            {"1": first, "2": second, "3": third}[place.level](place)
        tools.way_out(place.memory)
    with picture:
        place.put(BOARD)


def both_curves(place: Place) -> None:
    """Draw the centre's curve and the size's, side by side."""
    for column, key in zip(st.columns(2, gap="small"), curves.KEYS.values(), strict=True):
        with column:
            place.put(key)


def first(place: Place) -> None:
    """Draw the first level: curves, formulas, and the question."""
    if not place.framed:
        both_curves(place)
    place.put("worked")
    guessed(place)


def guessed(place: Place) -> None:
    """Ask where a raw number will put the centre, and say whether the guess was right."""
    if place.asks and not place.staged:
        place.put("verdict")
        box.guess(place.desk, place.text)


def second(place: Place) -> None:
    """Draw the second level: the same raw numbers in another form, or the way back."""
    if not place.framed and not place.staged:
        forms.choice(place.desk, place.text)
    place.put("form-formula", "forms")


def third(place: Place) -> None:
    """Draw the third level: how raw numbers break the arithmetic, and the form that they cannot break."""
    if not place.framed and not place.staged:
        limits.choice(place.desk, place.text)
    limits.moves(place.desk, place.text)
    bounded = place.desk.state.edge == "bounded"
    if bounded:
        both_curves(place)
    place.put("limits", "bounded")
    if bounded and not place.staged:
        st.html(note(place.text("decode_bounded_about")))


PAGE = Page(
    "decode",
    7,
    show,
    reads=from_query,
    hear=hear,
    parts=parts,
    above=above,
    desk=DecodeDesk,
    tall={"1": 470, "2": 430, "3": 540, "tensor": 480, "passthrough": 650},
)
