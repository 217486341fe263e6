"""What the visitor chose, and how a link spells it. Plain numbers: everything to draw the page again, nothing computed."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, TypeVar

from lossviz.engine.heads import REACH
from lossviz.engine.recipe import OBJECTNESS_CHOICES
from lossviz.gallery import FIRST, SAMPLES, scene_of
from lossviz.recipes import RECIPES

MODES = ("prediction", "label")
MOST_RAWS, MOST_TRUTHS = 32, 64
EDGE = 1e-4
"""A moved truth's centre stays this far inside: 0 would end Darknet's list, 1 would leave the grid."""
SMALLEST, LARGEST = 0.002, 4.0
"""Sides of a box, in shares of the network input."""
REACH_SIZE = 12.0
"""Largest |t_w|, |t_h| a link may carry."""
WHOLE = "0|[1-9][0-9]{0,3}"
"""A whole number in a link: one spelling each, so that nothing is named twice."""

Four = tuple[float, float, float, float]
T = TypeVar("T")


class Predictor(NamedTuple):
    """One anchor in one cell of one head of the first image."""

    head: str
    anchor: int
    row: int
    column: int

    def __str__(self) -> str:
        """As in a link: 13.1.6.5."""
        return f"{self.head}.{self.anchor}.{self.row}.{self.column}"


@dataclass(frozen=True)
class State:
    """The Loss Lab's state. ``raws``: raw x, y, w, h of moved predictors; ``truths``: boxes of moved truths."""

    scene: str = FIRST
    recipe: str = "darknet_v3"
    objectness: str = "as-written"
    mode: str = "prediction"
    at: Predictor | None = None
    raws: tuple[tuple[Predictor, Four], ...] = ()
    truths: tuple[tuple[int, Four], ...] = ()

    def with_raw(self, predictor: Predictor, raw: Sequence[float]) -> "State":
        """The predictor says something else; the longest untouched gives way where there would be too many."""
        others = tuple(pair for pair in self.raws if pair[0] != predictor)
        return replace(self, raws=(*others, (predictor, rounded(raw)))[-MOST_RAWS:])

    def with_truth(self, number: int, xywh: Sequence[float]) -> "State":
        """The truth lies elsewhere."""
        others = tuple(pair for pair in self.truths if pair[0] != number)
        return replace(self, truths=(*others, (number, rounded(xywh)))[-MOST_TRUTHS:])

    def at_rest(self) -> "State":
        """The same choices with every box where it was at first."""
        return replace(self, raws=(), truths=())

    def to_query(self) -> dict[str, str]:
        """Only what differs from the default."""
        spelled = {
            "scene": self.scene,
            "recipe": self.recipe,
            "obj": self.objectness,
            "mode": self.mode,
            "at": str(self.at or ""),
            "raw": "~".join(f"{predictor}_{numbers(raw)}" for predictor, raw in self.raws),
            "truth": "~".join(f"{number}_{numbers(xywh)}" for number, xywh in self.truths),
        }
        plain = {"scene": FIRST, "recipe": "darknet_v3", "obj": "as-written", "mode": "prediction"}
        query = {key: value for key, value in spelled.items() if value != plain.get(key, "")}
        return {"v": "1", **query} if query else {}


def rounded(values: Sequence[float]) -> Four:
    """Six significant digits: what the link says is the state, to the last digit."""
    x, y, w, h = (float(f"{value:.6g}") for value in values)
    return x, y, w, h


def numbers(values: Sequence[float]) -> str:
    """As in a link."""
    return "_".join(f"{value:.6g}" for value in values)


def from_query(query: Mapping[str, str]) -> tuple[State, tuple[str, ...]]:
    """The state a link spells, and the keys whose values were no good and gave way to the default."""
    bad: list[str] = []

    def read(key: str, parse: Callable[[str], T], default: T) -> T:
        if key not in query:
            return default
        try:
            return parse(query[key])
        except ValueError:
            bad.append(key)
            return default

    read("v", one_of("1"), "1")
    scene = read("scene", one_of(*SAMPLES), FIRST)
    state = State(
        scene=scene,
        recipe=read("recipe", one_of(*RECIPES), "darknet_v3"),
        objectness=read("obj", one_of(*OBJECTNESS_CHOICES), "as-written"),
        mode=read("mode", one_of(*MODES), "prediction"),
        at=read("at", lambda text: predictor_of(scene, text), None),
        raws=read("raw", lambda text: raws_of(scene, text), ()),
        truths=read("truth", lambda text: truths_of(scene, text), ()),
    )
    return state, tuple(bad)


def one_of(*words: str) -> Callable[[str], str]:
    """A reader that takes one of these words."""

    def parse(text: str) -> str:
        if text not in words:
            raise ValueError(text)
        return text

    return parse


def predictor_of(scene: str, text: str) -> Predictor:
    """13.1.6.5, if the scene has that predictor."""
    match = re.fullmatch(rf"([A-Za-z0-9_]{{1,24}})\.({WHOLE})\.({WHOLE})\.({WHOLE})", text)
    if not match:
        raise ValueError(text)
    found = Predictor(match[1], *(int(number) for number in match.groups()[1:]))
    raw = next((head.raw for head in scene_of(scene).heads if head.name == found.head), None)
    if raw is None or not (found.anchor < raw.shape[1] and found.row < raw.shape[3] and found.column < raw.shape[4]):
        raise ValueError(text)
    return found


def four_of(text: str, within: Sequence[tuple[float, float]]) -> Four:
    """Four numbers within bounds."""
    values = [float(number) for number in text.split("_")]
    if len(values) != 4 or not all(low <= v <= high for v, (low, high) in zip(values, within, strict=True)):
        raise ValueError(text)
    return rounded(values)


def items_of(text: str, most: int) -> list[tuple[str, str]]:
    """Name and numbers of each item, every name once."""
    items = [(name, rest) for name, _, rest in (item.partition("_") for item in text.split("~"))]
    if len(items) > most or len({name for name, _ in items}) < len(items):
        raise ValueError(text)
    return items


def raws_of(scene: str, text: str) -> tuple[tuple[Predictor, Four], ...]:
    """Moved predictors."""
    within = [(-REACH, REACH)] * 2 + [(-REACH_SIZE, REACH_SIZE)] * 2
    return tuple((predictor_of(scene, name), four_of(rest, within)) for name, rest in items_of(text, MOST_RAWS))


def truths_of(scene: str, text: str) -> tuple[tuple[int, Four], ...]:
    """Moved truths."""
    within = [(EDGE, 1 - EDGE)] * 2 + [(SMALLEST, LARGEST)] * 2
    count = scene_of(scene).live(MOST_TRUTHS).images[0]
    pairs = []
    for name, rest in items_of(text, MOST_TRUTHS):
        if not (re.fullmatch(WHOLE, name) and int(name) < count):
            raise ValueError(text)
        pairs.append((int(name), four_of(rest, within)))
    return tuple(pairs)
