"""What yhcc/yolo2's score does, where it writes its targets, and the place of a centre in the image."""

from dataclasses import replace

import torch
from helpers.scenes import finite_difference, make_scene

from lossviz.core.text import Text
from lossviz.engine.evaluate import Report, evaluate
from lossviz.engine.remark import Remark
from lossviz.engine.scene import Scene
from lossviz.recipes import RECIPES
from lossviz.recipes.yhcc_v2 import place, squared_of_place

RECIPE = RECIPES["yhcc_v2"]
INTENDED = RECIPE.with_settings({"intended": 1})


def tensor(rows: list[list[float]]) -> torch.Tensor:
    return torch.tensor(rows, dtype=torch.float64)


def one_truth(*truth: float, anchors: list[list[float]] | None = None, more: tuple[float, ...] = ()) -> Scene:
    """A grid of 4 x 4 with one truth, or two."""
    scene = make_scene(images=1, truths=1, grid=(4, 4))
    rows = [list(truth), list(more) or [0.0] * 5, [0.0] * 5]
    head = scene.heads[0]
    head = replace(head, anchors=tensor(anchors), mask=tuple(range(len(anchors)))) if anchors else head
    return Scene((replace(head, raw=head.raw[:, : len(head.mask)]),), tensor(rows)[None])


def places(report: Report) -> list[tuple[int, int, int]]:
    """Anchor, row and column of those who answer."""
    found = [report.scene.heads[0].place(slot) for slot in report["object"].slot.tolist()]
    return [(where.anchor, where.row, where.column) for where in found]


def test_a_truth_is_written_at_column_and_row_exchanged() -> None:
    scene = one_truth(0.9, 0.1, 0.33, 0.27, 1, anchors=[[0.33, 0.27]])
    assert places(evaluate(RECIPE, scene)) == [(0, 3, 0)]
    assert places(evaluate(INTENDED, scene)) == [(0, 0, 3)]


def test_an_anchor_whose_shape_is_the_truths_loses_to_a_worse_one() -> None:
    """E / (A + B - E) is 1 for equal shapes and A / B > 1 for a smaller anchor."""
    scene = one_truth(0.4, 0.4, 0.2, 0.2, 1, anchors=[[0.2, 0.2], [0.1, 0.1]])
    assert [anchor for anchor, _, _ in places(evaluate(RECIPE, scene))] == [1]
    assert [anchor for anchor, _, _ in places(evaluate(INTENDED, scene))] == [0]


def test_a_truth_that_is_wide_where_all_anchors_are_high_has_no_answer() -> None:
    scene = one_truth(0.4, 0.4, 0.9, 0.1, 1, anchors=[[0.1, 0.9]])
    assert places(evaluate(RECIPE, scene)) == []
    assert len(places(evaluate(INTENDED, scene))) == 1


def test_several_truths_are_written_one_after_another_and_a_note_says_so() -> None:
    scene = one_truth(0.3, 0.3, 0.2, 0.2, 1, more=(0.35, 0.3, 0.2, 0.2, 2))
    report = evaluate(RECIPE, scene)
    assert report["class"].target.argmax(1).tolist() == [2]
    (note,) = report.notes
    assert "one ground-truth box per image" in Text("en")(note.key, **note.values)
    assert evaluate(RECIPE, replace(scene, train=False)).notes == ()
    assert evaluate(RECIPE, one_truth(0.3, 0.3, 0.2, 0.2, 1)).notes == ()


def test_it_knows_square_grids_only() -> None:
    assert RECIPE.refusal(make_scene()) == Remark(
        "refusal_square", {"program": "yhcc/yolo2", "head": "4x5", "columns": 5, "rows": 4}
    )
    assert RECIPE.refusal(make_scene(grid=(4, 4))) is None


def test_a_place_is_a_share_of_the_image_so_its_slope_is_that_of_a_cell_over_its_number() -> None:
    z, t = tensor([[0.0, 0.0]]), tensor([[0.6, 0.1, 2, 1, 4, 8]])
    torch.testing.assert_close(place(z, t), tensor([[2.5 / 4, 1.5 / 8]]))
    torch.testing.assert_close(squared_of_place(z, t), tensor([[0.025**2, 0.0875**2]]))
    torch.testing.assert_close(squared_of_place.slope(z, t), tensor([[2 * 0.025 / 4 / 4, 2 * 0.0875 / 4 / 8]]))


def test_the_slope_of_a_place_is_the_slope_of_its_value() -> None:
    z = torch.linspace(-4, 4, 9, dtype=torch.float64)[:, None].expand(9, 2)
    t = tensor([[0.3, 0.8, 2, 3, 4, 4]]).expand(9, 6)
    torch.testing.assert_close(squared_of_place.slope(z, t), finite_difference(lambda z: squared_of_place(z, t), z))


def test_a_predictor_of_another_cell_cannot_reach_the_place_and_what_is_left_is_the_floor() -> None:
    t = tensor([[0.3, 0.3, 2, 1, 4, 4], [0.9, 0.9, 2, 1, 4, 4]])
    torch.testing.assert_close(squared_of_place.floor(t), tensor([[0.2**2, 0], [0.15**2, 0.4**2]]))
    z = tensor([[-30, 0], [30, 30]])
    torch.testing.assert_close(
        squared_of_place(z, t)[[0, 1, 1], [0, 0, 1]], torch.tensor([0.04, 0.0225, 0.16]).double()
    )


def test_in_the_last_column_a_sigmoid_that_rounds_to_1_throws_the_centre_to_the_other_side() -> None:
    t = tensor([[0.9, 0.9, 3, 2, 4, 4]])
    before, after = squared_of_place(tensor([[30, 30]]), t), squared_of_place(tensor([[40, 40]]), t)
    torch.testing.assert_close(before, tensor([[0.01, 0.0225]]))
    torch.testing.assert_close(after, tensor([[0.81, 0.0225]]))
    assert not squared_of_place.slope(tensor([[40, 40]]), t).any()
