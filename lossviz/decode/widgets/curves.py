"""The two curves through which raw numbers go, each with a grip that runs along it."""

import streamlit as st

from lossviz.components.plot import Handle, plot, plot_event
from lossviz.core.desk import Desk
from lossviz.core.text import Text
from lossviz.decode.charts.curves import SQUASHES, chosen, described, squash_figure
from lossviz.decode.state import CHANNELS, DecodeState
from lossviz.decode.view import DecodeView

DecodeDesk = Desk[DecodeState]
KEYS = {name: f"decode-{name}" for name in SQUASHES}
HEIGHT = {"page": 200, "embed": 150, "present": 190}
"""Pixels, by view."""
HEARD = "decode-heard"
"""Where in the session stands the last event of each list and chart that was answered."""


def heard_of(key: str) -> int:
    """Its number; 0 where there was none."""
    number: int = st.session_state.get(HEARD, {}).get(key, 0)
    return number


def hear(key: str, number: int) -> None:
    """It is answered."""
    st.session_state[HEARD] = {**st.session_state.get(HEARD, {}), key: number}


def handle(name: str, found: DecodeView, desk: DecodeDesk, *, later: bool) -> Handle:
    """The grip that stands for the raw number in hand."""
    squash = SQUASHES[name]
    curve = squash.curve(squash.later if later else squash.usual, later=later)
    mine = chosen(squash, desk.state.hand)
    low, high = squash.ends(later=later)[0]
    at = min(max(found.raw[mine], low), high)
    return Handle(
        at,
        0.0,
        f"t_{CHANNELS[mine]}",
        (low, 0.0),
        (high, 0.0),
        desk.rev,
        heard_of(KEYS[name]),
        step=0.1,
        words="{x}",
        locked="y",
        along=(curve,),
    )


def listen(desk: DecodeDesk, found: DecodeView, *, later: bool) -> None:
    """What a hand did on a curve."""
    for name, key in KEYS.items():
        event = plot_event(key, handle=handle(name, found, desk, later=later))
        if not event:
            continue
        hear(key, event.seq)
        state = desk.state.with_one(chosen(SQUASHES[name], desk.state.hand), event.x)
        if event.kind == "cancel":
            desk.take_back()
        elif event.kind == "move":
            desk.drag(state)
        else:
            desk.settle(state)


def charts(found: DecodeView, desk: DecodeDesk, text: Text, view: str, *, later: bool) -> None:
    """Side by side: the centre's and the size's."""
    hand = desk.state.hand
    for column, (name, key) in zip(st.columns(2, gap="small"), KEYS.items(), strict=True):
        with column:
            plot(
                squash_figure(found, name, hand, text, later=later),
                key=key,
                height=HEIGHT[view],
                description=described(found, name, hand, text, later=later),
                testid=f"curve-{name}",
                handle=handle(name, found, desk, later=later),
            )
