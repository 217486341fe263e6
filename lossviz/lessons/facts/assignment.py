"""Facts of an assignment: who is responsible for each ground-truth box, under the rule and under the other one."""

from collections.abc import Mapping

from lossviz.assignment.state import AssignmentState, thresholds_of
from lossviz.assignment.view import comparison_of, view_of

COUNTED = ("positive", "ignored", "negative")


def facts(state: AssignmentState) -> Mapping[str, float | str]:
    """Return the facts. ``answers``: predictors responsible for the selected box; ``other.shared``: under both rules."""
    found, both = view_of(state), comparison_of(state)
    settings = {**thresholds_of(state.recipe), **dict(state.settings)}
    mine, theirs = ({*result.truths[state.hand].answers} for result in both.results)
    said: dict[str, float | str] = {
        "field": state.field,
        "rule": state.recipe,
        "other": state.other,
        "truths": len(state.boxes),
        "answers": len(found.truth.answers),
        "anchor": -1 if found.anchor is None else found.anchor,
        "head": found.winner.predictor.head if found.winner else "",
        "fit": found.ranked[0].fits[found.measure],
        "measure": found.measure,
        "collisions": len(found.result.collisions),
        "differ": both.count,
        "other.answers": len(theirs),
        "other.shared": len(mine & theirs),
    }
    said |= {f"set.{name}": float(value) for name, value in settings.items()}
    for truth in found.result.truths:
        said[f"truth.{truth.number}.answers"] = len(truth.answers)
        said[f"truth.{truth.number}.lost"] = len(truth.lost)
        said |= {f"truth.{truth.number}.{side}": value for side, value in zip("xywh", truth.truth.xywh, strict=True)}
    for name in COUNTED:
        said[f"count.{name}"], said[f"other.count.{name}"] = (result.count(name) for result in both.results)
    return said
