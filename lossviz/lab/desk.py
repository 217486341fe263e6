"""The Lab's state at work: gradient steps, a moving label, the question, beside what every page's desk does."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from lossviz.core.desk import Desk
from lossviz.engine.device import device_for
from lossviz.lab.descent import Walk, done
from lossviz.lab.dragging import Crossing, Track
from lossviz.lab.state import State
from lossviz.lab.view import LabView, view_of

M = TypeVar("M")


@dataclass
class Found:
    """The view of the last state that was looked at, shared by a desk and its snapshots."""

    last: tuple[tuple[State, int, str] | None, LabView | None] = (None, None)
    """The state with how many of its gradient steps had been walked and where it was computed, and its view: one value,
    taken and put as a whole."""
    made: dict[Callable[[LabView], Any], tuple[LabView, Any]] = field(default_factory=dict)
    """What functions made of the view, each with the view it is of."""


@dataclass
class LabDesk(Desk[State]):
    """One visitor's state of the Lab and everything that belongs to it."""

    found: Found = field(default_factory=Found, repr=False)
    walks: tuple[Walk, ...] = ()
    """The walks of the present steps: as long as they are here, nobody else's can push them out."""
    playing: int = 0
    """Gradient steps a tick while the steps play; 0: they stand."""
    track: Track = field(default_factory=Track)
    """Points of loss against position while a label moves."""
    crossing: Crossing | None = None
    """The last time another predictor took over the moving label."""

    @property
    def view(self) -> LabView:
        """Return what the state shows, worked out once."""
        asked = (self.state, walked_so_far(self.state), device_for("evaluate"))
        of, view = self.found.last
        if view is None or of != asked:
            view = view_of(self.state)
            self.found.last = (asked, view)
        return view

    def of_view(self, make: Callable[[LabView], M]) -> M:
        """Return what a function makes of the view, worked out once."""
        view = self.view
        of, made = self.found.made.get(make, (None, None))
        if of is not view:
            made = make(view)
            self.found.made[make] = (view, made)
        return made  # type: ignore[return-value]

    @property
    def slow(self) -> bool:
        """Return whether gradient steps are played, or have still to be walked."""
        return self.playing > 0 or walked_so_far(self.state) < (self.state.steps or 0)

    @property
    def face(self) -> tuple[object, ...]:
        """Return what the toolbar shows of the state."""
        state = self.state
        chosen = (state.scene, state.recipe, state.objectness, state.mode, state.steps is None)
        return (*chosen, *super().face)

    @property
    def under_way(self) -> bool:
        """Whether a drag goes on, or gradient steps are played."""
        return super().under_way or self.playing > 0

    def rest(self) -> State:
        """Return the photograph as the network left it, under the same program."""
        return replace(self.state.at_rest(), at=None, steps=None, walker="one")

    def forget(self) -> None:
        """Stand still, and lose the trace of the label."""
        self.playing, self.track, self.crossing = 0, Track(), None

    def same_place(self, other: State) -> bool:
        """Return whether another state is of the same scene and program."""
        return (self.state.scene, self.state.recipe) == (other.scene, other.recipe)

    def only_moved(self, other: State) -> bool:
        """Return whether two states differ in boxes and channels only, and in what one has in hand."""
        plain: Mapping[str, Any] = {"at": None, "label": 0, "channel": None, "term": ""}
        return replace(self.state.at_rest(), **plain) == replace(other.at_rest(), **plain)

    def settle(self, state: State, *, always: bool = False) -> None:
        """Take over a choice; where the numbers begin anew, the steps stand still."""
        if state.before_steps() != (self.before or self.state).before_steps():
            self.playing = 0
        super().settle(state, always=always)

    def put(self, state: State) -> None:
        """Settle what moves other than by the visitor's hand; the steps stand still."""
        super().put(state)
        self.playing = 0

    def begin(self, state: State) -> None:
        """Take over another scene or program: Reset leads there from now on."""
        self.put(state)
        self.linked = state.at_rest()


def walked_so_far(state: State) -> int:
    """Return the gradient steps that have been walked, of those the state asks for."""
    return done(state) if state.steps and state.at else 0
