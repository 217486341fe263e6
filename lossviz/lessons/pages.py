"""How each page of a card reads its state from a link, and the main picture of such a state, without the web."""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from lossviz.articles import state as articles
from lossviz.assignment import state as assignment
from lossviz.assignment.figures.parts.content import AssignmentContent
from lossviz.compare import state as compare
from lossviz.core.desk import Reads
from lossviz.core.lessons import CARDS
from lossviz.core.text import Text
from lossviz.decode import state as decode
from lossviz.decode.figures.parts.content import DecodeContent
from lossviz.engine.device import computing_on
from lossviz.figures.content import Content
from lossviz.figures.look import COLUMN, Look
from lossviz.figures.page import picture
from lossviz.figures.registry import applicable
from lossviz.functions import state as functions
from lossviz.functions.figures.parts.content import FunctionsContent
from lossviz.lab import state as lab
from lossviz.lab.descent import walked
from lossviz.lab.figures.parts.content import LabContent
from lossviz.lab.view import resting_view
from lossviz.lessons.facts.lab import PATIENCE
from lossviz.objectness import state as objectness
from lossviz.objectness.figures.parts.content import ObjectnessContent
from lossviz.overlap import state as overlap
from lossviz.overlap.figures.parts.content import OverlapContent
from lossviz.race import state as race
from lossviz.race.figures.parts.content import RaceContent

SMALL = Look(replace(COLUMN, dots=110), live=True)
"""A picture beside a text: as a column's, with a photograph as fine as a screen."""


class Subject:
    """A page: its keys in links, and how it reads them."""

    def __init__(self, module: Any) -> None:
        """Take both from the module of the page's state."""
        self.reads: Reads[Any] = module.from_query
        self.keys: Mapping[str, str] = module.KEYS


SUBJECTS = {
    "lab": Subject(lab),
    "overlap": Subject(overlap),
    "race": Subject(race),
    "assignment": Subject(assignment),
    "objectness": Subject(objectness),
    "zoo": Subject(functions),
    "decode": Subject(decode),
    "ledger": Subject(compare),
    "articles": Subject(articles),
}
"""The pages that have a state, by path."""
CONTENTS: Mapping[str, Any] = {
    "overlap": OverlapContent,
    "race": RaceContent,
    "assignment": AssignmentContent,
    "objectness": ObjectnessContent,
    "zoo": FunctionsContent,
    "decode": DecodeContent,
}
"""What a page's figures draw, by path; the Lab's takes more than its state."""


def content_of(page: str, query: Mapping[str, str]) -> Content:
    """Return what a state's figures draw, with the Lab's gradient steps walked."""
    state, _ = SUBJECTS[page].reads(query)
    found: Content = of_lab(state) if page == "lab" else CONTENTS[page](state)
    return found


def of_lab(state: lab.State) -> LabContent:
    """Return what the figures of the Lab draw."""
    if state.steps:
        state = state if state.at else replace(state, at=resting_view(replace(state, steps=None)).prediction.predictor)
        walked(state, PATIENCE)
    view = resting_view(state)
    return LabContent(view, resting_view(state.untouched()))


@lru_cache(maxsize=96)
def solved_picture(name: str, lang: str) -> bytes:
    """Return the picture of a card's solution as SVG, from the CPU's numbers; empty for a card without a state."""
    card = CARDS[name]
    if not card.solution:
        return b""
    with computing_on("cpu"):
        content = content_of(card.page, card.solved)
        return picture(next(iter(applicable(content).values())), content, Text(lang), SMALL, "svg")


def described(name: str, lang: str) -> str:
    """Return in words what there is to see in the picture of a card's solution."""
    with computing_on("cpu"):
        content = content_of(CARDS[name].page, CARDS[name].solved)
        return next(iter(applicable(content).values())).alt(content, Text(lang))
