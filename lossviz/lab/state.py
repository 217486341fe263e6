"""What the visitor of the Lab chose, and how a link spells it: all to draw the page again, nothing computed."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, NamedTuple

from lossviz.core.link import (
    DECIMAL,
    WHOLE,
    Bounds,
    Query,
    Reader,
    decimal,
    named,
    numbers,
    one_of,
    read,
    six,
    spell,
    switch,
    version,
    whole,
)
from lossviz.core.refused import RefusedError
from lossviz.engine.box_terms import BOX_LOSSES
from lossviz.engine.boxes import XYWH
from lossviz.engine.heads import Predictor
from lossviz.engine.recipe import OBJECTNESS_CHOICES
from lossviz.recipes import RECIPES
from lossviz.scenes.check import MOST_TRUTHS
from lossviz.scenes.gallery import FIRST, SAMPLES, scene_of
from lossviz.scenes.limits import WIDEST, four_of

MODES = ("prediction", "label")
COORDINATES = ("as-written", "bce", "mse", *BOX_LOSSES)
ASSIGNERS = ("as-written", *RECIPES)
"""The choices of the rule that says who answers and who is ignored: the recipe's own, or that of a named one."""
CLASSES = ("as-written", "softmax", "sigmoid")
SMALL_BOXES = ("as-written", "off")
READINGS = ("loss", "printed")
MAPS = ("term", "states")
WALKERS = ("one", "all", "duel")
"""Who takes gradient steps: the chosen predictor, every one, or the chosen one twice, with BCE and with MSE."""
MOST_RAWS = 32
MOST_CLASSES = 24
"""Most class logits of one predictor that a link may carry."""
MOST_STEPS = {"one": 10_000, "duel": 10_000, "all": 500}
LEARNING_RATES = (1e-5, 1e4)

Raws = tuple[tuple[int, float], ...]
"""Channels of one predictor and what they say, in order."""


class TruthEdit(NamedTuple):
    """What the visitor did to a truth; a number beyond those of the scene's file means a truth of his own."""

    number: int
    xywh: XYWH | None = None
    kind: int | None = None
    gone: bool = False

    def __str__(self) -> str:
        """Return the edit as a link spells it: 0_.1_.2_.3_.4_k5, or 0_gone."""
        place = f"_{numbers(self.xywh)}" if self.xywh else ""
        kind = f"_k{self.kind}" if self.kind is not None else ""
        return f"{self.number}_gone" if self.gone else f"{self.number}{place}{kind}"


@dataclass(frozen=True)
class State:
    """The Loss Lab's state.

    ``raws``: channels of predictors that the visitor set. ``truths``: what was done to truths. ``settings``: of the program.
    ``steps``: gradient steps taken from there; None while nobody thinks of steps.
    """

    dragged: ClassVar[tuple[str, ...]] = ("raws", "truths", "at", "label", "channel", "term")

    scene: str = FIRST
    recipe: str = "darknet_v3"
    objectness: str = "as-written"
    coordinates: str = "as-written"
    classes: str = "as-written"
    small_boxes: str = "as-written"
    assigner: str = "as-written"
    settings: tuple[tuple[str, float], ...] = ()
    mode: str = "prediction"
    at: Predictor | None = None
    raws: tuple[tuple[Predictor, Raws], ...] = ()
    truths: tuple[TruthEdit, ...] = ()
    label: int = 0
    term: str = ""
    channel: int | None = None
    reading: str = "loss"
    map: str = "term"
    pooled: bool = False
    steps: int | None = None
    rate: float = 0.1
    walker: str = "one"
    flipped: bool = False
    """Whether gradient steps go up: as if delta had the other sign."""

    def with_raw(self, predictor: Predictor, raw: Mapping[int, float]) -> "State":
        """Return the state in which the predictor says something else.

        The longest untouched predictor gives way where there would be too many.
        """
        before = dict(next((mine for other, mine in self.raws if other == predictor), ()))
        mine = before | {channel: six(value) for channel, value in raw.items()}
        classes = [channel for channel in mine if channel > 4]
        for channel in classes[: max(0, len(classes) - MOST_CLASSES)]:
            del mine[channel]
        others = tuple(pair for pair in self.raws if pair[0] != predictor)
        kept = (*others, (predictor, tuple(sorted(mine.items()))))[-MOST_RAWS:]
        return replace(self, raws=kept, steps=self.steps and 0)

    def with_truth(self, number: int, **changes: Any) -> "State":
        """Return the state in which a truth lies elsewhere (xywh), is something else (kind), or is gone."""
        before = next((edit for edit in self.truths if edit.number == number), TruthEdit(number))
        if "xywh" in changes:
            x, y, w, h = (six(value) for value in changes["xywh"])
            changes["xywh"] = (x, y, w, h)
        if changes.get("gone"):
            before = TruthEdit(number)
        others = tuple(edit for edit in self.truths if edit.number != number)
        own = number >= scene_of(self.scene).live(MOST_TRUTHS).images[0]
        mine = () if own and changes.get("gone") else (before._replace(**changes),)
        kept = (*others, *mine)[-MOST_TRUTHS:]
        return replace(self, truths=kept, steps=self.steps and 0)

    def with_setting(self, name: str, value: float | None) -> "State":
        """Return the state with a setting of the program; None: as the program or the scene has it."""
        others = tuple(pair for pair in self.settings if pair[0] != name)
        mine = () if value is None else ((name, six(value)),)
        return replace(self, settings=tuple(sorted((*others, *mine))), steps=self.steps and 0)

    def at_rest(self) -> "State":
        """Return the same choices with every box where it was at first, and no steps taken."""
        return replace(self, raws=(), truths=(), steps=self.steps and 0)

    def untouched(self) -> "State":
        """Return the photograph as the network left it, under the same program, however one looks at it."""
        kept = ("scene", "recipe", "objectness", *SWITCHED, "settings")
        return State(**{name: getattr(self, name) for name in kept})

    @property
    def step(self) -> float:
        """Return the factor of the gradient that a step subtracts: the learning rate; with its sign turned, steps go up."""
        return -self.rate if self.flipped else self.rate

    def before_steps(self) -> "State":
        """Return what the numbers depend on, apart from the steps; how one looks at it is left out."""
        return State(
            **{name: getattr(self, name) for name in NUMBERED},
            at=self.at,
            rate=self.rate,
            flipped=self.flipped,
            walker=self.walker,
        )

    def before_looks(self) -> tuple[object, ...]:
        """Return what the numbers depend on, steps included."""
        return (self.before_steps(), self.steps)

    def to_query(self) -> dict[str, str]:
        """Return the state as keys and values of a link, only what differs from the default."""
        return spell(self, PLAIN, KEYS, SPELLED)

    def differs(self, name: str) -> bool:
        """Return whether that part is worth spelling in a link."""
        value = getattr(self, name)
        return bool(value != getattr(PLAIN, name))


