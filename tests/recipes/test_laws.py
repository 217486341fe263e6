"""Laws that hold for every recipe: a new one is tested from the moment its file exists."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cache, wraps
from inspect import signature
from pathlib import Path
from typing import Any

import pytest
import torch
from helpers.far_device import FAR, far_device
from helpers.sampling import first
from helpers.scenes import CASES, STYLES, finite_difference, frozen, make_scene, named, run, with_raw
from torch import Tensor

from lossviz.engine.assign import IGNORED, NEGATIVE, POSITIVE, PRIOR
from lossviz.engine.evaluate import Report, evaluate
from lossviz.engine.recipe import OBJECTNESS_CHOICES, Recipe
from lossviz.engine.scene import Scene
from lossviz.engine.terms import half_squared
from lossviz.recipes import RECIPES

Settings = Mapping[str, float]


def looped(values: Callable[..., Iterable[Mapping[str, Any]]], *names: str) -> Callable[[Callable[..., None]], Any]:
    """A law for all these values of some of its arguments, one after another; a failure says for which."""

    def turned(law: Callable[..., None]) -> Any:
        @wraps(law)
        def test(**given: Any) -> None:
            for more in values(**given):
                try:
                    law(**given, **more)
                except Exception as failure:
                    failure.add_note(", ".join(f"{name}: {named(value)}" for name, value in more.items()))
                    raise

        said = signature(law)
        kept = [parameter for name, parameter in said.parameters.items() if name not in names]
        test.__signature__ = said.replace(parameters=kept)  # type: ignore[attr-defined]
        return test

    return turned


def each_of(cases: Iterable[tuple[str, Settings]]) -> Callable[[Callable[..., None]], Any]:
    """A test a recipe, of a law with all its settings among these cases."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for key, settings in cases:
        found.setdefault(key, []).append({"settings": settings})
    by_recipe = pytest.mark.parametrize("key", found)
    all_settings = looped(lambda key, **_: found[key], "settings")
    return lambda law: by_recipe(all_settings(law))


every_case = each_of(CASES)
every_style = looped(lambda **_: [{"style": style} for style in STYLES], "style")
STYLED = [("one head", "as-written"), ("two heads", "bce"), ("two heads", "mse")]
every_objectness = looped(lambda **_: [{"style": style, "objectness": o} for style, o in STYLED], "style", "objectness")
every_recipe = pytest.mark.parametrize("key", RECIPES)


@cache
def scene_of(style: str, device: str, square: bool = False) -> Scene:
    # Apple's GPU has no float64.
    dtype = torch.float32 if device == "mps" else torch.float64
    return make_scene(heads=STYLES[style], device=device, dtype=dtype, grid=(4, 4) if square else (5, 4))


def scene_for(key: str, style: str = "two heads", device: str = "cpu") -> Scene:
    """A scene that the recipe knows."""
    return scene_of(style, device, RECIPES[key].square)


def report_of(key: str, settings: Settings, objectness: str, style: str, device: str = "cpu") -> Report:
    return worked_out(key, tuple(settings.items()), objectness, style, device)


@cache
def worked_out(key: str, settings: tuple[tuple[str, float], ...], objectness: str, style: str, device: str) -> Report:
    """A report changes nothing and nobody changes it, so that all laws may ask the same one."""
    return run(key, dict(settings), scene_for(key, style, device), objectness)


def close(ours: Tensor, theirs: Tensor, scale: float = 1.0) -> None:
    """Equal to the last digits of their dtype, times a factor."""
    tight = 1e-12 if ours.dtype == torch.float64 else 2e-5
    torch.testing.assert_close(ours, theirs, rtol=tight * scale, atol=tight * scale)


def known(loss: Tensor | None) -> Tensor:
    assert loss is not None
    return loss


def same(ours: Tensor, theirs: Tensor) -> bool:
    """Equal, and nan at the same places: a program that prints its loss has no sum of delta squared."""
    return torch.equal(ours.isnan(), theirs.isnan()) and torch.equal(ours.nan_to_num(), theirs.nan_to_num())


