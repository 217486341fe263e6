"""The picture with boxes that one can drag: what the network sees, what it said, what is there.

The browser owns the geometry. A box follows the pointer at frame rate; the server hears of it and answers with
numbers, arrows and colours. At most one message is on its way. The browser sends the next one when the stamp
brings back the ``seq`` of the last, so draw the numbers first and the canvas last, in a container made above them:

    def hear(desk, visit, message):
        event = read(message.said, boxes=boxes(desk.state), rev=desk.rev, seq=desk.number("canvas"))
        if event:
            desk.hand("canvas", event.seq, event.kind, after(event, desk.state))

    def parts(desk, visit):
        return {"canvas": lambda: Canvas(boxes=boxes(desk.state), rev=desk.rev, ...)}

Boxes from the server count only when ``rev`` differs from the last one seen: raise it for reset, undo, a preset, a
link, another scene. Boxes that cannot be moved always count, and so do labels, limits, cells, arrows and the grid.
``"move"`` comes during a drag; ``"end"``, ``"cancel"``, ``"select"`` and ``"pick"`` come once: write the link on those.
``"film"`` comes when a film is started, stopped, stepped or scrubbed, and not for each step that it runs.

The message is component *state*, not a trigger: a run that is interrupted leaves it there for the next one, and
``seq`` keeps it from counting twice.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import isfinite
from typing import TYPE_CHECKING, Any, Literal

import streamlit as st

from lossviz.components.box_canvas.event import (
    ANYWHERE,
    CanvasBox,
    CanvasEvent,
    EventKind,
    Limits,
    read,
)
from lossviz.components.box_canvas.film import FILM_WORDS, Film, Track, TrackKind
from lossviz.components.message import number_of
from lossviz.core.parts import Data, Stamp

if TYPE_CHECKING:
    from streamlit.components.v2.types import ComponentRenderer

__all__ = [
    "ANYWHERE",
    "FILM_WORDS",
    "RELATION_PARTS",
    "WORDS",
    "Arrow",
    "Canvas",
    "CanvasBox",
    "CanvasEvent",
    "CellMark",
    "EventKind",
    "Film",
    "Limits",
    "Photo",
    "Relation",
    "Track",
    "TrackKind",
    "Units",
    "box_canvas",
    "canvas_event",
    "read",
]

GRIPS = ("nw", "n", "ne", "e", "se", "s", "sw", "w")

WORDS = (
    *("numbers", "dimmer", "keys", "limit"),  # button, slider, help for the keyboard, said when a limit stops a box
    *("x", "y", "w", "h"),
    *("left", "right", "up", "down", "narrower", "wider", "shorter", "taller"),
    *(f"grip_{grip}" for grip in GRIPS),
    "position",  # a sentence with {label} {x} {y} {w} {h}
    "grip",  # a name with {label} {grip}
)
"""Keys that ``words`` must have: the browser side knows no language."""


@dataclass(frozen=True)
class Photo:
    """Where the photograph lies on the network input; what it leaves free is letterbox band.

    Every update carries ``url``: a short address, not a data URI, keeps updates small.
    """

    url: str
    x: float = 0.0
    y: float = 0.0
    w: float = 1.0
    h: float = 1.0


@dataclass(frozen=True)
class CellMark:
    """A marked cell: ``answer`` has a frame, ``truth`` a green one, ``ignored`` is hatched, ``faded`` steps back.

    ``taken`` glows: it has just come to answer.
    """

    col: int
    row: int
    kind: Literal["answer", "truth", "ignored", "faded", "taken"] = "answer"
    label: str = ""


@dataclass(frozen=True)
class Arrow:
    """An arrow in shares, with a number at its end. Arrows from one point run side by side."""

    start: tuple[float, float]
    end: tuple[float, float]
    label: str = ""
    kind: Literal["gradient", "target", "iou", "giou", "diou", "ciou", "published"] = "gradient"


@dataclass(frozen=True)
class Units:
    """The plane that the visitor reads, from ``low`` to ``low + side`` in both axes; messages stay shares.

    A ruled line each ``tick``; an arrow key steps by ``step``, Shift a tenth of it, Page Up four of them.
    """

    low: float = 0.0
    side: float = 1.0
    digits: int = 2
    tick: float = 1.0
    step: float = 0.05


RELATION_PARTS = ("intersection", "union", "hull", "centres", "diagonal", "aspect_first", "aspect_second")


@dataclass(frozen=True)
class Relation:
    """How two boxes lie to each other, drawn from where they are at this moment; only the parts that have a label.

    ``hull`` is the smallest enclosing box, ``diagonal`` its diagonal, ``centres`` the line between the centres,
    ``aspect_first`` the first box's own diagonal with arctan(w / h) between it and the side.
    """

    first: str
    second: str
    labels: Mapping[str, str]

    def __post_init__(self) -> None:
        """Refuse a misspelt part, which would silently not be drawn."""
        if unknown := self.labels.keys() - set(RELATION_PARTS):
            raise ValueError(f"a relation has the parts {RELATION_PARTS}, not {sorted(unknown)}")


@dataclass(frozen=True, kw_only=True)
class Canvas:
    """A canvas as a part of a page.

    ``aspect`` is width over height of the network input, ``grid`` columns and rows, ``front`` the box on top,
    ``dim`` how far the photograph starts out faded. ``board`` rules the picture in ``units`` instead; that is the
    default where there are units and no photograph. The page's style says with ``--canvas-reserve`` how much of the
    viewport's height to leave for everything else; a film's bar and table are left room by themselves.
    """

    boxes: Sequence[CanvasBox]
    words: Mapping[str, str]
    description: str
    rev: int
    photo: Photo | None = None
    grid: tuple[int, int] = (0, 0)
    aspect: float = 1.0
    cells: Sequence[CellMark] = ()
    arrows: Sequence[Arrow] = ()
    front: str = "prediction"
    selected: str = "prediction"
    dim: float = 0.15
    units: Units | None = None
    board: bool | None = None
    relation: Relation | None = None
    film: Film | None = None

    def data(self) -> Data:
        """Return what the browser gets to draw the canvas."""
        photo, units, relation, film = self.photo, self.units, self.relation, self.film
        return {
            "boxes": [vars(box) for box in self.boxes],
            "photo": vars(photo) if photo else None,
            "cells": [vars(cell) for cell in self.cells],
            "arrows": [vars(arrow) for arrow in self.arrows if all(map(isfinite, (*arrow.start, *arrow.end)))],
            "words": {word: self.words[word] for word in (*WORDS, *(film.words if film else ()))},
            "description": self.description,
            "grid": self.grid,
            "aspect": self.aspect,
            "front": self.front,
            "selected": self.selected,
            "dim": self.dim,
            "units": vars(units) if units else None,
            "board": (units is not None and photo is None) if self.board is None else self.board,
            "relation": vars(relation) | {"labels": dict(relation.labels)} if relation else None,
            "film": film.to_data() if film else None,
            "rev": self.rev,
        }

    def place(self, key: str, data: Data, stamp: Stamp, *, on_change: Callable[[], None] | None = None) -> None:
        """Draw the canvas where the script stands."""
        _canvas()(key=key, data=stamp.on(data), on_event_change=on_change or (lambda: None))


def box_canvas(
    *, key: str, seq: int, on_change: Callable[[], None] | None = None, film: Film | None = None, **properties: Any
) -> CanvasEvent | None:
    """Draw a canvas by itself and return the event that is newer than its ``seq``, if there is one."""
    canvas = Canvas(film=film, **properties)
    event = canvas_event(key, boxes=canvas.boxes, rev=canvas.rev, seq=seq, film=film)
    canvas.place(key, canvas.data(), Stamp(seq=number_of(_message(key), seq)), on_change=on_change)
    return event


def canvas_event(
    key: str, *, boxes: Sequence[CanvasBox], rev: int, seq: int, film: Film | int | None = None
) -> CanvasEvent | None:
    """Return the event waiting for canvas ``key``, to be read before anything is drawn; each is returned once.

    Where a film is shown, say which, or just its last step: without it no ``"film"`` is heard.
    """
    steps = film.steps if isinstance(film, Film) else film
    return read(_message(key), boxes=boxes, rev=rev, seq=seq, steps=steps)


@cache
def _canvas() -> "ComponentRenderer":
    return st.components.v2.component(
        "lossviz.box_canvas", js="box_canvas/box_canvas.js", css="box_canvas/box_canvas.css"
    )


def _message(key: str) -> object:
    state = st.session_state.get(key)
    return state.get("event") if isinstance(state, Mapping) else None
