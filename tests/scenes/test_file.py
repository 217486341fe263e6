"""Scene files: what a reader makes of the fields."""

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from helpers.scene_files import MISSING, one_head, two_heads, write

from lossviz.scenes.file import SceneError, SceneFile, check_truths, read_scene


def read(tmp_path: Path, fields: dict[str, Any], *settings: str, dtype: torch.dtype | None = None) -> SceneFile:
    return read_scene(write(tmp_path / "scene.npz", fields), settings, dtype)


def test_a_heads_name_is_its_suffix_and_a_single_heads_its_grid(tmp_path: Path) -> None:
    several, single = read(tmp_path, two_heads()), read(tmp_path, one_head())
    assert [head.name for head in several.scene.heads] == list(several.suffixes) == ["3", "6"]
    assert [head.name for head in single.scene.heads] == ["3x4"]
    assert single.suffixes == ("",)


def test_anchors_are_pixels_where_there_is_a_mask_and_cells_where_there_is_none(tmp_path: Path) -> None:
    fields = two_heads()
    scene = read(tmp_path, fields, dtype=torch.float64).scene
    for head in scene.heads:
        np.testing.assert_allclose(head.anchors, fields["anchors"] / np.array([128.0, 96.0]), rtol=1e-15)
    assert [head.mask for head in scene.heads] == [(2, 3), (0, 1)]
    fields = one_head()
    (head,) = read(tmp_path, fields, dtype=torch.float64).scene.heads
    np.testing.assert_allclose(head.anchors, fields["anchors"] / np.array([4.0, 3.0]), rtol=1e-15)
    assert head.mask == (0, 1)


def test_numbers_arrive_as_they_were_written(tmp_path: Path) -> None:
    fields = two_heads()
    scene = read(tmp_path, fields).scene
    assert torch.equal(scene.heads[1].raw, torch.from_numpy(fields["raw6"]))
    assert torch.equal(scene.truth, torch.from_numpy(fields["truth"]))
    assert scene.heads[0].raw.dtype == torch.float32


def test_only_settings_that_are_asked_for_and_there_are_read(tmp_path: Path) -> None:
    fields = one_head(seen=np.array(100), rescore=np.array(0))
    assert read(tmp_path, fields, "thresh", "seen", "softmax").scene.settings == {"thresh": 0.5, "seen": 100}


@pytest.mark.parametrize(("value", "train"), [(0, False), (1, True), (False, False), (MISSING, True)])
def test_a_scene_trains_unless_it_says_no(tmp_path: Path, value: object, train: bool) -> None:
    value = value if value is MISSING else np.array(value)
    assert read(tmp_path, one_head(train=value)).scene.train is train


def test_raw_and_truth_may_lack_the_axis_of_images(tmp_path: Path) -> None:
    fields = one_head()
    for raw, truth in ((fields["raw"][0], fields["truth"][0]), (fields["raw"][0], fields["truth"][:1])):
        file = read(tmp_path, fields | {"raw": raw, "truth": truth})
        assert not file.batched
        assert file.scene.heads[0].raw.shape == (1, 2, 8, 3, 4)
        assert file.scene.truth.shape == (1, 2, 5)


def test_a_scene_needs_no_truths(tmp_path: Path) -> None:
    scene = read(tmp_path, one_head(truth=np.zeros((2, 0, 5), np.float32))).scene
    check_truths(scene, 30)
    assert scene.live(30).images == (0, 0)


@pytest.mark.parametrize(
    "row",
    [
        (1e-6, 0, 1e-6, 1e-6, 0),
        (0.999999, 0.999999, 4, 4, 2),  # the corners may leave the image
        (0.5, 0.5, 1, 1, -0.0),
    ],
)
def test_truths_at_the_edge_of_what_is_allowed_are_allowed(tmp_path: Path, row: tuple[float, ...]) -> None:
    check_truths(read(tmp_path, two_heads(truth=np.array([[row]]))).scene, 90)


def test_the_message_names_the_row_and_what_was_expected(tmp_path: Path) -> None:
    truth = one_head()["truth"].copy()
    truth[1, 1, 4] = 7
    scene = read(tmp_path, one_head(truth=truth)).scene
    with pytest.raises(SceneError, match="truth 1 of image 1: expected a class from 0 to 2, not 7"):
        check_truths(scene, 30)
    check_truths(scene, 1)


def test_with_a_map_the_classes_of_truths_are_rows_of_the_map(tmp_path: Path) -> None:
    truth = np.array([[[0.5, 0.5, 0.1, 0.1, 4]]])
    scene = read(tmp_path, two_heads(truth=truth, class_map=np.array([0, 0, 1, 1, 2]))).scene
    check_truths(scene, 90)
    assert scene.mapped(scene.live(90).kinds).tolist() == [2]


def test_a_member_that_is_no_array_is_passed_over(tmp_path: Path) -> None:
    path = write(tmp_path / "scene.npz", one_head())
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("notes.txt", "anything")
    assert len(read_scene(path, ()).scene.heads) == 1
