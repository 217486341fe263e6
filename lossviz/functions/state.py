"""What the visitor of the page on loss functions chose, and how a link spells it."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, ClassVar, NamedTuple

from lossviz.core.link import (
    Bounds,
    Query,
    Reader,
    decimal,
    decimals,
    named,
    names_of,
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
from lossviz.losses import LOSSES
from lossviz.losses.function import Knob

TABS = ("curves", "reductions", "distributions", "stability")
OPENING = tuple(key for key in ("l2", "smooth_l1", "bce", "focal", "kl") if key in LOSSES)
"""Names of the functions whose curves the page opens on."""
MOST = 8
"""Most curves on one axis."""
SPANS = {"output": (-5.0, 5.0), "logit": (-8.0, 8.0), "probability": (0.001, 0.999)}
"""Ends of the axis by what x is: the number itself, a logit, a probability."""
ROW_LOSSES = ("bce", "smooth_l1")
"""Names of the losses that the rows of the batch can have."""
NETS = (845, 10_647)
"""How many predictors YOLOv2 and YOLOv3 have at 416 x 416."""
FORMS = ("sigmoid", "weighted", "softmax")
TYPES = ("float16", "float32", "float64")
Limit = tuple[float, float]
LIMITS: dict[str, Limit] = {"z": (-10.0, 10.0), "t": (0.0, 1.0), "weight": (0.0, 10.0)}
"""Lowest and highest number in a row of the batch."""
FACTORS, SCALES, WEIGHTS = (0.0, 100.0), (0.01, 20_000.0), (0.1, 100.0)
"""Lowest and highest avg_factor, noobj_scale and pos_weight."""
OBJECTS = 20
"""Most objects in the picture of the trap."""


class Row(NamedTuple):
    """One row of the batch: a logit or an output, its target, its weight."""

    z: float
    t: float
    weight: float = 1.0


Chances = tuple[float, ...]
"""Chances of the outcomes; their sum is 1."""


@dataclass(frozen=True)
class FunctionsState:
    """Curves and the point on them; a batch; two distributions; a form and its precision.

    ``on``: the function in hand, empty for the first. ``bar``: the bar in hand, those of p first.
    """

    dragged: ClassVar[tuple[str, ...]] = ("x", "p", "q", "bar")
    """Names of the fields that a hand drags."""

    tab: str = "curves"
    functions: tuple[str, ...] = OPENING
    on: str = ""
    x: float = 3.0
    t: float = 0.0
    by: str = "output"
    log: bool = False
    knobs: tuple[tuple[str, float], ...] = ()
    """Knobs that do not stand where they usually do, by name with their value: bce.pos_weight."""
    loss: str = "bce"
    rows: tuple[Row, ...] = (Row(2.0, 1), Row(-1.0, 1), Row(3.0, 0), Row(0.0, 0), Row(-2.0, 0), Row(-4.0, 0, 0.0))
    factor: float = 2.0
    objects: int = 1
    net: int = NETS[1]
    noobj: float = 100.0
    p: Chances = (0.7, 0.2, 0.1, 0.0)
    q: Chances = (0.25, 0.25, 0.25, 0.25)
    bar: int = 0
    form: str = "sigmoid"
    dtype: str = "float32"
    pos: float = 10.0

    @property
    def hand(self) -> str:
        """Return the function in hand: the grip runs on its curve."""
        return self.on if self.on in self.functions else self.functions[0]

    def with_functions(self, functions: tuple[str, ...]) -> "FunctionsState":
        """Return the state with other curves, one at least and not too many.

        Knobs of those that went are forgotten.
        """
        kept = functions[:MOST] or self.functions
        knobs = tuple(pair for pair in self.knobs if pair[0].split(".")[0] in kept)
        return replace(self, functions=kept, on=self.on if self.on in kept else "", knobs=knobs)

    def at(self, x: float) -> "FunctionsState":
        """Return the state with the point elsewhere on the axis."""
        low, high = SPANS[self.by]
        return replace(self, x=six(min(max(x, low), high)))

    def over(self, by: str) -> "FunctionsState":
        """Return the state over another axis: a probability and its logit are the same point."""
        x = self.x
        if by == "probability" != self.by:
            x = 1 / (1 + math.exp(-x))
        elif self.by == "probability" != by:
            x = math.log(x / (1 - x))
        return replace(self, by=by).at(x)

    def knob(self, name: str) -> float:
        """Return the value of a knob, by its name with its function's."""
        return dict(self.knobs).get(name, knob_of(name).usual)

    def knobs_of(self, key: str) -> dict[str, float]:
        """Return the values of all knobs of a function."""
        return {knob.name: self.knob(f"{key}.{knob.name}") for knob in LOSSES[key].knobs}

    def with_knob(self, name: str, value: float) -> "FunctionsState":
        """Return the state with a knob turned; where it usually stands it needs no link."""
        others = tuple(pair for pair in self.knobs if pair[0] != name)
        mine = () if six(value) == knob_of(name).usual else ((name, six(value)),)
        return replace(self, knobs=tuple(sorted((*others, *mine))))

    def with_row(self, number: int, **changes: float) -> "FunctionsState":
        """Return the state in which a row of the batch says something else."""
        row = Row(*(inside(value, LIMITS[name]) for name, value in (self.rows[number]._asdict() | changes).items()))
        return replace(self, rows=(*self.rows[:number], row, *self.rows[number + 1 :]))

    def with_bar(self, bar: int, height: float) -> "FunctionsState":
        """Return the state in which a bar is as high as that.

        The others of its distribution make room in proportion.
        """
        name, outcome = ("p", bar) if bar < len(self.p) else ("q", bar - len(self.p))
        changes: dict[str, Any] = {name: with_probability(getattr(self, name), outcome, height), "bar": bar}
        return replace(self, **changes)

    def before_looks(self) -> tuple[object, ...]:
        """Return what the numbers depend on, leaving out how one looks at them."""
        curves = self.functions, self.x, self.t, self.by, self.knobs
        batch = self.loss, self.rows, self.factor, self.objects, self.net, self.noobj
        return *curves, *batch, self.p, self.q, self.form, self.pos

    def to_query(self) -> dict[str, str]:
        """Return the state as keys and values of a link, only what differs from the default."""
        return spell(self, PLAIN, KEYS, SPELLED)


