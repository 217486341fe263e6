"""The comparison's state in a session: the Lab's scene is taken over, choices are made."""

from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from lossviz.compare.state import MOST, CompareState, on_scene
from lossviz.core.desk import Desk
from lossviz.lab.state import State
from lossviz.web.session import Desks


@dataclass
class CompareDesk(Desk[CompareState]):
    """The desk of the Compare page: what is compared, and the question of who pulls harder."""

    guess: str = ""
    """The visitor's answer; "" until he gives one. He is asked once."""

    def settle(self, state: CompareState, *, always: bool = False) -> None:
        """Take over a choice; from then on nothing says any more whether the answer was right."""
        if self.guess and state != self.state:
            self.guess = SKIPPED
        super().settle(state, always=always)


SKIPPED = "skipped"
"""The value that stands instead of an answer when the question was skipped."""
SEEN = "ledger-lab"
"""The session's key of the Lab's state that was last taken over."""


def follow_the_lab(desks: Desks) -> None:
    """Open an address without a state on the Lab's scene, and take over what changed there since."""
    desk = desks["ledger"]
    known = st.session_state.get(SEEN)
    here = on_scene(desks["lab"].state if "lab" in desks else State())
    if known != here and (known is not None or desk.state == desk.plain):
        desk.pose(desk.state.on(here))
        desk.plain = desk.linked = desk.plain.on(here)
    st.session_state[SEEN] = here


def change(desk: CompareDesk, **changes: Any) -> None:
    """Change what is compared."""
    desk.put(replace(desk.state, **changes))


def add(desk: CompareDesk, key: str) -> None:
    """Add a column to the table; where there is no room, it takes the place of the last."""
    desk.put(desk.state.with_recipes((*desk.state.recipes[: MOST - 1], key)))
