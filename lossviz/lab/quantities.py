"""What of the Lab can be swept: gradient steps, the box in hand, its raw numbers, a program's settings."""

from dataclasses import replace

from lossviz.engine.heads import Predictor
from lossviz.figures.quantity import Quantities, Quantity, of_box, of_setting
from lossviz.lab.dragging import moved_prediction
from lossviz.lab.state import State
from lossviz.lab.view import resting_view
from lossviz.recipes import RECIPES

EDGE, SMALLEST = 0.02, 0.01
"""How near the border of the input the centre of a label is swept, and its shortest side, in shares of the input."""
LABEL = ((EDGE, 1 - EDGE), (EDGE, 1 - EDGE), (SMALLEST, 1.0), (SMALLEST, 1.0))
FARTHEST = 8.0
"""Largest size to which a raw number is swept."""
CHANNELS = ("t_x", "t_y", "t_w", "t_h", "t_o")


def quantities(state: State) -> Quantities:
    """Return the steps where some are taken, then the sides of the label or of the prediction in hand, in shares."""
    if state.steps:
        step: Quantity[State] = Quantity(
            "step",
            lambda state: state.steps or 0,
            lambda state, value: replace(state, steps=round(value)),
            0,
            state.steps,
            whole=True,
            label="quantity_step",
        )
        return {"step": step}
    settings = RECIPES[state.recipe].settings
    known = {name: of_setting(name, float(getattr(settings, name)), *ends) for name, ends in settings.bounds().items()}
    return (label(state) if state.mode == "label" else prediction(state)) | known


def label(state: State) -> dict[str, Quantity[State]]:
    """Return x, y, w and h of the label in hand; nothing where it is gone."""
    view = resting_view(state)
    truth = next((truth for truth in view.truths if truth.number == state.label), None)
    if truth is None:
        return {}

    def box(state: State) -> tuple[float, float, float, float]:
        return next(truth.xywh for truth in resting_view(state).truths if truth.number == state.label)

    return of_box(box, lambda state, xywh: state.with_truth(state.label, xywh=xywh), LABEL)


def prediction(state: State) -> dict[str, Quantity[State]]:
    """Return x, y, w and h of the prediction in hand, as far as its predictor reaches, and its raw numbers."""
    said = resting_view(state).prediction
    at = said.predictor
    box = of_box(
        lambda state: resting_view(replace(state, at=at)).prediction.xywh,
        lambda state, xywh: moved_prediction(replace(state, at=at), at, xywh),
        said.limits,
    )
    return box | {name: raw(state, at, n) for n, name in enumerate(CHANNELS)}


def raw(state: State, at: Predictor, channel: int) -> Quantity[State]:
    """Return one raw number of the prediction in hand."""
    here = resting_view(state).prediction.raw[channel]

    def value(state: State) -> float:
        mine = next((dict(raws) for predictor, raws in state.raws if predictor == at), {})
        return mine.get(channel, here)

    def put(state: State, value: float) -> State:
        return replace(state, at=at).with_raw(at, {channel: value})

    return Quantity(CHANNELS[channel], value, put, -FARTHEST, FARTHEST)
