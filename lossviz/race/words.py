"""Which sentences hold of a race and of an experiment, and their words; every condition is a function of its own."""

from collections.abc import Iterable, Mapping
from itertools import pairwise

from lossviz.core.spoken import spoken
from lossviz.core.text import Text, four, listed
from lossviz.race.results import DIGITISED, Results
from lossviz.race.state import RaceState
from lossviz.race.view import HALF, Run, coincide, ranked

PAPER_ORDER = ({"diou", "ciou"}, {"giou"}, {"iou"})
"""Smallest error first; the first two are nearer to one another than the paper's figure can be read."""


def sentences(runs: tuple[Run, ...], state: RaceState, text: Text) -> list[str]:
    """Say who covers half of the target first, who never does, who never moves; or that all do from the start on."""
    if coincide(state):
        return [text("race_coincide"), *named("race_leaves", [run for run in runs if run.moved], text)]
    if runs[0].iou[0] >= HALF:
        return [text("race_from_start", iou=four(float(runs[0].iou[0]))), errors_say(runs, text)]
    arrived = sorted((run for run in runs if run.reaches), key=lambda run: run.half or 0)
    times = text("list_comma").join(text("race_half_one", name=text(run.name), step=run.half) for run in arrived)
    said = [text("race_half", times=times)] if arrived else []
    late, still = ([run for run in runs if getattr(run, kind)] for kind in ("late", "still"))
    return [*said, *named("race_late", late, text), *named("race_never", still, text)]


def named(key: str, runs: Iterable[Run], text: Text) -> list[str]:
    """Return a sentence with the names of some contenders; none where there are none."""
    names = [text(run.name) for run in runs]
    return [text(key, names=listed(names, text))] if names else []


def errors_say(runs: tuple[Run, ...], text: Text) -> str:
    """Say each contender's error after the last step, the smallest first."""
    ends = text("list_comma").join(f"{text(run.name)} {spoken(float(run.error[-1]))}" for run in ranked(runs))
    return text("race_ends", steps=len(runs[0].error) - 1, ends=ends)


def in_order(found: Results, names: Mapping[str, str]) -> str:
    """Write the final errors, smallest first: = between equal ones, ≈ between those that differ beyond four digits."""
    ends = [(names[name], float(found.curves[name][-1])) for name in found.order]
    written = f"{ends[0][0]} {four(ends[0][1])}"
    for (_, before), (name, after) in pairwise(ends):
        sign = "=" if before == after else "≈" if four(before) == four(after) else "<"
        written += f" {sign} {name} {four(after)}"
    return written


def paper_s_order(found: Results) -> bool:
    """Return whether DIoU and CIoU end lowest, then GIoU, then IoU, and the first two apart by less than 1 %."""
    first, second, third, last = found.order
    low, high = (float(found.curves[name][-1]) for name in (first, second))
    return ({first, second}, {third}, {last}) == PAPER_ORDER and high - low < DIGITISED * high


def gap_gone(found: Results) -> bool:
    """Return whether IoU ends highest and GIoU at less than twice the error of DIoU."""
    return found.order[-1] == "iou" and bool(found.curves["giou"][-1] < 2 * found.curves["diou"][-1])


def expected(found: Results) -> bool:
    """Return whether the curves say what the sentence about these gradients says."""
    return paper_s_order(found) if found.gradient == "published" else gap_gone(found)
