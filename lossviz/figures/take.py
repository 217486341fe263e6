"""A figure of a link as a file: one way for the command line, for Python and for the pages."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode
from zlib import crc32

from lossviz.core.hosts import loopback, public_site, site_of
from lossviz.core.refusals import refusals
from lossviz.core.text import Text
from lossviz.core.visit import NEVER, VISIT_KEYS, Visit, visit_from
from lossviz.engine.device import computing_on
from lossviz.figures.caption import NOTHING, Imprint, caption
from lossviz.figures.content import C, Content, ExportFigure
from lossviz.figures.look import LOOKS, Look, letters, size_of
from lossviz.figures.page import FORMATS, picture, planned, table
from lossviz.figures.registry import Figures, applicable, on_screen
from lossviz.figures.subjects import Subject, figured

KINDS = (*FORMATS, "csv", "txt")
"""Endings of files: pictures, the numbers, the words."""
PARTS = 4
"""Most words that a file's name says of the state."""
LONGEST, FIELDS = 16_000, 60
"""Most characters of a link, and most keys in it."""
LONGEST_WORDS = 200
"""Most letters of a title or a credit."""


@dataclass(frozen=True)
class Opened:
    """A link that was read: its page and state, how it looks at them, and whom it leads where."""

    subject: Subject
    state: Any
    visit: Visit
    site: str = ""
    title: str = ""
    """The title that follows a link after ``#``, as in a list of states."""

    @property
    def link(self) -> str:
        """Return page and state as a link, without the server and without the language."""
        level = {"level": self.visit.level} if self.visit.level != "1" else {}
        return f"{self.subject.path}?{urlencode({**level, 'v': '1', **self.state.to_query()})}"

    @cached_property
    def content(self) -> Content:
        """Return what the figures of the state draw."""
        assert self.subject.content
        return self.subject.content(self.state, self.link)

    @cached_property
    def figures(self) -> Figures:
        """Return the figures that make sense of the state."""
        return applicable(self.content)

    @property
    def shown(self) -> str:
        """Return the key of the figure that the page's screen shows."""
        return on_screen(self.content, self.visit.open_level)

    def named(self, key: str) -> ExportFigure[Any]:
        """Return the figure of that name, or the one on the screen for none. Raises: ValueError."""
        by_name = {short(figure): figure for figure in self.figures.values()} | self.figures
        if key and key not in by_name:
            known = ", ".join(map(short, self.figures.values()))
            raise ValueError(f"expected one of the figures of this state ({known}), not {key!r}")
        return by_name[key or self.shown]

    def name_of(self, asked: "Asked") -> str:
        """Return the name of a file of the link. Raises: ValueError for a figure that the state does not have."""
        return file_name(self.named(asked.figure), self.content, asked.text.lang, asked.look, asked.kind)


@dataclass(frozen=True)
class Asked:
    """One file that is asked of a link: which figure, in which language and look, what kind, what is said around it."""

    figure: str
    text: Text
    look: Look
    kind: str
    imprint: Imprint


def read(page: str, query: Mapping[str, str]) -> tuple[Opened, tuple[str, ...]]:
    """Return what a page with figures makes of a link's keys, as the page does, and the keys whose values are no good.

    Which entries of a list can be opened does not matter to a figure.
    """
    subject = figured()[page]
    state, bad = subject.reads(query)
    visit, worse = visit_from({"lang": "en", **query}, Visit(), {})
    return Opened(subject, state, visit), (*bad, *(key for key in worse if "." not in key))


def opened(link: str) -> Opened:
    """Return what a link shows: an address, or page and state alone (``lab?scene=coffee``); ``#`` and a title may follow.

    Raises: ValueError, one sentence, for a page without figures, an unknown key, a bad value and a strange address.
    """
    address, _, words = link.strip().partition("#")
    place, _, query = address.strip().partition("?")
    site, _, page = place.rstrip("/").rpartition("/")
    if page not in figured() or len(link) > LONGEST:
        raise ValueError(f"expected the link of a page with figures ({', '.join(figured())}), not {link[:80]!r}")
    pairs = queried(query)
    one, bad = read(page, pairs)
    strange = [key for key in pairs if not known(key, one.subject)]
    if strange:
        names = ", ".join(("level", "lang", *one.subject.keys.values()))
        raise ValueError(f"unknown key {strange[0][:40]!r} in the link {shortened(address)}: expected some of {names}")
    if bad:
        raise ValueError(f"{refusals(bad, Text('en'))}, in the link {shortened(address)}")
    site = site_of(site) if "://" in site else ""
    return replace(one, site="" if loopback(site) else site, title=legible(unquote(words.partition("#")[0])))


def queried(query: str) -> Mapping[str, str]:
    """Return keys and values. Raises: ValueError for too many of them."""
    try:
        return dict(parse_qsl(query, keep_blank_values=True, max_num_fields=FIELDS))
    except ValueError as error:
        raise ValueError(f"expected at most {FIELDS} keys in a link") from error


