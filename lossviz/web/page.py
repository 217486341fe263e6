"""The page runner: what every page does in every run.

A page is ``hear(desk, visit, message)``, which changes that desk, ``parts(desk, visit)``, which only reads it, and a
layout; the first two never touch Streamlit. The runner hears what a hand did, makes the parts, lets the layout place
them, and writes the link.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from lossviz.components.message import number_of
from lossviz.core.desk import Desk
from lossviz.core.parts import Message, Parts
from lossviz.core.text import Text
from lossviz.core.visit import Visit
from lossviz.engine.device import computing_on
from lossviz.web import session
from lossviz.web.session import Memory, Page

SPOKEN = ("event", "drag")
"""The names under which components leave their messages in the session."""


@dataclass(frozen=True)
class Place:
    """Where a layout puts the parts of a run."""

    memory: Memory
    parts: Parts = field(default_factory=dict)
    version: int = 0
    answered: Mapping[str, int] = field(default_factory=dict)
    """The number of the last message that was answered, by part."""
    placed: set[str] = field(default_factory=set)
    """The parts that the layout has put on the page."""

    @property
    def visit(self) -> Visit:
        """Return how the visitor looks at the page: language, view, level, list."""
        return self.memory.visit

    @property
    def text(self) -> Text:
        """Return the strings of the visitor's language."""
        return self.memory.visit.text

    @property
    def desk(self) -> Any:
        """Return the page's desk, of the page's own class."""
        return self.memory.desks[self.memory.page]

    @property
    def framed(self) -> bool:
        """Return whether the page is embedded in a frame of somebody else's."""
        return self.memory.visit.view == "embed"

    @property
    def staged(self) -> bool:
        """Return whether the page stands on a stage, a screen that does not scroll; choices lie among the tools there."""
        return self.memory.visit.view == "present"

    @property
    def tools(self) -> bool:
        """Return whether there is room for choices beside the picture."""
        return self.memory.visit.shows("panel") and not self.framed

    @property
    def asks(self) -> bool:
        """Return whether the page asks questions of its own: not while the card of a lesson asks one."""
        return self.memory.visit.asks("panel") and not self.framed and self.memory.card is None

    @property
    def level(self) -> str:
        """Return the level that is open."""
        return self.memory.visit.open_level

    def put(self, *keys: str, **answers: Any) -> None:
        """Draw those of these parts that exist, here; ``answers`` says what clicks on them do."""
        for key in keys:
            if key in self.parts:
                part = self.parts[key]()
                data = part.data()
                _, sent = self.memory.send(self.memory.page, key, data, self.version)
                stamp = self.memory.stamp(key, sent.version, self.answered.get(key, 0))
                part.place(key, data, stamp, **answers)
                self.placed.add(key)


@dataclass(frozen=True)
class Course:
    """What a lesson's card adds to the page that it is about."""

    strip: Callable[[Place], None]
    """Draws the card above the bench."""
    goal: Callable[[Place], None]
    """Looks whether a settled state fulfils the card's goal, and draws how far it is."""


def runs(page: Page, course: Course | None = None) -> Callable[[], None]:
    """Return what Streamlit calls to draw a page; ``course``: what a card of a lesson adds to it."""

    def run() -> None:
        draw(page, course)

    run.__name__ = page.path
    return run


def draw(page: Page, course: Course | None) -> None:
    """Draw a page: what stands above, then the bench, which a drag draws anew by itself, then what stands below."""
    memory = session.current()
    place = Place(memory)
    with computing_on(memory.device), session.drawing(memory):
        if page.above:
            page.above(place)
        if course and memory.visit.lesson:
            course.strip(place)
        if memory.desk:
            memory.desk.drawn = memory.face
        memory.pace = page.pace(place) if page.pace else None
        (bench if page.whole else st.fragment(bench, run_every=memory.pace))(page, course)
        if page.below:
            page.below(place)


def bench(page: Page, course: Course | None) -> None:
    """Hear what a hand did; show the parts; write the link."""
    memory = session.current()
    desk = memory.desk
    with computing_on(memory.device):
        place = heard(page, memory, desk) if desk else Place(memory)
        if course and memory.card:
            course.goal(place)
        page.show(place)
        memory.placed = frozenset(place.placed)
        session.finish(memory, again=page.pace is not None and page.pace(place) != memory.pace)


def heard(page: Page, memory: Memory, desk: Desk[Any]) -> Place:
    """Do what the messages of this run say; return the place for the parts of what the desk is then."""
    if page.tick:
        page.tick(desk)
    with desk.lock:
        numbers: dict[str, int] = {}
        for message in messages(memory):
            numbers[message.part] = max(number_of(message.said), numbers.get(message.part, 0))
            if page.hear and of_session(message, memory):
                page.hear(desk, memory.visit, message)
        shown, version = desk.snapshot(), memory.next_version()
    answered = {part: max(numbers.get(part, 0), shown.number(part)) for part in {*numbers, *shown.heard}}
    parts = page.parts(shown, memory.visit) if page.parts else {}
    memory.outline, memory.called = outline(page, shown, memory.visit, parts), None
    return Place(memory, parts, version, answered)


def outline(page: Page, desk: Desk[Any], visit: Visit, parts: Parts) -> object:
    """Return what the live line cannot change on a page: which parts there are, and what the layout shows beside them."""
    return frozenset(parts), page.outline(desk, visit) if page.outline else None


def messages(memory: Memory) -> Iterator[Message]:
    """Yield what the browser said of the parts that were last shown on this page."""
    for path, key in list(memory.sent):
        state = st.session_state.get(key) if path == memory.page else None
        if isinstance(state, Mapping):
            for name in SPOKEN:
                if state.get(name) is not None:
                    yield Message(key, state[name])


def of_session(message: Message, memory: Memory) -> bool:
    """Return whether a message is meant for this session: a browser repeats its last one after the server has restarted."""
    said = message.said
    return isinstance(said, Mapping) and said.get("epoch", memory.epoch) == memory.epoch