PLAIN = State()
SWITCHED = ("coordinates", "classes", "small_boxes", "assigner")
"""The Lab's own switches, beside objectness."""
NUMBERED = ("scene", "recipe", "objectness", *SWITCHED, "settings", "raws", "truths")
"""The parts of a state that its numbers depend on."""
KEYS = {
    "scene": "scene",
    "recipe": "recipe",
    "objectness": "obj",
    "coordinates": "xy",
    "classes": "cls",
    "small_boxes": "wh",
    "assigner": "who",
    "settings": "set",
    "mode": "mode",
    "at": "at",
    "raws": "raw",
    "truths": "truth",
    "label": "label",
    "term": "term",
    "channel": "channel",
    "reading": "read",
    "map": "map",
    "pooled": "sum",
    "steps": "steps",
    "rate": "lr",
    "flipped": "flip",
    "walker": "of",
}
"""The key in a link of each part of a state."""
SPELLED: dict[str, Callable[[Any], str]] = {
    "settings": lambda pairs: "~".join(f"{name}_{value:.6g}" for name, value in pairs),
    "raws": lambda pairs: "~".join(f"{predictor}{spelled_raw(raw)}" for predictor, raw in pairs),
    "truths": lambda edits: "~".join(str(edit) for edit in edits),
    "pooled": lambda pooled: str(int(pooled)),
    "flipped": lambda flipped: str(int(flipped)),
    "rate": lambda rate: f"{rate:.6g}",
}


def spelled_raw(raw: Raws) -> str:
    """Return one predictor's raw outputs as a link spells them.

    x, y, w, h are bare where all four are there, else each with its letter; then _o-3.5 and _44c1.5.
    """
    said = dict(raw)
    bare = [said.pop(channel) for channel in range(4)] if said.keys() >= set(range(4)) else []
    names = {channel: "xywho"[channel] if channel < 5 else f"{channel - 5}c" for channel in said}
    return "".join(f"_{value:.6g}" for value in bare) + "".join(f"_{names[k]}{value:.6g}" for k, value in said.items())


def from_query(query: Query) -> tuple[State, tuple[str, ...]]:
    """Return the state a link spells, and the keys whose values were no good and gave way to the default."""
    bad: list[str] = []
    version(query, bad)
    first = {"scene": one_of(*SAMPLES), "recipe": one_of(*RECIPES), "walker": one_of(*WALKERS)}
    first["coordinates"] = one_of(*COORDINATES)
    found = read(query, PLAIN, KEYS, first, bad)
    scene, recipe, walker = found["scene"], found["recipe"], found["walker"]
    program = RECIPES[recipe]
    terms = (*program.terms, *program.with_coordinates(found["coordinates"]).terms)
    readers: dict[str, Reader] = {
        "objectness": one_of(*OBJECTNESS_CHOICES),
        "classes": one_of(*CLASSES),
        "small_boxes": one_of(*SMALL_BOXES),
        "assigner": one_of(*ASSIGNERS),
        "settings": lambda text: settings_of(recipe, text),
        "mode": one_of(*MODES),
        "at": lambda text: predictor_of(scene, text),
        "raws": lambda text: raws_of(scene, text),
        "truths": lambda text: truths_of(scene, text),
        "label": whole(MOST_TRUTHS - 1),
        "term": one_of(*(term.name for term in terms)),
        "channel": whole(scene_of(scene).heads[0].raw.shape[2] - 1),
        "reading": one_of(*READINGS),
        "map": one_of(*MAPS),
        "pooled": switch,
        "steps": whole(MOST_STEPS[walker]),
        "rate": decimal(*LEARNING_RATES),
        "flipped": switch,
    }
    return State(**found, **read(query, PLAIN, KEYS, readers, bad)), tuple(bad)


