"""What a link says beside the state: language, view, level, what is hidden, the question, the teacher's list of links."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from lossviz.link import one_of, whole
from lossviz.presets import PRESETS
from lossviz.state import State, from_query
from lossviz.text import Text, languages

VIEWS = ("page", "embed", "present")
LEVELS = ("1", "2", "3")
HIDEABLE = (
    *("language", "scene", "objectness", "levels", "mode", "undo", "examples", "steps", "share"),
    *("sentence", "numbers", "bars", "equation", "hint", "panel", "answers"),
)
"""What ``hide=`` may name; "answers" is sentence, numbers, bars, equation and panel at once."""
ANSWERS = ("sentence", "numbers", "bars", "equation", "panel")
MOST_SLIDES, LONGEST = 40, 6000
"""States in a teacher's list, and characters they may take in a link."""
SLIDE_KEYS = ("level", "ask", "hide")
"""What a slide sets beside its state."""


@dataclass(frozen=True)
class Visit:
    """What stays the same over all pages."""

    lang: str = "en"
    view: str = "page"
    level: str = "1"
    hide: tuple[str, ...] = ()
    ask: str = ""
    """The example whose question is asked before the numbers are shown."""
    slides: tuple[str, ...] = ()
    """Queries of the teacher's states."""
    slide: int = 0

    def to_query(self) -> dict[str, str]:
        """Only what differs from the default."""
        plain = Visit()
        return {key: SPELLED.get(key, str)(value) for key, value in vars(self).items() if value != getattr(plain, key)}

    def shows(self, name: str) -> bool:
        """Whether that control or answer is to be seen."""
        return name not in self.hide and not (name in ANSWERS and "answers" in self.hide)

    @property
    def text(self) -> Text:
        """The strings."""
        return Text(self.lang)


SPELLED: dict[str, Callable[[Any], str]] = {
    "hide": ".".join,
    "slides": "|".join,
    "slide": lambda number: str(number + 1),
}


def visit_from(query: Mapping[str, str], before: Visit) -> tuple[Visit, tuple[str, ...]]:
    """What a link says of these; what it does not name stays, but a question and what is hidden hold for one link only."""
    readers: dict[str, Callable[[str], Any]] = {
        "lang": one_of(*languages()),
        "view": one_of(*VIEWS),
        "level": one_of(*LEVELS),
        "hide": hidden_of,
        "ask": one_of(*PRESETS),
        "slides": slides_of,
        "slide": lambda text: whole(MOST_SLIDES)(text) - 1,
    }
    found = vars(before) | ({"ask": "", "hide": ()} if query else {})
    bad = []
    for key, parse in readers.items():
        if key in query:
            try:
                found[key] = parse(query[key])
            except ValueError:
                bad.append(key)
    found["slide"] = min(max(found["slide"], 0), max(len(found["slides"]) - 1, 0))
    return Visit(**found), tuple(bad)


def hidden_of(text: str) -> tuple[str, ...]:
    """Names with dots or commas between them."""
    return tuple(one_of(*HIDEABLE)(name) for name in dict.fromkeys(re.split("[.,]", text)))


def slides_of(text: str) -> tuple[str, ...]:
    """The teacher's list, each entry read and spelled again: nothing but known keys and good values stays in it."""
    if len(text) > LONGEST:
        raise ValueError(text)
    entries = text.split("|")
    if len(entries) > MOST_SLIDES:
        raise ValueError(text)
    cleaned = tuple(clean(entry) for entry in entries)
    if len("|".join(cleaned)) > LONGEST:
        raise ValueError(text)
    return cleaned


def clean(entry: str) -> str:
    """One entry of the list."""
    pairs = dict(parse_qsl(entry, keep_blank_values=True, max_num_fields=40))
    state, bad = from_query(pairs)
    visit, worse = visit_from({key: pairs[key] for key in SLIDE_KEYS if key in pairs}, Visit())
    if bad or worse:
        raise ValueError(entry)
    return slide_for(state, visit)


def slide_for(state: State, visit: Visit) -> str:
    """The entry of a state as it is seen now."""
    seen = {key: value for key, value in visit.to_query().items() if key in SLIDE_KEYS}
    return urlencode({"v": "1", **state.to_query(), **seen})


def shown_slide(visit: Visit, number: int) -> tuple[State, Visit]:
    """State and visit at one entry of the list."""
    pairs = dict(parse_qsl(visit.slides[number], keep_blank_values=True))
    state, _ = from_query(pairs)
    plain = replace(visit, slide=number, level="1", ask="")
    seen, _ = visit_from({key: pairs[key] for key in SLIDE_KEYS if key in pairs}, plain)
    return state, seen if "hide" in pairs else replace(seen, hide=visit.hide)


def with_slide(visit: Visit, entry: str) -> Visit:
    """The list with one entry more; unchanged where it is full."""
    slides = (*visit.slides, entry)
    if len(slides) > MOST_SLIDES or len(urlencode({"slides": "|".join(slides)})) > LONGEST:
        return visit
    return replace(visit, slides=slides, slide=len(slides) - 1)


def without_slide(visit: Visit, number: int) -> Visit:
    """The list without that entry."""
    slides: Sequence[str] = [entry for n, entry in enumerate(visit.slides) if n != number]
    return replace(
        visit, slides=tuple(slides), slide=min(visit.slide - (number < visit.slide), max(len(slides) - 1, 0))
    )
