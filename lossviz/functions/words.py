"""When each sentence of the page on loss functions is true: one named condition a sentence, in plain numbers."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lossviz.core.spoken import ratio, spoken
from lossviz.core.text import Text, four
from lossviz.functions.batch import Share, even_scale, traps
from lossviz.functions.distributions import TwoDistributions
from lossviz.functions.stability import Break, Strained
from lossviz.functions.state import FunctionsState
from lossviz.functions.view import Point

# ---- which gradient is largest ----


def same(one: float, other: float) -> bool:
    """Return whether two numbers read alike: the same four digits."""
    return four(one) == four(other)


@dataclass(frozen=True)
class Ranking:
    """The functions whose gradients are largest and smallest, with their sizes, and those that have no value.

    Gradients that read alike are equal: all of them are named. ``strong`` is empty where no function has a value.
    """

    strong: tuple[str, ...]
    high: float
    weak: tuple[str, ...]
    low: float
    without: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """Return which sentence holds.

        "zoo_undefined": nothing has a value; "zoo_pulls_one": one function has; "zoo_pulls_all": all are equal.
        """
        if not self.strong:
            return "zoo_undefined"
        if same(self.high, self.low):
            return "zoo_pulls_all" if len(self.strong) > 1 else "zoo_pulls_one"
        return "zoo_pulls"


def ranked(points: Sequence[Point]) -> Ranking:
    """Return the largest and the smallest |dL/dx| among the functions that have a value and a gradient at x."""
    known = [point for point in points if point.defined]
    without = tuple(point.key for point in points if not point.defined)
    if not known:
        return Ranking((), math.nan, (), math.nan, without)
    high, low = max(point.pull for point in known), min(point.pull for point in known)
    strong, weak = (tuple(point.key for point in known if same(point.pull, end)) for end in (high, low))
    return Ranking(strong, high, weak, low, without)


# ---- parameters at their ends ----


def special(key: str, knobs: Mapping[str, float]) -> tuple[str, ...]:
    """Return which remarks hold of a function's parameters.

    alpha = 0: positives have no loss; alpha = 1 (sigmoid): negatives have none; gamma = 0: the factor is 1; no smoothing:
    the target is t; pos_weight = 1: plain BCE, pos_weight = 0: positives have no loss.
    """
    remarks = (
        ("focal", "alpha", 0.0, "zoo_no_positives"),
        ("focal", "alpha", 1.0, "zoo_no_negatives"),
        ("focal", "gamma", 0.0, "zoo_no_focus"),
        ("focal_softmax", "gamma", 0.0, "zoo_no_focus_softmax"),
        ("label_smoothing", "smoothing", 0.0, "zoo_no_smoothing_softmax"),
        ("smoothed_bce", "smoothing", 0.0, "zoo_no_smoothing"),
        ("weighted", "pos_weight", 1.0, "zoo_no_weight"),
        ("weighted", "pos_weight", 0.0, "zoo_no_positives"),
    )
    return tuple(said for name, knob, value, said in remarks if name == key and knobs[knob] == value)


# ---- the trap of two means ----


def even(state: FunctionsState) -> bool:
    """Return whether noobj_scale is the ratio of the counts, N / P, to four digits: then all predictors count alike."""
    return same(state.noobj, even_scale(state))


def trap_says(state: FunctionsState, text: Text) -> str:
    """Say how many background predictors count as much as one object, and which noobj_scale makes them count alike."""
    worth = next(one.worth for one in traps(state) if one.way == "scaled")
    said = {"scale": spoken(state.noobj, 6), "worth": ratio(worth), "even": spoken(even_scale(state), 6)}
    return text("trap_even" if even(state) else "trap_says", **said)


def fraction(written: Share) -> str:
    """Write a factor as a fraction such as 100 / 10,646."""
    top, bottom = written
    return f"{top:.6g} / {bottom:,}" if bottom > 1 else f"{top:.6g}"


def counted(worth: float) -> str:
    """Write how many background predictors an object is worth, in whole numbers from 1000 on."""
    return f"{worth:,.0f}" if worth >= 1000 else four(worth)


# ---- distributions ----


def divergence_says(found: TwoDistributions) -> str:
    """Return which sentence holds of two distributions.

    "chances_same": p is q; "chances_infinite_both": each has an outcome that the other gives no chance;
    "chances_infinite": p has one that q gives none; else "chances_says".
    """
    if found.p == found.q:
        return "chances_same"
    first, second = found.divergences
    if math.isinf(first):
        return "chances_infinite_both" if math.isinf(second) else "chances_infinite"
    return "chances_says"


def alike(found: TwoDistributions) -> bool:
    """Return whether both divergences read alike: KL(p || q) and KL(q || p) have the same four digits."""
    return same(*found.divergences)


# ---- breaks ----


def broken_sides(one: Strained) -> str:
    """Return on which sides of 0 a form breaks between -1000 and 1000: "both", "below", "above" or "none"."""
    below, above = one.below is not None, one.above is not None
    if below and above:
        return "both"
    return "below" if below else "above" if above else "none"


def spelled(side: Break | None, text: Text) -> str:
    """Return how a form breaks and where: "nan from z = 16.65", or "never".

    Of a form that is first merely wrong, also where it becomes infinite or nan.
    """
    if side is None:
        return text("breaks_never")
    if side.kind != "error":
        return text("breaks_from", what=text(f"breaks_{side.kind}"), z=place(side.z))
    said = text("breaks_first", z=place(side.z))
    if side.then is None:
        return said
    z, kind = side.then
    return text("list_comma").join((said, text("breaks_from", what=text(f"breaks_{kind}"), z=place(z))))


def place(z: float) -> str:
    """Write a logit with a real minus."""
    return f"{z:.4g}".replace("-", "−")
