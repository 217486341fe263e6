"""The completion code of a lesson: twenty letters for whoever has to hand something in. No names, nothing on a server.

Version 4 bits, lesson 5, cards done 8, first answers right 8, minutes 7, a number of its own 20, the word of the class 20
(hash), check 25 (HMAC with that word and ``LOSSVIZ_SECRET``). It reveals copying and typing errors, not a programmer.
"""

import hashlib
import hmac
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no letter that is taken for another."""
READ_AS = str.maketrans("OIL", "011", "- ")
"""What a reader takes for another letter, and what stands between groups."""
FIELDS = (("version", 4), ("lesson", 5), ("done", 8), ("right", 8), ("minutes", 7), ("nonce", 20), ("word", 20))
CHECK, LENGTH, PADDING = 25, 20, 3
VERSION = 1


@dataclass(frozen=True)
class Completion:
    """What a code says: a lesson's order, which cards are done and were right at first, the minutes."""

    lesson: int
    done: tuple[bool, ...]
    right: tuple[bool, ...]
    minutes: int


def made(completion: Completion, word: str, nonce: int | None = None) -> str:
    """Return the code in five groups. ``nonce``: its own number, drawn if there is none given."""
    values = {
        "version": VERSION,
        "lesson": completion.lesson,
        "done": bits(completion.done),
        "right": bits(completion.right),
        "minutes": min(completion.minutes, 127),
        "nonce": secrets.randbits(20) if nonce is None else nonce,
        "word": hashed(word),
    }
    number = 0
    for name, width in FIELDS:
        number = number << width | values[name]
    number = (number << CHECK | check(number, word)) << PADDING
    letters = "".join(LETTERS[number >> 5 * (LENGTH - 1 - n) & 31] for n in range(LENGTH))
    return "-".join(letters[n : n + 4] for n in range(0, LENGTH, 4))


def read(code: str, word: str) -> Completion | None:
    """Return what a code says, or None for one that was altered, or made with another word."""
    return judged(code, word).completion


@dataclass(frozen=True)
class Judged:
    """A code that was looked at: what it says where it is good, else what is wrong with it."""

    letters: str
    """The code as it counts: twenty letters; what is no code, as it came."""
    completion: Completion | None = None
    problem: str = ""
    """"letters": no twenty letters of ours; "class": made with another word; "altered": all else; "": it is good."""
    nonce: int = 0
    """The code's own number."""


def judged(code: str, word: str) -> Judged:
    """Return what a code says, or why it does not count."""
    letters = code.upper().translate(READ_AS)
    if len(letters) != LENGTH or not set(letters) <= set(LETTERS):
        return Judged(code, problem="letters")
    number = 0
    for letter in letters:
        number = number << 5 | LETTERS.index(letter)
    padding, number = number & (1 << PADDING) - 1, number >> PADDING
    given, number = number & (1 << CHECK) - 1, number >> CHECK
    values = values_of(number)
    sound = hmac.compare_digest(given.to_bytes(4, "big"), check(number, word).to_bytes(4, "big"))
    if padding or not sound or values["version"] != VERSION or values["word"] != hashed(word):
        other = values["version"] == VERSION and values["word"] != hashed(word)
        return Judged(letters, problem="class" if other else "altered")
    said = Completion(values["lesson"], flags(values["done"]), flags(values["right"]), values["minutes"])
    return Judged(letters, said, nonce=values["nonce"])


def values_of(number: int) -> dict[str, int]:
    """Return the fields of a code's number, which may be nonsense."""
    values = {}
    for name, width in reversed(FIELDS):
        values[name], number = number & (1 << width) - 1, number >> width
    return values


def bits(flags: Sequence[bool]) -> int:
    """Return flags as a number, the first in the lowest bit; a lesson has at most eight cards."""
    return sum(1 << n for n, flag in enumerate(flags[:8]) if flag)


def flags(number: int) -> tuple[bool, ...]:
    """Return the eight flags of a number."""
    return tuple(bool(number >> n & 1) for n in range(8))


def plain(word: str) -> bytes:
    """Return the word of a class as it counts: without blanks around it, in small letters."""
    return word.strip().lower().encode()


def hashed(word: str) -> int:
    """Return twenty bits of the hash of the class' word."""
    return int.from_bytes(hashlib.sha256(plain(word)).digest()[:4], "big") >> 12


def check(number: int, word: str) -> int:
    """Return the check of everything before it."""
    secret = os.environ.get("LOSSVIZ_SECRET", "lossviz").encode() + plain(word)
    return int.from_bytes(hmac.new(secret, number.to_bytes(10, "big"), "sha256").digest()[:4], "big") >> 7