def known(key: str, subject: Subject) -> bool:
    """Return whether a link of that page may have the key."""
    return key in VISIT_KEYS or key == "v" or bool(subject.reads({key: NEVER})[1])


def shortened(address: str) -> str:
    """Return the beginning of a link, for a sentence."""
    return repr(address if len(address) <= 80 else f"{address[:79]}…")


def legible(words: str) -> str:
    """Return a title or a credit in one line. Raises: ValueError for one that is too long or cannot be drawn."""
    line = " ".join(words.split())
    if len(line) > LONGEST_WORDS or not line.isprintable():
        raise ValueError(f"expected at most {LONGEST_WORDS} printable letters in a title or credit")
    strange = next((letter for letter in line if ord(letter) not in letters()), "")
    if strange:
        raise ValueError(f"expected letters that the pictures' font has in a title or credit, not {strange!r}")
    return line


def look_of(size: str, colours: str, *, live: bool = False) -> Look:
    """Return the look by the names of its size and colours. Raises: ValueError."""
    if colours not in LOOKS:
        raise ValueError(f"expected a look, one of {', '.join(LOOKS)}, not {colours!r}")
    return Look(size_of(size), dark=colours == "dark", live=live, clear=colours == "plain")


def short(figure: ExportFigure[Any]) -> str:
    """Return the name of a figure among those of its page."""
    return figure.key.removeprefix(f"{figure.subject}_")


def file_name(figure: ExportFigure[C], content: C, lang: str, look: Look, kind: str) -> str:
    """Return the name of a figure's file: page, figure, state, language, size, look.

    Of the state a few words, and a number that another state does not have; the default state has none.
    """
    name = short(figure)
    digest = [f"{crc32(urlencode(sorted(content.query.items())).encode()):08x}"] if content.query else []
    state = ["lossviz", content.subject, *([name] if name != content.subject else []), *content.name_parts[:PARTS]]
    drawn = [] if kind == "csv" else [lang] if kind == "txt" else [lang, look.size.key, look.key]
    return "-".join([*state, *digest, *drawn]) + f".{kind}"


@dataclass(frozen=True)
class Picture:
    """A figure as a file, and the words that belong to it."""

    name: str
    kind: str
    data: bytes
    caption: str
    alt: str

    def save(self, folder: str | Path = ".") -> Path:
        """Write the file into a folder, which is made where it is missing, under its name; return where it is."""
        Path(folder).mkdir(exist_ok=True)
        path = Path(folder) / self.name
        path.write_bytes(self.data)
        return path

    def _repr_mimebundle_(self, **_: object) -> dict[str, object]:
        """Return what a notebook shows."""
        shown: object = self.data if self.kind in ("png", "pdf") else self.data.decode()
        return {FORMATS.get(self.kind, "text/plain"): shown, "text/plain": self.alt}


def checked(one: Opened, asked: Asked) -> None:
    """Check that a picture fits its size. Raises: ValueError where it does not, before anything is drawn."""
    if asked.kind in FORMATS:
        with computing_on("cpu"):
            planned(one.named(asked.figure), one.content, asked.text, asked.look, asked.imprint)


def take(one: Opened, asked: Asked) -> Picture:
    """Return a figure of an opened link, from the CPU's numbers, so that its bytes do not depend on the machine.

    Raises: ValueError for a figure that the state does not have or that does not fit the size.
    """
    with computing_on("cpu"):
        figure, content, text = one.named(asked.figure), one.content, asked.text
        said, alt = caption(figure, content, text, asked.imprint), figure.alt(content, text, asked.imprint.title)
        if asked.kind == "csv":
            data = table(figure, content)
        elif asked.kind == "txt":
            data = f"{text('export_caption')}\n{said}\n\n{text('export_alt')}\n{alt}\n".encode()
        else:
            data = picture(figure, content, text, asked.look, asked.kind, asked.imprint)
        return Picture(one.name_of(asked), asked.kind, data, said, alt)


@dataclass(frozen=True)
class Order:
    """What is asked of each link: figures, languages, kinds of files, sizes, colours; what is said around the figures."""

    figures: tuple[str, ...] = ("",)
    """Names of figures; "": the one on the screen, "all": all that make sense."""
    langs: tuple[str, ...] = ()
    """No language: the link's own."""
    kinds: tuple[str, ...] = ("png",)
    looks: tuple[Look, ...] = (Look(),)
    imprint: Imprint = NOTHING

    def files(self, one: Opened) -> Iterator[Asked]:
        """Yield figure, language, look, kind and imprint of each file of a link; of numbers and words one is enough."""
        site = self.imprint.site or public_site() or one.site
        imprint = replace(self.imprint, title=self.imprint.title or one.title, site=site)
        keys = dict.fromkeys(key for name in self.figures for key in (one.figures if name == "all" else [name]))
        langs = self.langs or (one.visit.lang,)
        for key, kind in product(keys, self.kinds):
            looks = self.looks[:1] if kind in ("csv", "txt") else self.looks
            for lang, look in product(langs[:1] if kind == "csv" else langs, looks):
                yield Asked(key, Text(lang), look, kind, imprint)
