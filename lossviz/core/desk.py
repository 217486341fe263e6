"""A page's state at work: what a drag began from, what can be undone, where Reset leads."""

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, field, replace
from functools import wraps
from threading import RLock
from typing import Any, ClassVar, Concatenate, Generic, ParamSpec, Protocol, TypeVar, runtime_checkable

from lossviz.core.link import Query

MOST_UNDO = 100
MOST_RECORDED = 240
"""The most states that are kept of a drag: of a longer one every second, then every fourth."""


@runtime_checkable
class Linked(Protocol):
    """A state that a link can carry and a desk can hold."""

    dragged: ClassVar[tuple[str, ...]]
    """Names of the fields that a hand drags on the canvas."""

    def to_query(self) -> dict[str, str]:
        """Return the state as keys and values of a link, only what differs from the default."""

    def before_looks(self) -> tuple[object, ...]:
        """Return everything the state's numbers depend on, leaving out how one looks at them."""


S = TypeVar("S", bound=Linked)
Reads = Callable[[Query], tuple[S, tuple[str, ...]]]
"""A page's reader of links: returns the state, and the keys whose values were no good."""

D = TypeVar("D", bound="Desk[Any]")
P = ParamSpec("P")
R = TypeVar("R")


def alone(deed: Callable[Concatenate[D, P], R]) -> Callable[Concatenate[D, P], R]:
    """Let a deed have the desk for itself: a button's run and the live line may come at the same time."""

    @wraps(deed)
    def locked(desk: D, /, *args: P.args, **more: P.kwargs) -> R:
        with desk.lock:
            return deed(desk, *args, **more)

    return locked


@dataclass
class Recording(Generic[S]):
    """The states of one drag, evenly spread over it however long it is."""

    states: list[S] = field(default_factory=list)
    every: int = 1
    """Of how many states one is kept."""
    skipped: int = 0

    def add(self, state: S) -> None:
        """Keep a state; once there are too many, every second one goes."""
        self.skipped += 1
        if self.skipped < self.every:
            return
        self.skipped = 0
        if len(self.states) == MOST_RECORDED:
            del self.states[1::2]
            self.every *= 2
        self.states.append(state)

    def end(self, state: S) -> None:
        """Keep the state in which the drag ended, in any case."""
        if self.states[-1] != state:
            self.states = [*self.states[: MOST_RECORDED - 1], state]


