"""A list of states for a class as text: how an entry is spelled, in a link, short or compressed, and in a file.

An entry is ``page?query``; a name and a note of the teacher's may follow: ``page?query#name#note``.
"""

import base64
import re
import zlib
from collections.abc import Sequence
from urllib.parse import parse_qsl, quote, unquote, urlencode

MOST_SLIDES = 40
"""States in a list."""
LONGEST, LONGEST_TEXT = 6000, 30_000
"""Characters that a list may take in a link, and once it is unpacked."""
LONGEST_NAME, LONGEST_NOTE = 60, 400
"""Most characters in the name of an entry, and in its note."""
FIRST_PAGE = "lab"
"""The page of an entry that names none: lists were the Lab's alone once."""
PACKED = "~"
"""What a compressed list begins with: no page is called so."""
HEAD = "lossviz list 1"
"""The first line of a list's file."""
MARK = re.compile(r"[%#|\x00-\x1f\x7f\u2028\u2029]")
"""What means something else in a list, or cannot be seen."""


def parts_of(entry: str) -> tuple[str, dict[str, str], str, str]:
    """Return page, query, name and note of an entry; one without a page is the Lab's."""
    place, _, words = entry.partition("#")
    name, _, note = words.partition("#")
    page, asked, query = place.partition("?")
    if not asked:
        page, query = FIRST_PAGE, place
    pairs = dict(parse_qsl(query, keep_blank_values=True, max_num_fields=40))
    return page, pairs, unquote(name), unquote(note)


def spelled(page: str, query: dict[str, str], name: str = "", note: str = "") -> str:
    """Return an entry as a list has it; of name and note only what would mean something else there is escaped."""
    words = [MARK.sub(lambda found: quote(found[0]), one) for one in ((name, note) if note else (name,))]
    return "#".join([f"{page}?{urlencode(query)}", *(words if name or note else ())])


def fits(name: str, note: str) -> bool:
    """Return whether name and note are short and can be printed; a note may have several lines."""
    lines = [name, *note.split("\n")]
    return len(name) <= LONGEST_NAME and len(note) <= LONGEST_NOTE and all(map(legible, lines))


def legible(line: str) -> bool:
    """Return whether a line can be printed: the wide blank of Chinese and what joins emoji are no control characters."""
    return all(letter.isprintable() or letter in "\u3000\xa0\u200d" for letter in line)


def printable(line: str) -> str:
    """Return a line without what cannot be printed."""
    return "".join(filter(legible, line))


def packed(slides: Sequence[str]) -> str:
    """Return a list as one value of a link: as it is, or compressed where that is shorter."""
    plain = "|".join(slides)
    letters = base64.urlsafe_b64encode(zlib.compress(plain.encode(), 9)).decode().rstrip("=")
    return min(plain, PACKED + letters, key=lambda text: len(quote(text)))


def room(slides: Sequence[str]) -> bool:
    """Return whether a list is short enough for a link."""
    whole = "|".join(slides)
    return len(slides) <= MOST_SLIDES and len(whole) <= LONGEST_TEXT and len(quote(packed(slides))) <= LONGEST


def unpacked(text: str) -> list[str]:
    """Return the entries of a list as a link has it. Raises: ValueError where it is no list, or too long for one."""
    if len(text) > LONGEST:
        raise ValueError("too long")
    entries = (inflated(text.removeprefix(PACKED)) if text.startswith(PACKED) else text).split("|")
    if len(entries) > MOST_SLIDES:
        raise ValueError("too many")
    return entries


def inflated(letters: str) -> str:
    """Return what was compressed; no more of it is unpacked than a list may have. Raises: ValueError."""
    try:
        packed = base64.b64decode(letters + "=" * (-len(letters) % 4), altchars=b"-_", validate=True)
        engine = zlib.decompressobj()
        found = engine.decompress(packed, LONGEST_TEXT * 4)
    except zlib.error as error:
        raise ValueError(str(error)) from error
    text = found.decode()
    if not engine.eof or len(text) > LONGEST_TEXT:
        raise ValueError("too long")
    return text


def as_file(slides: Sequence[str]) -> str:
    """Return a list as a small file: a head, then an entry a line."""
    return "\n".join([HEAD, *slides, ""])


def of_file(content: bytes) -> list[str]:
    """Return the entries of such a file. Raises: ValueError for any other file, and for one that is too long."""
    text = content[: LONGEST_TEXT * 4].decode("utf-8-sig")
    head, *entries = (line.strip() for line in text.splitlines())
    found = [entry for entry in entries if entry]
    if head != HEAD or len(content) > LONGEST_TEXT * 4 or len(found) > MOST_SLIDES:
        raise ValueError("no list")
    return found


def without_notes(slides: Sequence[str]) -> tuple[str, ...]:
    """Return a list as a class gets it: without what the teacher has noted."""
    return tuple(spelled(*parts_of(entry)[:3]) for entry in slides)