def predictor_of(scene: str, text: str) -> Predictor:
    """Return the predictor that a text such as 13.1.6.5 names. Raises: RefusedError if the scene has none such."""
    heads = {head.name: head.raw.shape for head in scene_of(scene).heads}
    match = re.fullmatch(rf"([A-Za-z0-9_]{{1,24}})\.({WHOLE})\.({WHOLE})\.({WHOLE})", text)
    if not match:
        raise RefusedError("like", (f"{next(iter(heads))}.0.0.0",), text)
    _, anchors, _, rows, columns = heads[one_of(*heads)(match[1])]
    anchor, row, column = (
        whole(count - 1)(part) for part, count in zip(match.groups()[1:], (anchors, rows, columns), strict=True)
    )
    return Predictor(match[1], anchor, row, column)


def items_of(text: str, most: int, *, like: str) -> list[tuple[str, str]]:
    """Return name and numbers of each item of a list in a link, every name once; ``like`` is an example of an item."""
    items = [(name, rest) for name, _, rest in (item.partition("_") for item in text.split("~"))]
    bare = next((name for name, rest in items if not rest), None)
    if bare is not None:
        raise RefusedError("like", (like,), bare)
    if len(items) > most or len({name for name, _ in items}) < len(items):
        raise ValueError(text)
    return items


def settings_of(recipe: str, text: str) -> tuple[tuple[str, float], ...]:
    """Return the settings that a link spells, each known to the program and within its bounds."""
    bounds = {name: Bounds(*limits) for name, limits in RECIPES[recipe].settings.bounds().items()}
    return tuple(sorted(named(bounds)(text).items()))


def raws_of(scene: str, text: str) -> tuple[tuple[Predictor, Raws], ...]:
    """Return what predictors were made to say, as a link spells it."""
    found = []
    first = scene_of(scene).heads[0].name
    for name, rest in items_of(text, MOST_RAWS, like=f"{first}.0.0.0_o1.5"):
        predictor = predictor_of(scene, name)
        classes = next(head.classes for head in scene_of(scene).heads if head.name == predictor.head)
        items = rest.split("_")
        bare = re.fullmatch(f"(?:{DECIMAL}_){{3}}{DECIMAL}", "_".join(items[:4]))
        items[:4] = [letter + item for letter, item in zip("xywh", items[:4], strict=True)] if bare else items[:4]
        channels = [channel_of(item, classes) for item in items]
        if len(dict(channels)) < len(channels) or sum(channel > 4 for channel, _ in channels) > MOST_CLASSES:
            raise ValueError(text)
        found.append((predictor, tuple(sorted(channels))))
    return tuple(found)


def channel_of(text: str, classes: int) -> tuple[int, float]:
    """Return channel and value of a text such as o-3.5 or 44c1.5."""
    match = re.fullmatch(rf"(?:([xywho])|({WHOLE})c)({DECIMAL})", text)
    if not match:
        raise RefusedError("like", ("o1.5",), text)
    channel = "xywho".index(match[1]) if match[1] else 5 + whole(classes - 1)(match[2])
    return channel, decimal(-WIDEST, WIDEST)(match[3])


def truths_of(scene: str, text: str) -> tuple[TruthEdit, ...]:
    """Return the edits of truths that a link spells: moved, renamed, removed, and added ones with place and class."""
    known = scene_of(scene)
    count, classes = known.live(MOST_TRUTHS).images[0], known.heads[0].classes
    edits = [edit_of(name, rest, classes) for name, rest in items_of(text, MOST_TRUTHS, like="0_gone")]
    for edit in edits:
        own = edit.number >= count
        if own and (edit.xywh is None or edit.kind is None):
            raise ValueError(text)
    return tuple(edits)


def edit_of(name: str, rest: str, classes: int) -> TruthEdit:
    """Return the edit that a text such as 0_gone, 0_k5, 0_.1_.2_.3_.4 or 0_.1_.2_.3_.4_k5 spells."""
    number = whole(MOST_TRUTHS - 1)(name)
    if rest == "gone":
        return TruthEdit(number, gone=True)
    parts = rest.split("_")
    kind = whole(classes - 1)(parts.pop()[1:]) if parts[-1].startswith("k") else None
    return TruthEdit(number, four_of(parts) if parts else None, kind)