def prints_squares(report: Report) -> bool:
    """Whether there is a delta array, and the program prints the sum of its squares."""
    return report.recipe.prints == "delta squared"


def averages(recipe: Recipe) -> bool:
    """Whether the program divides by the number of images, always or as its settings say."""
    return recipe.mean_over_images or not getattr(recipe.settings, "sum_reduction", 1)


def test_a_recipe_is_called_like_its_file() -> None:
    files = {path.stem for path in (Path(__file__).parents[2] / "lossviz/recipes").glob("*.py")} - {"__init__"}
    assert {key: recipe.key for key, recipe in RECIPES.items()} == {name: name for name in files}


@every_recipe
def test_a_recipe_names_its_source(key: str) -> None:
    source = RECIPES[key].source
    if not source.repository:
        assert source.paper
        assert not source.file + source.commit
        return
    assert source.repository.count("/") == 1
    assert source.file
    assert len(source.commit) == 40


@every_recipe
def test_the_rows_of_a_table_have_names_of_the_common_list(key: str) -> None:
    words = {"prior_centre", "prior_size", "centre", "size", "box", "object", "noobject", "class"}
    names = [term.name for term in RECIPES[key].terms]
    assert set(names) <= words
    assert len(set(names)) == len(names)


@every_style
def test_the_scenes_of_these_laws_hold_every_kind_of_predictor(style: str) -> None:
    states = torch.cat([s.flatten() for s in report_of("darknet_v2", {"seen": 0}, "as-written", style).states])
    assert {POSITIVE, IGNORED | PRIOR, NEGATIVE | PRIOR} == set(states.tolist())
    states = torch.cat([s.flatten() for s in report_of("darknet_v3", {"ignore_thresh": 0.5}, "bce", style).states])
    assert {POSITIVE, IGNORED, NEGATIVE} == set(states.tolist())


@every_objectness
@every_case
def test_the_slope_is_the_slope_of_the_value(key: str, settings: Settings, objectness: str, style: str) -> None:
    """With predictors, targets and weights held fast."""
    for result in report_of(key, settings, objectness, style).terms:
        term = result.term
        slope = finite_difference(lambda z: result.weight * term.loss(z, result.target), result.raw)  # noqa: B023
        # Central differences in float64: about step^2 and 1e-16 x value / step.
        torch.testing.assert_close(result.gradient, slope, rtol=1e-7, atol=2e-8)


@every_objectness
@every_case
def test_the_closed_form_is_what_automatic_differentiation_finds(
    key: str, settings: Settings, objectness: str, style: str, device: str
) -> None:
    for result in report_of(key, settings, objectness, style, device).terms:
        close(result.gradient, result.autograd())


@every_objectness
@every_case
def test_automatic_differentiation_of_the_whole_evaluation_finds_the_dense_gradient(
    key: str, settings: Settings, objectness: str, style: str, device: str
) -> None:
    report = report_of(key, settings, objectness, style, device)
    raws = [head.raw.clone().requires_grad_() for head in report.scene.heads]
    again = evaluate(frozen(report), with_raw(report.scene, raws))
    found = torch.autograd.grad(known(again.loss), raws)
    for ours, theirs in zip(report.gradient, found, strict=True):
        close(ours, theirs, 10)


CONSTANT_TARGETS = [
    (key, {**settings, "rescore": 0} if "rescore" in RECIPES[key].settings.accepts() else settings)
    for key, settings in CASES
    # classfix = -1 and 2 take target or weight from the prediction, as constants.
    if settings.get("classfix", 0) not in (-1, 2)
]


