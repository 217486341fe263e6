"""The numbers of darkflow and of yhcc/yolo2: targets, who answers, loss, gradient, decoded outputs."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from lossviz.engine.answers import Answers, Assigner, AssignmentInput
from lossviz.engine.evaluate import Report, evaluate
from lossviz.engine.heads import Head, predicted_boxes
from lossviz.engine.scene import Scene
from lossviz.recipes import RECIPES

Fields = Mapping[str, np.ndarray]
DTYPES = {"f32": torch.float32, "f64": torch.float64}
# As suggested with the files: relative to the larger of 1 and the number.
TOLERANCE = {"f32": 1e-5, "f64": 1e-9}
SCALES = ("class_scale", "object_scale", "noobject_scale", "coord_scale")
PARTS = ("bxy", "bwh", "to", "classes")


def kind_by_fields(fields: Fields) -> str | None:
    """Which of the kinds below a file is, if one."""
    if {"in_conv", "in_truth_cxyxy", "cfg_scales"} <= {*fields}:
        return "darkflow"
    return "yhcc" if {"in_conv", "in_mask", "in_value"} <= {*fields} else None


def close(ours: Tensor | float, theirs: np.ndarray, tolerance: float) -> None:
    """To the tolerance times the larger of 1 and the number."""
    scale = np.maximum(1, np.abs(theirs))
    np.testing.assert_allclose(np.asarray(ours) / scale, theirs / scale, rtol=0, atol=tolerance)


def canonical(table: np.ndarray, anchors: int) -> np.ndarray:
    """Images, rows, columns, anchors x channels to images, anchors, channels, rows, columns."""
    images, rows, columns = table.shape[:3]
    return np.ascontiguousarray(table.reshape(images, rows, columns, anchors, -1).transpose(0, 3, 4, 1, 2))


def scene_of(fields: Fields, truth: np.ndarray, digits: str, net: tuple[int, int] | None = None) -> Scene:
    """One head with the file's raw outputs; its anchors are in cells."""
    raw = torch.from_numpy(canonical(fields["in_conv"], len(fields["cfg_anchors"])))
    sides = fields["cfg_anchors"].astype(np.float64) / (raw.shape[4], raw.shape[3])
    anchors, dtype = torch.from_numpy(sides).to(DTYPES[digits]), DTYPES[digits]
    head = Head(f"{raw.shape[3]}x{raw.shape[4]}", raw.to(dtype), anchors, tuple(range(len(anchors))))
    return Scene((head,), torch.from_numpy(truth).to(dtype), net=net)


def darkflow_truth(fields: Fields) -> np.ndarray:
    """Class and corners in pixels to centre and size as shares and class; a row of -1 ends a list."""
    rows, size = fields["in_truth_cxyxy"].astype(np.float64), fields["cfg_image_wh"]
    low, high = rows[..., 1:3] / size, rows[..., 3:] / size
    truth = np.concatenate([(low + high) / 2, high - low, rows[..., :1]], -1)
    truth[rows[..., 0] < 0] = 0
    return truth


def on_darkflow(fields: Fields, digits: str) -> Report:
    width, height = (int(side) for side in fields["cfg_image_wh"])
    scales = {name: float(scale) for name, scale in zip(SCALES, fields["cfg_scales"], strict=True)}
    scene = scene_of(fields, darkflow_truth(fields), digits, (width, height))
    return evaluate(RECIPES["darkflow_v2"].with_settings(scales), scene)


def cell_by_cell(flat: Tensor, like: Tensor) -> Tensor:
    """One number a predictor, as darkflow has them: images, cells in rows, anchors."""
    images, anchors, _, rows, columns = like.shape
    return flat.view(images, anchors, rows * columns).transpose(1, 2)


def check_darkflow(path: Path, fields: Fields) -> None:
    for digits, tolerance in TOLERANCE.items():
        report = on_darkflow(fields, digits)
        close(report.loss, fields[f"{digits}_loss"], tolerance)
        theirs = canonical(fields[f"{digits}_grad"], len(fields["cfg_anchors"]))
        (undefined,) = report.recipe.undefined(report.recipe.settings, report.scene)
        np.testing.assert_array_equal(undefined.numpy(), np.isnan(theirs))
        assert report.gradient[0].isfinite().all()
        close(report.gradient[0][~undefined], theirs[~undefined.numpy()], tolerance)
        counts = [note.values["count"] for note in report.notes]
        assert counts == ([int(undefined.sum())] if undefined.any() else [])
        answering = torch.zeros(report.scene.heads[0].predictors).index_fill(0, report["object"].slot, 1)
        resp = cell_by_cell(answering, report.scene.raw.view(theirs.shape))
        np.testing.assert_array_equal(resp.numpy(), fields[f"{digits}_resp"])
    check_darkflow_targets(report, fields)


