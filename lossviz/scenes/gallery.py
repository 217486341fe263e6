"""The scenes that can be opened. A scene is its files in ``assets/scenes``: numbers, a few facts, a photograph.

All are read and checked once, when this module is imported; one that is no good is left out and answered with a sentence.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lossviz.core.assets import ASSETS
from lossviz.core.text import Text
from lossviz.engine.scene import Scene
from lossviz.scenes.check import Letterbox, numbers_of, picture_of
from lossviz.scenes.facts import Facts, facts_of
from lossviz.scenes.file import SceneError

FOLDER = ASSETS / "scenes"
FIRST = "coffee"
"""The scene of a link that names none, whatever scenes are added."""


@dataclass(frozen=True, eq=False)
class Sample(Facts):
    """Hold one scene of the gallery: its facts, its numbers, the place of its photograph on the network input."""

    folder: Path
    scene: Scene
    place: Letterbox

    @cached_property
    def picture(self) -> NDArray[np.uint8]:
        """Return the photograph: rows, columns, red green blue."""
        return picture_of(self.folder / self.photo)


@dataclass(frozen=True)
class Gallery:
    """Hold the scenes of a folder in their order, and a sentence for each file that is none."""

    samples: dict[str, Sample]
    refused: tuple[str, ...]


def gallery_of(folder: Path) -> Gallery:
    """Read every scene of a folder; hidden files are passed over, and so are photographs and texts alone."""
    samples, refused = [], []
    files = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    described = {path.stem for path in files if path.suffix == ".json"}
    for path in files:
        try:
            if path.suffix == ".json":
                samples.append(sample_of(path))
            elif path.suffix == ".npz" and path.stem not in described:
                with blamed(path):
                    raise SceneError(f"has no facts; write them into {path.stem + '.json'!r} beside it")
        except SceneError as error:
            refused.append(" ".join(str(error).split()))
    samples.sort(key=lambda sample: sample.order)
    return Gallery({sample.key: sample for sample in samples}, tuple(refused))


def sample_of(path: Path) -> Sample:
    """Read the scene whose facts are in this file.

    Raises: SceneError, a sentence that begins with the name of the file at fault.
    """
    with blamed(path):
        facts = facts_of(path)
    with blamed(path.with_suffix(".npz")) as numbers:
        scene, place = numbers_of(numbers, facts)
    sample = Sample(**vars(facts), folder=path.parent, scene=scene, place=place)
    if facts.photo:
        with blamed(path, f"the photograph {facts.photo!r} "):
            _ = sample.picture
    return sample


@contextmanager
def blamed(path: Path, subject: str = "") -> Iterator[Path]:
    """Say of this file whatever goes wrong here; an error that nobody thought of ends one scene, not the app."""
    try:
        yield path
    except SceneError as error:
        raise SceneError(f"{path.name!r}: {subject}{error}") from error
    except Exception as error:
        told = f"cannot be read: {type(error).__name__}: {error}"
        raise SceneError(f"{path.name!r}: {subject}{told}") from error


FOUND = gallery_of(FOLDER)
SAMPLES, REFUSED = FOUND.samples, FOUND.refused
if FIRST not in SAMPLES:
    raise SceneError(f"lossviz opens on the scene {FIRST!r}, which is missing. {' '.join(REFUSED)}")


def scene_of(key: str) -> Scene:
    """Return the scene as its file has it."""
    return SAMPLES[key].scene


def scene_name(key: str, text: Text) -> str:
    """Return what the scene is called; its own file says so."""
    return text.of(SAMPLES[key].name)


TINY = ("coffee", "astronaut", "motorcycle", "chelsea")
"""Scenes whose raw outputs are those of the published yolov3-tiny: two heads, trained with sigmoids."""


def letterbox_of(key: str) -> Letterbox:
    """Return the photograph's place on the network input, in shares of it."""
    return SAMPLES[key].place
