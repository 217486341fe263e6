"""The simulation over many cases: its cases, its books, its two ways of computing."""

import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from helpers.far_device import FAR, far_device
from helpers.reference_box_regression import CURVE, check_ascent, check_trajectories, kind_by_fields

from lossviz.engine.boxes import Boxes
from lossviz.engine.overlap import MEASURES, Pair
from lossviz.engine.published import PublishedPair
from lossviz.engine.regression import rates, step
from lossviz.race import experiment
from lossviz.race.experiment import (
    CASES,
    Field,
    Progress,
    StoppedError,
    Wish,
    compiler,
    last_line,
    point_cases,
    read_cases,
    read_points,
    run,
    shipped_points,
)
from lossviz.scenes.file import SceneError

GOLDEN = Path(__file__).parents[1] / "golden/box_regression"


def cases_of(field: Field) -> Field:
    boxes, targets = point_cases(field.rows)
    return Field(torch.cat([boxes.table(), targets.table()], 1))


def test_a_point_has_343_cases_in_the_order_target_area_shape() -> None:
    boxes, targets = point_cases(torch.tensor([[11.0, 9.0], [8.0, 10.0]], dtype=torch.float64))
    assert boxes.x.shape == targets.w.shape == (2 * CASES,)
    assert set(boxes.x[:CASES].tolist()) == {11.0}
    assert set(boxes.y[CASES:].tolist()) == {10.0}
    assert targets.w[:49].tolist() == [0.5] * 49
    torch.testing.assert_close(targets.area, torch.ones_like(targets.area))
    areas = boxes.area[:CASES].reshape(7, 7, 7)
    torch.testing.assert_close(areas[3, :, 5], torch.tensor(experiment.AREAS, dtype=torch.float64))
    torch.testing.assert_close(boxes.w[:7] / boxes.h[:7], targets.w[:CASES:49] / targets.h[:CASES:49])


def test_5000_points_come_along() -> None:
    field = shipped_points(5000)
    assert field.cases == 1_715_000
    np.testing.assert_array_equal(field.rows, np.load(GOLDEN / "points5000_seed20200207.npz")["xy"])
    assert torch.equal(shipped_points(7).rows, field.rows[:7])


@pytest.mark.parametrize("count", [0, -1, 5001])
def test_there_are_no_other_numbers_of_points(count: int) -> None:
    with pytest.raises(SceneError, match="from 1 to 5000"):
        shipped_points(count)


@pytest.mark.parametrize("published", [True, False])
def test_a_run_is_its_steps_one_after_another(published: bool) -> None:
    field = shipped_points(2)
    result = run(field, Wish(published=published, steps=12, quartiles=True))
    boxes, targets = point_cases(field.rows)
    start = sum((a - b).abs() for a, b in zip(boxes, targets, strict=True))
    torch.testing.assert_close(result.start, start.reshape(2, CASES).sum(1))
    for loss, outcome in result.outcomes.items():
        now, sums = boxes, []
        for rate in rates(12):
            now = step(now, targets, rate, measure=loss, published=published)
            sums.append(sum((a - b).abs() for a, b in zip(now, targets, strict=True)).reshape(2, CASES).sum(1))
        each = torch.stack(sums, 1)
        torch.testing.assert_close(outcome.curve, each.sum(0), rtol=1e-12, atol=0)
        torch.testing.assert_close(outcome.final, each[:, -1], rtol=1e-12, atol=0)
        assert outcome.quartiles is not None
        low, high = (each / CASES).quantile(torch.tensor([0.25, 0.75], dtype=torch.float64), dim=0)
        torch.testing.assert_close(outcome.quartiles, torch.stack([low, high]), rtol=1e-12, atol=0)
        assert outcome.backend == "eager"
        assert outcome.trajectories is None


def test_a_run_in_pieces_is_the_run_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    field, wish = shipped_points(5), Wish(steps=10)
    whole = run(field, wish)
    monkeypatch.setattr(experiment, "CHUNK", 2 * CASES)
    pieces = run(field, wish)
    for loss in MEASURES:
        torch.testing.assert_close(pieces.outcomes[loss].final, whole.outcomes[loss].final, rtol=0, atol=0)
        torch.testing.assert_close(pieces.outcomes[loss].curve, whole.outcomes[loss].curve, rtol=1e-14, atol=0)