@each_of(CONSTANT_TARGETS)
def test_far_from_every_threshold_the_loss_climbs_as_the_gradient_says(key: str, settings: Settings) -> None:
    """Nothing held fast, but nobody changes places over so small a step."""
    scene, step = scene_for(key), 1e-6
    report = run(key, settings, scene)
    dice = torch.Generator().manual_seed(7)
    for _ in range(3):
        way = [torch.randn(head.raw.shape, generator=dice, dtype=torch.float64) for head in scene.heads]
        ends = [
            run(key, settings, with_raw(scene, [h.raw + s * w for h, w in zip(scene.heads, way, strict=True)]))
            for s in (step, -step)
        ]
        for end in ends:
            assert all((a == b).all() for a, b in zip(end.states, report.states, strict=True))
        slope = sum((g * w).sum() for g, w in zip(report.gradient, way, strict=True))
        # The loss is near 1000 and known to 16 digits, the step is 1e-6.
        torch.testing.assert_close(
            (known(ends[0].loss) - known(ends[1].loss)) / (2 * step), slope, rtol=1e-6, atol=1e-6
        )


@every_objectness
@every_case
def test_the_rows_add_up_to_the_whole(key: str, settings: Settings, objectness: str, style: str, device: str) -> None:
    report = report_of(key, settings, objectness, style, device)
    close(torch.stack([known(result.loss) for result in report.terms]).sum(), known(report.loss))
    close(torch.stack([result.floor.sum() for result in report.terms]).sum(), known(report.floor))
    for number, head in enumerate(report.scene.heads):
        sums = torch.zeros_like(head.raw)
        for result in report.terms:
            alone = replace(report, terms=(result,)).gradient[number]
            sums += alone
        close(sums, report.gradient[number])


@every_style
@every_case
def test_a_gradient_has_the_shape_and_type_of_the_raw_outputs(
    key: str, settings: Settings, style: str, device: str
) -> None:
    report = report_of(key, settings, "as-written", style, device)
    for number, head in enumerate(report.scene.heads):
        for dense in (report.gradient[number], report.delta[number], report.output[number]):
            assert (dense.shape, dense.dtype, dense.device) == (head.raw.shape, head.raw.dtype, head.raw.device)
        assert report.states[number].shape == head.raw[:, :, 0].shape


@every_objectness
@every_case
def test_what_is_not_selected_does_not_count_even_if_it_is_nan(
    key: str, settings: Settings, objectness: str, style: str
) -> None:
    report = report_of(key, settings, objectness, style)
    selected = torch.zeros_like(report.scene.raw, dtype=torch.bool)
    for result in report.terms:
        selected[result.offset.flatten()] = True
    flat = torch.where(selected, report.scene.raw, torch.nan)
    assert flat.isnan().any()
    pieces = flat.split([head.raw.numel() for head in report.scene.heads])
    raws = [piece.view(head.raw.shape) for piece, head in zip(pieces, report.scene.heads, strict=True)]
    again = evaluate(frozen(report), with_raw(report.scene, raws))
    assert torch.equal(known(again.loss), known(report.loss))
    for ours, theirs in zip(again.gradient, report.gradient, strict=True):
        assert torch.equal(ours, theirs)


# classfix = 2 takes the weight of an ignored predictor's classes from its objectness.
BLIND = [(key, settings) for key, settings in CASES if settings.get("classfix") != 2]


@every_objectness
@each_of(BLIND)
def test_objectness_and_classes_that_are_not_selected_do_not_count(
    key: str, settings: Settings, objectness: str, style: str
) -> None:
    """Nothing held fast: these channels choose nobody."""
    report = report_of(key, settings, objectness, style)
    selected = torch.zeros_like(report.scene.raw, dtype=torch.bool)
    for result in report.terms:
        selected[result.offset.flatten()] = True
    raws = []
    for head, mine in zip(report.scene.heads, selected.split([h.raw.numel() for h in report.scene.heads]), strict=True):
        raw = head.raw.clone()
        idle = ~mine.view(raw.shape)
        idle[:, :, :4] = False
        raw[idle] = torch.nan
        raws.append(raw)
    again = run(key, settings, with_raw(report.scene, raws), objectness)
    assert torch.equal(known(again.loss), known(report.loss))
    for ours, theirs in zip((*again.gradient, *again.states), (*report.gradient, *report.states), strict=True):
        assert torch.equal(ours, theirs)


