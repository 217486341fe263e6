"""One visitor's session and his address bar: the only file that reads or writes the address.

The address is read when a page is opened or the visitor goes back, and written when he has done something: one deed, one
entry in the browser's history. An address that was just read is completed in place (``components/address``).
"""

import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import KW_ONLY, dataclass, field, replace
from threading import Lock
from typing import Any, NamedTuple
from weakref import WeakValueDictionary

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from lossviz.core.desk import Desk, Reads
from lossviz.core.embedding import HEIGHT
from lossviz.core.examples import PAGES
from lossviz.core.languages import LANGUAGES
from lossviz.core.lessons import Card, card_at
from lossviz.core.parts import Data, Line, Message, Parts, Stamp
from lossviz.core.progress import NEW, Record
from lossviz.core.visit import VISIT_KEYS, Pages, Visit, shown_slide, visit_from

KEY = "lossviz"
LATE = 1.0
"""Seconds for which a run may still bring the address from before our last writing."""
UNTOLD = 0.4
"""Seconds after a run for which the browser may still say what widgets showed before it."""

Desks = Mapping[str, Desk[Any]]


Layout = Callable[[Any], None]
"""A function that puts parts and choices into a ``Place`` of ``web/page.py``."""


class Sent(NamedTuple):
    """What the browser last got of a part, and since when that has been so."""

    data: Data | None
    version: int

    def changes(self, before: "Sent") -> dict[str, Any]:
        """Return what differs from what was sent before."""
        old, new = before.data or {}, self.data or {}
        return {key: value for key, value in new.items() if key not in old or old[key] != value}


NOTHING = Sent(None, 0)


@dataclass(frozen=True)
class Page:
    """Where a page stands: its path in the address, its place in the menu, what draws it and what reads its link."""

    path: str
    order: int
    show: Layout
    """The layout of the page: what stands where."""
    _: KW_ONLY
    reads: Reads[Any] | None = None
    """How the page reads its state from a link."""
    hear: Callable[[Any, Visit, Message], None] | None = None
    """What a hand does to the page's desk. Pure: everything comes in as arguments."""
    parts: Callable[[Any, Visit], Parts] | None = None
    """The parts that follow a drag, made from desk and visit. Pure as well."""
    tick: Callable[[Any], None] | None = None
    """What the desk does by itself in every run, before a hand is heard."""
    above: Layout | None = None
    """The layout of what stands above and stays as it is during a drag: choices and tools."""
    listed: bool = True
    """Whether the page stands in the menu."""
    titled: bool = False
    """Whether the layout begins with a heading of the first order; else the frame gives the page one that is only heard."""
    whole: bool = False
    """Whether every run draws the whole page anew, choices and tools included: nothing on it can be dragged."""
    below: Layout | None = None
    """The layout of what stands below and stays as it is during a drag."""
    outline: Callable[[Any, Visit], object] | None = None
    """What the layout shows of the state beside the parts, if a drag can change it: then a run draws the page again."""
    pace: Callable[[Any], float | None] | None = None
    """The seconds after which the page runs again by itself; None if it rests."""
    desk: Callable[[Any, Any, Any], Desk[Any]] = Desk
    """The class of the desk that holds the page's state."""
    follow: Callable[[Desks], None] | None = None
    """What the page takes over from another page's desk when it is opened."""
    tall: Mapping[str, int] = field(default_factory=dict)
    """The height in pixels that a frame 640 pixels wide takes, by the state's tab or by level; else ``HEIGHT``."""

    def height(self, level: str, state: Any) -> int:
        """Return the height with which a frame of this page begins: that of the open tab, else that of the level."""
        keys = (getattr(state, "tab", ""), level)
        return next((self.tall[key] for key in keys if key in self.tall), HEIGHT)


