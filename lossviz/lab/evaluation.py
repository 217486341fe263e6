"""From the state to what is evaluated: the recipe with settings and switches, the scene before any gradient step."""

from dataclasses import replace
from functools import cache

import torch

from lossviz.engine.heads import Head
from lossviz.engine.recipe import Recipe
from lossviz.engine.scene import Scene
from lossviz.lab.state import State, TruthEdit
from lossviz.recipes import RECIPES
from lossviz.scenes.check import MOST_TRUTHS
from lossviz.scenes.gallery import scene_of


def recipe_for(state: State) -> Recipe:
    """Return the recipe with the scene's settings, those of the visitor, and his switches."""
    recipe = RECIPES[state.recipe].for_scene(scene_of(state.scene), dict(state.settings))
    recipe = recipe.with_objectness(state.objectness)  # type: ignore[arg-type]
    recipe = recipe.with_coordinates(state.coordinates).with_classes(state.classes)
    if state.assigner not in ("as-written", state.recipe):
        recipe = recipe.with_assigner(RECIPES[state.assigner].for_scene(scene_of(state.scene)))
    return recipe.with_equal_boxes() if state.small_boxes == "off" else recipe


def scene_for(state: State) -> Scene:
    """Return the scene with what the visitor made of boxes and channels."""
    scene = scene_of(state.scene)
    heads = tuple(_with_raws(head, state) for head in scene.heads)
    return replace(scene, heads=heads, truth=_truth(scene, state)) if state.raws or state.truths else scene


@cache
def own_truths(name: str) -> tuple[tuple[float, ...], ...]:
    """Return x, y, w, h and class of the truths that a scene came with."""
    scene = scene_of(name)
    count = scene.live(MOST_TRUTHS).images[0]
    return tuple(tuple(row) for row in scene.truth[0, :count].tolist())


def truth_numbers(state: State) -> tuple[int, ...]:
    """Return the numbers of the truths there are, in the scene's order: its own first, then those added."""
    own = len(own_truths(state.scene))
    gone = {edit.number for edit in state.truths if edit.gone}
    added = sorted(edit.number for edit in state.truths if edit.number >= own and not edit.gone)
    return tuple(number for number in (*range(own), *added) if number not in gone)


def _with_raws(head: Head, state: State) -> Head:
    moved = [(p, raw) for p, raw in state.raws if p.head == head.name]
    if not moved:
        return head
    values = head.raw.clone()
    for predictor, raw in moved:
        for channel, value in raw:
            values[0, predictor.anchor, channel, predictor.row, predictor.column] = value
    return replace(head, raw=values)


def _truth(scene: Scene, state: State) -> torch.Tensor:
    edits = {edit.number: edit for edit in state.truths}
    own, rows = own_truths(state.scene), []
    for number in truth_numbers(state):
        edit = edits.get(number, TruthEdit(number))
        place = edit.xywh or own[number][:4]
        rows.append([*place, own[number][4] if edit.kind is None else edit.kind])
    return scene.truth.new_tensor([*rows, [0.0] * 5]).unsqueeze(0)
