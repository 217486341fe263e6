"""Two programs' costs at every predictor of one anchor of a head, the first minus the second. Plain numbers."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

from lossviz.compare.columns import strongest
from lossviz.compare.state import EVERY_TERM
from lossviz.compare.view import CompareView
from lossviz.engine.evaluate import Report
from lossviz.lab.predictors import Grid, excess_of, pooled


@dataclass(frozen=True)
class Difference:
    """Two programs' costs at every predictor of one anchor of a head, first minus second."""

    term: str
    quantity: str
    first: str
    second: str
    head: str
    anchor: int
    values: Grid
    """The differences; nan where neither program asks anything."""
    sides: tuple[Grid, Grid]
    moved: npt.NDArray[np.bool_]
    """Whether the two programs give each predictor another state."""
    states: tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]


def place_shown(view: CompareView) -> tuple[str, int] | None:
    """Return head and anchor of the map; None where there is none."""
    if view.state.place:
        return view.state.place
    chosen = next((column.predictor for column in view.applied if column.predictor), None)
    if chosen:
        return chosen.head, chosen.anchor
    head = next((column.view.report.scene.heads[0].name for column in view.applied if column.view), None)
    return (head, 0) if head else None


@torch.inference_mode()
def difference_of(view: CompareView) -> Difference | None:
    """Return the map; None where one of the two programs refuses the scene."""
    place, (first, second) = place_shown(view), (view.column(key) for key in view.state.compared)
    if not (place and first.view and second.view):
        return None
    head, anchor = place
    term, quantity = view.state.term or EVERY_TERM, view.state.quantity
    sides = [costs(column.view.report, head, term, quantity)[anchor] for column in (first, second) if column.view]
    bits = [states_of(column.view.report, head)[anchor] for column in (first, second) if column.view]
    known = ~np.isnan(sides[0]) | ~np.isnan(sides[1])
    values = np.where(known, np.nan_to_num(sides[0]) - np.nan_to_num(sides[1]), math.nan)
    moved = strongest(bits[0]) != strongest(bits[1])
    return Difference(
        term, quantity, first.key, second.key, head, anchor, values, (sides[0], sides[1]), moved, (bits[0], bits[1])
    )


def costs(report: Report, name: str, term: str, quantity: str) -> Grid:
    """Return excess, or length of the gradient, of one term or of all: anchor by row by column.

    nan where nothing is asked.
    """
    index, head = next((n, head) for n, head in enumerate(report.scene.heads) if head.name == name)
    shape = head.raw.shape[1], head.raw.shape[3], head.raw.shape[4]
    if quantity == "gradient":
        return pulls(report, index, term, shape)
    mine = [result for result in report.terms if term in (EVERY_TERM, result.term.name)]
    maps = [excess_of(result, index, *shape) for result in mine]
    return pooled(np.stack(maps)) if maps else np.full(shape, math.nan)


def pulls(report: Report, index: int, term: str, shape: tuple[int, int, int]) -> Grid:
    """Return the length of the gradient over the channels."""
    squares = np.full(math.prod(shape), math.nan)
    for result in report.terms:
        if term in (EVERY_TERM, result.term.name):
            lines = result.heads[index]
            mine = result.slot[lines] < len(squares)
            slot = result.slot[lines][mine].numpy()
            length = (result.gradient[lines][mine].double() ** 2).sum(-1).numpy()
            squares[slot] = np.nan_to_num(squares[slot]) + length
    lengths: Grid = np.sqrt(squares).reshape(shape)
    return lengths


def states_of(report: Report, name: str) -> npt.NDArray[np.uint8]:
    """Return the state bits of every predictor of a head's first image."""
    index = next(n for n, head in enumerate(report.scene.heads) if head.name == name)
    bits: npt.NDArray[np.uint8] = report.states[index][0].numpy()
    return bits