@dataclass
class Memory:
    """One visitor's session: nothing in it belongs to one page."""

    visit: Visit = field(default_factory=Visit)
    pages: Mapping[str, Page] = field(default_factory=dict)
    page: str = ""
    desks: dict[str, Desk[Any]] = field(default_factory=dict)
    """The states of the pages that were opened, by path."""
    notes: tuple[str, ...] = ()
    """The keys of the link that were not understood."""
    anew: bool = False
    """Whether the page was open before the session began: on another server, or on this one before it was restarted."""
    written: dict[str, str] | None = None
    """What the address says, as we put it there."""
    came: dict[str, str] | None = None
    """The address as it came, which said the same before we completed it."""
    opening: bool = False
    """Whether this run began with reading the address: then it is completed in place."""
    written_before: dict[str, str] | None = None
    """What stood there before, if it was replaced while the page ran again by itself: a run under way may still bring it."""
    written_at: float = 0.0
    inner: bool = False
    """Whether this run was asked for by the page itself: then the address it comes with may be older than what we wrote."""
    unended: bool = False
    """Whether the last run of the whole page was broken off: what stands at its end is out of date."""
    drawing: bool = False
    """Whether a run of the whole page is drawing now."""
    pace: float | None = None
    """Seconds after which the page runs again by itself; None: it rests."""
    sent: dict[tuple[str, str], Sent] = field(default_factory=dict)
    """What the browser last got, by page and part."""
    placed: frozenset[str] = frozenset()
    """The parts that the last run put on the page."""
    widgets: dict[str, tuple[str, str]] = field(default_factory=dict)
    """On which page and in which language each of Streamlit's own widgets was last drawn, by key (``web/choices.py``)."""
    overwritten: dict[str, tuple[Any, float]] = field(default_factory=dict)
    """What a widget showed before something else was written there, and until when the browser may still say so, by key."""
    outline: object = None
    """What the last run showed beside the parts, and which parts there were; ``called``: for what a run was called since."""
    called: object = None
    version: int = 0
    """Rises with every run and every answer of the live line, so that the browser knows which of them is newer."""
    epoch: str = field(default_factory=lambda: secrets.token_hex(4))
    """This session's name in stamps and messages."""
    token: str = field(default_factory=secrets.token_urlsafe, repr=False)
    """The word that opens the live line to this session: in no link and in no log."""
    lock: Lock = field(default_factory=Lock, repr=False)
    """Held while it is settled what was sent, by runs and by the live line."""
    going: str = ""
    """The page on which the list goes on."""
    records: dict[str, Record] = field(default_factory=dict)
    """What the visitor has done of the lessons, by the cards' names."""
    told_records: bool = False
    """Whether the browser has told what it holds of the lessons, or that it holds nothing."""
    folded: bool = False
    """Whether only the head of the card is seen."""
    unkept: bool = False
    """Whether the browser keeps nothing for this site."""
    goal_lines: tuple[Any, ...] = ()
    """The card's goal as it was last looked at: while a drag is under way it stands still."""
    seen_state: object = None
    """The state in which the card's goal was last looked at: another one is a move."""
    deed: str = ""
    """What the visitor did last of what is announced: "level", "slide", "undo" or "reset"; ``deeds`` counts them."""
    deeds: int = 0
    level: str = ""
    """What the open level is called, as its choice was last drawn."""
    device: str | None = None
    """The device this visitor wishes to compute on; None: as it was chosen for each kind of work. No link carries it."""

    @property
    def desk(self) -> Desk[Any] | None:
        """Return the present page's desk, or None if the page has no state."""
        return self.desks.get(self.page)

    @property
    def reads(self) -> Pages:
        """Return how each page reads its state, by path."""
        return {path: page.reads for path, page in self.pages.items()}

    @property
    def tall(self) -> int:
        """Return the height with which a frame of what one sees begins, in pixels."""
        return self.pages[self.page].height(self.visit.open_level, self.desk.state if self.desk else None)

    def query(self, visit: Visit | None = None) -> dict[str, str]:
        """Return what a link to what one sees says; with another ``visit``, to the same state seen otherwise."""
        state = self.desk.state.to_query() if self.desk else {}
        return {**(visit or self.visit).to_query(), **state}

    def next_version(self) -> int:
        """Return the number of a run, or of an answer of the live line, that begins now."""
        with self.lock:
            self.version += 1
            return self.version

    def send(self, path: str, key: str, data: Data, version: int) -> tuple[Sent, Sent]:
        """Return what the browser had of a part of a page and what it has from now on; the same where nothing changed.

        Whoever began to work it out before somebody else sent something newer changes nothing, and the browser drops it.
        """
        with self.lock:
            before = self.sent.get((path, key), NOTHING)
            if before.data == data:
                return before, before
            now = Sent(data, version)
            if version > before.version:
                self.sent[path, key] = now
            return before, now

    def stamp(self, key: str, version: int, seq: int) -> Stamp:
        """Return what a part of this page carries beside its data."""
        line = Line("live", self.token) if self.visit.live == "on" else None
        return Stamp(self.page, key, self.epoch, version, seq, line)

    def told(self, now: float) -> None:
        """Note that a run has come to its end: soon the browser knows what was written into its widgets."""
        self.overwritten = {
            key: (old, min(until, now + UNTOLD)) for key, (old, until) in self.overwritten.items() if until > now
        }

    @property
    def face(self) -> tuple[object, ...]:
        """Return everything that tools and list show, to see whether they are out of date."""
        desk = self.desk
        return (*(desk.face if desk else ()), self.visit.level, self.visit.slides, self.visit.slide, self.record)

    @property
    def card(self) -> Card | None:
        """Return the card that one is at, or None."""
        return card_at(self.visit.lesson, self.visit.card)

    @property
    def record(self) -> Record:
        """Return what was done of that card, but for the count of moves, which nothing shows."""
        return replace(self.records.get(self.card.name, NEW), moves=0) if self.card else NEW

    def did(self, deed: str) -> None:
        """Note a deed that a screen reader is told of."""
        self.deed, self.deeds = deed, self.deeds + 1

    def note(self, **changes: Any) -> None:
        """Note something about the card that one is at."""
        if self.card:
            self.records[self.card.name] = replace(self.records.get(self.card.name, NEW), **changes)


