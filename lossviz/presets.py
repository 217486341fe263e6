"""The examples people send each other: a state, the reason to look at it, a question with its answer.

One entry a preset in ``assets/presets.json``, by page; titles, reasons, questions and answers are in the catalogues.
"""

import json
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import parse_qsl

from lossviz.assets import ASSETS
from lossviz.state import State, from_query

FILE = ASSETS / "presets.json"


@dataclass(frozen=True)
class Preset:
    """``link``: the query of its state. ``choices``: answers to its question, ``right`` the number of the right one."""

    key: str
    link: str
    level: str
    choices: int = 0
    right: int = 0

    @property
    def query(self) -> dict[str, str]:
        """Its link, read."""
        return dict(parse_qsl(self.link))

    @cached_property
    def state(self) -> State:
        """The state it opens in the Lab."""
        return from_query(self.query)[0]


PAGES: dict[str, dict[str, Preset]] = {
    page: {key: Preset(key, **entry) for key, entry in entries.items()}
    for page, entries in json.loads(FILE.read_text(encoding="utf-8")).items()
}
"""By page."""
PRESETS = PAGES["lab"]
"""The Lab's."""
