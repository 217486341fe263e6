"""Scripts to take home: they run on torch alone, compute the page's numbers again, and notice a change."""

import ast
import contextlib
import io
import re
import subprocess
import sys
from dataclasses import replace
from functools import cache
from itertools import product
from pathlib import Path

import pytest
import torch
from helpers.sampling import sampled

from lossviz.bench import coco_scene
from lossviz.engine.evaluate import Report, evaluate
from lossviz.engine.heads import Head, Predictor
from lossviz.engine.scene import Scene
from lossviz.lab.state import State, TruthEdit
from lossviz.lab.view import view_of
from lossviz.programs.script import FOLDER, FORMULAS, has_script, script
from lossviz.recipes import RECIPES

MOVED = ((Predictor("13", 1, 5, 6), ((0, 1.5), (1, -2.0), (2, 0.3), (4, -1.0), (46, 3.0))),)
STATES = {
    "coffee": State(),
    "voc": State(scene="voc"),
    "grid": State(scene="grid"),
    "objectness by cross-entropy": State(scene="grid", objectness="bce"),
    "objectness by squares": State(scene="grid", objectness="mse"),
    "centres by squares": State(scene="grid", coordinates="mse"),
    "centres by cross-entropy": State(scene="grid", coordinates="bce"),
    "classes under a softmax": State(scene="grid", classes="softmax"),
    "classes under a sigmoid each": State(scene="grid", classes="sigmoid"),
    "all boxes alike": State(scene="voc", small_boxes="off"),
    "a moved box": State(raws=MOVED),
    "a moved and a removed label": State(truths=(TruthEdit(0, (0.31, 0.72, 0.2, 0.4), 3), TruthEdit(1, gone=True))),
    "no label": State(scene="grid", truths=(TruthEdit(0, gone=True), TruthEdit(1, gone=True))),
    "after steps": State(scene="grid", steps=20, walker="all"),
}
SETTINGS: dict[str, tuple[dict[str, float], ...]] = {
    "darknet_v2": (
        {"seen": 100, "coord_scale": 3, "thresh": 0.2},
        {"rescore": 0, "bias_match": 0, "thresh": 0},
        {"softmax": 0, "class_scale": 2, "object_scale": 7, "noobject_scale": 0.5},
        {"softmax": 0, "background": 1},
    ),
    "darknet_v2_2016": ({"classfix": -1}, {"classfix": 1, "thresh": 0.1}, {"classfix": 2, "thresh": 0.1, "seen": 1}),
    "darknet_v3": ({"truth_thresh": 0.1, "ignore_thresh": 0.05}, {"ignore_thresh": 0, "max_boxes": 1}),
    "darkflow_v2": ({"object_scale": 2, "coord_scale": 0.5, "noobject_scale": 0.3, "class_scale": 4},),
    "mmdet_v3": (
        {"sum_reduction": 0, "smooth": 0.1, "loss_xy": 3},
        {"gt_max_assign_all": 0, "pos_iou_thr": 0.2, "neg_iou_thr": 0.1, "min_pos_iou": 0.3},
    ),
    "paper_v3": ({"ignore_iou": 0.1},),
    "yhcc_v2": ({"intended": 1},),
    "yunyang_v3": ({"intended": 1, "anchor_iou": 0.9}, {"anchor_iou": 0.9, "smoothing": 0.2, "iou_loss_thresh": 0.2}),
}
HERE = Predictor("8", 1, 3, 4)


