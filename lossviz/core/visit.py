"""What a link says beside the state: language, view, level, what is hidden, the question, a list for a class."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from lossviz.core.desk import Reads
from lossviz.core.examples import PRESETS
from lossviz.core.lessons import LESSONS, MOST_CARDS, card_at
from lossviz.core.link import one_of, taken, whole
from lossviz.core.refused import RefusedError
from lossviz.core.slides import LONGEST_NAME, MOST_SLIDES, fits, legible, packed, parts_of, room, spelled, unpacked
from lossviz.core.text import Text, languages

VIEWS = ("page", "embed", "present")
LEVELS = ("1", "2", "3")
LIVE = ("on", "off")
THEMES = ("auto", "light", "dark")
ROLES = ("student", "teacher")
HIDEABLE = (
    *("language", "scene", "objectness", "levels", "mode", "undo", "examples", "steps", "share"),
    *("sentence", "numbers", "bars", "equation", "hint", "panel", "answers", "reveal"),
)
"""What ``hide=`` may name; "answers" is sentence, numbers, bars, equation and panel at once."""
ANSWERS = ("sentence", "numbers", "bars", "equation", "panel")
SLIDE_KEYS = ("level", "ask", "hide", "lesson", "card")
"""What an entry of a list sets beside its state."""

Pages = Mapping[str, Reads[Any] | None]
"""How each page reads its state from a link, by its path in the address; None for a page without a state."""


UNSAID = ("kept", "veiled", "revealed")
"""What a visit knows beside its link."""


@dataclass(frozen=True)
class Visit:
    """What a link says that stays the same over all pages."""

    lang: str = "en"
    view: str = "page"
    level: str = "1"
    hide: tuple[str, ...] = ()
    ask: str = ""
    """The example whose question is asked before the numbers are shown."""
    slides: tuple[str, ...] = ()
    """The list of states, each as ``core/slides.py`` spells it."""
    slide: int = 0
    live: str = "on"
    """Whether a drag may go over the live line: "off" for proxies that refuse it, and for measuring both ways."""
    lesson: str = ""
    card: int = 0
    """The lesson and the card, counted from 1, that one is at; 0: no card."""
    kept: tuple[str, ...] = ()
    """What the list hides, while an entry hides something else. The address does not say it."""
    veiled: bool = False
    """Whether the numbers wait for an answer to the card's question. The address does not say it."""
    role: str = "student"
    """Who looks at the lessons: a teacher sees plan, key and handout."""
    klass: str = ""
    """The word of the class, for completion codes; the key ``class`` of a link."""
    theme: str = "auto"
    """Light or dark; "auto": as the reader's system, or as he chose."""
    revealed: bool = False
    """Whether what ``hide=answers`` hides is shown for now. The address does not say it."""

    def to_query(self) -> dict[str, str]:
        """Return the visit as keys and values of a link: language and level always, the rest where not default."""
        plain, said = Visit(), vars(self)
        return {
            NAMES.get(key, key): SPELLED.get(key, str)(value)
            for key, value in said.items()
            if key in ("lang", "level") or (key not in UNSAID and value != getattr(plain, key))
        }

    def shows(self, name: str) -> bool:
        """Return whether the control or answer of that name is to be seen."""
        return name not in self.hide and not (name in ANSWERS and not self.answers)

    def asks(self, name: str) -> bool:
        """Return whether a question of the page's own is to be seen in the part of that name.

        Hidden answers leave it there; while a card asks its own, it is not.
        """
        return name not in self.hide and not self.veiled

    @property
    def answers(self) -> bool:
        """Return whether answers may be seen: no card's question waits, and the link does not hide what was not revealed."""
        return not self.veiled and ("answers" not in self.hide or self.revealed)

    @property
    def curves(self) -> bool:
        """Return whether curves may be read that tell the answer: cards ask about reading them."""
        return "answers" not in self.hide or self.revealed

    @property
    def open_level(self) -> str:
        """Return the level whose panel is seen: the first where panels are hidden."""
        return self.level if self.shows("panel") else "1"

    @property
    def text(self) -> Text:
        """Return the strings of the visit's language."""
        return Text(self.lang)


