"""A page's state at work: what a drag began from, what can be undone, where Reset leads."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar, Generic, Protocol, TypeVar, runtime_checkable

from lossviz.link import Query

MOST_UNDO = 100


@runtime_checkable
class Linked(Protocol):
    """A state that a link can carry."""

    moves: ClassVar[tuple[str, ...]]
    """Parts that a hand drags."""

    def to_query(self) -> dict[str, str]:
        """Only what differs from the default."""

    def before_looks(self) -> tuple[object, ...]:
        """What its numbers depend on, apart from how one looks at them."""


S = TypeVar("S", bound=Linked)
Reads = Callable[[Query], tuple[S, tuple[str, ...]]]
"""How a page reads a link: the state, and the keys that were no good."""


@dataclass
class Desk(Generic[S]):
    """One visitor's state of one page."""

    state: S
    linked: S
    """What the link or the example opened: where Reset leads."""
    plain: S
    """What the page opens on."""
    past: list[S] = field(default_factory=list)
    before: S | None = None
    """The state a drag began from, while it is under way."""
    rev: int = 0
    """Raised whenever something moves other than by the visitor's hand."""
    seq: int = 0
    """Last event of the canvas that was answered."""
    plot_seq: int = 0
    """Last event of a chart's handle that was answered."""
    drawn: tuple[bool, bool] = (False, False)
    """What the tools showed when they were last drawn."""

    @property
    def face(self) -> tuple[bool, bool]:
        """What the tools show: whether there is something to undo and to reset."""
        return bool(self.past), self.moved

    def drag(self, state: S) -> None:
        """A drag is under way: neither link nor undo takes notice."""
        self.before = self.before or self.state
        self.state = state

    def settle(self, state: S) -> None:
        """A choice is made: it can be undone; another way to look at the same numbers is no step to undo."""
        before, self.before = self.before or self.state, None
        if state.before_looks() != before.before_looks():
            self.past = [*self.past, before][-MOST_UNDO:]
        self.state = state

    def put(self, state: S) -> None:
        """The same, where things move other than by the visitor's hand."""
        self.settle(state)
        self.rev += 1

    def pose(self, state: S) -> None:
        """Another state altogether."""
        self.state, self.before, self.rev = state, None, self.rev + 1

    def open(self, state: S) -> None:
        """An example: it can be undone, and Reset leads back to it."""
        self.past = [*self.past, self.state][-MOST_UNDO:]
        self.pose(state)
        self.linked = state

    def take_back(self) -> None:
        """The drag is called off: the one under way, else the last one, if no other choice was made since."""
        if self.before:
            self.state, self.before = self.before, None
        elif self.past and self.only_moved(self.past[-1]):
            self.undo()
        self.rev += 1

    def only_moved(self, other: S) -> bool:
        """Whether the state differs from another in what a hand drags, and in nothing else."""
        return {name for name, value in vars(self.state).items() if value != vars(other)[name]} <= {*self.state.moves}

    def undo(self) -> None:
        """One state back."""
        if self.past:
            self.pose(self.past.pop())

    @property
    def moved(self) -> bool:
        """Whether there is something to reset."""
        return self.state != self.linked or self.linked != self.plain

    def reset(self) -> None:
        """To what the link or the example opened; from there, to what the page opens on."""
        target = self.linked if self.state != self.linked else self.plain
        self.put(target)
        self.linked = target