def test_cases_of_a_list_end_where_those_of_their_point_end() -> None:
    field = shipped_points(1)
    points, cases = run(field, Wish(steps=20)), run(cases_of(field), Wish(steps=20, trajectories=True))
    for loss in MEASURES:
        one, all_of_it = points.outcomes[loss], cases.outcomes[loss]
        torch.testing.assert_close(one.curve, all_of_it.curve, rtol=1e-13, atol=0)
        assert all_of_it.final.shape == (CASES,)
        assert all_of_it.trajectories is not None
        assert all_of_it.trajectories.shape == (CASES, 20, 4)
        off = (all_of_it.trajectories[:, -1] - cases.field.rows[:, 4:]).abs().sum(1)
        torch.testing.assert_close(off, all_of_it.final)


def test_float32_stays_near() -> None:
    field = shipped_points(1)
    one, two = (run(field, Wish(steps=50, dtype=kind)) for kind in (torch.float64, torch.float32))
    for loss in MEASURES:  # seven digits, of which fifty steps lose two
        assert two.outcomes[loss].curve.dtype == torch.float64
        torch.testing.assert_close(two.outcomes[loss].curve, one.outcomes[loss].curve, rtol=1e-4, atol=0)


def test_progress_grows_to_the_whole_and_stopping_is_heard() -> None:
    said: list[Progress] = []
    field = shipped_points(2)
    run(field, Wish(("iou", "ciou"), steps=30), report=said.append)
    done = [now.done for now in said]
    assert done == sorted(done)
    assert done[-1] == said[-1].of == 2 * CASES * 30 * 2
    assert {now.loss for now in said} == {"iou", "ciou"}
    heard = []
    with pytest.raises(StoppedError):
        run(field, Wish(), report=heard.append, stop=lambda: len(heard) == 3)
    assert len(heard) == 3


