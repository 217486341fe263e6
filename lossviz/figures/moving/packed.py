"""Many texts that differ little as one small one: their pieces once, and of each text what differs from the one before."""

import json
import re
import zlib
from base64 import b64encode
from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Any

PIECE = re.compile(r"<[^>]*>[^<]*|[^<]+")
NUMBER = re.compile(r"\d")
FULL = 9
MOST_COMPARED = 1500
"""Most pieces in a row that are compared one by one where their count differs."""


def recorded(texts: Sequence[str]) -> dict[str, Any]:
    """Return pieces and changes: of each text, from its end backwards, ``[from, how many go, pieces that come...]``.

    A player keeps the pieces' numbers of the text before, and splices. Pieces that differ in digits alone stand together.
    """
    known: dict[str, int] = {}
    before: list[int] = []
    changes = []
    for text in texts:
        now = [known.setdefault(piece, len(known)) for piece in PIECE.findall(text)]
        changes.append([[at, gone, *new] for at, gone, new in reversed(stretches(before, now))])
        before = now
    order = sorted(known, key=lambda piece: (NUMBER.sub("", piece), known[piece]))
    place = {known[piece]: n for n, piece in enumerate(order)}
    spliced = [[[at, gone, *(place[n] for n in new)] for at, gone, *new in change] for change in changes]
    return {"pieces": order, "changes": spliced}


def stretches(before: list[int], now: list[int]) -> list[tuple[int, int, list[int]]]:
    """Return where one list differs from another: from which place, how many go, what comes."""
    if len(before) == len(now):
        found = [(n, n + 1, n, n + 1) for n, (old, new) in enumerate(zip(before, now, strict=True)) if old != new]
        joined: list[tuple[int, int, list[int]]] = []
        for at, *_ in found:
            if joined and joined[-1][0] + joined[-1][1] == at:
                first, count, new = joined[-1]
                joined[-1] = first, count + 1, [*new, now[at]]
            else:
                joined.append((at, 1, [now[at]]))
        return joined
    head = shared(before, now)
    tail = shared(before[head:][::-1], now[head:][::-1])
    old, new = before[head : len(before) - tail], now[head : len(now) - tail]
    if max(len(old), len(new)) > MOST_COMPARED:
        return [(head, len(old), new)]
    blocks = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return [(head + i, j - i, new[k:m]) for kind, i, j, k, m in blocks if kind != "equal"]


def shared(one: list[int], other: list[int]) -> int:
    """Return how many numbers two lists have in common at their beginnings."""
    most = min(len(one), len(other))
    return next((n for n in range(most) if one[n] != other[n]), most)


def played(record: dict[str, Any]) -> list[str]:
    """Return the texts of a record, as the player does."""
    now: list[int] = []
    texts = []
    for change in record["changes"]:
        for at, gone, *new in change:
            now[at : at + gone] = new
        texts.append("".join(record["pieces"][n] for n in now))
    return texts


def packed(data: Any) -> str:
    """Return plain data as JSON, deflated, in letters that any document can hold."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    squeeze = zlib.compressobj(FULL, zlib.DEFLATED, -15)
    return b64encode(squeeze.compress(text.encode()) + squeeze.flush()).decode()
