"""The comparison's state in a session: the Lab's scene is taken over, choices are made."""

from dataclasses import dataclass, replace
from typing import Any

from lossviz.compare.state import MOST, CompareState, on_scene
from lossviz.core.desk import Desk
from lossviz.lab.state import State
from lossviz.web.session import Desks


@dataclass
class CompareDesk(Desk[CompareState]):
    """The desk of the Compare page: what is compared, and the question of who pulls harder."""

    guess: str = ""
    """The visitor's answer; "" until he gives one. He is asked once."""
    lab: State | None = None
    """The Lab's state that was last looked at; None until Compare is opened."""
    told: bool = False
    """Whether a link or a list has just said what is compared."""

    def arrive(self, state: CompareState) -> None:
        """Take over what a link says; one that says something is not overruled by the Lab."""
        super().arrive(state)
        self.told = state != self.plain

    def settle(self, state: CompareState, *, always: bool = False) -> None:
        """Take over a choice; from then on nothing says any more whether the answer was right."""
        if self.guess and state != self.state:
            self.guess = SKIPPED
        super().settle(state, always=always)


SKIPPED = "skipped"
"""The value that stands instead of an answer when the question was skipped."""


def follow_the_lab(desks: Desks) -> None:
    """Take over what changed in the Lab since Compare was last open, unless a link or a list says what is compared."""
    desk = desks["ledger"]
    if not isinstance(desk, CompareDesk):
        raise TypeError(f"Compare's desk is a {type(desk).__name__}")
    here = on_scene(desks["lab"].state if "lab" in desks else State())
    known, desk.lab = desk.lab, here
    if desk.told:
        desk.told = False
    elif known != here and (known is not None or desk.state == desk.plain):
        desk.pose(desk.state.on(here))
        desk.plain = desk.linked = desk.plain.on(here)


def change(desk: CompareDesk, **changes: Any) -> None:
    """Change what is compared."""
    desk.put(replace(desk.state, **changes))


def add(desk: CompareDesk, key: str) -> None:
    """Add a column to the table; where there is no room, it takes the place of the last."""
    desk.put(desk.state.with_recipes((*desk.state.recipes[: MOST - 1], key)))
