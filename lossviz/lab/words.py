"""How the Lab calls classes and truths."""

from lossviz.core.text import Text
from lossviz.lab.view import FOUND, LabView, TruthView
from lossviz.scenes.gallery import SAMPLES


def kind_name(view: LabView, kind: int, text: Text) -> str:
    """Return the name of a class in this scene."""
    return text.kind(SAMPLES[view.state.scene].classes, kind)


def truth_name(view: LabView, truth: TruthView, text: Text) -> str:
    """Return what a truth is called: the cup; the missed spoon."""
    name = kind_name(view, truth.kind, text)
    return text("found" if truth.objectness >= FOUND else "missed", name=name)
