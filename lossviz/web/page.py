"""The page runner: what every page does in every run.

A page is ``hear(desk, visit, message)``, which changes that desk, ``parts(desk, visit)``, which only reads it, and a
layout; the first two never touch Streamlit. The runner hears what a hand did, makes the parts, lets the layout place
them, and writes the link.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from lossviz.core.parts import Message, Parts
from lossviz.core.text import Text
from lossviz.core.visit import Visit
from lossviz.web import session
from lossviz.web.session import Memory, Page, Sent

SPOKEN = ("event", "drag")
"""The names under which components leave their messages in the session."""


@dataclass(frozen=True)
class Place:
    """Where a layout puts the parts of a run."""

    memory: Memory
    parts: Parts

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
    def tools(self) -> bool:
        """Return whether there is room for choices beside the picture."""
        return self.memory.visit.shows("panel") and not self.framed

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
                sent = self.memory.sent.get((self.memory.page, key), Sent(None, 0))
                if sent.data != data:
                    sent = self.memory.sent[self.memory.page, key] = Sent(data, sent.version + 1)
                part.place(key, data, sent.version, **answers)


def runs(page: Page) -> Callable[[], None]:
    """Return what Streamlit calls to draw a page."""

    def run() -> None:
        draw(page)

    run.__name__ = page.path
    return run


def draw(page: Page) -> None:
    """Draw a page: what stands above, then the bench, which a drag draws anew by itself, then what stands below."""
    memory = session.current()
    place = Place(memory, {})
    if page.above:
        page.above(place)
    if memory.desk:
        memory.desk.drawn = memory.face
    memory.pace = page.pace(place) if page.pace else None
    (bench if page.whole else st.fragment(bench, run_every=memory.pace))(page)
    if page.below:
        page.below(place)


def bench(page: Page) -> None:
    """Hear what a hand did; show the parts; write the link."""
    memory = session.current()
    desk, visit = memory.desk, memory.visit
    parts: Parts = {}
    if desk:
        if page.tick:
            page.tick(desk)
        for message in messages(memory):
            if page.hear:
                page.hear(desk, visit, message)
        parts = page.parts(desk, visit) if page.parts else {}
    place = Place(memory, parts)
    page.show(place)
    session.finish(memory, again=page.pace is not None and page.pace(place) != memory.pace)


def messages(memory: Memory) -> Iterator[Message]:
    """Yield what the browser said of the parts that were last shown on this page."""
    for path, key in list(memory.sent):
        state = st.session_state.get(key) if path == memory.page else None
        if isinstance(state, Mapping):
            for name in SPOKEN:
                if state.get(name) is not None:
                    yield Message(key, state[name])
