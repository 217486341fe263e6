"""A Plotly figure that is updated in place, never drawn anew: the chart stays on screen while its numbers change.

A handle is a place on the chart that one can drag. The browser draws it and owns it while it moves; the server hears of
it and answers with a new figure. At most one message is on its way, and the next one waits until its stamp brings back
the ``seq`` of the last, so read the event before anything is drawn and draw the numbers first:

    def handle(desk):
        return Handle(*desk.state.place, label=..., low=..., high=..., rev=desk.rev)

    def hear(desk, visit, message):
        drag = read_drag(message.said, handle=handle(desk), seq=desk.number("map"))
        if drag:
            desk.hand("map", drag.seq, drag.kind, after(drag, desk.state))

    def parts(desk, visit):
        return {"map": lambda: Chart(figure=surface(desk.state), handle=handle(desk), ...)}

Its place from the server counts whenever nobody moves it, and at once when ``rev`` differs from the last one seen.
``"move"`` comes during a drag; ``"end"`` and ``"cancel"`` come once: write the link on those.
"""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, Protocol, runtime_checkable

import numpy as np
import streamlit as st

from lossviz.components.message import number_of
from lossviz.components.plot.event import Curve, DragKind, Handle, PlotClick, PlotDrag, read_click, read_drag
from lossviz.core.parts import Data, Stamp

if TYPE_CHECKING:
    from streamlit.components.v2.types import ComponentRenderer

__all__ = [
    "Chart",
    "Curve",
    "DragKind",
    "Figure",
    "Handle",
    "PlotClick",
    "PlotDrag",
    "plot",
    "plot_event",
    "read_click",
    "read_drag",
    "to_json",
]


@runtime_checkable
class Figure(Protocol):
    """Any object that gives its data and layout as a ``plotly.graph_objects.Figure`` does."""

    def to_plotly_json(self) -> dict[str, Any]:
        """Return the figure's data and layout, as plain values and arrays."""


@cache
def _component() -> "ComponentRenderer":
    """Register the component once Streamlit runs and knows the folder; Plotly styles the page's own tree."""
    return st.components.v2.component("lossviz.plot", js="plot/plot.js", css="plot/plot.css", isolate_styles=False)


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A figure as a part of a page, as wide as its container and ``height`` pixels high.

    A figure is a ``go.Figure`` or a plain ``{"data": ..., "layout": ...}``, which is quicker to make. Its template is
    left out: fonts and colours it does not set follow the theme of the page. ``description`` is what a screen reader
    says. ``handle`` is a place to drag; a click anywhere in the plot moves it there. ``cursor`` draws a line at the x of
    the last ``lossviz:step`` event (``detail: {step}``) on the browser's window. ``square`` makes it lower on narrow
    screens: as high as its width takes for a square between the margins of the layout. ``clicks``: a click starts a run.
    """

    figure: Figure | Mapping[str, Any]
    height: int
    description: str
    testid: str | None = None
    handle: Handle | None = None
    cursor: bool = False
    square: bool = False
    clicks: bool = False

    def data(self) -> Data:
        """Return what stands around the figure, and the two halves of the figure as strict JSON."""
        content = _content(self.figure)
        return {
            "height": self.height,
            "label": self.description,
            "testid": self.testid,
            "clicks": self.clicks,
            "handle": {**vars(self.handle), "along": ()} if self.handle else None,
            "along": self.handle.along if self.handle else (),
            "cursor": self.cursor,
            "square": _more_height(content["layout"]) if self.square else None,
            "layout": to_json(content["layout"]),
            "figure": to_json(content["data"]),
        }

    def place(
        self, key: str, data: Data, stamp: Stamp, *, on_click: Callable[[PlotClick], None] | None = None
    ) -> PlotClick | None:
        """Draw the chart where the script stands, and return the click that caused this run."""
        traces = len(_content(self.figure)["data"])

        def clicked() -> None:
            click = read_click(st.session_state[key].get("click"), traces)
            if click and on_click:
                on_click(click)

        room: int | Literal["content"] = "content" if self.square else self.height
        sent = to_json(stamp.on(data)).encode()
        result = _component()(key=key, data=sent, height=room, on_click_change=clicked, on_drag_change=lambda: None)
        return read_click(result.get("click"), traces)


def plot(
    figure: Figure | Mapping[str, Any],
    *,
    key: str,
    on_click: Callable[[PlotClick], None] | Literal["rerun"] | None = None,
    seq: int = 0,
    **properties: Any,
) -> PlotClick | None:
    """Draw a figure by itself; clicks start a run only when ``on_click`` is ``"rerun"`` or a callback."""
    part = Chart(figure=figure, clicks=on_click is not None, **properties)
    stamp = Stamp(seq=number_of(_drag_of(key), seq))
    return part.place(key, part.data(), stamp, on_click=on_click if callable(on_click) else None)


def plot_event(key: str, *, handle: Handle, seq: int) -> PlotDrag | None:
    """Return what was done to the handle of plot ``key``, to be read before anything is drawn; each once."""
    return read_drag(_drag_of(key), handle=handle, seq=seq)


def _more_height(layout: Mapping[str, Any]) -> float:
    """Return by how many pixels a figure with a square between its margins is higher than wide."""
    margin = layout["margin"]
    return float(margin["t"] + margin["b"] - margin["l"] - margin["r"])


def _drag_of(key: str) -> object:
    state = st.session_state.get(key)
    return state.get("drag") if isinstance(state, Mapping) else None


def to_json(value: object) -> str:
    """Write compact JSON: arrays of numbers as Plotly's typed arrays in base64, a lone nan or infinity as null."""
    try:
        return json.dumps(value, separators=(",", ":"), default=_plain, allow_nan=False)
    except ValueError:
        lenient = json.dumps(value, default=_plain)
        return json.dumps(json.loads(lenient, parse_constant=lambda _: None), separators=(",", ":"))


def _content(figure: Figure | Mapping[str, Any]) -> dict[str, Any]:
    spec = figure if isinstance(figure, Mapping) else figure.to_plotly_json()
    layout = {name: value for name, value in spec.get("layout", {}).items() if name != "template"}
    return {"data": list(spec.get("data", ())), "layout": layout}


_TYPED = {"float32": "f4", "float64": "f8", "int32": "i4", "uint32": "u4", "int16": "i2", "uint16": "u2", "uint8": "u1"}
_SHORT = 32  # below this many numbers a typed array saves nothing, and places such as an axis range take lists only


def _plain(value: object) -> object:
    if isinstance(value, np.generic):
        return value.item()
    if not isinstance(value, np.ndarray):
        raise TypeError(f"a figure holds numbers, texts, lists and numpy arrays, not {type(value).__name__}")
    if value.size < _SHORT or value.dtype.name not in _TYPED:
        return value.tolist()
    little = np.ascontiguousarray(value, dtype=value.dtype.newbyteorder("<"))
    return {
        "dtype": _TYPED[value.dtype.name],
        "bdata": base64.b64encode(little.tobytes()).decode("ascii"),
        "shape": ", ".join(map(str, value.shape)),
    }
