"""The predictors of the page on assignment: networks that have learned nothing, and what others said of photographs.

With raw outputs of 0 each predictor draws its anchor in the middle of its cell, and says nothing of classes.
"""

from functools import cache

import torch

from lossviz.engine.heads import Head
from lossviz.engine.scene import Scene
from lossviz.recipes import RECIPES
from lossviz.scenes.gallery import SAMPLES, scene_of

SIDE = 416
"""Pixels along a side of the network's input."""
ANCHORS: dict[str, tuple[tuple[float, float], ...]] = {
    "v3": ((10, 13), (16, 30), (33, 23), (30, 61), (62, 45), (59, 119), (116, 90), (156, 198), (373, 326)),
    "voc": ((1.3221, 1.73145), (3.19275, 4.00944), (5.05587, 8.09892), (9.47112, 4.84053), (11.2364, 10.0071)),
    "coco": ((0.57273, 0.677385), (1.87446, 2.06253), (3.33843, 5.47434), (7.88282, 3.52778), (9.77052, 9.16828)),
}
"""Widths and heights of the anchors in the units of the configuration files: pixels for v3, grid cells for others."""
UNITS = {"v3": SIDE, "voc": 13, "coco": 13}
"""The side of the network input in the units of ``ANCHORS``."""
HEADS: dict[str, tuple[tuple[int, tuple[int, ...]], ...]] = {
    "v3": ((13, (6, 7, 8)), (26, (3, 4, 5)), (52, (0, 1, 2))),
    "voc": ((13, (0, 1, 2, 3, 4)),),
    "coco": ((13, (0, 1, 2, 3, 4)),),
}
"""For each head the cells along a side, and which of the anchors stand there."""
CLASSES = {"v3": "coco", "voc": "voc", "coco": "coco"}
COUNTS = {"coco": 80, "voc": 20}
PHOTOS = tuple(sample.key for sample in SAMPLES.values() if sample.photo)
FIELDS = (*ANCHORS, *PHOTOS)
"""Everything the page can show: untrained networks, then scenes with a photograph."""


@cache
def scene_for(key: str) -> Scene:
    """Return the predictors of that network without a truth, or those of a photograph with its labels."""
    if key not in ANCHORS:
        return scene_of(key)
    anchors = torch.tensor(ANCHORS[key], dtype=torch.float32, device="cpu") / UNITS[key]
    channels = 5 + COUNTS[CLASSES[key]]
    heads = tuple(
        Head(str(side), torch.zeros(1, len(mask), channels, side, side, device="cpu"), anchors, mask)
        for side, mask in HEADS[key]
    )
    return Scene(heads, torch.zeros(1, 1, 5, device="cpu"), net=(SIDE, SIDE))


def classes_of(key: str) -> str:
    """Return the name of its list of class names."""
    return CLASSES.get(key) or SAMPLES[key].classes


def kinds_of(key: str) -> int:
    """Return the number of classes."""
    return scene_for(key).heads[0].classes


def heads_of(key: str) -> tuple[str, ...]:
    """Return the names of its heads."""
    return tuple(head.name for head in scene_for(key).heads)


@cache
def rules_of(key: str) -> tuple[str, ...]:
    """Return the programs whose rule of assignment can be applied to its scene."""
    return tuple(name for name, recipe in RECIPES.items() if recipe.refusal(scene_for(key)) is None)