def check_darkflow_targets(report: Report, fields: Fields) -> None:
    """In double precision, where the original built them: of those who answer, and nothing where no truth is.

    The corners follow from the offset and the roots, in cells; the area from the roots.
    """
    columns, rows = report.scene.heads[0].grid
    slot = report["object"].slot
    like = report.scene.heads[0].raw

    def theirs(name: str) -> np.ndarray:
        table = torch.from_numpy(fields[f"target_{name}"])
        return table.movedim(2, 1).reshape(like[:, :, 0].numel(), -1)[slot].numpy()

    centre, roots = report["centre"].target.numpy(), report["size"].target[:, :2].numpy()
    half = roots**2 * (columns, rows) / 2
    ours = {
        "coord": np.concatenate([centre, roots], 1),
        "probs": report["class"].target.numpy(),
        "confs": report["object"].target.numpy(),
        "areas": (2 * half).prod(1, keepdims=True),
        "upleft": centre - half,
        "botright": centre + half,
    }
    for name, found in ours.items():
        np.testing.assert_allclose(found, theirs(name), rtol=1e-12, atol=1e-12)
    assert not fields["target_confs"][fields["f64_resp"].sum(-1) == 0].any()


def yhcc_slots(mask: np.ndarray) -> Tensor:
    """Numbers of the predictors that a mask of images, rows, columns, anchors, 1 marks."""
    return torch.from_numpy(np.flatnonzero(mask[..., 0].transpose(0, 3, 1, 2)))


def yhcc_values(mask: np.ndarray, value: np.ndarray) -> np.ndarray:
    """What is asked of them, in their order: x, y, w, h, class."""
    chosen = mask[..., 0].transpose(0, 3, 1, 2) != 0
    return value.transpose(0, 3, 1, 2, 4)[chosen]


def yhcc_truth(fields: Fields) -> np.ndarray:
    """Each marked predictor's own truth, image by image, in the order of the predictors."""
    images = fields["in_mask"].shape[0]
    tables = [yhcc_values(fields["in_mask"][n : n + 1], fields["in_value"][n : n + 1]) for n in range(images)]
    truth = np.zeros((images, max(map(len, tables)) + 1, 5))
    for rows, table in zip(truth, tables, strict=True):
        assert (table[:, 0] > 0).all()
        rows[: len(table)] = table
    return truth


def as_marked(fields: Fields) -> Assigner:
    """The file's own mask in place of the program's rule."""

    def who(field: AssignmentInput) -> Answers:
        slot = yhcc_slots(fields["in_mask"])
        nobody = torch.zeros(field.head.raw[:, :, 0].shape, dtype=torch.bool).flatten(1)
        return Answers(slot, torch.arange(len(slot)), nobody)

    return who


def on_yhcc(fields: Fields, digits: str) -> Report:
    return evaluate(RECIPES["yhcc_v2"].under(as_marked(fields)), scene_of(fields, yhcc_truth(fields), digits))


def check_yhcc(path: Path, fields: Fields) -> None:
    anchors = len(fields["cfg_anchors"])
    for digits, tolerance in TOLERANCE.items():
        report = on_yhcc(fields, digits)
        close(report.loss, fields[f"{digits}_loss"], tolerance)
        close(report.gradient[0], canonical(fields[f"{digits}_grad"], anchors), tolerance)
        head = report.scene.heads[0]
        boxes = predicted_boxes(head).table().movedim(-1, 2)
        decoded = torch.cat([boxes, report.output[0][:, :, 4:]], 2).split([2, 2, 1, head.classes], 2)
        for part, ours in zip(PARTS, decoded, strict=True):
            if f"{digits}_{part}" in fields:
                close(ours, canonical(fields[f"{digits}_{part}"], anchors), tolerance)
    if "target_mask" in fields:
        check_yhcc_targets(fields)


def check_yhcc_targets(fields: Fields) -> None:
    """One truth an image, by the program's own rule: who answers, and what is asked, exactly as it would be."""
    low, sides, kinds = np.split(fields["in_box_xywhc"], [2, 4], 1)
    size = fields["cfg_image_wh"]
    truth = np.concatenate([(low + sides / 2) / size, sides / size, kinds], 1)[:, None]
    report = evaluate(RECIPES["yhcc_v2"], scene_of(fields, truth, "f64"))
    slot, order = report["object"].slot.sort()
    np.testing.assert_array_equal(slot.numpy(), yhcc_slots(fields["target_mask"]).numpy())
    roots, kind = report["size"].target[order, :2], report["class"].target[order].argmax(1, keepdim=True)
    asked = torch.cat([report["centre"].target[order, :2], roots**2, kind], 1)
    close(asked, yhcc_values(fields["target_mask"], fields["target_value"]), 1e-14)
    assert (report["class"].target.sum(1) == 1).all()


def gradients(path: Path) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Our gradient and the program's, in double precision."""
    with np.load(path, allow_pickle=False) as archive:
        fields = {name: archive[name] for name in archive.files}
    report = {"darkflow": on_darkflow, "yhcc": on_yhcc}[str(kind_by_fields(fields))](fields, "f64")
    yield report.gradient[0].numpy(), canonical(fields["f64_grad"], len(fields["cfg_anchors"]))


YOLO2_CHECKS: dict[str, Callable[[Path, Fields], None]] = {"darkflow": check_darkflow, "yhcc": check_yhcc}
