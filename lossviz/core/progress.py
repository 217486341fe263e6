"""What a learner has done of the lessons: kept in his browser, carried on as a short text, never in an address."""

import base64
import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from lossviz.core.lessons import CARDS

LONGEST = 20_000
"""Most characters of what a browser or a carry-on text brings, when unpacked."""
LATEST = 4_102_444_800
"""The last second that is believed: the year 2100."""
MOST_MOVES = 9_999


@dataclass(frozen=True)
class Record:
    """What was done of one card."""

    said: int = 0
    """The number of the choice, as in the card's file; 0: not answered."""
    sure: bool = False
    began: int = 0
    """The second in which the task was first seen."""
    reached: int = 0
    """The second in which the goal was reached; 0: not yet."""
    shown: bool = False
    """Whether the solution was shown."""
    moves: int = 0

    @property
    def minutes(self) -> float:
        """Return how long the card took, at most a quarter of an hour."""
        return min(max(self.reached - self.began, 0) / 60, 15.0) if self.began and self.reached else 0.0


NEW = Record()
Records = Mapping[str, Record]
"""Records by the cards' names."""


def right(name: str, record: Record) -> bool:
    """Return whether the first answer was right."""
    return record.said == CARDS[name].right


def written(records: Records) -> str:
    """Return records as JSON, without what is not known."""
    plain = vars(NEW)
    short = {
        name: {key: value for key, value in vars(record).items() if value != plain[key]}
        for name, record in sorted(records.items())
    }
    return json.dumps(short, separators=(",", ":"))


def read(text: object) -> dict[str, Record]:
    """Return the records that a JSON text brings; what is none of ours is left out.

    Raises: ValueError for a text that is no JSON object or too long.
    """
    if not isinstance(text, str) or len(text) > LONGEST:
        raise ValueError("no records")
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError("no records") from error
    if not isinstance(found, dict):
        raise ValueError("no records")
    return {name: record_of(name, entry) for name, entry in found.items() if name in CARDS and isinstance(entry, dict)}


def record_of(name: str, entry: Mapping[str, Any]) -> Record:
    """Return a record from what somebody else's browser says; values out of bounds are the default."""
    bounds = {"said": len(CARDS[name].choices), "began": LATEST, "reached": LATEST, "moves": MOST_MOVES}
    numbers = {
        key: entry[key] for key, most in bounds.items() if type(entry.get(key)) is int and 0 <= entry[key] <= most
    }
    return Record(**numbers, sure=entry.get("sure") is True, shown=entry.get("shown") is True)


def merged(one: Records, other: Records) -> dict[str, Record]:
    """Return both together; of two records of one card the one that got farther, and of equals the first."""
    return {
        name: max((found for found in (one.get(name), other.get(name)) if found), key=farther)
        for name in {**one, **other}
    }


def farther(record: Record) -> tuple[bool, bool, int]:
    """Return how far a card has come, to be compared."""
    return record.reached > 0, record.said > 0, record.moves


def carried(records: Records) -> str:
    """Return records as a text to paste elsewhere."""
    return base64.urlsafe_b64encode(zlib.compress(written(records).encode(), 9)).decode().rstrip("=")


def brought(text: str) -> dict[str, Record]:
    """Return the records of a text that was pasted. Raises: ValueError for any other text."""
    plain = "".join(text.split())
    if len(plain) > LONGEST:
        raise ValueError("too long")
    try:
        packed = base64.urlsafe_b64decode(plain + "=" * (-len(plain) % 4))
        unpacker = zlib.decompressobj()
        found = unpacker.decompress(packed, LONGEST)
        if unpacker.unconsumed_tail or not unpacker.eof:
            raise ValueError("cut off")
        return read(found.decode())
    except (ValueError, zlib.error) as error:
        raise ValueError("no records") from error


def without(records: Records, names: Iterable[str]) -> dict[str, Record]:
    """Return the records without those of some cards, which begin anew."""
    gone = {*names}
    return {name: record for name, record in records.items() if name not in gone}


def moved(record: Record) -> Record:
    """Return a record with one move more."""
    return replace(record, moves=min(record.moves + 1, MOST_MOVES))