@every_objectness
@every_case
def test_a_batch_is_the_sum_or_the_mean_of_its_images(
    key: str, settings: Settings, objectness: str, style: str
) -> None:
    whole = report_of(key, settings, objectness, style)
    singles = []
    for image in range(len(whole.scene.truth)):
        one = replace(whole.scene, truth=whole.scene.truth[image : image + 1])
        one = with_raw(one, [head.raw[image : image + 1] for head in whole.scene.heads])
        singles.append(run(key, settings, one, objectness))
    share = 1 / len(singles) if averages(whole.recipe) else 1
    close(share * sum(known(single.loss) for single in singles), known(whole.loss))  # type: ignore[arg-type]
    if prints_squares(whole):
        close(sum(single.printed_cost for single in singles), whole.printed_cost)  # type: ignore[arg-type]
    for number in range(len(whole.scene.heads)):
        close(share * torch.cat([single.gradient[number] for single in singles]), whole.gradient[number])
        assert torch.equal(torch.cat([single.states[number] for single in singles]), whole.states[number])


BY_HEAD = [(key, settings) for key, settings in CASES if not RECIPES[key].across_heads]


@every_objectness
@each_of(BY_HEAD)
def test_several_heads_are_the_sum_of_single_heads(key: str, settings: Settings, objectness: str, style: str) -> None:
    whole = report_of(key, settings, objectness, style)
    singles = [run(key, settings, replace(whole.scene, heads=(head,)), objectness) for head in whole.scene.heads]
    close(sum(known(single.loss) for single in singles), known(whole.loss))  # type: ignore[arg-type]
    if prints_squares(whole):
        close(torch.stack([single.printed_cost for single in singles]).mean(), whole.printed_cost)
    for number, single in enumerate(singles):
        close(single.gradient[0], whole.gradient[number])
        assert single.log(0) == whole.log(number)


@every_objectness
@every_case
def test_no_predictor_costs_less_than_its_floor(key: str, settings: Settings, objectness: str, style: str) -> None:
    for result in report_of(key, settings, objectness, style).terms:
        assert result.value is not None
        assert (result.value.sum(-1) >= result.floor.sum(-1) - 1e-12).all()


@every_case
def test_a_swap_changes_only_the_row_named_and_not_what_is_printed(key: str, settings: Settings) -> None:
    before = report_of(key, settings, "as-written", "two heads")
    for row in before.recipe.terms:
        # A loss no recipe uses for any row: three times the squared error.
        other = replace(
            half_squared,
            value=lambda z, t: 3 * (z - t[:, : z.shape[1]]) ** 2,
            slope=lambda z, t: 6 * (z - t[:, : z.shape[1]]),
        )
        after = evaluate(before.recipe.swap(row.name, loss=other), before.scene)
        for old, new in zip(before.terms, after.terms, strict=True):
            equal = torch.equal(known(old.value), known(new.value)) and torch.equal(old.gradient, new.gradient)
            assert equal == (old.term.name != row.name or not old.predictors)
            assert torch.equal(old.delta, new.delta)
        assert same(before.printed_cost, after.printed_cost)


@every_recipe
def test_a_swap_of_a_row_that_is_not_there_is_refused(key: str) -> None:
    with pytest.raises(KeyError, match="expected one of"):
        RECIPES[key].swap("nonsense", loss=half_squared)


@pytest.mark.parametrize(("style", "objectness"), [("one head", "bce"), ("two heads", "mse")])
@every_case
def test_the_switch_of_objectness_leaves_what_the_program_writes_and_prints(
    key: str, settings: Settings, objectness: str, style: str
) -> None:
    written, switched = report_of(key, settings, "as-written", style), report_of(key, settings, objectness, style)
    assert same(written.printed_cost, switched.printed_cost)
    for number in range(len(written.scene.heads)):
        assert torch.equal(written.delta[number], switched.delta[number])
        assert torch.equal(written.states[number], switched.states[number])
        assert written.log(number) == switched.log(number)
    for old, new in zip(written.terms, switched.terms, strict=True):
        assert torch.equal(old.target, new.target)
        assert torch.equal(old.weight, new.weight)
        if old.term.name not in ("object", "noobject"):
            assert torch.equal(known(old.value), known(new.value))


