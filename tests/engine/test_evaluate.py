"""A report's numbers: Darknet's worked examples, and what a report says of itself."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from lossviz.bench import COCO_ANCHORS, coco_scene
from lossviz.engine.evaluate import Report, evaluate
from lossviz.engine.heads import Head, Place
from lossviz.engine.scene import Scene
from lossviz.recipes import RECIPES
from lossviz.scenes.file import read_scene

GOLDEN = Path(__file__).parents[1] / "golden"
Builder = Callable[..., Scene]


def worked(recipe: str, file: str) -> tuple[Report, dict[str, list[float]], dict[str, list[float]]]:
    """Delta and slope of every term for slot anchor 0, row 1, column 1 of a reference file."""
    known = RECIPES[recipe]
    scene = read_scene(GOLDEN / file, known.settings.accepts(), torch.float64).scene
    report = evaluate(known.for_scene(scene), scene)
    slot = scene.heads[0].slot(Place(0, 0, 1, 1))
    lines = {result.term.name: result.of_slot(0, slot) for result in report.terms}
    delta = {n: report[n].delta[rows].flatten().tolist() for n, rows in lines.items()}
    slope = {n: report[n].gradient[rows].flatten().tolist() for n, rows in lines.items()}
    return report, delta, slope


def test_yolov2_writes_a_difference_and_passes_back_a_squared_errors_slope() -> None:
    _, delta, slope = worked("darknet_v2", "darknet/v2_tiny.npz")
    assert delta["centre"][0] == pytest.approx(-0.0564, abs=1e-6)
    assert slope["centre"][0] == pytest.approx(0.013288, abs=1e-6)
    assert delta["object"] == pytest.approx([3.867068], abs=2e-5)
    assert slope["object"] == pytest.approx([-0.048159], abs=1e-6)
    assert delta["noobject"] == delta["prior_centre"] == []


def test_yolov3_passes_back_what_it_writes() -> None:
    report, delta, slope = worked("darknet_v3", "darknet/v3_tiny.npz")
    assert delta["centre"][0] == pytest.approx(-0.0546, abs=1e-6)
    assert delta["object"] == pytest.approx([0.799538], abs=1e-6)
    assert delta["class"] == pytest.approx([-0.542126, 0.356853, -0.552298], abs=1e-6)
    assert {name: [-n for n in numbers] for name, numbers in slope.items()} == delta
    assert torch.equal(report.delta[0], -report.gradient[0])


def test_in_2016_the_sigmoids_slope_was_inside_and_small_boxes_did_not_count_more() -> None:
    _, delta, _ = worked("darknet_v2_2016", "darknet2016/r16_tiny.npz")
    assert delta["centre"][0] == pytest.approx(-0.007068, abs=1e-6)
    assert delta["size"][0] == pytest.approx(-0.095310, abs=1e-6)
    assert delta["object"] == pytest.approx([0.048159], abs=1e-6)


def test_the_same_inputs_print_thirteen_times_less_in_2016() -> None:
    early, _, _ = worked("darknet_v2_2016", "darknet2016/r16_tiny.npz")
    late, _, _ = worked("darknet_v2", "darknet/v2_tiny.npz")
    assert torch.equal(early.scene.raw, late.scene.raw)
    assert float(early.printed_cost) == pytest.approx(1.93576, rel=1e-5)
    assert float(late.printed_cost) == pytest.approx(25.77149, rel=1e-5)


def test_the_networks_cost_is_the_mean_of_the_heads() -> None:
    costs = [float(worked("darknet_v3", f"darknet/v3_net_head{n}.npz")[0].printed_cost) for n in (13, 26, 52)]
    # Darknet adds in float32.
    assert costs == pytest.approx([47.24869, 158.63252, 600.18732], rel=5e-5)
    assert sum(costs) / 3 == pytest.approx(268.68951, rel=5e-5)


def test_no_number_goes_by_two_names(make_scene: Builder) -> None:
    """Loss, sum of the heads' printed costs, and Darknet's network cost are three numbers."""
    report = evaluate(RECIPES["darknet_v3"], make_scene(heads=2))
    assert report.loss is not None
    numbers = [float(report.loss), float(sum(report.printed_costs)), float(report.printed_cost)]
    assert len({round(n, 3) for n in numbers}) == 3
    assert numbers[1] == pytest.approx(2 * numbers[2])


def test_the_printed_cost_is_the_sum_of_the_squares_of_delta(make_scene: Builder) -> None:
    for key, recipe in RECIPES.items():
        report = evaluate(recipe, make_scene(heads=2))
        if recipe.prints != "delta squared":
            assert all(cost.isnan() for cost in report.printed_costs)
            continue
        for cost, delta in zip(report.printed_costs, report.delta, strict=True):
            torch.testing.assert_close(cost, (delta**2).sum(), rtol=1e-12, atol=0, msg=key)


def test_an_untrained_yolov3_prints_a_cost_of_several_hundred() -> None:
    """With all objectness at one half: 10,647 predictors x 0.25 over 3 heads."""
    sides = (13, 26, 52)
    heads = sum(3 * side**2 * 0.25 for side in sides) / 3
    assert heads == pytest.approx(887.25)
    scene = coco_scene()
    for head in scene.heads:
        head.raw[:, :, 4] = 0
    empty = Scene(scene.heads, torch.zeros_like(scene.truth))
    assert float(evaluate(RECIPES["darknet_v3"], empty).printed_cost) == pytest.approx(887.25)


def test_a_background_class_inside_the_softmax_has_slopes_but_no_loss(make_scene: Builder) -> None:
    scene = make_scene()
    report = evaluate(RECIPES["darknet_v2"].for_scene(scene, {"background": 1}), scene)
    assert report.loss is None
    assert report.floor is None
    assert report.gradient[0].any()
    assert report["object"].value is None
    with pytest.raises(ValueError, match="without a loss"):
        report["object"].autograd()
    assert len(report.notes) == 1
    # The switch gives objectness a loss of its own, but the classes still share its softmax.
    assert evaluate(report.recipe.with_objectness("bce"), scene).loss is None


def test_lines_of_a_predictor_are_its_own(make_scene: Builder) -> None:
    report = evaluate(RECIPES["darknet_v3"], make_scene(heads=2))
    for result in report.terms:
        lines = [
            (number, slot, line)
            for number, head in enumerate(report.scene.heads)
            for slot in range(head.predictors)
            for line in result.of_slot(number, slot).tolist()
        ]
        assert len(lines) == result.predictors
        for number, slot, line in lines:
            head = report.scene.heads[number]
            assert torch.equal(result.raw[line], head.gather(torch.tensor([slot]), result.term.part)[0])


def test_a_perfect_prediction_costs_only_its_floor() -> None:
    """Centre, size, objectness and class as wanted: the excess of every term but noobject is zero."""
    anchors = torch.tensor(COCO_ANCHORS, dtype=torch.float64) / 416
    raw = torch.full((1, 3, 8, 13, 13), -40.0, dtype=torch.float64)
    raw[:, :, :4] = 0
    truth = torch.tensor([[[6.3 / 13, 6.7 / 13, 156 / 416, 198 / 416, 2]]], dtype=torch.float64)
    raw[0, 1, :, 6, 6] = torch.tensor([0, 0, 0, 0, 40, -40, -40, 40])
    raw[0, 1, :2, 6, 6] = torch.logit(torch.tensor([0.3, 0.7], dtype=torch.float64))
    scene = Scene((Head("13", raw, anchors, (6, 7, 8)),), truth)
    report = evaluate(RECIPES["darknet_v3"], scene)
    for result in report.terms:
        assert result.loss is not None
        assert float(result.loss - result.floor.sum()) == pytest.approx(0, abs=1e-13)
        assert not (result.gradient.abs() > 1e-14).any()
    assert float(report["centre"].floor.sum()) == pytest.approx((2 - 156 * 198 / 416**2) * 2 * 0.6108643)