def test_small_runs_are_not_compiled_and_large_ones_are(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(experiment, "compiled", lambda *settings, published: asked.append(settings))
    monkeypatch.setattr(experiment, "compiler", lambda: "c++")
    field, wish = shipped_points(1), Wish(("iou",), steps=5)
    run(field, wish)
    assert asked == []
    # A compiler that fails is done without.
    result = run(field, wish, worth_compiling=0)
    assert asked == [("iou", CASES, torch.float64, "cpu")]
    assert result.outcomes["iou"].backend == "eager"
    monkeypatch.setattr(experiment, "compiler", lambda: None)
    run(field, wish, worth_compiling=0)
    assert len(asked) == 1


def test_a_full_chunk_is_filled_up_with_cases_that_do_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = []

    def pretend(measure: str, size: int, dtype: torch.dtype, device: str, *, published: bool) -> experiment.Once:
        function = experiment.once(measure, size, published=published)
        return lambda *columns: (sizes.append(len(columns[0])), function(*columns))[1]

    monkeypatch.setattr(experiment, "compiled", pretend)
    monkeypatch.setattr(experiment, "compiler", lambda: "c++")
    monkeypatch.setattr(experiment, "COMPILED_CHUNK", 2 * CASES)
    field, wish = shipped_points(3), Wish(("diou",), steps=4, quartiles=True)
    result, plain = run(field, wish, worth_compiling=0), run(field, wish)
    assert set(sizes) == {2 * CASES}
    assert result.outcomes["diou"].backend == "compiled"
    torch.testing.assert_close(result.outcomes["diou"].final, plain.outcomes["diou"].final, rtol=0, atol=0)
    torch.testing.assert_close(result.outcomes["diou"].curve, plain.outcomes["diou"].curve, rtol=1e-14, atol=0)


@pytest.mark.parametrize("published", [False, True])
def test_on_another_device_the_outcome_is_the_same(published: bool) -> None:
    field, wish = shipped_points(3), Wish(("giou", "ciou"), steps=12, published=published, quartiles=True)
    here = run(field, wish)
    with far_device():
        there = run(field, replace(wish, device=FAR))
    torch.testing.assert_close(there.start, here.start, rtol=0, atol=0)
    for loss, outcome in here.outcomes.items():
        for name in ("curve", "final", "quartiles"):  # the sums are of larger chunks
            torch.testing.assert_close(getattr(there.outcomes[loss], name), getattr(outcome, name), rtol=1e-12, atol=0)


def test_the_last_line_is_in_millions() -> None:
    result = run(shipped_points(1), Wish(("giou", "iou"), steps=3))
    ends = [float(result.outcomes[loss].curve[-1]) / 1e6 for loss in ("giou", "iou")]
    assert last_line(result) == f"giou {ends[0]:.6f} iou {ends[1]:.6f} million"


def test_files_are_read_as_they_stand(tmp_path: Path) -> None:
    boxes = np.array([[11, 9, 1, 2], [12, 9, 1, 0.5]], np.float32)
    np.savez(tmp_path / "cases.npz", pred=boxes, gt=boxes[::-1])
    np.savez(tmp_path / "points.npz", xy=boxes[:, :2])
    assert read_cases(tmp_path / "cases.npz").rows.tolist() == np.hstack([boxes, boxes[::-1]]).tolist()
    assert read_points(tmp_path / "points.npz").rows.tolist() == boxes[:, :2].tolist()


# --- reference files of the kinds that do not come along ------------------------------------------------------------------


def few_cases() -> Field:
    return Field(cases_of(shipped_points(3)).rows[::97])


def test_directions_at_single_pairs_are_known_by_their_fields_and_checked() -> None:
    rows = few_cases().rows
    pair = PublishedPair(Boxes.of(rows[:, :4]), Boxes.of(rows[:, 4:]))
    fields = {"pred": rows[:, :4].numpy(), "gt": rows[:, 4:].numpy(), "iou": Pair(pair.a, pair.b).iou.numpy()}
    fields |= {f"ascent_{name}": measure.slope(pair).table().numpy() for name, measure in MEASURES.items()}
    assert kind_by_fields(fields) == "regression_ascent"
    check_ascent(Path("any.npz"), fields)
    fields["ascent_ciou"] = fields["ascent_ciou"] * (1 + 1e-7)
    with pytest.raises(AssertionError):
        check_ascent(Path("any.npz"), fields)


def test_boxes_on_their_way_are_known_by_their_fields_and_checked() -> None:
    field = few_cases()
    result = run(field, Wish(published=True, steps=40, trajectories=True))
    ways = torch.stack([outcome.trajectories for outcome in result.outcomes.values()], 1).numpy()  # type: ignore[misc]
    fields = {"pred0": field.rows[:, :4].numpy(), "gt": field.rows[:, 4:].numpy(), "traj_case_loss_iter_xywh": ways}
    assert ways.shape == (len(field.rows), 4, 40, 4)
    assert kind_by_fields(fields) == "regression_trajectories"
    check_trajectories(Path("any.npz"), fields)
    with pytest.raises(AssertionError):  # entry 0 is after the first step
        check_trajectories(Path("any.npz"), fields | {"traj_case_loss_iter_xywh": np.roll(ways, 1, 2)})
    with pytest.raises(AssertionError):  # the order of the losses
        check_trajectories(Path("any.npz"), fields | {"traj_case_loss_iter_xywh": ways[:, ::-1]})


# --- in full --------------------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.skipif(not compiler(), reason="needs a C++ compiler")
def test_machine_code_computes_what_torch_computes() -> None:
    field, wish = shipped_points(3), Wish(published=True, steps=30)
    plain = run(field, wish)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch's compiler has much to say
        result = run(field, wish, worth_compiling=0)
    for loss, outcome in result.outcomes.items():
        assert outcome.backend == "compiled"
        torch.testing.assert_close(outcome.curve, plain.outcomes[loss].curve, rtol=1e-10, atol=0)


@pytest.mark.slow
@pytest.mark.parametrize(("published", "name"), [(True, "full1715k_faithful_f64"), (False, "full1715k_truegrad_f64")])
def test_the_full_experiment_gives_the_reference_curves(published: bool, name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result = run(shipped_points(5000), Wish(published=published))
    with np.load(GOLDEN / f"{name}.npz") as reference:
        np.testing.assert_allclose(float(result.start.sum()), reference["init"] if published else 6661970.18993116)
        for loss, outcome in result.outcomes.items():
            np.testing.assert_allclose(outcome.curve, reference[f"curve_{loss}"], rtol=CURVE[loss], err_msg=loss)