OPEN: WeakValueDictionary[str, Memory] = WeakValueDictionary()
"""The sessions that are open in this process, by their token."""


def current() -> Memory:
    """Return the session as it stands.

    Raises: RuntimeError outside a run, where Streamlit would hand out one session for everybody.
    """
    if get_script_run_ctx(suppress_warning=True) is None:
        raise RuntimeError("a session is there only while a page runs")
    if KEY not in st.session_state:
        st.session_state[KEY] = memory = Memory()
        OPEN[memory.token] = memory
    found: Memory = st.session_state[KEY]
    return found


def hear(pages: Mapping[str, Page]) -> Memory:
    """Read the address's language, view, level and list, first of all in a run of the whole page."""
    memory = current()
    memory.pages, memory.unended = pages, True
    here = address_of(memory)
    if memory.written is None:
        memory.visit = replace(memory.visit, lang=spoken())
    memory.opening = memory.opening and memory.inner
    if here != memory.written:
        memory.visit, memory.notes = visit_from(here, memory.visit, memory.reads)
    return memory


def arrive(path: str) -> Memory:
    """Take over the state the address says, if it is not what we wrote there.

    An address without a state means the default, except right after a change of pages by the menu, which drops the query.
    """
    memory = current()
    turned = path != memory.page
    here = st.query_params.to_dict() if turned else address_of(memory)
    said = bool(here) if turned else here != memory.written
    if turned:
        leave(memory)
        memory.anew = False
        memory.visit = replace(memory.visit, revealed=False)
    memory.opening = memory.opening or turned or said
    memory.inner = False
    page = memory.pages[path]
    desk = desk_of(memory, path)
    if desk and page.reads and said:
        state, bad = page.reads(here)
        memory.notes += bad
        arrive_at(memory, path, desk, state, bare=not {*here} - {*VISIT_KEYS, "v"})
    if page.follow:
        page.follow(memory.desks)
    memory.page, memory.came = path, here if turned or said else memory.came
    memory.visit = replace(memory.visit, veiled=unanswered(memory))
    drop_question(memory, note="ask" in here and said)
    listed(memory)
    keep_up(memory)
    return memory


def unanswered(memory: Memory) -> bool:
    """Return whether the question of the card on this page waits: until then the numbers that answer it are hidden."""
    return memory.card is not None and memory.card.page == memory.page and not memory.record.said


def arrive_at(memory: Memory, path: str, desk: Desk[Any], state: Any, *, bare: bool) -> None:
    """Take over the state of a link; one that names a card and no state opens the card's own, to which Reset leads."""
    card, reads = memory.card, memory.pages[path].reads
    if not card or not reads or card.page != path:
        desk.arrive(state)
        return
    start = reads(card.query)[0]
    if bare:
        memory.visit = replace(memory.visit, level=card.level)
    desk.arrive(start if bare else state)
    desk.linked = start


