"""What the visitor of the comparison chose, and how a link spells it: the Lab's scene, and the programs beside it."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from lossviz.core.link import WHOLE, Bounds, Query, Reader, named, names_of, one_of, read, six, spell, switch, whole
from lossviz.core.refused import RefusedError
from lossviz.lab.state import KEYS as LAB_KEYS
from lossviz.lab.state import State
from lossviz.lab.state import from_query as lab_from_query
from lossviz.recipes import RECIPES
from lossviz.scenes.check import MOST_TRUTHS
from lossviz.scenes.gallery import scene_of

ROWS = ("differ", "all")
QUANTITIES = ("excess", "gradient")
"""What the map holds against each other: excess, or the length of the gradient."""
FEWEST, MOST = 2, 8
"""Fewest and most columns of a comparison."""
EVERY_TERM = "all"
TERMS = (EVERY_TERM, *dict.fromkeys(term.name for recipe in RECIPES.values() for term in recipe.terms))
"""What the map can show: the terms of all programs, or their sum."""
SCENE = ("scene", "raws", "truths", "at")
"""Names of the Lab's fields that are compared here; programs stand as they are written."""


def on_scene(lab: State) -> State:
    """Return the Lab's scene with everything the visitor moved on it, without the Lab's own choices."""
    return State(**{name: getattr(lab, name) for name in SCENE})


@dataclass(frozen=True)
class CompareState:
    """Programs side by side on one scene.

    ``lab``: scene, moved boxes and truths, chosen predictor. ``truth``: the one looked at, None: the dearest. ``held``: the
    chosen predictor in every column. ``settings`` go to every program that knows them. ``term``: of the map, empty: folded.
    ``pair``: the columns of the map. ``place``: its head and anchor, None: where the first column's predictor is.
    """

    dragged: ClassVar[tuple[str, ...]] = ()
    """Names of the fields that a hand drags."""

    lab: State = field(default_factory=State)
    recipes: tuple[str, ...] = ("darknet_v2", "darknet_v3")
    rows: str = "differ"
    truth: int | None = None
    held: bool = False
    settings: tuple[tuple[str, float], ...] = ()
    term: str = ""
    quantity: str = "excess"
    pair: tuple[str, str] | None = None
    place: tuple[str, int] | None = None
    history: bool = False

    def before_looks(self) -> tuple[object, ...]:
        """Return what the numbers depend on, leaving out how one looks at them."""
        return self.lab, self.recipes, self.truth, self.held, self.settings

    def to_query(self) -> dict[str, str]:
        """Return the state as keys and values of a link, only what differs from the default.

        The scene is spelled as the Lab spells it.
        """
        query = on_scene(self.lab).to_query() | spell(self, PLAIN, KEYS, SPELLED)
        return {"v": "1", **query} if query else {}

    def on(self, lab: State) -> "CompareState":
        """Return the same comparison on another scene of the Lab."""
        here = on_scene(lab)
        place = self.place if here.scene == self.lab.scene else None
        return replace(self, lab=here, truth=None, held=False, place=place)

    def with_recipes(self, recipes: tuple[str, ...]) -> "CompareState":
        """Return the state with other columns; the map keeps its pair as long as both are there."""
        kept = self.pair if self.pair and {*self.pair} <= {*recipes} else None
        return replace(self, recipes=recipes, pair=kept)

    def with_setting(self, name: str, value: float | None) -> "CompareState":
        """Return the state with a setting of every program that has it; None: as each program has it."""
        others = tuple(pair for pair in self.settings if pair[0] != name)
        mine = () if value is None else ((name, six(value)),)
        return replace(self, settings=tuple(sorted((*others, *mine))))

    def in_the_lab(self, recipe: str) -> State:
        """Return the state of the Lab with this program on the same scene."""
        return replace(on_scene(self.lab), recipe=recipe, settings=settings_for(recipe, self.settings))

    @property
    def compared(self) -> tuple[str, str]:
        """Return the two columns of the map."""
        return self.pair or (self.recipes[0], self.recipes[1])


PLAIN = CompareState()
KEYS = {
    "recipes": "with",
    "rows": "rows",
    "truth": "gt",
    "held": "same",
    "settings": "set",
    "term": "diff",
    "quantity": "what",
    "pair": "pair",
    "place": "anchor",
    "history": "time",
}
"""The key in a link of each part of a state; the scene's keys are the Lab's."""
SPELLED: dict[str, Callable[[Any], str]] = {
    "recipes": ".".join,
    "held": lambda on: str(int(on)),
    "settings": lambda pairs: "~".join(f"{name}_{value:.6g}" for name, value in pairs),
    "pair": ".".join,
    "place": lambda place: f"{place[0]}.{place[1]}",
    "history": lambda on: str(int(on)),
}


def from_query(query: Query) -> tuple[CompareState, tuple[str, ...]]:
    """Return the state a link spells, and the keys whose values were no good."""
    lab_query = {key: query[key] for key in ("v", *(LAB_KEYS[name] for name in SCENE)) if key in query}
    lab, worse = lab_from_query(lab_query)
    bad = [*worse]
    readers: dict[str, Reader] = {
        "recipes": names_of([*RECIPES], FEWEST, MOST),
        "rows": one_of(*ROWS),
        "truth": whole(MOST_TRUTHS - 1),
        "held": switch,
        "settings": settings_of,
        "term": one_of(*TERMS),
        "quantity": one_of(*QUANTITIES),
        "place": lambda text: place_of(lab.scene, text),
        "history": switch,
    }
    found = read(query, PLAIN, KEYS, readers, bad)
    pair = read(query, PLAIN, KEYS, {"pair": lambda text: pair_of(text, found["recipes"])}, bad)
    return CompareState(lab, **found, **pair), tuple(bad)


def pair_of(text: str, columns: tuple[str, ...]) -> tuple[str, str]:
    """Return the two columns that a link spells."""
    first, second = names_of(columns, 2, 2)(text)
    return first, second


def place_of(scene: str, text: str) -> tuple[str, int]:
    """Return the head and anchor that a text such as 13.1 spells, if the scene has them."""
    anchors = {head.name: head.raw.shape[1] for head in scene_of(scene).heads}
    match = re.fullmatch(rf"([A-Za-z0-9_]{{1,24}})\.({WHOLE})", text)
    if not match:
        raise RefusedError("like", (f"{next(iter(anchors))}.0",), text)
    return match[1], whole(anchors[one_of(*anchors)(match[1])] - 1)(match[2])


def settings_of(text: str) -> tuple[tuple[str, float], ...]:
    """Return the settings that a link spells, each known to at least one program, within its bounds, once."""
    return tuple(sorted(named(BOUNDS)(text).items()))


def widest(name: str) -> Bounds:
    """Return the bounds of a setting over all programs that know it: one accepts whatever lies within."""
    low, high, integer = zip(*(found[name] for found in EVERY if name in found), strict=True)
    return Bounds(min(low), max(high), all(integer))


EVERY = [recipe.settings.bounds() for recipe in RECIPES.values()]
BOUNDS = {name: widest(name) for name in dict.fromkeys(name for found in EVERY for name in found)}
"""The settings that at least one program knows."""


def settings_for(recipe: str, pairs: tuple[tuple[str, float], ...]) -> tuple[tuple[str, float], ...]:
    """Return the settings of the pairs that the program knows and accepts."""
    settings = RECIPES[recipe].settings

    def accepted(name: str, value: float) -> bool:
        try:
            settings.checked(name, value)
        except ValueError:
            return False
        return True

    return tuple((name, value) for name, value in pairs if accepted(name, value))