NAMES = {"klass": "class"}
"""Keys of a link that are called otherwise than their fields."""
SPELLED: dict[str, Callable[[Any], str]] = {
    "hide": ".".join,
    "slides": packed,
    "slide": lambda number: str(number + 1),
}


VISIT_KEYS = frozenset(NAMES.get(key, key) for key in vars(Visit()) if key not in UNSAID)
"""Every key of a link that a visit has."""


def visit_from(query: Mapping[str, str], before: Visit, pages: Pages) -> tuple[Visit, tuple[str, ...]]:
    """Return the visit that a link describes, and the keys whose values were no good.

    A link says everything: what it does not name is the default, so that Back restores the whole page; only the
    language stays. An empty query comes from the menu and changes nothing. ``slides.2`` among the keys: the second
    entry of the list was left out.
    """
    if not query:
        return before, ()
    readers: dict[str, Callable[[str], Any]] = {
        "lang": one_of(*languages()),
        "view": one_of(*VIEWS),
        "level": one_of(*LEVELS),
        "ask": one_of(*PRESETS),
        "live": one_of(*LIVE),
        "theme": one_of(*THEMES),
        "lesson": one_of(*LESSONS),
        "card": whole(MOST_CARDS, 1),
        "role": one_of(*ROLES),
        "klass": class_word,
    }
    plain, bad = Visit(before.lang), list[str]()
    found: dict[str, Any] = {
        key: taken(query, NAMES.get(key, key), parse, getattr(plain, key), bad) for key, parse in readers.items()
    }
    if found["card"] and not card_at(found["lesson"], found["card"]):
        found["card"] = 0
        bad.append("card")
    hide, unknown = hidden_of(query.get("hide", ""))
    listed, refused = list_of(query, pages)
    return Visit(**found, hide=hide, **listed), (*bad, *unknown, *refused)


def class_word(text: str) -> str:
    """Return the word of a class as a link says it. Raises: RefusedError for one that is too long, or not of letters."""
    if len(text) > LONGEST_NAME or not legible(text):
        raise RefusedError("letters", (str(LONGEST_NAME),), text)
    return text.strip()


