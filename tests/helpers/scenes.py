"""Small random scenes, the same each time, and the variants of settings that laws are tried on."""

from collections.abc import Mapping
from dataclasses import replace

import torch

from lossviz.engine.assign import Assignment
from lossviz.engine.boxes import Boxes
from lossviz.engine.evaluate import Report, evaluate
from lossviz.engine.heads import Head, cell_of, encode
from lossviz.engine.recipe import Recipe
from lossviz.engine.scene import Scene
from lossviz.recipes import RECIPES

ANCHORS = ((0.10, 0.12), (0.22, 0.15), (0.14, 0.31), (0.33, 0.27), (0.41, 0.58), (0.77, 0.69))
"""Shares of the input; one head uses the last three."""

STYLES = {"one head": 1, "two heads": 2}

VARIANTS: tuple[Mapping[str, float], ...] = (
    {},
    {"softmax": 0},
    {"rescore": 0},
    {"background": 1, "softmax": 0},
    {"seen": 0},
    {"seen": 0, "softmax": 0, "thresh": 0.3},
    {"bias_match": 0},
    {"object_scale": 3, "noobject_scale": 0.5, "class_scale": 2, "coord_scale": 4, "thresh": 0.45},
    {"classfix": -1},
    {"classfix": 1, "thresh": 0.3},
    {"classfix": 2, "thresh": 0.3, "softmax": 0, "seen": 0},
    {"truth_thresh": 0.3, "ignore_thresh": 0.5},
    {"truth_thresh": 0.5, "ignore_thresh": 0.3},
    {"max_boxes": 1},
    {"object_scale": 3, "noobject_scale": 0.5, "class_scale": 2, "coord_scale": 4},
    {"intended": 1},
    {"ignore_iou": 0.3},
    {"pos_iou_thr": 0.4, "neg_iou_thr": 0.3, "min_pos_iou": 0.2, "gt_max_assign_all": 0},
    {"loss_cls": 0.5, "loss_conf": 3, "loss_xy": 1, "loss_wh": 1, "smooth": 0.1, "sum_reduction": 0},
)
"""Settings to try. A recipe takes those whose names it knows. background = 1 with softmax = 1 has no loss to be a law of."""

CASES = [
    (key, settings)
    for key, recipe in RECIPES.items()
    for settings in VARIANTS
    if set(settings) <= set(recipe.settings.accepts())
]


def named(case: object) -> str:
    """The name of a parametrised test."""
    if isinstance(case, Mapping):
        return " ".join(f"{name}={value:g}" for name, value in case.items()) or "defaults"
    return str(case)


def devices() -> list[str]:
    """Every device that is here."""
    found = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    return [name for name, here in found.items() if here]


def make_scene(
    seed: int = 0,
    *,
    heads: int = 1,
    images: int = 2,
    grid: tuple[int, int] = (5, 4),
    classes: int = 4,
    truths: int = 4,
    dtype: torch.dtype = torch.float64,
    device: str = "cpu",
) -> Scene:
    """Random heads (each finer one has twice the cells a side) and truths, on a grid that is not square.

    In every image the first two truths share a predictor, an x of 0 ends the list, and a row after it is dead. For each
    truth a few predictors draw nearly its box, so that some are ignored.
    """
    dice = torch.Generator().manual_seed(seed)
    truth = random_truth(dice, images, truths, classes)
    anchors = torch.tensor(ANCHORS[-3 * heads :], dtype=torch.float64)
    layers = []
    for n in range(heads):
        columns, rows = grid[0] * 2**n, grid[1] * 2**n
        raw = torch.randn(images, 3, 5 + classes, rows, columns, generator=dice, dtype=torch.float64)
        first = 3 * (heads - 1 - n)
        head = Head(f"{rows}x{columns}", raw, anchors, (first, first + 1, first + 2), n)
        layers.append(with_good_predictions(head, truth, dice))
    scene = Scene(tuple(layers), truth)
    return in_dtype(scene, dtype).on(device)


def random_truth(dice: torch.Generator, images: int, truths: int, classes: int) -> torch.Tensor:
    """Truths, the second beside the first, then the end of the list, then a row nobody reads."""
    table = torch.zeros(images, truths + 2, 5, dtype=torch.float64)
    table[:, :truths, :2] = torch.rand(images, truths, 2, generator=dice, dtype=torch.float64) * 0.9 + 0.05
    table[:, :truths, 2:4] = torch.rand(images, truths, 2, generator=dice, dtype=torch.float64) * 0.6 + 0.1
    table[:, :truths, 4] = torch.randint(classes, (images, truths), generator=dice)
    if truths > 1:
        table[:, 1, :4] = table[:, 0, :4] * torch.tensor([1, 1, 1.01, 0.99], dtype=torch.float64)
        table[:, 1, 4] = (table[:, 0, 4] + 1) % classes
    table[:, truths + 1] = torch.tensor([0.5, 0.5, 0.5, 0.5, 0])
    return table


def with_good_predictions(head: Head, truth: torch.Tensor, dice: torch.Generator) -> Head:
    """The head, with two predictors of each truth's cell drawing nearly its box."""
    raw = head.raw.clone()
    for image, rows in enumerate(truth):
        boxes = Boxes.of(rows[: len(rows) - 2, :4])
        column, row = cell_of(boxes, *head.grid)
        for anchor in (0, 2):
            w, h = head.own_anchors[anchor]
            exact = encode(boxes, Boxes(column.double(), row.double(), w, h), head.grid)
            noise = torch.randn(exact.shape, generator=dice, dtype=torch.float64) * 0.1
            raw[image, anchor, :4, row, column] = (exact + noise).T
    return replace(head, raw=raw)


def in_dtype(scene: Scene, dtype: torch.dtype) -> Scene:
    """The same scene with numbers of another dtype."""
    heads = tuple(replace(head, raw=head.raw.to(dtype), anchors=head.anchors.to(dtype)) for head in scene.heads)
    return replace(scene, heads=heads, truth=scene.truth.to(dtype))


def with_raw(scene: Scene, raws: list[torch.Tensor]) -> Scene:
    """The same scene with other raw outputs."""
    heads = tuple(replace(head, raw=raw) for head, raw in zip(scene.heads, raws, strict=True))
    return replace(scene, heads=heads)


def frozen(report: Report) -> Recipe:
    """The report's recipe with its assignment, targets and facts held fast."""
    held = {head.name: assignment for head, assignment in zip(report.scene.heads, report.assignments, strict=True)}

    def assign(settings: object, head: Head, truths: object, scene: Scene) -> Assignment:
        return held[head.name]

    return replace(report.recipe, assign=assign)


def run(key: str, settings: Mapping[str, float], scene: Scene, objectness: str = "as-written") -> Report:
    """A recipe by its key on a scene."""
    recipe = RECIPES[key].for_scene(scene, dict(settings)).with_objectness(objectness)  # type: ignore[arg-type]
    return evaluate(recipe, scene)


def finite_difference(function: object, z: torch.Tensor, step: float = 1e-5) -> torch.Tensor:
    """Central differences of the sum over each row of ``function``, one column of z at a time."""
    columns = []
    for k in range(z.shape[-1]):
        nudge = torch.zeros_like(z)
        nudge[..., k] = step
        columns.append((function(z + nudge).sum(-1) - function(z - nudge).sum(-1)) / (2 * step))  # type: ignore[operator]
    return torch.stack(columns, -1) if columns else torch.zeros_like(z)
