"""Where the state lives between runs and in the address bar: the only file that knows the session."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import streamlit as st

from lossviz.lab import LabView, view_of
from lossviz.state import State, from_query, one_of
from lossviz.text import LANGUAGES, Text, languages

KEY = "lossviz"
VIEWS = ("page", "embed")
LEVELS = ("1",)
MOST_UNDO = 100


@dataclass(frozen=True)
class Visit:
    """What stays the same over all pages: language, view, level."""

    lang: str = "en"
    view: str = "page"
    level: str = "1"

    def to_query(self) -> dict[str, str]:
        """Only what differs from the default."""
        plain = Visit()
        return {key: value for key, value in vars(self).items() if value != getattr(plain, key)}

    @property
    def text(self) -> Text:
        """The strings."""
        return Text(self.lang)


@dataclass
class Memory:
    """One visitor's session."""

    visit: Visit = field(default_factory=Visit)
    state: State = field(default_factory=State)
    past: list[State] = field(default_factory=list)
    rev: int = 0
    """Raised whenever boxes change other than by the visitor's hand: the canvas then takes them over."""
    seq: int = 0
    """Last event of the canvas that was answered."""
    written: dict[str, str] | None = None
    """What we last put into the address."""
    page: str = ""
    before: State | None = None
    """The state a drag started from, while it is under way."""
    notes: tuple[str, ...] = ()
    seen: LabView | None = None
    """The last view: the next run starts from it."""

    @property
    def view(self) -> LabView:
        """What the state shows, worked out once."""
        if self.seen is None or self.seen.state != self.state:
            self.seen = view_of(self.state)
        return self.seen


def current() -> Memory:
    """The session as it stands."""
    if KEY not in st.session_state:
        st.session_state[KEY] = Memory()
    memory: Memory = st.session_state[KEY]
    return memory


def hear() -> Text:
    """First of all: the language, view and level the address asks for."""
    memory = current()
    here = st.query_params.to_dict()
    if memory.written is None:
        memory.visit = replace(memory.visit, lang=spoken())
    if here != memory.written:
        memory.visit, memory.notes = visit_from(here, memory.visit)
    return memory.visit.text


def arrive(page: str) -> Memory:
    """At the top of a page: take over the state the address says, if it is not what we wrote there.

    An address without a state means the default, except right after a change of pages, which drops the query.
    """
    memory = current()
    here, turned = st.query_params.to_dict(), page != memory.page
    if page == "lab" and (here or not turned) and here != memory.written:
        state, bad = from_query(here)
        memory.notes += bad
        if state != memory.state:
            memory.state, memory.past, memory.before, memory.rev = state, [], None, memory.rev + 1
    memory.page = page
    write(memory)
    return memory


def spoken() -> str:
    """The browser's language, if we speak it."""
    asked = (st.context.locale or "").split("-")[0]
    return asked if asked in LANGUAGES else "en"


def visit_from(query: Mapping[str, str], before: Visit) -> tuple[Visit, tuple[str, ...]]:
    """Language, view and level of a link; what it does not name stays."""
    choices = {"lang": languages(), "view": VIEWS, "level": LEVELS}
    found, bad = vars(before).copy(), []
    for key, words in choices.items():
        if key in query:
            try:
                found[key] = one_of(*words)(query[key])
            except ValueError:
                bad.append(key)
    return Visit(**found), tuple(bad)


def write(memory: Memory) -> None:
    """Put the state into the address."""
    query = memory.visit.to_query() | (memory.state.to_query() if memory.page == "lab" else {})
    if query != st.query_params.to_dict():
        st.query_params.from_dict(query)
    memory.written = query


def drag(state: State) -> None:
    """A drag is under way: neither the link nor undo takes notice."""
    memory = current()
    memory.before = memory.before or memory.state
    memory.state = state


def settle(state: State) -> None:
    """A choice is made: it can be undone, and the link says it."""
    memory = current()
    before, memory.before = memory.before or memory.state, None
    if replace(state, mode=before.mode) != before:  # what one takes hold of is no step to undo
        memory.past = [*memory.past, before][-MOST_UNDO:]
    memory.state = state
    memory.notes = ()
    write(memory)


def replace_boxes(state: State) -> None:
    """The same, where boxes change other than by the visitor's hand."""
    settle(state)
    current().rev += 1


def take_back() -> None:
    """The drag is called off: the one under way, else the last one, if no other choice was made since."""
    memory = current()
    if memory.before:
        memory.state, memory.before = memory.before, None
    elif memory.past and memory.past[-1].at_rest() == memory.state.at_rest():
        undo()
    else:
        memory.rev += 1


def undo() -> None:
    """One state back."""
    memory = current()
    if memory.past:
        memory.state, memory.before = memory.past.pop(), None
        memory.rev += 1
        write(memory)


def speak(lang: str) -> None:
    """Change the language."""
    memory = current()
    memory.visit = replace(memory.visit, lang=lang)
    write(memory)