def hidden_of(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the known names in a text, separated by dots or commas, and the key ``hide`` if there are unknown ones."""
    named = [name for name in dict.fromkeys(re.split("[.,]", text)) if name]
    unknown = list[str]()
    known = [taken({"hide": name}, "hide", one_of(*HIDEABLE), "", unknown) for name in named]
    return tuple(filter(None, known)), tuple(unknown[:1])


def list_of(query: Mapping[str, str], pages: Pages) -> tuple[dict[str, Any], list[str]]:
    """Return the list and the place in it, and the keys that could not be read: the list, single entries, the place."""
    bad: list[str] = []
    try:
        entries = unpacked(query["slides"]) if "slides" in query else []
    except ValueError:
        entries, bad = [], ["slides"]
    kept, refused_ones = good_entries(entries, pages)
    bad += refused_ones
    place = taken(query, "slide", whole(MOST_SLIDES, 1), 1, bad) - 1
    before = sum(number < place for number in kept)
    return {"slides": tuple(kept.values()), "slide": min(before, max(len(kept) - 1, 0))}, bad


def good_entries(entries: Sequence[str], pages: Pages) -> tuple[dict[int, str], list[str]]:
    """Return the entries of a list that can be opened, by their numbers counted from 0, and the keys of the others."""
    kept: dict[int, str] = {}
    bad: list[str] = []
    for number, entry in enumerate(entries):
        try:
            kept[number] = clean(entry, pages)
        except ValueError:
            bad.append(f"slides.{number + 1}")
    return (kept, bad) if room([*kept.values()]) else ({}, ["slides"])


def clean(entry: str, pages: Pages) -> str:
    """Return an entry read and spelled again: nothing but known keys and good values stays in it.

    Raises: ValueError for a page, a key or a value that cannot be opened.
    """
    page, pairs, name, note = parts_of(entry)
    if page not in pages or not fits(name, note):
        raise ValueError(entry)
    reads, known = pages[page], {*VISIT_KEYS, "v"}
    state, bad = reads(pairs) if reads else (None, ())
    strange = [key for key in pairs if key not in known and not (reads and reads({key: NEVER})[1])]
    visit, worse = visit_from({"lang": "en"} | {key: pairs[key] for key in SLIDE_KEYS if key in pairs}, Visit(), pages)
    if bad or worse or strange:
        raise ValueError(entry)
    return slide_for(page, state, visit, name, note)


NEVER = "\0"
"""A value that no reader of a known key takes."""


def slide_for(page: str, state: Any, visit: Visit, name: str = "", note: str = "") -> str:
    """Return the list entry of a page's state as it is seen now; ``name`` is what the list shows, ``note`` the teacher's."""
    plain = Visit()
    seen = {
        key: SPELLED.get(key, str)(getattr(visit, key)) for key in SLIDE_KEYS if vars(visit)[key] != vars(plain)[key]
    }
    return spelled(page, {"v": "1", **(state.to_query() if state else {}), **seen}, name, note)


def shown_slide(visit: Visit, number: int, pages: Pages) -> tuple[str, Any, Visit]:
    """Return page, state and visit of one entry of the list, counted from 0."""
    page, pairs, _, _ = parts_of(visit.slides[number])
    reads = pages[page]
    state = reads(pairs)[0] if reads else None
    seen, _ = visit_from({"lang": visit.lang} | {key: pairs[key] for key in SLIDE_KEYS if key in pairs}, visit, pages)
    general, own = everywhere(visit), "hide" in pairs
    hide = seen.hide if own else general
    shown = replace(visit, slide=number, level=seen.level, ask=seen.ask, hide=hide, revealed=False)
    shown = replace(shown, lesson=seen.lesson, card=seen.card)
    return page, state, replace(shown, kept=general if own else ())


def everywhere(visit: Visit) -> tuple[str, ...]:
    """Return what the list hides in every entry that hides nothing of its own."""
    own = bool(visit.slides) and "hide" in parts_of(visit.slides[visit.slide])[1]
    return visit.kept if own else visit.hide


def with_slides(visit: Visit, slides: tuple[str, ...], place: int) -> Visit:
    """Return the visit with another list, open at that place, which hides what it did; unchanged where it is too long."""
    if not room(slides):
        return visit
    general, place = everywhere(visit), max(min(place, len(slides) - 1), 0)
    own = hidden_of(parts_of(slides[place])[1].get("hide", ""))[0] if slides else ()
    return replace(visit, slides=slides, slide=place, hide=own or general, kept=general if own else ())


def with_slide(visit: Visit, entry: str) -> Visit:
    """Return the visit with one entry more in its list, shown; unchanged where the list is full."""
    return with_slides(visit, (*visit.slides, entry), len(visit.slides))


def with_entry(visit: Visit, number: int, entry: str) -> Visit:
    """Return the list with another entry in that place, counted from 0; unchanged where there is no room for it."""
    slides = tuple(entry if n == number else other for n, other in enumerate(visit.slides))
    return with_slides(visit, slides, visit.slide)


def described(visit: Visit, number: int, name: str, note: str) -> Visit:
    """Return the list in which an entry has this name and this note; unchanged where they are too long."""
    page, query, _, _ = parts_of(visit.slides[number])
    return with_entry(visit, number, spelled(page, query, name, note)) if fits(name, note) else visit


def hiding(visit: Visit, number: int, names: tuple[str, ...]) -> Visit:
    """Return the list in which an entry hides these names; none: what the list hides everywhere."""
    page, query, name, note = parts_of(visit.slides[number])
    plain = {key: value for key, value in query.items() if key != "hide"}
    return with_entry(visit, number, spelled(page, plain | ({"hide": ".".join(names)} if names else {}), name, note))


def moved_slide(visit: Visit, number: int, by: int) -> Visit:
    """Return the list in which an entry stands ``by`` places later; whoever is shown stays shown."""
    order = [*range(len(visit.slides))]
    if not 0 <= number + by < len(order):
        return visit
    order.insert(number + by, order.pop(number))
    return replace(visit, slides=tuple(visit.slides[n] for n in order), slide=order.index(visit.slide))


def without_slide(visit: Visit, number: int) -> Visit:
    """Return the list without the entry of that number, counted from 0."""
    slides = tuple(entry for n, entry in enumerate(visit.slides) if n != number)
    return with_slides(visit, slides, visit.slide - (number < visit.slide))
