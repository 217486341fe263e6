"""Bars of the terms of a loss: one lasting node a term, which grows, slides to its place and points at the picture."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import isfinite
from typing import TYPE_CHECKING, Any

import streamlit as st

from lossviz.core.parts import Data, Stamp

if TYPE_CHECKING:
    from streamlit.components.v2.types import ComponentRenderer

__all__ = ["Tally", "TallyRow", "read_pick", "tally"]


@dataclass(frozen=True)
class TallyRow:
    """A bar: its number is written after it, ``mark`` is where it stood before.

    ``name`` stays the same while everything else changes: the browser keeps the row by it. ``ties`` are places on the
    box canvas, in shares of the network input.
    """

    name: str
    label: str
    value: float
    shown: str
    mark: float | None = None
    hover: str = ""
    ties: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Tally:
    """Bars as a part of a page: the rows from top to bottom in this order, from 0 to ``end``.

    ``axis`` is the title below the ticks, ``description`` what a screen reader says. Lines go from the row under the
    pointer, else from the focused one, else from ``selected``, to its places on the box canvas.
    """

    rows: Sequence[TallyRow]
    end: float
    ticks: Sequence[tuple[float, str]]
    axis: str
    description: str
    testid: str | None = None
    selected: str | None = None

    def data(self) -> Data:
        """Return what the browser gets to draw the bars."""
        about = {"axis": self.axis, "description": self.description, "testid": self.testid, "selected": self.selected}
        return _data(self.rows, end=self.end, ticks=self.ticks) | about

    def place(self, key: str, data: Data, stamp: Stamp, *, on_pick: Callable[[str], None] | None = None) -> None:
        """Draw the bars; with ``on_pick`` rows are buttons, and it is called with the name of the pressed one."""
        names = {row.name for row in self.rows}

        def picked() -> None:
            name = read_pick(st.session_state[key].get("pick"), names)
            if name is not None and on_pick:
                on_pick(name)

        _component()(key=key, data=stamp.on({**data, "picks": on_pick is not None}), on_pick_change=picked)


def tally(
    rows: Sequence[TallyRow], *, key: str, on_pick: Callable[[str], None] | None = None, **properties: Any
) -> None:
    """Draw bars by themselves."""
    part = Tally(rows=rows, **properties)
    part.place(key, part.data(), Stamp(), on_pick=on_pick)


def read_pick(value: object, names: Collection[str]) -> str | None:
    """Return the name a browser reported, or None unless it is one of ``names``."""
    return value if isinstance(value, str) and value in names else None


@cache
def _component() -> "ComponentRenderer":
    """Register the component once Streamlit runs and knows the folder, in the page's own tree like charts."""
    return st.components.v2.component("lossviz.tally", js="tally/tally.js", css="tally/tally.css", isolate_styles=False)


def _data(rows: Sequence[TallyRow], *, end: float, ticks: Sequence[tuple[float, str]]) -> dict[str, Any]:
    """Return rows and ticks as shares of the axis, in strict JSON whatever the numbers are."""
    if len({row.name for row in rows}) < len(rows):
        raise ValueError("two rows of a tally have the same name")
    return {
        "rows": [_row(row, end) for row in rows],
        "ticks": [{"at": tick / end, "label": label} for tick, label in ticks if _on_axis(tick, end)],
    }


def _row(row: TallyRow, end: float) -> Mapping[str, object]:
    return {
        "name": row.name,
        "label": row.label,
        "shown": row.shown,
        "hover": row.hover,
        "share": _share(row.value, end),
        "mark": None if row.mark is None or not isfinite(row.mark) else _share(row.mark, end),
        "ties": [[float(x), float(y)] for x, y in row.ties if isfinite(x) and isfinite(y)],
    }


def _share(value: float, end: float) -> float:
    """Return which share of the axis a value takes: 0 for what is no number, 1 for what is too long."""
    if not (isfinite(value) and isfinite(end) and value > 0 and end > 0):
        return 0.0
    return min(float(value / end), 1.0)


def _on_axis(tick: float, end: float) -> bool:
    return isfinite(tick) and isfinite(end) and end > 0 and 0 <= tick / end <= 1 + 1e-9