def leave(memory: Memory) -> None:
    """End the drag that is under way on the page that is left: nobody else will. What was sent of it need not be kept."""
    with memory.lock:
        memory.sent = {key: Sent(None, sent.version) for key, sent in memory.sent.items()}
        desk, memory.page = memory.desk, ""
    if desk:
        desk.let_go()


def desk_of(memory: Memory, path: str) -> Desk[Any] | None:
    """Return the desk of a page, made when it is first asked for; None for a page without a state."""
    page = memory.pages[path]
    if page.reads and path not in memory.desks:
        plain, _ = page.reads({})
        memory.desks[path] = page.desk(plain, plain, plain)
    return memory.desks.get(path)


def drop_question(memory: Memory, *, note: bool = False) -> None:
    """Drop the question where the state is not what it is about."""
    desk, reads = memory.desk, memory.pages[memory.page].reads if memory.page in memory.pages else None
    if not memory.visit.ask:
        return
    asked = PAGES.get(memory.page, {}).get(memory.visit.ask)
    if not desk or not reads or not asked or not asked.choices or not desk.same_place(reads(asked.query)[0]):
        memory.visit = replace(memory.visit, ask="")
        memory.notes = (*memory.notes, "ask") if note else memory.notes


def listed(memory: Memory) -> None:
    """Tell the desk whether a list is open, or a card on its page: then Reset leads to its state and no farther."""
    if memory.desk:
        memory.desk.listed = bool(memory.visit.slides) or (memory.card is not None and memory.card.page == memory.page)


def address_of(memory: Memory) -> dict[str, str]:
    """Return what the address says; what we wrote, where the run is of our own asking or was under way before."""
    here = st.query_params.to_dict()
    if memory.written is None:
        return here
    late = here == memory.written_before and time.monotonic() - memory.written_at < LATE
    return memory.written if memory.inner or late or here == memory.came else here


def run_again() -> None:
    """Draw the whole page anew."""
    current().inner = True
    st.rerun(scope="app")


def spoken() -> str:
    """Return the browser's language, if we speak it."""
    asked = (st.context.locale or "").split("-")[0]
    return asked if asked in LANGUAGES else "en"


def write(memory: Memory) -> None:
    """Put the state into the address: as a new entry of the history, unless the address was only just read."""
    drop_question(memory)
    query = memory.query()
    if query == memory.written:
        return
    memory.written_before = memory.written if memory.pace else None
    memory.written_at = time.monotonic()
    memory.written = query
    if not memory.opening:
        memory.notes, memory.came, memory.anew = (), None, False
        st.query_params.from_dict(query)


def keep_up(memory: Memory) -> None:
    """Let the address follow, unless something is under way whose end it waits for."""
    if memory.opening or memory.desk is None or not memory.desk.under_way:
        write(memory)


@contextmanager
def drawing(memory: Memory) -> Iterator[None]:
    """Note that the whole page is drawn, until it is, or until the run is broken off."""
    memory.drawing = True
    try:
        yield
    finally:
        memory.drawing = False


def finish(memory: Memory, *, again: bool = False) -> None:
    """End a page: let the address follow; draw it all anew where tools or list are out of date."""
    desk = memory.desk
    keep_up(memory)
    memory.told(time.monotonic())
    broken = memory.unended and not memory.drawing
    stale = desk is not None and desk.before is None and (broken or memory.face != desk.drawn)
    if again or stale:
        run_again()


def turn(visit: Visit) -> None:
    """Look otherwise at the same numbers: another level, view or list."""
    memory = current()
    memory.visit, memory.opening = visit, False
    listed(memory)
    keep_up(memory)


def deepen(level: str) -> None:
    """Open another level of the page."""
    current().did("level")
    turn(replace(current().visit, level=level))


def speak(lang: str) -> None:
    """Change the language."""
    turn(replace(current().visit, lang=lang))


def compute_on(device: str) -> None:
    """Have everything computed on a device, for this visitor; "auto": as it was chosen for each kind of work."""
    current().device = None if device == "auto" else device


def open_example(key: str, *, ask: bool = False) -> None:
    """Open one of the page's examples, with its question or without."""
    memory = current()
    page, example, desk = memory.pages[memory.page], PAGES[memory.page][key], memory.desks[memory.page]
    if page.reads:
        desk.open(page.reads(example.query)[0], memory.visit)
        turn(replace(memory.visit, level=example.level, ask=key if ask else "", revealed=False))


