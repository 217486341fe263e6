"""A Plotly figure that is updated in place, never drawn anew: the chart stays on screen while its numbers change."""

import base64
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeGuard, runtime_checkable

import numpy as np
import streamlit as st

if TYPE_CHECKING:
    from streamlit.components.v2.types import ComponentRenderer

Number = int | float
Scalar = str | int | float | bool | None


@runtime_checkable
class Figure(Protocol):
    """What is asked of a ``plotly.graph_objects.Figure``."""

    def to_plotly_json(self) -> dict[str, Any]:
        """Its data and layout, as plain values and arrays."""


@dataclass(frozen=True)
class PlotClick:
    """The point that was clicked: which trace, which point of it, where, and what the figure attached to it.

    ``point`` is a row and a column for a heat map and one number for everything else.
    """

    curve: int
    point: int | tuple[int, int]
    x: str | Number
    y: str | Number
    customdata: Scalar | tuple[Scalar, ...] = None


@cache
def _component() -> "ComponentRenderer":
    """Registered on first use: Streamlit knows the folder only while it runs, and Plotly styles the page's own tree."""
    return st.components.v2.component("lossviz.plot", js="plot/plot.js", css="plot/plot.css", isolate_styles=False)


def plot(
    figure: Figure | Mapping[str, Any],
    *,
    key: str,
    height: int,
    description: str,
    testid: str | None = None,
    on_click: Callable[[PlotClick], None] | Literal["rerun"] | None = None,
) -> PlotClick | None:
    """Draw ``figure`` as wide as its container and ``height`` pixels high; answer the click that caused this run.

    A figure is a ``go.Figure`` or a plain ``{"data": ..., "layout": ...}``, which is quicker to make. Its template is
    left out: fonts and colours it does not set follow the theme of the page. ``description`` is what a screen reader
    says. Clicks start a run only when ``on_click`` is ``"rerun"`` or a callback.
    """
    content = _content(figure)
    traces = len(content["data"])

    def clicked() -> None:
        click = read_click(st.session_state[key].get("click"), traces)
        if click and callable(on_click):
            on_click(click)

    data = {"figure": content, "height": height, "label": description, "testid": testid, "clicks": on_click is not None}
    result = _component()(key=key, data=to_json(data).encode(), height=height, on_click_change=clicked)
    return read_click(result.get("click"), traces)


def read_click(value: object, traces: int) -> PlotClick | None:
    """The click a browser reported, or None unless it is one on a figure of so many traces."""
    if not isinstance(value, Mapping):
        return None
    curve, point, x, y = (value.get(name) for name in ("curve", "point", "x", "y"))
    custom = value.get("customdata")
    if isinstance(point, list):
        point = tuple(point)
    if isinstance(custom, list):
        custom = tuple(custom)
    if not (_is_index(curve) and curve < traces and _is_point(point)):
        return None
    if not (_is_place(x) and _is_place(y) and all(map(_is_scalar, custom if isinstance(custom, tuple) else (custom,)))):
        return None
    return PlotClick(curve, point, x, y, custom)


def to_json(value: object) -> str:
    """Compact JSON: an array of numbers as Plotly's typed array in base64, a lone nan or infinity as null."""
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


def _is_index(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_point(value: object) -> TypeGuard[int | tuple[int, int]]:
    return _is_index(value) or (isinstance(value, tuple) and len(value) == 2 and all(map(_is_index, value)))


def _is_place(value: object) -> TypeGuard[str | Number]:
    return isinstance(value, str | int | float) and not isinstance(value, bool) and _is_scalar(value)


def _is_scalar(value: object) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return value is None or isinstance(value, str | int | bool)
