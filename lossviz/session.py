"""Where the state lives between runs and in the address bar: the only file that knows the session."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import streamlit as st

from lossviz.crossing import Crossing, Track
from lossviz.descent import Walk, done
from lossviz.desk import MOST_UNDO, Desk, Linked, Reads
from lossviz.lab import LabView, view_of
from lossviz.languages import LANGUAGES
from lossviz.lesson import Visit, shown_slide, visit_from
from lossviz.presets import PRESETS
from lossviz.state import State, from_query
from lossviz.text import Text

KEY = "lossviz"
LATE = 1.0
"""Seconds for which a run may still bring the address from before our last writing."""


@dataclass
class Memory:
    """One visitor's session."""

    visit: Visit = field(default_factory=Visit)
    state: State = field(default_factory=State)
    linked: State = field(default_factory=State)
    """What the link, the example or the choice of a scene opened: where Reset leads."""
    past: list[State] = field(default_factory=list)
    rev: int = 0
    """Raised whenever boxes change other than by the visitor's hand: the canvas then takes them over."""
    seq: int = 0
    """Last event of the canvas that was answered."""
    channel_seq: int = 0
    """Last event of the channels that was answered."""
    written: dict[str, str] | None = None
    """What we last put into the address."""
    page: str = ""
    before: State | None = None
    """The state a drag started from, while it is under way."""
    notes: tuple[str, ...] = ()
    seen: LabView | None = None
    """The last view: the next run starts from it."""
    seen_steps: int = 0
    """Gradient steps that had been walked for it."""
    walks: tuple[Walk, ...] = ()
    """The walks of the present steps: as long as they are here, nobody else's can push them out."""
    playing: int = 0
    """Steps a tick while the run plays; 0: it stands."""
    inner: bool = False
    """Whether this run was asked for by the page itself: then the address it comes with may be older than what we wrote."""
    written_before: dict[str, str] | None = None
    """What stood there before, if it was replaced while the page ran again by itself: a run under way may still bring it."""
    written_at: float = 0.0
    drawn: tuple[object, ...] = ()
    """What the toolbar showed when it was last drawn."""
    ticking: bool = False
    """Whether the page runs again by itself."""
    answer: int = 0
    """The visitor's answer to the question; 0: none yet."""
    track: Track = field(default_factory=Track)
    """Loss against position while a label moves."""
    crossing: Crossing | None = None
    """The last time another predictor took over."""
    desks: dict[str, Desk[Any]] = field(default_factory=dict)
    """The states of the pages beside the Lab."""

    @property
    def linkable(self) -> Linked | State | None:
        """The present page's state, if a link to it carries one."""
        desk = self.desks.get(self.page)
        return desk.state if desk else self.state if self.page == "lab" else None

    @property
    def view(self) -> LabView:
        """What the state shows, worked out once."""
        steps = walked_so_far(self.state)
        if self.seen is None or self.seen.state != self.state or self.seen_steps != steps:
            self.seen, self.seen_steps = view_of(self.state), steps
        return self.seen

    @property
    def face(self) -> tuple[object, ...]:
        """What the toolbar shows of the state."""
        state = self.state
        chosen = (state.scene, state.recipe, state.objectness, state.mode, state.steps is None)
        return (*chosen, bool(self.past), self.moved, self.visit.slides, self.visit.slide)

    @property
    def moved(self) -> bool:
        """Whether there is something to reset."""
        rest = resting(self.state)
        return self.state not in (rest, self.linked) or self.linked != rest

    @property
    def asking(self) -> bool:
        """Whether the question waits for its answer: then no numbers are shown."""
        return bool(self.visit.ask) and not self.answer


def current() -> Memory:
    """The session as it stands."""
    if KEY not in st.session_state:
        st.session_state[KEY] = Memory()
    memory: Memory = st.session_state[KEY]
    return memory


def hear() -> Text:
    """First of all: the language, view and level the address asks for."""
    memory = current()
    here = address_of(memory)
    if memory.written is None:
        memory.visit = replace(memory.visit, lang=spoken())
    if here != memory.written:
        memory.visit, memory.notes = visit_from(here, memory.visit)
        memory.answer = 0
    return memory.visit.text


def arrive(page: str, reads: Reads[Any] | None = None) -> Memory:
    """At the top of a page: take over the state the address says, if it is not what we wrote there.

    An address without a state means the default, except right after a change of pages, which drops the query.
    """
    memory = current()
    here, turned = address_of(memory), page != memory.page
    memory.inner = False
    spoken = (here or not turned) and here != memory.written
    if reads and page not in memory.desks:
        plain, _ = reads({})
        memory.desks[page] = Desk(plain, plain, plain)
    if reads and spoken:
        linked, bad = reads(here)
        memory.notes += bad
        desk = memory.desks[page]
        if linked != desk.state:
            desk.past = []
            desk.pose(linked)
        desk.linked = linked
    if page == "lab" and spoken:
        state, bad = from_query(here)
        memory.notes += bad
        if state != memory.state:
            memory.past = []
            pose(memory, state)
        memory.linked = state
        if memory.visit.ask and not same_place(PRESETS[memory.visit.ask].state, state):
            memory.visit, memory.notes = replace(memory.visit, ask=""), (*memory.notes, "ask")
    memory.page = page
    write(memory)
    return memory


