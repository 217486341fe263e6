"""The scenes that come with lossviz."""

import numpy as np
import pytest
from matplotlib.image import imread

from lossviz.core.text import class_names
from lossviz.scenes.gallery import FIRST, FOLDER, SAMPLES, letterbox_of, scene_of

GOLDEN = {"coffee", "astronaut", "chelsea", "motorcycle"}


def test_coffee_comes_first() -> None:
    assert FIRST == "coffee"
    assert [sample.order for sample in SAMPLES.values()] == sorted(sample.order for sample in SAMPLES.values())


@pytest.mark.parametrize("key", SAMPLES)
def test_every_scene_can_be_read_and_has_something_to_find(key: str) -> None:
    scene = scene_of(key)
    assert scene.live(90).images[0] > 0
    assert scene.train


@pytest.mark.parametrize("key", SAMPLES)
def test_every_class_that_occurs_has_a_name(key: str) -> None:
    scene, family = scene_of(key), SAMPLES[key].classes
    if family:
        assert len(class_names("en", family)) == scene.heads[0].classes
    assert int(scene.live(90).kinds.max()) < scene.heads[0].classes


@pytest.mark.parametrize("key", [key for key, sample in SAMPLES.items() if sample.photo])
def test_every_photograph_is_here_credited_and_fits_its_place(key: str) -> None:
    sample, place = SAMPLES[key], letterbox_of(key)
    assert sample.credit
    height, width = imread(FOLDER / sample.photo).shape[:2]
    assert place.w / place.h == pytest.approx(width / height, rel=0.01)
    assert (place.x + place.w / 2, place.y + place.h / 2) == pytest.approx((0.5, 0.5), abs=0.002)
    assert max(place.w, place.h) == pytest.approx(1)


@pytest.mark.parametrize("key", sorted(GOLDEN))
def test_the_photographs_numbers_are_those_the_reference_run_left(key: str) -> None:
    from helpers.reference import FILES

    original = next(path for path in FILES if path.stem == key)
    with np.load(FOLDER / f"{key}.npz") as ours, np.load(original) as theirs:
        for name in ("raw13", "raw26", "truth"):
            assert np.array_equal(ours[name], theirs[name])
