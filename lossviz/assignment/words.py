"""How the page on assignment and its figures call rules, networks, truths and predictors, and who answers in words."""

from collections.abc import Mapping

from lossviz.assignment.state import AssignmentState
from lossviz.assignment.view import AssignmentView, Difference
from lossviz.core.text import Text, catalogue, four
from lossviz.engine.heads import Predictor
from lossviz.recipes import RECIPES
from lossviz.scenes.gallery import scene_name
from lossviz.scenes.untrained import ANCHORS, classes_of, scene_for


def kind_name(state: AssignmentState, kind: int, text: Text) -> str:
    """Return the name of a class."""
    return text.kind(classes_of(state.field), kind)


def truth_name(state: AssignmentState, line: int, text: Text) -> str:
    """Return what a truth is called: by its class and, of several, by its place in the list, counted from 1."""
    name = kind_name(state, state.boxes[line].kind, text)
    alone = len(state.boxes) == 1
    return text("assignment_only_truth", name=name) if alone else text("assignment_truth", number=line + 1, name=name)


def rule_name(key: str, text: Text) -> str:
    """Return what a program's rule is called in short; its title where it has no short name yet."""
    return text(f"rule_{key}") if f"rule_{key}" in catalogue(text.lang) else RECIPES[key].title


def field_name(key: str, text: Text) -> str:
    """Return the name of a network, or of a photograph."""
    return text("field_photo", name=scene_name(key, text)) if key not in ANCHORS else text(f"field_{key}")


def size_of(pixels: tuple[float, float]) -> str:
    """Return width and height as written, in whole pixels where there are ten or more."""
    width, height = (f"{side:.0f}" if side >= 10 else f"{side:.2g}" for side in pixels)
    return f"{width} × {height}"


def spoken(view: AssignmentView, text: Text) -> str:
    """Return who answers for the truth in hand in words: one, several or nobody."""
    answers, winner = view.truth.answers, view.winner
    if not answers:
        later = view.taken_by
        return text("assignment_nobody") if later is None else text("assignment_overwritten", number=later + 1)
    if winner is None:
        named = who(answers[0], text, numbers_of(view.state.field))
        key = "assignment_elsewhere_one" if len(answers) == 1 else "assignment_elsewhere"
        return text(key, count=len(answers), who=named)
    values = {
        "number": winner.number,
        "size": size_of(winner.pixels),
        "head": winner.predictor.head,
        "row": winner.predictor.row,
        "column": winner.predictor.column,
        "fit": text(f"fit_{view.measure}"),
        "value": four(winner.fits[view.measure]),
        "count": len(answers),
    }
    return text("assignment_one" if len(answers) == 1 else "assignment_several", **values)


def who(predictor: Predictor, text: Text, numbers: Mapping[tuple[str, int], int]) -> str:
    """Return a predictor in words: by head, anchor of the network, row and column."""
    number = numbers[predictor.head, predictor.anchor]
    return text("assignment_predictor", head=predictor.head, number=number, row=predictor.row, column=predictor.column)


def numbers_of(field: str) -> dict[tuple[str, int], int]:
    """Return the network's number of each head's anchors."""
    return {(head.name, slot): number for head in scene_for(field).heads for slot, number in enumerate(head.mask)}


def difference_side(one: Difference, number: int, text: Text) -> str:
    """Return a predictor's state under one of the rules in words, with the truth."""
    state, truth = one.states[number], one.truths[number]
    name = text(f"state_{state}")
    return name if truth < 0 else text("assignment_for", state=name, number=truth + 1)


def anchor_name(view: AssignmentView, number: int, text: Text) -> str:
    """Return what a box that answers is called: an anchor, or what it predicts where that decides."""
    return text("assignment_prediction" if view.measure.startswith("predicted") else "assignment_anchor", number=number)
