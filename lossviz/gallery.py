"""The scenes that come with lossviz. A scene is its files in ``assets/scenes``: numbers, a few facts, a photograph."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from lossviz.assets import ASSETS
from lossviz.engine.scene import Scene
from lossviz.recipes import RECIPES
from lossviz.scene_file import read_fields, read_scene

FOLDER = ASSETS / "scenes"


@dataclass(frozen=True)
class Letterbox:
    """Where the photograph lies on the network input, in shares of it."""

    x: float
    y: float
    w: float
    h: float


@dataclass(frozen=True)
class Sample:
    """One scene of the gallery. ``classes`` names the list of class names, empty for numbers only."""

    key: str
    order: int
    photo: str
    credit: str
    classes: str


def _facts(path: Path) -> Sample:
    return Sample(key=path.stem, **json.loads(path.read_text(encoding="utf-8")))


SAMPLES: dict[str, Sample] = {
    sample.key: sample for sample in sorted(map(_facts, FOLDER.glob("*.json")), key=lambda sample: sample.order)
}
FIRST = next(iter(SAMPLES))


@cache
def scene_of(key: str) -> Scene:
    """The scene as its file has it."""
    names = {name for recipe in RECIPES.values() for name in recipe.settings.accepts()}
    return read_scene(FOLDER / f"{key}.npz", names).scene


@cache
def letterbox_of(key: str) -> Letterbox:
    """The photograph's place: its fitted size and padding over the input's size."""
    fields = read_fields(FOLDER / f"{key}.npz")
    if "fit_size" not in fields:
        return Letterbox(0, 0, 1, 1)
    net = np.array([int(fields["net_w"]), int(fields["net_h"])])
    x, y = (fields["offset"] / net).tolist()
    w, h = (fields["fit_size"] / net).tolist()
    return Letterbox(x, y, w, h)