@dataclass
class Desk(Generic[S]):
    """One visitor's state of one page: the only place where a state is dragged, settled, undone and reset.

    A page whose state needs more (the Lab walks gradient steps) has a class of its own, which says what
    belongs to it.
    """

    state: S
    linked: S
    """What the link or the example opened: where Reset leads."""
    plain: S
    """The state on which the page opens without a link."""
    past: list[S] = field(default_factory=list)
    before: S | None = None
    """The state a drag began from, while it is under way."""
    rev: int = 0
    """A count, raised whenever something moves other than by the visitor's hand, so that the canvas is drawn anew."""
    heard: dict[str, int] = field(default_factory=dict)
    """Number of the last message that was answered, by part."""
    drawn: tuple[object, ...] = ()
    """What the tools showed when they were last drawn."""
    listed: bool = False
    """Whether a list of states is open: then Reset leads to its state and no farther."""
    answer: int = 0
    """The visitor's answer to the example's question; 0: none yet."""
    seen: list[tuple[S, S, Any]] = field(default_factory=list)
    """States that an example or a list left behind, where Reset led, and how they were looked at: Undo brings it back."""
    recorded: Recording[S] = field(default_factory=Recording)
    """The states of the last drag."""
    lock: RLock = field(default_factory=RLock, repr=False, compare=False)
    """Held while a deed is done, never while something is worked out from it."""

    @alone
    def snapshot(self: D) -> D:
        """Return the desk as it stands, for whoever works something out while the visitor goes on."""
        twin = copy(self)
        twin.heard = dict(self.heard)
        return twin

    @property
    def slow(self) -> bool:
        """Return whether what follows from the state takes long, so that it is left to a run."""
        return False

    @property
    def face(self) -> tuple[object, ...]:
        """Return what the tools show: whether there is something to undo, and something to reset."""
        return bool(self.past), self.moved

    @property
    def under_way(self) -> bool:
        """Whether something goes on that the link says only when it is over: a drag."""
        return self.before is not None

    def rest(self) -> S:
        """Return where Reset leads once the state is what the link or the example opened."""
        return self.plain

    def forget(self) -> None:
        """Drop whatever belonged to the state that is left; nothing here, a page of its own may keep more."""

    def same_place(self, other: S) -> bool:  # noqa: ARG002 - a page of its own may look
        """Return whether another state is about the same thing, so that a question asked about it still holds."""
        return True

    def only_moved(self, other: S) -> bool:
        """Return whether the state differs from another in what a hand drags, and in nothing else."""
        return {name for name, value in vars(self.state).items() if value != vars(other)[name]} <= {*self.state.dragged}

    @alone
    def look(self, /, **changes: Any) -> None:
        """Change how one looks at the same numbers: no step to undo."""
        self.state = replace(self.state, **changes)  # type: ignore[type-var]

    @alone
    def drag(self, state: S) -> None:
        """Follow a drag that is under way: neither link nor undo takes notice."""
        if self.before is None:
            self.before, self.recorded = self.state, Recording([self.state])
        self.state = state
        self.recorded.add(state)

    def number(self, part: str) -> int:
        """Return the number of the last message of a part that was answered."""
        return self.heard.get(part, 0)

    @alone
    def hand(self, part: str, number: int, kind: str, state: S) -> None:
        """Answer what a hand did on a part: ``move`` while it drags, ``cancel`` calls it off, the rest is a choice."""
        self.heard[part] = number
        if kind == "cancel":
            self.take_back()
        elif kind == "move":
            self.drag(state)
        else:
            self.settle(state)

    @alone
    def settle(self, state: S, *, always: bool = False) -> None:
        """Take over a choice as the state; it can be undone unless only the way to look at the same numbers changed.

        ``always``: keep a step to undo in any case, because a deed begins here that will change the numbers.
        """
        if self.before is not None:
            self.recorded.end(state)
        before, self.before = self.before or self.state, None
        if always or state.before_looks() != before.before_looks():
            self.keep(before)
        self.state = state

    @alone
    def put(self, state: S) -> None:
        """Settle a state that something other than the visitor's hand has moved."""
        self.settle(state)
        self.rev += 1

    @alone
    def pose(self, state: S) -> None:
        """Take over another state altogether: what belonged to the one left is dropped, nothing is kept for Undo."""
        self.state, self.before, self.rev = state, None, self.rev + 1
        self.forget()

    @alone
    def open(self, state: S, visit: Any = None) -> None:
        """Open an example or a state of a list: it can be undone, and Reset leads back to it.

        ``visit``: how one looked until now, which Undo brings back as well.
        """
        self.keep(self.before or self.state)
        self.seen = [*self.seen, (self.past[-1], self.linked, visit)][-MOST_UNDO:]
        self.pose(state)
        self.linked, self.answer = state, 0

    @alone
    def arrive(self, state: S) -> None:
        """Take over what a link says: it begins anew, unless it says what is here already."""
        if state != self.state:
            self.past, self.seen = [], []
            self.pose(state)
        self.linked, self.answer = state, 0

    @alone
    def begin(self, state: S) -> None:
        """Begin anew in a state: nothing before it can be undone."""
        self.past, self.seen = [], []
        self.pose(state)
        self.linked, self.answer = state, 0

    @alone
    def let_go(self) -> None:
        """End the drag that is under way, where the box is: its page is left."""
        if self.before is not None:
            self.settle(self.state)

    def keep(self, state: S) -> None:
        """Remember a state for Undo, of which at most ``MOST_UNDO`` are kept."""
        self.past = [*self.past, state][-MOST_UNDO:]

    @alone
    def take_back(self) -> None:
        """Call a drag off: the one under way, else the last one, if no other choice was made since."""
        if self.before:
            self.state, self.before = self.before, None
            self.forget()
        elif self.past and self.only_moved(self.past[-1]):
            self.undo()
        self.rev += 1

    @alone
    def undo(self) -> Any:
        """Go one state back and return how that one was looked at; None where no example or list had changed it.

        While a drag is under way, only that is undone.
        """
        if self.before is not None:
            self.pose(self.before)
            return None
        if not self.past:
            return None
        left = self.past.pop()
        linked, visit = next(
            ((linked, visit) for state, linked, visit in self.seen if state is left), (self.linked, None)
        )
        self.seen = [entry for entry in self.seen if entry[0] is not left]
        self.pose(left)
        self.linked = linked
        return visit

    @property
    def moved(self) -> bool:
        """Return whether there is something to reset."""
        target = self.target()
        return self.state != target or self.linked != target

    def target(self) -> S:
        """Return where Reset leads: to what the link or the example opened; from there to rest."""
        return self.linked if self.listed or self.within_link() else self.rest()

    def within_link(self) -> bool:
        """Return whether something was changed since the link, within what it is about."""
        return self.state != self.linked and self.same_place(self.linked)

    @alone
    def reset(self) -> None:
        """Go where Reset leads; this can be undone."""
        target, linked = self.target(), self.linked
        self.settle(target, always=target != self.state)
        if self.past:
            self.seen = [*self.seen, (self.past[-1], linked, None)][-MOST_UNDO:]
        self.rev += 1
        self.forget()
        self.linked = target
