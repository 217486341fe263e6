"""The Lab's third level: every predictor of one head on a map, and as a list. Plain numbers."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

from lossviz.engine.assign import IGNORED, NEGATIVE, POSITIVE, PRIOR
from lossviz.engine.evaluate import TermResult
from lossviz.engine.heads import Predictor
from lossviz.lab.view import LabView, head_of

STATES = {"positive": POSITIVE, "ignored": IGNORED, "negative": NEGATIVE}
DEFAULT = "noobject"
"""The term on the map until one is chosen: it has something to say nearly everywhere."""
LISTED = 30
"""How many rows the list has."""

Grid = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Row:
    """One predictor in the list of the dearest."""

    predictor: Predictor
    state: str
    early: bool
    value: float | None
    objectness: float


@dataclass(frozen=True)
class MapView:
    """The map of one head, for one anchor or the sum over its anchors; nan: the term does not apply there."""

    term: str
    head: str
    anchors: int
    values: Grid
    """Excess of the chosen term, rows by columns; where a term has no loss, the size of its slope."""
    states: npt.NDArray[np.uint8]
    """The state bits of each cell: of one anchor, or of all."""
    pull: tuple[Grid, Grid] | None
    """Early pull on the centres, x and y, where descent moves them in cells; None where it is off."""
    rows: tuple[Row, ...]
    """The dearest predictors of the head, for all its anchors."""
    slopes: bool = False
    """Whether the term has no loss, so that the values are the sizes of its gradients."""

    @property
    def blank(self) -> bool:
        """Return whether the term does not apply to some cell of the map: its value there is nan."""
        return bool(np.isnan(self.values).any())

    @property
    def stateless(self) -> bool:
        """Return whether some cell of the map has no predictor that is positive, ignored or negative."""
        return not bool((self.states & (POSITIVE | IGNORED | NEGATIVE)).all())


@torch.inference_mode()
def map_of(view: LabView) -> MapView:
    """Return the map at the chosen predictor's head and anchor."""
    state, chosen = view.state, view.prediction.predictor
    index, head = head_of(view.report.scene, chosen)
    term = view.active(state.term, DEFAULT)
    values = excess_of(view.report[term], index, head.raw.shape[1], *reversed(head.grid))
    bits = view.report.states[index][0].numpy()
    whole = state.pooled
    shown = pooled(values) if whole else values[chosen.anchor]
    joined = np.bitwise_or.reduce(bits, axis=0) if whole else bits[chosen.anchor]
    return MapView(
        term,
        head.name,
        head.raw.shape[1],
        shown,
        joined,
        None if whole else early_pull(view, index, chosen.anchor),
        listed(view, index, values, bits),
        view.report[term].value is None,
    )


def excess_of(result: TermResult, index: int, anchors: int, rows: int, columns: int) -> Grid:
    """Return what each predictor costs above its floor: anchor by row by column."""
    lines = result.heads[index]
    cost = result.gradient.abs() if result.value is None else result.value - result.floor
    found = np.full(anchors * rows * columns, math.nan)
    mine = result.slot[lines] < len(found)
    found[result.slot[lines][mine].numpy()] = cost[lines][mine].sum(-1).double().numpy()
    return found.reshape(anchors, rows, columns)


def pooled(values: Grid) -> Grid:
    """Return the sum over the anchors; nan where none has a value."""
    known = ~np.isnan(values)
    return np.where(known.any(0), np.where(known, values, 0).sum(0), math.nan)


def early_pull(view: LabView, index: int, anchor: int) -> tuple[Grid, Grid] | None:
    """Return where the early pull moves each predicted centre, x and y; None where it is off.

    Only lengths can be compared: the weight .01 is left out.
    """
    head = view.report.scene.heads[index]
    result = next((r for r in view.report.terms if r.term.name == "prior_centre" and r.predictors), None)
    if result is None:
        return None
    pulled = (view.report.states[index][0, anchor] & PRIOR).bool()
    seen = torch.sigmoid(head.raw[0, anchor, :2].double())
    step = torch.where(pulled, (0.5 - seen) * (seen * (1 - seen)) ** 2, torch.nan)
    return step[0].numpy(), step[1].numpy()


def listed(view: LabView, index: int, values: Grid, bits: npt.NDArray[np.uint8]) -> tuple[Row, ...]:
    """Return the dearest predictors of this head, dearest first; those the term leaves out come last."""
    head = view.report.scene.heads[index]
    flat = np.nan_to_num(values.ravel(), nan=-1.0)
    order = np.argsort(-flat, kind="stable")[:LISTED]
    seen = torch.sigmoid(head.raw[0, :, 4])
    found = []
    for slot in order.tolist():
        _, anchor, row, column = head.place(slot)
        mine = int(bits[anchor, row, column])
        value = float(values[anchor, row, column])
        found.append(
            Row(
                Predictor(head.name, anchor, row, column),
                state_name(mine),
                bool(mine & PRIOR),
                None if math.isnan(value) else value,
                float(seen[anchor, row, column]),
            )
        )
    return tuple(found)


def state_name(bits: int) -> str:
    """Return the word for a predictor's state; of several anchors the strongest."""
    return next((name for name, bit in STATES.items() if bits & bit), "none")


MOST = 12
Place = tuple[float, float]


@torch.inference_mode()
def ties_of(view: LabView, name: str) -> tuple[Place, ...]:
    """Return the middles of the cells of the term's dearest predictors, in shares; of the first image."""
    result = view.report[name]
    cost = result.gradient.abs() if result.value is None else result.value - result.floor
    if not result.predictors:
        return ()
    order = torch.topk(cost.sum(-1), min(MOST, len(cost))).indices.tolist()
    return tuple(place for line in order if (place := place_of(view, name, line)))


def place_of(view: LabView, name: str, line: int) -> Place | None:
    """Return the middle of the cell of one of the term's predictors, in shares; None outside the first image."""
    result = view.report[name]
    for lines, head in zip(result.heads, view.report.scene.heads, strict=True):
        if lines.start <= line < lines.stop:
            place = head.place(int(result.slot[line]))
            columns, rows = head.grid
            return ((place.column + 0.5) / columns, (place.row + 0.5) / rows) if place.image == 0 else None
    return None
