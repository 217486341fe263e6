"""The examples people send each other: a state, the reason to look at it, a question with its answer.

One entry a preset in ``assets/presets.json``; titles, reasons, questions and answers are in the catalogues.
"""

import json
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import parse_qsl

from lossviz.gallery import ASSETS
from lossviz.state import State, from_query

FILE = ASSETS / "presets.json"


@dataclass(frozen=True)
class Preset:
    """``link``: the query of its state. ``choices``: answers to its question, ``right`` the number of the right one."""

    key: str
    link: str
    level: str
    choices: int
    right: int

    @cached_property
    def state(self) -> State:
        """The state it opens."""
        return from_query(dict(parse_qsl(self.link)))[0]


PRESETS: dict[str, Preset] = {
    key: Preset(key, **entry) for key, entry in json.loads(FILE.read_text(encoding="utf-8")).items()
}
