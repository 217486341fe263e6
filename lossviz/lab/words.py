"""How the Lab calls classes, truths and several truths at once."""

from collections.abc import Sequence

from lossviz.core.text import Text, listed
from lossviz.lab.view import LabView, TruthView
from lossviz.scenes.gallery import SAMPLES


def kind_name(view: LabView, kind: int, text: Text) -> str:
    """Return the name of a class in this scene."""
    return text.kind(SAMPLES[view.state.scene].classes, kind)


def truth_name(view: LabView, truth: TruthView, text: Text) -> str:
    """Return what a truth is called: the cup; the missed spoon."""
    name = kind_name(view, truth.kind, text)
    return text("found" if truth.found else "missed", name=name)


def together(view: LabView, truths: Sequence[TruthView], text: Text) -> str:
    """Return the class names of several truths: cup; cup and bowl; cup, bowl and spoon."""
    return listed([kind_name(view, truth.kind, text) for truth in truths], text)


def prediction_name(view: LabView, text: Text) -> str:
    """Return the tag of the predicted box: its class and objectness, or objectness alone where it believes in nothing."""
    said = view.prediction
    key = "prediction_label" if said.believed else "prediction_doubts"
    return text(key, name=kind_name(view, said.kind, text), objectness=f"{said.objectness:.3f}")