def inside(value: float, limit: Limit) -> float:
    """Return a value moved within its limits, as a link spells it."""
    return six(min(max(value, limit[0]), limit[1]))


def knob_of(name: str) -> Knob:
    """Return the knob of a name: its function, a dot, its own name."""
    key, _, own = name.partition(".")
    return next(knob for knob in LOSSES[key].knobs if knob.name == own)


def with_probability(chances: Chances, outcome: int, height: float) -> Chances:
    """Return the chances with one set and the others scaled so that the sum stays 1.

    Where the others were all 0 they share what is left.
    """
    mine = round(min(max(height, 0.0), 1.0), 4)
    left = sum(chances) - chances[outcome]
    others = len(chances) - 1
    share = [round((1 - mine) * (chance / left if left > 0 else 1 / others), 4) for chance in chances]
    share[outcome] = mine
    largest = max((n for n in range(len(chances)) if n != outcome), key=lambda n: share[n])
    share[largest] = round(share[largest] + 1 - sum(share), 4)
    return tuple(share)


PLAIN = FunctionsState()
KEYS = {
    "tab": "tab",
    "functions": "f",
    "on": "on",
    "x": "x",
    "t": "t",
    "by": "by",
    "log": "log",
    "knobs": "knob",
    "loss": "loss",
    "rows": "batch",
    "factor": "avg",
    "objects": "objects",
    "net": "net",
    "noobj": "noobj",
    "p": "p",
    "q": "q",
    "bar": "bar",
    "form": "form",
    "dtype": "type",
    "pos": "pos",
}
SPELLED: dict[str, Callable[[Any], str]] = {
    "functions": ".".join,
    "x": lambda x: f"{x:.6g}",
    "t": lambda t: f"{t:.6g}",
    "log": lambda on: str(int(on)),
    "knobs": lambda pairs: "~".join(f"{name}_{value:.6g}" for name, value in pairs),
    "rows": lambda rows: "~".join(map(numbers, rows)),
    "factor": lambda factor: f"{factor:.6g}",
    "noobj": lambda scale: f"{scale:.6g}",
    "p": numbers,
    "q": numbers,
    "pos": lambda weight: f"{weight:.6g}",
}


def knobs_of(functions: tuple[str, ...], text: str) -> tuple[tuple[str, float], ...]:
    """Return the knobs of those functions that a link spells, within their bounds.

    One that stands where it usually does is left out.
    """
    known = {f"{key}.{knob.name}": knob for key in functions for knob in LOSSES[key].knobs}
    found = named({name: Bounds(knob.low, knob.high) for name, knob in known.items()})(text)
    return tuple(sorted((name, value) for name, value in found.items() if value != known[name].usual))


def rows_of(text: str) -> tuple[Row, ...]:
    """Return the rows that a link spells, as many as the batch has."""
    one = decimals(tuple(LIMITS.values()))
    rows = tuple(Row(*one(item)) for item in text.split("~"))
    if len(rows) != len(PLAIN.rows):
        raise ValueError(text)
    return rows


def probabilities_of(text: str) -> Chances:
    """Return the chances that a link spells, as many as there are outcomes; their sum is 1."""
    chances = decimals([(0.0, 1.0)] * len(PLAIN.p))(text)
    if abs(sum(chances) - 1) > 1e-4:
        raise RefusedError("sum", (), text)
    return chances


def number_of(values: tuple[int, ...]) -> Callable[[str], int]:
    """Return a reader of one of these numbers."""
    return lambda text: int(one_of(*map(str, values))(text))


READERS: dict[str, Reader] = {
    "tab": one_of(*TABS),
    "functions": names_of([*LOSSES], 1, MOST),
    "t": decimal(0, 1),
    "by": one_of(*SPANS),
    "log": switch,
    "loss": one_of(*ROW_LOSSES),
    "rows": rows_of,
    "factor": decimal(*FACTORS),
    "objects": whole(OBJECTS, 1),
    "net": number_of(NETS),
    "noobj": decimal(*SCALES),
    "p": probabilities_of,
    "q": probabilities_of,
    "bar": whole(2 * len(PLAIN.p) - 1),
    "form": one_of(*FORMS),
    "dtype": one_of(*TYPES),
    "pos": decimal(*WEIGHTS),
}


def from_query(query: Query) -> tuple[FunctionsState, tuple[str, ...]]:
    """Return the state a link spells, and the keys whose values were no good."""
    bad: list[str] = []
    version(query, bad)
    found: dict[str, Any] = read(query, PLAIN, KEYS, READERS, bad)
    functions, span = found["functions"], SPANS[found["by"]]
    more: dict[str, Reader] = {
        "on": one_of(*functions),
        "knobs": lambda text: knobs_of(functions, text),
        "x": decimal(*span),
    }
    found |= read(query, PLAIN.over(found["by"]), KEYS, more, bad)
    return FunctionsState(**found), tuple(bad)