@every_recipe
def test_the_option_that_equals_the_written_objectness_says_so(key: str) -> None:
    recipe = RECIPES[key]
    equal = recipe.written_objectness()
    for choice in ("bce", "mse"):
        reports = [run(key, {}, scene_for(key, "one head"), c) for c in ("as-written", choice)]
        assert torch.equal(known(reports[0].loss), known(reports[1].loss)) == (choice == equal)


SWITCHES: dict[str, Callable[[Recipe], Recipe]] = {
    "centre bce": lambda recipe: recipe.with_coordinates("bce"),
    "centre mse": lambda recipe: recipe.with_coordinates("mse"),
    "classes softmax": lambda recipe: recipe.with_classes("softmax"),
    "classes sigmoid": lambda recipe: recipe.with_classes("sigmoid"),
    "equal boxes": lambda recipe: recipe.with_equal_boxes(),
}
SWITCHED_ROWS = {"centre": {"centre"}, "classes": {"class"}, "equal": {"centre", "size", "box"}}
every_switch = looped(lambda **_: [{"switch": switch} for switch in SWITCHES], "switch")


def switched(key: str, settings: Settings, switch: str) -> tuple[Report, Report]:
    """As written, and with the switch."""
    return report_of(key, settings, "as-written", "two heads"), after_switch(key, tuple(settings.items()), switch)


@cache
def after_switch(key: str, settings: tuple[tuple[str, float], ...], switch: str) -> Report:
    before = report_of(key, dict(settings), "as-written", "two heads")
    return evaluate(SWITCHES[switch](before.recipe), before.scene)


@every_switch
@every_case
def test_after_a_switch_the_closed_form_is_what_automatic_differentiation_finds(
    key: str, settings: Settings, switch: str
) -> None:
    for result in switched(key, settings, switch)[1].terms:
        close(result.gradient, result.autograd())


@every_switch
@every_case
def test_a_switch_changes_its_own_rows_and_not_what_is_asked_of_whom(key: str, settings: Settings, switch: str) -> None:
    before, after = switched(key, settings, switch)
    names = [{result.term.name for result in report.terms} for report in (before, after)]
    assert names[1] - names[0] <= {"centre", "size"}
    for old, new in ((before[name], after[name]) for name in names[0] & names[1]):
        # Another loss may hold other targets against the same channels.
        assert old.term.part != new.term.part or torch.equal(old.target, new.target)
        assert torch.equal(old.slot, new.slot)
        if old.term.name not in SWITCHED_ROWS[switch.split()[0]]:
            assert torch.equal(old.gradient, new.gradient)
    for number in range(len(before.scene.heads)):
        assert torch.equal(before.states[number], after.states[number])
        assert before.log(number) == after.log(number)


WITH_DELTA = [(key, settings) for key, settings in CASES if RECIPES[key].prints == "delta squared"]


@looped(lambda **_: [{"switch": name} for name in SWITCHES if name != "equal boxes"], "switch")
@each_of(WITH_DELTA)
def test_another_loss_for_centres_or_classes_leaves_delta_and_what_is_printed(
    key: str, settings: Settings, switch: str
) -> None:
    before, after = switched(key, settings, switch)
    assert torch.equal(before.printed_cost, after.printed_cost)
    for ours, theirs in zip(after.delta, before.delta, strict=True):
        assert torch.equal(ours, theirs)


@every_case
def test_with_equal_boxes_every_box_weighs_what_one_as_large_as_the_image_would(key: str, settings: Settings) -> None:
    before, after = switched(key, settings, "equal boxes")
    for name in {"centre", "size", "box"} & {result.term.name for result in before.terms}:
        for lines in after[name].heads:  # a program that averages may do so head by head
            assert (after[name].weight[lines] == after[name].weight[lines][:1]).all()
        assert (before[name].weight >= after[name].weight).all()
        if prints_squares(before):
            scale = getattr(before.recipe.settings, "coord_scale", 1.0)
            close(after[name].weight, torch.full_like(after[name].weight, scale))


