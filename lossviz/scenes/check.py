"""What the pages need of a scene beyond a sound file: one image, names that a link can spell, a picture in its place."""

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from lossviz.core.languages import class_lists
from lossviz.engine.scene import Scene
from lossviz.recipes import RECIPES
from lossviz.scenes.facts import Facts
from lossviz.scenes.file import Checked, SceneError, check_truths, read_fields, scene_from

MOST_TRUTHS = 64
"""Most true boxes of one scene that the pages show and a link may carry."""
FIELDS = re.compile(
    "(raw|mask|grid_w|grid_h|n_slots|layer_index)[A-Za-z0-9_]{0,16}"
    "|anchors|truth|classes|batch|class_map|train|net_w|net_h|fit_size|offset"
)
"""Names of the fields a scene is made of; files may hold more, which is not read here."""
SETTINGS = frozenset(name for recipe in RECIPES.values() for name in recipe.settings.accepts())
FORMATS = ("JPEG", "PNG", "WEBP")
"""Formats of photographs that browsers show and Pillow reads."""
LARGEST_PHOTO = 1200
"""Most pixels of a photograph's longer side in an exported picture."""
PAPER = (255, 255, 255)
"""The ground that shows through a photograph's transparent places."""


@dataclass(frozen=True)
class Letterbox:
    """Place of the photograph on the network input, in shares of it."""

    x: float
    y: float
    w: float
    h: float


def numbers_of(path: Path, facts: Facts) -> tuple[Scene, Letterbox]:
    """Read a scene's numbers, and where its photograph lies; the whole input where there is none.

    Raises: SceneError, in words that follow the file's name.
    """
    if not path.is_file():
        raise SceneError(f"is not there; put the numbers beside '{facts.key}.json'")
    fields = Checked(read_fields(path, needed))
    scene = scene_from(fields, SETTINGS).scene
    check_image(scene, facts)
    check_labels(scene)
    check_settings(scene)
    return scene, letterbox(fields) if facts.photo else Letterbox(0, 0, 1, 1)


def needed(name: str) -> bool:
    """Tell whether a scene is made of that field."""
    return name in SETTINGS or bool(FIELDS.fullmatch(name))


def check_image(scene: Scene, facts: Facts) -> None:
    """Ask for one image, and for heads and classes that links and pages can name."""
    images, classes = len(scene.truth), scene.heads[0].classes
    if images != 1:
        raise SceneError(f"the raw outputs are of {images} images; expected 1, as the pages show one at a time")
    for head in scene.heads:
        if not head.name.isalnum():
            raise SceneError(f"'raw{head.name}' must be named by letters and digits alone, as links spell it")
        check_square(f"head {head.name}", "cells", head.grid)
    check_square("the input", "pixels", scene.pixels)
    names = class_lists("en").get(facts.classes, ())
    if facts.classes and classes != len(names):
        told = f"'{facts.classes}' in '{facts.key}.json' has {len(names)}"
        raise SceneError(f'the raw outputs are of {classes} classes, but {told}; say "classes": "" for numbers')
    if 0 < len(scene.class_map) < classes:
        raise SceneError(f"'class_map' renames {len(scene.class_map)} classes; expected none or all {classes}")


def check_square(what: str, units: str, sides: tuple[int, int]) -> None:
    """Ask for as many columns as rows: some of the programs that the pages offer know no other grid."""
    if sides[0] != sides[1]:
        raise SceneError(
            f"{what} has {sides[0]} x {sides[1]} {units}; expected a square: not every program takes others"
        )


def check_labels(scene: Scene) -> None:
    """Ask for as many true boxes as the pages can show, each of them sound for every program."""
    count = scene.live(MOST_TRUTHS + 1).images[0]
    if not 1 <= count <= MOST_TRUTHS:
        told = f"more than {MOST_TRUTHS}" if count else "none"
        raise SceneError(f"'truth' has {told}; expected 1 to {MOST_TRUTHS} rows before the first with x = 0")
    check_truths(scene, MOST_TRUTHS, unmapped=True)


def check_settings(scene: Scene) -> None:
    """Ask for settings that every program accepts."""
    for recipe in RECIPES.values():
        try:
            recipe.for_scene(scene)
        except ValueError as error:
            raise SceneError(f"{error} ({recipe.title})") from error


def letterbox(fields: Checked) -> Letterbox:
    """Return the photograph's place: its fitted size and its offset over the input's size."""
    net = np.array([fields.whole(side, 1, 100_000) for side in ("net_w", "net_h")])
    fit, offset = (pair_of(fields, name) for name in ("fit_size", "offset"))
    if (fit <= 0).any() or (offset < 0).any() or (offset + fit > net + 1).any():
        told = f"'fit_size' {fit.tolist()} at 'offset' {offset.tolist()} does not lie in the input of {net.tolist()} pixels"
        raise SceneError(f"{told}; expected width and height, left and top of the photograph on it")
    x, y = (offset / net).tolist()
    w, h = (fit / net).tolist()
    return Letterbox(x, y, w, h)


def pair_of(fields: Checked, name: str) -> NDArray[np.float64]:
    """Return a field of two numbers."""
    expected = "two numbers, pixels of the network input"
    pair = fields.finite(name, "iuf", expected)
    if pair.shape != (2,):
        raise SceneError(f"'{name}' must be {expected}, not of shape {pair.shape}")
    return pair.astype(np.float64)


def picture_of(path: Path) -> NDArray[np.uint8]:
    """Read a photograph as a browser shows it: rows, columns, red green blue, not larger than exported pictures need.

    It is turned as its EXIF orientation says. Raises: SceneError, in words that follow the photograph's name.
    """
    if not path.is_file():
        raise SceneError('is not there; put it beside the numbers, or say "photo": ""')
    if path.resolve().parent != path.parent.resolve():
        raise SceneError("leads out of this folder; put the file itself here")
    try:
        with Image.open(path, formats=FORMATS) as photo:
            photo.draft("RGB", (LARGEST_PHOTO, LARGEST_PHOTO))
            upright = ImageOps.exif_transpose(photo)
            upright.thumbnail((LARGEST_PHOTO, LARGEST_PHOTO))
            clear = upright.convert("RGBA")
            return np.asarray(Image.alpha_composite(Image.new("RGBA", clear.size, PAPER), clear).convert("RGB"))
    except Exception as error:  # a damaged picture fails in many ways, each with its own exception
        raise SceneError(f"is no picture that can be shown; expected a sound {', '.join(FORMATS)}") from error