def said(text: str) -> str:
    """What a script prints; it fails if a number is not the page's."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(text, "script", "exec"), {"__name__": "script"})
    return printed.getvalue()


@cache
def of_state(state: State) -> str:
    view = view_of(state)
    found = script(view.report, view.prediction.predictor)
    assert found is not None
    return found


def two_grids(seed: int, truths: int, round_to: int = 0) -> Scene:
    """Random raw outputs on 4 x 4 and 8 x 8 cells, with crowded truths; on a raster of pixels if asked."""
    dice = torch.Generator().manual_seed(seed)
    anchors = torch.rand(6, 2, generator=dice) * 0.6 + 0.05
    heads = tuple(
        Head(str(side), torch.randn(1, 3, 9, side, side, generator=dice) * 1.5, anchors, mask)
        for side, mask in ((4, (3, 4, 5)), (8, (0, 1, 2)))
    )
    place, size = torch.rand(truths, 2, generator=dice) * 0.9 + 0.05, torch.rand(truths, 2, generator=dice) * 0.7 + 0.03
    if round_to:
        place, size = (((x * round_to).round() / round_to).clamp_min(1 / round_to) for x in (place, size))
    kinds = torch.randint(4, (truths, 1), generator=dice)
    return Scene(heads, torch.cat([place, size, kinds], 1)[None], net=(128, 128))


def lines_of(text: str) -> int:
    return len(text.splitlines())


@pytest.mark.parametrize(("name", "key"), sampled(product(STATES, RECIPES)))
def test_a_script_computes_the_pages_numbers_in_less_than_eighty_lines(name: str, key: str) -> None:
    text = of_state(replace(STATES[name], recipe=key))
    assert lines_of(text) < 80
    assert len(said(text).splitlines()) > 10


@pytest.mark.parametrize(
    ("key", "values"), [(key, values) for key, every in SETTINGS.items() for values in every], ids=str
)
def test_a_script_knows_the_programs_settings(key: str, values: dict[str, float]) -> None:
    recipe = RECIPES[key].with_settings(values)
    for scene in (two_grids(1, 5), two_grids(2, 12)):
        report = evaluate(recipe, scene)
        text = script(report, HERE)
        assert text is not None
        said(text)
        # The settings do something here, and the script has them: without them it is not the page's.
        plain = script(evaluate(RECIPES[key], scene), HERE)
        assert plain is not None
        assert numbers_in(plain) != numbers_in(text)


def numbers_in(text: str) -> str:
    return next(line for line in text.splitlines() if line.startswith("PAGE"))


def test_every_recipe_has_a_script_and_every_script_a_recipe() -> None:
    assert {path.stem for path in FOLDER.glob("*.txt")} == {"common", *RECIPES}
    assert all(map(has_script, RECIPES))
    assert not has_script("darknet_v9")


def test_every_loss_of_the_engine_can_be_said() -> None:
    for recipe in RECIPES.values():
        for choice in ("as-written", "bce", "mse", "iou", "giou", "diou", "ciou"):
            for term in recipe.with_coordinates(choice).terms:
                assert term.loss.value is None or term.loss.name in FORMULAS


@pytest.mark.parametrize("choice", ["iou", "giou", "diou", "ciou"])
@pytest.mark.parametrize("key", ["darknet_v2_2016", "mmdet_v3", "yunyang_v3"])
def test_box_losses_can_be_taken_home_too(key: str, choice: str) -> None:
    report = evaluate(RECIPES[key].with_coordinates(choice), two_grids(3, 6))
    text = script(report, Predictor("4", 2, 1, 1))
    assert text is not None
    assert lines_of(text) < 80
    said(text)


@pytest.mark.parametrize("key", RECIPES)
def test_crowded_truths_and_ties_are_decided_as_the_recipe_decides_them(key: str) -> None:
    scenes = [two_grids(seed, 14, round_to) for seed, round_to in ((5, 0), (6, 16), (8, 32))]
    texts = [script(evaluate(RECIPES[key], scene), HERE) for scene in scenes]
    found = [text for text in texts if text is not None]
    assert len(found) >= 2
    for text in found:
        said(text)


@pytest.mark.parametrize("key", ["darknet_v3", "darknet_v2_2016", "yunyang_v3"])
def test_three_coco_heads_fit_into_less_than_100_kilobytes(key: str) -> None:
    text = script(evaluate(RECIPES[key], coco_scene()), Predictor("13", 1, 3, 4))
    assert text is not None
    assert len(text) < 100_000
    said(text)


@pytest.mark.parametrize("key", RECIPES)
def test_only_torch_and_the_standard_library_are_needed(key: str) -> None:
    tree = ast.parse(of_state(State(scene="grid", recipe=key)))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    roots = {name.partition(".")[0] for name in names}
    assert "torch" in roots
    assert roots - {"torch"} <= set(sys.stdlib_module_names)


@pytest.mark.parametrize("key", ["darknet_v3", pytest.param("mmdet_v3", marks=pytest.mark.slow)])
def test_a_script_runs_by_itself(key: str, tmp_path: Path) -> None:
    path = tmp_path / "take_home.py"
    path.write_text(of_state(State(scene="grid", recipe=key)), encoding="utf-8")
    command = [sys.executable, "-I", "-W", "error", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "d/dobjectness" in done.stdout


def changed(text: str, pattern: str, by: float = 1.01) -> str:
    """The text with the number after the pattern a little larger."""
    new, count = re.subn(
        rf"({pattern})(-?\d+\.\d+(?:e-?\d+)?)", lambda match: f"{match[1]}{float(match[2]) * by}", text, count=1
    )
    assert count == 1
    return new


@pytest.mark.parametrize(
    "pattern",
    [
        r'"size": ',
        r'"loss": ',
        r'"d/dw": ',
        r'"squares of class slopes": ',
        r'"squares of all slopes": ',
    ],
)
@pytest.mark.parametrize("key", RECIPES)
def test_a_changed_number_makes_it_fail(key: str, pattern: str) -> None:
    text = of_state(State(scene="grid", recipe=key))
    if pattern == r'"size": ' and pattern not in text:
        pattern = r'"box": '
    with pytest.raises(AssertionError):
        said(changed(text, pattern))


@pytest.mark.parametrize("key", RECIPES)
def test_a_changed_raw_output_truth_or_anchor_makes_it_fail(key: str) -> None:
    text = of_state(State(scene="grid", recipe=key))
    place = "z.requires_grad_()"
    assert place in text
    raws = "z[:, 4] += 1e-3", "z[boxed.long(), 2] += 1e-3", "z[classed.long(), 5] += 1e-3"
    for change in (*raws, "truths[:, :4] *= 1.001", "anchors *= 1.001"):
        with pytest.raises(AssertionError):
            said(text.replace(place, f"{change}\n{place}"))


def speechless(report: Report) -> bool:
    return script(report, HERE) is None


def test_what_a_script_cannot_say_has_none() -> None:
    scene, recipe = two_grids(1, 5), RECIPES["darknet_v3"]
    assert not speechless(evaluate(recipe, scene))
    assert speechless(evaluate(recipe.with_assigner(RECIPES["mmdet_v3"]), scene))
    assert speechless(evaluate(recipe, replace(scene, train=False)))
    assert speechless(evaluate(recipe, replace(scene, class_map=(3, 2, 1, 0))))
    assert speechless(evaluate(RECIPES["darknet_v2"].with_settings({"background": 1}), scene))
    two = tuple(replace(head, raw=torch.cat([head.raw] * 2)) for head in scene.heads)
    assert speechless(evaluate(recipe, replace(scene, heads=two, truth=torch.cat([scene.truth] * 2))))


def test_a_script_says_what_it_is_and_where_its_rules_were_read() -> None:
    text = of_state(State())
    source = RECIPES["darknet_v3"].source
    docstring = ast.get_docstring(ast.parse(text)) or ""
    for words in ("Darknet, YOLOv3", source.repository, source.file, source.commit[:10], "2535 objectness logits"):
        assert words in docstring