@every_recipe
def test_box_blind_says_so_only_where_targets_and_weights_of_positives_do_not_see_their_boxes(key: str) -> None:
    for settings in (settings for other, settings in CASES if other == key):
        before = report_of(key, settings, "as-written", "two heads")
        if not before.recipe.box_blind(before.recipe.settings):
            continue
        raws = [head.raw.clone() for head in before.scene.heads]
        dice = torch.Generator().manual_seed(3)
        for raw, states in zip(raws, before.states, strict=True):
            image, anchor, row, column = torch.nonzero(states & POSITIVE, as_tuple=True)
            moved = torch.randn(len(image), 4, generator=dice, dtype=torch.float64)
            raw[image, anchor, :4, row, column] += 3 * moved
        after = run(key, settings, with_raw(before.scene, raws))
        for name in {"centre", "size", "box", "object", "class"} & {result.term.name for result in before.terms}:
            assert torch.equal(before[name].slot, after[name].slot), settings
            assert torch.equal(before[name].target, after[name].target), settings
            assert torch.equal(before[name].weight, after[name].weight), settings


def test_yolov3_is_blind_to_boxes_unless_a_very_good_one_makes_a_positive() -> None:
    recipe = RECIPES["darknet_v3"]
    assert recipe.box_blind(recipe.settings)
    assert not recipe.box_blind(recipe.with_settings({"truth_thresh": 0.9}).settings)


@pytest.mark.parametrize("key", ["darknet_v2", "darknet_v2_2016"])
def test_yolov2_sees_the_boxes_when_they_are_the_target_or_choose_who_answers(key: str) -> None:
    recipe = RECIPES[key]
    assert not recipe.box_blind(recipe.with_settings({"rescore": 1}).settings)
    assert not recipe.box_blind(recipe.with_settings({"rescore": 0, "bias_match": 0}).settings)


@every_recipe
def test_settings_that_are_unknown_or_out_of_range_are_refused_in_one_sentence(key: str) -> None:
    recipe = RECIPES[key]
    wrong = [("nonsense", 1.0)]
    for name in recipe.settings.accepts():
        wrong += [(name, value) for value in (-1e9, 1e30, float("nan"), float("inf"), float("-inf"))]
        if isinstance(getattr(recipe.settings, name), int):
            wrong.append((name, 0.5))
    for name, value in wrong:
        with pytest.raises(ValueError, match=name) as refusal:
            recipe.with_settings({name: value})
        assert "\n" not in str(refusal.value)
        assert "expected" in str(refusal.value) or "must be" in str(refusal.value)


@every_style
@every_case
def test_a_predictor_is_positive_or_ignored_or_negative_and_early_on_also_drawn_to_its_anchor(
    key: str, settings: Settings, style: str
) -> None:
    report = report_of(key, settings, "as-written", style)
    early = getattr(report.recipe.settings, "seen", 12_800) < 12_800
    for states in report.states:
        kind = states & ~torch.tensor(PRIOR, dtype=torch.uint8)
        assert set(kind.unique().tolist()) <= {POSITIVE, IGNORED, NEGATIVE}
        assert torch.equal(states & PRIOR > 0, (kind != POSITIVE) & early)
    assert report["object"].predictors == sum(int((s & 7 == POSITIVE).sum()) for s in report.states)
    assert report["noobject"].predictors == sum(int((s & 7 == NEGATIVE).sum()) for s in report.states)


@every_case
def test_rows_after_the_end_of_the_list_do_not_count(key: str, settings: Settings) -> None:
    scene = scene_for(key)
    truth = scene.truth.clone()
    truth[:, -1] = torch.tensor([0.3, 0.3, 0.2, 0.2, 1])
    assert torch.equal(
        known(run(key, settings, scene).loss), known(run(key, settings, replace(scene, truth=truth)).loss)
    )