def address_of(memory: Memory) -> dict[str, str]:
    """What the address says; but what we wrote, where the run is of our own asking or was under way before we wrote."""
    here = st.query_params.to_dict()
    late = here == memory.written_before and time.monotonic() - memory.written_at < LATE
    return memory.written if memory.written is not None and (memory.inner or late) else here


def run_again() -> None:
    """Draw the whole page anew."""
    current().inner = True
    st.rerun(scope="app")


def pose(memory: Memory, state: State) -> None:
    """Another state altogether: nothing of what was under way stays."""
    memory.state, memory.before, memory.rev = state, None, memory.rev + 1
    memory.playing, memory.track, memory.crossing = 0, Track(), None


def walked_so_far(state: State) -> int:
    """Gradient steps that have been walked, of those the state asks for."""
    return done(state) if state.steps and state.at else 0


def spoken() -> str:
    """The browser's language, if we speak it."""
    asked = (st.context.locale or "").split("-")[0]
    return asked if asked in LANGUAGES else "en"


def write(memory: Memory) -> None:
    """Put the state into the address."""
    state = memory.linkable
    query = memory.visit.to_query() | (state.to_query() if state else {})
    if query != st.query_params.to_dict():
        st.query_params.from_dict(query)
    if query != memory.written:
        memory.written_before = memory.written if memory.ticking else None
        memory.written_at = time.monotonic()
    memory.written = query


def drag(state: State) -> None:
    """A drag is under way: neither the link nor undo takes notice."""
    memory = current()
    memory.before = memory.before or memory.state
    memory.state = state


def settle(state: State, *, always: bool = False) -> None:
    """A choice is made: it can be undone, and the link says it. ``always``: a deed begins here that will change it."""
    memory = current()
    before, memory.before = memory.before or memory.state, None
    if state.before_steps() != before.before_steps():
        memory.playing = 0
    if not same_place(state, before):
        memory.visit = replace(memory.visit, ask="")
    numbers_change = state.before_steps() != before.before_steps() or state.steps != before.steps
    if always or numbers_change:  # looking is no step to undo
        memory.past = [*memory.past, before][-MOST_UNDO:]
    memory.state = state
    memory.notes = ()
    write(memory)


def replace_boxes(state: State) -> None:
    """The same, where boxes change other than by the visitor's hand."""
    settle(state)
    memory = current()
    memory.rev += 1
    memory.playing = 0


def look(**changes: Any) -> None:
    """Another way to look at the same numbers: no step to undo."""
    memory = current()
    memory.state = replace(memory.state, **changes)
    write(memory)


def turn(visit: Visit) -> None:
    """Another level, view or list: the numbers stay."""
    memory = current()
    memory.visit = visit
    write(memory)


def deepen(level: str) -> None:
    """Another level of the page."""
    turn(replace(current().visit, level=level))


def open_preset(key: str, *, ask: bool) -> None:
    """An example, with its question or without."""
    memory, preset = current(), PRESETS[key]
    memory.past = [*memory.past, memory.state][-MOST_UNDO:]
    memory.visit = replace(memory.visit, level=preset.level, ask=key if ask else "")
    memory.answer = 0
    pose(memory, preset.state)
    memory.linked = preset.state
    write(memory)


def open_slide(number: int) -> None:
    """One of the teacher's states."""
    memory = current()
    if not 0 <= number < len(memory.visit.slides):
        return
    state, memory.visit = shown_slide(memory.visit, number)
    memory.past = [*memory.past, memory.state][-MOST_UNDO:]
    memory.answer = 0
    pose(memory, state)
    memory.linked = state
    write(memory)


def reset() -> None:
    """Back to what the link or the example opened; from there, to the photograph as the network left it.

    In a lesson always to the state of the list.
    """
    memory = current()
    linked = memory.linked != memory.state and same_place(memory.linked, memory.state)
    replace_boxes(memory.linked if linked or memory.visit.slides else resting(memory.state))
    memory.track, memory.crossing = Track(), None


def resting(state: State) -> State:
    """The photograph as the network left it, under the same program."""
    return replace(state.at_rest(), at=None, steps=None, walker="one")


def same_place(one: State, other: State) -> bool:
    """Whether two states are of the same scene and program."""
    return (one.scene, one.recipe) == (other.scene, other.recipe)


def take_back() -> None:
    """The drag is called off: the one under way, else the last one, if no other choice was made since."""
    memory = current()
    if memory.before:
        memory.state, memory.before = memory.before, None
        memory.track, memory.crossing = Track(), None
    elif memory.past and same_choices(memory.past[-1], memory.state):
        undo()
    else:
        memory.rev += 1


def same_choices(one: State, other: State) -> bool:
    """Whether two states differ in boxes and channels only, and in what one has in hand."""
    plain: Mapping[str, Any] = {"at": None, "label": 0, "channel": None, "term": ""}
    return replace(one.at_rest(), **plain) == replace(other.at_rest(), **plain)


def undo() -> None:
    """One state back."""
    memory = current()
    if memory.past:
        pose(memory, memory.past.pop())
        memory.visit = replace(memory.visit, ask="")
        write(memory)


def speak(lang: str) -> None:
    """Change the language."""
    memory = current()
    memory.visit = replace(memory.visit, lang=lang)
    write(memory)
