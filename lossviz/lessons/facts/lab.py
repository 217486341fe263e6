"""Facts of the Loss Lab: the loss and its terms, labels, the chosen predictor and its channels, Darknet's log line."""

from collections.abc import Mapping
from dataclasses import replace

from lossviz.engine.boxes import XYWH
from lossviz.lab.channels import FIRST_CLASS, WhyView, log_entries, state_bits, why_of
from lossviz.lab.descent import walked
from lossviz.lab.predictors import STATES, state_name
from lossviz.lab.state import State
from lossviz.lab.view import LabView, view_of
from lossviz.overlap.state import OverlapState
from lossviz.overlap.view import view_of as meeting

Said = dict[str, float | str | bool | None]
LETTERS = "xywho"
LOG = {".5R": "r50", ".75R": "r75", "Avg IOU": "iou", "No Obj": "noobj", "Obj": "obj", "Class": "class"}
"""Short names of what the log line says."""
PATIENCE = 30.0
"""Seconds for gradient steps that have not been walked yet."""


def facts(state: State) -> Mapping[str, float | str | bool | None]:
    """Return the facts.

    ``at``: of the chosen predictor; ``label.0``: of the first label; ``ch.o``: of the objectness channel, ``ch.c41`` of a
    class; ``read``: of the chosen channel and term; ``set``: the settings that act, changed or not.
    """
    if state.steps:
        state = state if state.at else replace(state, at=view_of(replace(state, steps=None)).prediction.predictor)
        walked(state, PATIENCE)
    view = view_of(state)
    why = why_of(view)
    return {**choices(view), **sums(view), **predictors(view), **labels(view), **channels(why), **log(why)}


def choices(view: LabView) -> Said:
    """Return what was chosen, and the settings that act."""
    state, settings = view.state, view.report.recipe.settings
    said: Said = {
        "scene": state.scene,
        "recipe": state.recipe,
        "rule": state.assigner,
        "objectness_as": state.objectness,
        "xy": state.coordinates,
        "classes_as": state.classes,
        "wh": state.small_boxes,
        "mode": state.mode,
        "reading": state.reading,
        "walker": state.walker,
        "steps": state.steps or 0,
        "rate": state.rate,
        "moved.predictions": len(state.raws),
        "moved.labels": len(state.truths),
        "truths": len(view.truths),
    }
    return said | {f"set.{name}": float(getattr(settings, name)) for name in settings.accepts()}


def sums(view: LabView) -> Said:
    """Return the loss, what is printed, and every term that acts."""
    said: Said = {
        "loss": view.loss,
        "floor": view.floor,
        "excess": view.excess,
        "rest": view.rest,
        "printed": view.printed_cost,
        "printed.sum": sum(view.printed_costs),
    }
    for term in view.active_terms:
        said |= {f"term.{term.name}": term.value, f"term.{term.name}.floor": term.floor}
        said |= {f"term.{term.name}.excess": term.excess, f"term.{term.name}.printed": term.printed}
    return said


def predictors(view: LabView) -> Said:
    """Return the chosen predictor, and how many predictors are positive, ignored and negative."""
    chosen = view.prediction
    said: Said = {
        "at": str(chosen.predictor),
        "at.state": state_name(state_bits(view)),
        "at.objectness": chosen.objectness,
        "at.probability": chosen.probability,
    }
    ious = [overlap(chosen.xywh, truth.xywh)["iou"] for truth in view.truths]
    said["at.best_iou"] = max(ious, default=0.0)
    for name, bit in STATES.items():
        said[f"count.{name}"] = sum(int(((states & bit) > 0).sum()) for states in view.report.states)
    return said


def labels(view: LabView) -> Said:
    """Return every label: its loss above the floor, the responsible predictors, its box, how well the chosen one fits."""
    said: Said = {}
    for truth in view.truths:
        key = f"label.{truth.number}"
        said |= {f"{key}.cost": truth.cost, f"{key}.objectness": truth.objectness, f"{key}.kind": truth.kind}
        said[f"{key}.answers"] = " ".join(map(str, truth.answers))
        said |= {f"{key}.{side}": value for side, value in zip("xywh", truth.xywh, strict=True)}
        said |= {f"{key}.{name}": value for name, value in overlap(view.prediction.xywh, truth.xywh).items()}
    return said


def overlap(box: XYWH, other: XYWH) -> dict[str, float]:
    """Return the four measures of two boxes."""
    return {name: measured.value for name, measured in meeting(OverlapState(box, other)).measures.items()}


def channels(why: WhyView) -> Said:
    """Return raw output, output, target and gradient of every listed channel, the reading, and each term's weight."""
    said: Said = {}
    for channel in why.channels:
        name = LETTERS[channel.index] if channel.index < FIRST_CLASS else f"c{channel.index - FIRST_CLASS}"
        said |= {f"ch.{name}.{key}": getattr(channel, key) for key in ("raw", "output", "target", "gradient")}
    reading = why.reading
    if reading:
        said |= {f"read.{key}": getattr(reading, key) for key in ("term", "raw", "output", "target", "weight", "floor")}
        said |= {"read.loss": reading.value, "read.slope": reading.closed, "read.printed": reading.printed}
        said |= {"read.delta": reading.delta, "read.back": reading.passed_back}
    for line in why.lines:
        said[f"asks.{line.term.name}.weight"] = float(line.weight)
        said[f"asks.{line.term.name}.floor"] = float(line.floor.sum())
        if line.value is not None:
            said[f"asks.{line.term.name}.loss"] = float(line.value.sum())
    return said


def log(why: WhyView) -> Said:
    """Return the numbers of Darknet's log line for this head; none where a program prints no such line."""
    entries = log_entries(why.log) if why.log else []
    return {f"log.{LOG.get(name, name)}": float(value.replace("-nan", "nan")) for name, value in entries}
