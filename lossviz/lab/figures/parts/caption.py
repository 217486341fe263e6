"""What stands above and below a figure of the Lab: where its numbers come from, and what was changed."""

import math
from dataclasses import asdict

from lossviz.core.text import Text, minus
from lossviz.lab.evaluation import recipe_for
from lossviz.lab.state import MOST_STEPS, State
from lossviz.recipes import RECIPES
from lossviz.scenes.gallery import SAMPLES, scene_name

DIGITS = 7
"""How many digits of a commit are shown."""


def title(state: State, text: Text) -> str:
    """Return the title of a figure: recipe and scene."""
    return text("figure_title", recipe=text(f"recipe_{state.recipe}"), scene=scene_name(state.scene, text))


def details(state: State, text: Text) -> list[str]:
    """Return the caption: source, settings and switches that are not the program's own, credit."""
    source = RECIPES[state.recipe].source
    credit = SAMPLES[state.scene].credit
    changes = [*switches(state, text), *(f"{name} {value:.6g}" for name, value in changed_settings(state).items())]
    said = text("list_comma").join(changes)
    parts = [
        text("caption_source", repository=source.repository, file=source.file, commit=source.commit[:DIGITS]),
        text("caption_changes", changes=said) if said else "",
        text("photo_credit", credit=credit) + text("list_end") if credit else "",
    ]
    return [part for part in parts if part]


def switches(state: State, text: Text) -> list[str]:
    """Return the sentences for what was switched, and for the steps that were taken."""
    words = {
        "objectness": text(f"obj_{state.objectness}"),
        "coordinates": text(f"obj_{state.coordinates}"),
        "classes": text(f"classes_{state.classes}"),
        "small_boxes": text(f"small_{state.small_boxes}"),
    }
    found = [
        text("caption_switch", what=text(name), choice=word) for name, word in words.items() if state.differs(name)
    ]
    if state.steps:
        steps = min(state.steps, MOST_STEPS[state.walker])
        found.append(
            text("caption_steps", steps=steps, rate=minus(f"{state.step:.6g}"), who=text(f"walker_{state.walker}"))
        )
    return found


def changed_settings(state: State) -> dict[str, float]:
    """Return settings that are not the program's default: the visitor's, and those of the scene's file."""
    default = asdict(RECIPES[state.recipe].settings)
    used = asdict(recipe_for(state).settings)
    return {name: value for name, value in used.items() if not math.isclose(value, default[name], rel_tol=1e-6)}