def open_slide(number: int) -> None:
    """Open one of the list's states, wherever it is at home."""
    memory = current()
    if not 0 <= number < len(memory.visit.slides):
        return
    memory.did("slide")
    path, state, visit = shown_slide(memory.visit, number, memory.reads)
    desk = desk_of(memory, path)
    if path == memory.page:
        if desk:
            desk.open(state, memory.visit)
        turn(visit)
        return
    if desk:
        desk.arrive(state)
    memory.visit, memory.going = visit, path


def open_card(lesson: str, number: int) -> None:
    """Open a card in the state in which it begins; behind the last card the lesson's summary."""
    memory = current()
    card = card_at(lesson, number)
    if card is None:
        memory.visit, memory.going = replace(memory.visit, lesson=lesson, card=0, ask="", level="1"), "lessons"
        return
    memory.visit = replace(memory.visit, lesson=lesson, card=number, ask="")
    open_for_card(card, card.query, anew=True)


def open_for_card(card: Card, query: Mapping[str, str], *, anew: bool = False) -> None:
    """Open a state of a card's page, wherever one is; Reset leads to where the card begins.

    ``anew``: the card begins here, and nothing before it can be undone.
    """
    memory = current()
    desk, reads = desk_of(memory, card.page), memory.pages[card.page].reads
    visit = replace(memory.visit, level=card.level, revealed=False)
    if not desk or not reads:
        return
    memory.seen_state, memory.goal_lines = None, ()
    if card.page == memory.page:
        if anew:
            desk.begin(reads(query)[0])
        else:
            desk.open(reads(query)[0], memory.visit)
        turn(visit)
    else:
        desk.arrive(reads(query)[0])
        memory.visit, memory.going = visit, card.page
    desk.linked = reads(card.query)[0]


def visit_page(path: str) -> None:
    """Go to another page that has no state."""
    memory = current()
    memory.visit, memory.going = replace(memory.visit, ask="", level="1"), path


def reveal() -> None:
    """Show the answers that the link hides, or hide them again."""
    turn(replace(current().visit, revealed=not current().visit.revealed))


def close_lesson() -> None:
    """Leave the lesson where one is: the page stays as it is."""
    turn(replace(current().visit, lesson="", card=0, veiled=False))


def go(path: str, query: Mapping[str, str]) -> None:
    """Open another page's first level, on its state with what a link's query changes of it."""
    memory = current()
    desk, page = desk_of(memory, path), memory.pages[path]
    if desk and page.reads:
        desk.settle(page.reads({**desk.state.to_query(), **query})[0])
    memory.visit, memory.going = replace(memory.visit, level="1", ask=""), path


def slide_query(memory: Memory, visit: Visit, number: int) -> tuple[str, dict[str, str]]:
    """Return page and query of a link that opens the list at one of its states."""
    path, state, seen = shown_slide(visit, number, memory.reads)
    return path, {**seen.to_query(), **(state.to_query() if state else {})}


def going_on(memory: Memory) -> str:
    """Return the path of the page on which the list goes on, once; "" while it stays on this one.

    Its state and the visit are there already, and its address is completed in place: with a query of its own Streamlit would
    make two entries of the history.
    """
    path, memory.going = memory.going, ""
    return path


def undo() -> None:
    """Go one state back, and look at it as one did."""
    memory = current()
    if memory.desk:
        memory.did("undo")
        before, here = memory.desk.undo() or memory.visit, memory.visit
        slide = min(before.slide, max(len(here.slides) - 1, 0))
        stays: dict[str, Any] = {
            "lang": here.lang,
            "view": here.view,
            "live": here.live,
            "theme": here.theme,
            "lesson": here.lesson,
            "card": here.card,
        }
        stays |= {"role": here.role, "klass": here.klass, "veiled": here.veiled, "revealed": here.revealed}
        turn(replace(before, **stays, ask="", slides=here.slides, slide=slide))


def reset() -> None:
    """Go back to what the link or the example opened; from there to rest."""
    memory = current()
    if memory.desk:
        memory.did("reset")
        memory.desk.reset()
        turn(memory.visit)
