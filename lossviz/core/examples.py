"""The examples people send each other: a state, the reason to look at it, a question with its answer.

One entry a preset in ``assets/presets.json``, by page; titles, reasons, questions and answers are in the catalogues.
"""

import json
from dataclasses import dataclass
from urllib.parse import parse_qsl

from lossviz.core.assets import ASSETS

FILE = ASSETS / "presets.json"


@dataclass(frozen=True)
class Preset:
    """One example: the state that its page reads from ``link``, and the question asked about it.

    ``choices``: how many answers its question has, 0 for no question; ``right``: the number of the right one.
    """

    page: str
    key: str
    link: str
    level: str
    choices: int = 0
    right: int = 0

    @property
    def name(self) -> str:
        """Return the catalogues' key of its title; with ``_why`` after it, of the reason to look at it."""
        return f"preset_{self.key}" if self.page == "lab" else f"example_{self.page}_{self.key}"

    @property
    def query(self) -> dict[str, str]:
        """Return the preset's link as keys and values."""
        return dict(parse_qsl(self.link))


PAGES: dict[str, dict[str, Preset]] = {
    page: {key: Preset(page, key, **entry) for key, entry in entries.items()}
    for page, entries in json.loads(FILE.read_text(encoding="utf-8")).items()
}
"""All presets by page, then by key."""
PRESETS = PAGES["lab"]
"""The presets of the Lab by key."""