@every_case
def test_an_image_without_truths_has_no_positives(key: str, settings: Settings) -> None:
    scene = scene_for(key)
    report = run(key, settings, replace(scene, truth=torch.zeros_like(scene.truth)))
    kinds = torch.cat([states.flatten() for states in report.states]) & 7
    assert set(kinds.tolist()) == {NEGATIVE}
    assert report["object"].predictors == report["class"].predictors == 0
    assert known(report.loss).isfinite()


@every_case
def test_a_program_that_does_not_train_activates_and_learns_nothing(key: str, settings: Settings) -> None:
    report = run(key, settings, replace(scene_for(key), train=False))
    assert known(report.loss) == known(report.floor) == 0
    assert report.printed_cost == 0 or not prints_squares(report)
    assert not any(gradient.any() for gradient in report.gradient)
    assert [report.log(n) for n in range(len(report.scene.heads))] == [None] * len(report.scene.heads)
    trained = report_of(key, settings, "as-written", "two heads")
    assert all(torch.equal(a, b) for a, b in zip(report.output, trained.output, strict=True))


@every_objectness
@every_case
def test_evaluating_changes_nothing_it_was_given(key: str, settings: Settings, objectness: str, style: str) -> None:
    grid = (4, 4) if RECIPES[key].square else (5, 4)
    scene, copy = (make_scene(heads=STYLES[style], grid=grid) for _ in range(2))
    report = run(key, settings, scene, objectness)
    _ = report.loss, report.gradient, report.delta, report.states, report.output, report.printed_costs
    assert torch.equal(scene.raw, copy.raw)
    assert torch.equal(scene.truth, copy.truth)
    assert all(torch.equal(a.anchors, b.anchors) for a, b in zip(scene.heads, copy.heads, strict=True))


def everything(report: Report) -> list[Tensor | str | None]:
    """All that a report can be asked for."""
    heads = range(len(report.scene.heads))
    numbers = [report.loss, report.floor, report.printed_cost, *report.printed_costs]
    terms = [part for r in report.terms for part in (r.value, r.floor, r.gradient, r.delta, r.autograd())]
    logs = [report.log(n) for n in heads]
    return [*numbers, *terms, *report.gradient, *report.delta, *report.states, *report.output, *logs]


@every_recipe
def test_every_number_is_made_where_the_scene_is(key: str, request: pytest.FixtureRequest) -> None:
    scene = scene_for(key)
    mine = [(settings, choice) for other, settings in CASES if other == key for choice in OBJECTNESS_CHOICES]
    here = [everything(report_of(key, settings, objectness, "two heads")) for settings, objectness in mine]
    request.getfixturevalue("nowhere")
    for (settings, objectness), expected in zip(mine, here, strict=True):
        for ours, theirs in zip(everything(run(key, settings, scene, objectness)), expected, strict=True):
            equal = same(ours, theirs) if isinstance(theirs, Tensor) else ours == theirs  # type: ignore[arg-type]
            assert equal, (named(settings), objectness)


@pytest.mark.parametrize("key", first(RECIPES, 3))
def test_on_a_device_that_only_seems_one_every_number_is_the_same(key: str) -> None:
    scene = scene_for(key)
    for settings in (settings for other, settings in CASES if other == key):
        here = report_of(key, settings, "as-written", "two heads")
        with far_device():
            there = run(key, settings, scene.on(FAR)).on("cpu")
            numbers = [*there.states, *there.gradient, *there.delta, *there.output, *there.printed_costs]
        expected = [*here.states, *here.gradient, *here.delta, *here.output, *here.printed_costs]
        assert all(same(ours, theirs) for ours, theirs in zip(numbers, expected, strict=True)), named(settings)


@every_case
def test_every_device_says_the_same(key: str, settings: Settings, device: str) -> None:
    here = report_of(key, settings, "as-written", "two heads", device)
    there = run(key, settings, scene_for(key, "two heads", device).on("cpu"))
    close(known(here.loss).cpu(), known(there.loss))
    for ours, theirs in zip(here.gradient, there.gradient, strict=True):
        close(ours.cpu(), theirs)
    for ours, theirs in zip(here.states, there.states, strict=True):
        assert torch.equal(ours.cpu(), theirs)
