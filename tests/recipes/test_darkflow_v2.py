"""What darkflow's rule does with ties and cells, and where its own gradient is nan."""

import pytest
import torch
from helpers.scenes import in_dtype, make_scene, with_raw

from lossviz.core.text import Text
from lossviz.engine.evaluate import evaluate
from lossviz.engine.remark import Remark
from lossviz.engine.scene import Scene
from lossviz.recipes import RECIPES

RECIPE = RECIPES["darkflow_v2"]


def in_english(remark: Remark) -> str:
    return Text("en")(remark.key, **remark.values)


def far_from(truth: list[list[float]]) -> Scene:
    """An image whose boxes all are far too small to meet a truth's."""
    scene = make_scene(images=1, truths=1)
    raw = torch.zeros_like(scene.heads[0].raw)
    raw[:, :, :2], raw[:, :, 2:4] = -6, -30
    scene = with_raw(scene, [raw])
    return Scene(scene.heads, torch.tensor([[*truth, [0.0] * 5]], dtype=torch.float64))


def test_where_no_box_meets_the_truth_all_predictors_of_its_cell_answer() -> None:
    report = evaluate(RECIPE, far_from([[0.5, 0.6, 0.05, 0.05, 1]]))
    column, row = 2, 2
    assert report["object"].slot.tolist() == [(anchor * 4 + row) * 5 + column for anchor in range(3)]


def test_of_two_truths_in_a_cell_the_last_one_counts() -> None:
    scene = far_from([[0.5, 0.6, 0.05, 0.05, 1], [0.55, 0.7, 0.05, 0.05, 2]])
    report = evaluate(RECIPE, scene)
    assert report["class"].target.argmax(1).tolist() == [2, 2, 2]
    torch.testing.assert_close(report["centre"].target, torch.tensor([[0.75, 0.8]] * 3, dtype=torch.float64))


def test_an_earlier_truth_of_a_cell_is_forgotten_even_if_another_predictor_fits_it_best() -> None:
    """No reference file has such a cell: in ``samecell_c4`` the same predictor fits them all."""
    scene = make_scene(images=1, truths=1)
    anchors = scene.heads[0].anchors.tolist()
    rows = [[0.5, 0.6, *anchors[0], 1], [0.5, 0.6, *anchors[2], 2], [0.0] * 5]
    scene = Scene(scene.heads, torch.tensor([rows], dtype=torch.float64))
    scene = with_raw(scene, [torch.zeros_like(scene.heads[0].raw)])
    report = evaluate(RECIPE, scene)
    assert [scene.heads[0].place(slot).anchor for slot in report["object"].slot.tolist()] == [2]


def test_its_gradient_is_half_as_steep_where_there_are_two_images() -> None:
    scene = make_scene(images=2)
    twice = Scene((scene.heads[0],), scene.truth)
    one = Scene((with_raw(scene, [scene.heads[0].raw[:1]]).heads[0],), scene.truth[:1])
    torch.testing.assert_close(evaluate(RECIPE, twice).gradient[0][:1], evaluate(RECIPE, one).gradient[0] / 2)


@pytest.mark.parametrize(("dtype", "least"), [(torch.float32, -88.7), (torch.float64, -709.7)])
def test_its_own_gradient_is_nan_where_a_sigmoid_is_so_small_that_e_to_the_minus_x_overflows(
    dtype: torch.dtype, least: float
) -> None:
    scene = in_dtype(make_scene(), dtype)
    raw = scene.heads[0].raw.clone()
    raw[0, 0, :, 0, 0] = least
    assert evaluate(RECIPE, with_raw(scene, [raw])).notes == ()
    raw[0, 0, :, 0, 0] = least - 0.1
    raw[0, 0, :, 0, 1] = 1000
    report = evaluate(RECIPE, with_raw(scene, [raw]))
    assert RECIPE.undefined is not None
    (mark,) = RECIPE.undefined(RECIPE.settings, report.scene)
    assert mark.nonzero().tolist() == [[0, 0, channel, 0, 0] for channel in (0, 1, 4)]
    assert report.gradient[0].isfinite().all()
    (note,) = report.notes
    name = str(dtype).removeprefix("torch.")
    said = in_english(note)
    assert said.startswith("darkflow's own gradient is nan at 3 raw outputs: for x below −")
    assert said.endswith(f", e^−x overflows in {name}; the finite values are given")
    raw[0, 0, 1:, 0, 0] = 0
    (note,) = evaluate(RECIPE, with_raw(scene, [raw])).notes
    assert in_english(note) == said.replace("3 raw outputs", "1 raw output")


def test_a_program_that_does_not_train_has_no_gradient_to_be_nan() -> None:
    scene = make_scene()
    raw = torch.full_like(scene.heads[0].raw, -1000)
    assert evaluate(RECIPE, Scene(with_raw(scene, [raw]).heads, scene.truth, train=False)).notes == ()
