"""mmdetection's own numbers: YOLOV3Head with GridAssigner, and YOLOBBoxCoder."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lossviz.engine.answers import AssignmentInput
from lossviz.engine.assign import Selection, box_targets
from lossviz.engine.boxes import Boxes
from lossviz.engine.evaluate import Report, evaluate
from lossviz.engine.heads import Head, predicted_boxes
from lossviz.engine.recipe import Recipe
from lossviz.engine.scene import Scene
from lossviz.recipes import RECIPES, mmdet_v3

Fields = dict[str, np.ndarray]

KEY = "mmdet_v3"
# The tolerances the reference numbers come with, relative to max(1, |theirs|).
TOLERANCE = {torch.float64: 1e-9, torch.float32: 1e-5}
TARGETS = 1e-6
WEIGHTS = ("loss_cls", "loss_conf", "loss_xy", "loss_wh")
LOSSES = {"loss_cls": ("class",), "loss_conf": ("object", "noobject"), "loss_xy": ("centre",), "loss_wh": ("size",)}


def kind_by_fields(fields: Mapping[str, np.ndarray]) -> str | None:
    """Which of the kinds below a file is, if one."""
    if {"in_pred_0", "in_truth_xyxyc", "gt_inds"} <= set(fields):
        return "mmdet_head"
    if {"in_anchors", "in_gt", "in_stride", "f64_encoded"} <= set(fields):
        return "mmdet_coder"
    return None


def near(ours: Tensor | float, theirs: np.ndarray, tolerance: float) -> None:
    """Within the tolerance, relative to max(1, |theirs|); what is not finite is the same."""
    found, theirs = np.asarray(ours, dtype=np.float64), theirs.astype(np.float64)
    finite = np.isfinite(theirs)
    np.testing.assert_array_equal(found[~finite], theirs[~finite])
    scale = np.maximum(1, np.abs(theirs[finite]))
    np.testing.assert_allclose(found[finite] / scale, theirs[finite] / scale, rtol=0, atol=tolerance)


def levels(fields: Fields, dtype: torch.dtype) -> tuple[Head, ...]:
    """The heads, in the file's order; anchors as shares."""
    anchors = torch.from_numpy(fields["cfg_anchors"].astype(np.float64) / fields["cfg_image_wh"])
    count, each = anchors.shape[:2]
    heads = []
    for n in range(count):
        raw = torch.from_numpy(fields[f"in_pred_{n}"]).to(dtype)
        raw = raw.view(len(raw), each, -1, *raw.shape[2:])
        mask = tuple(range(n * each, (n + 1) * each))
        heads.append(Head(str(n), raw, anchors.flatten(0, 1).to(dtype), mask, n))
    return tuple(heads)


def scene_of(fields: Fields, dtype: torch.dtype) -> Scene:
    """The file as a scene: truths as shares, those with a class; an image without truths begins with x = 0."""
    images = fields["in_truth_xyxyc"].astype(np.float64)
    size = fields["cfg_image_wh"]
    truth = np.zeros((len(images), images.shape[1] + 1, 5))
    for rows, image in zip(truth, images, strict=True):
        live = image[image[:, 4] >= 0]
        low, high = live[:, :2], live[:, 2:4]
        rows[: len(live)] = np.concatenate([(low + high) / 2 / size, (high - low) / size, live[:, 4:]], 1)
    net = (int(size[0]), int(size[1]))
    return Scene(levels(fields, dtype), torch.from_numpy(truth).to(dtype), net=net)


def settings_of(fields: Fields) -> dict[str, float]:
    """The file's settings by our names, which are the program's."""
    return {
        "pos_iou_thr": float(fields["cfg_pos_iou"]),
        "neg_iou_thr": float(fields["cfg_neg_iou"]),
        "min_pos_iou": float(fields["cfg_min_pos"]),
        "gt_max_assign_all": float(fields["cfg_gt_max_assign_all"]),
        "smooth": float(fields["cfg_smooth"]),
        "sum_reduction": float(fields["cfg_sum"]),
        **dict(zip(WEIGHTS, fields["cfg_loss_weights_cls_conf_xy_wh"].tolist(), strict=True)),
    }


def report_on(fields: Fields, dtype: torch.dtype, recipe: Recipe | None = None) -> Report:
    """The recipe, or another, on a file."""
    scene = scene_of(fields, dtype)
    return evaluate((recipe or RECIPES[KEY]).for_scene(scene, settings_of(fields)), scene)


def in_their_order(report: Report, parts: list[Tensor]) -> np.ndarray:
    """One row an image: numbers of each head's predictors, joined by head, row, column, anchor."""
    pieces = []
    for head, part in zip(report.scene.heads, parts, strict=True):
        images, anchors, _, rows, columns = head.raw.shape
        table = part.view(images, anchors, rows, columns, -1).permute(0, 2, 3, 1, 4)
        pieces.append(table.reshape(images, rows * columns * anchors, -1))
    return torch.cat(pieces, 1).squeeze(-1).numpy()


def answering(report: Report) -> list[Tensor]:
    """Each predictor's truth in its image, from 1 on; 0 for a negative, -1 for an ignored one."""
    before = [sum(report.truths.images[:n]) for n in range(len(report.truths.images))]
    parts = []
    for head, assignment in zip(report.scene.heads, report.assignments, strict=True):
        found = torch.full((head.predictors,), -1)
        found[assignment.negatives.slot] = 0
        rows = assignment.positives
        truth = rows.fact["truth"]
        found[rows.slot] = 1 + truth - torch.tensor(before)[report.truths.image[truth]]
        parts.append(found)
    return parts


def in_cells(report: Report) -> list[Tensor]:
    """Which anchors stand in a cell that holds the centre of a truth."""
    parts = []
    for head in report.scene.heads:
        field = AssignmentInput(head, report.truths, report.scene)
        found = torch.zeros(head.predictors)
        found[field.slots(torch.arange(len(head.mask))[:, None], *field.cell)] = 1
        parts.append(found)
    return parts


def targets(report: Report) -> list[Tensor]:
    """What each positive is asked: x, y, w, h, objectness, classes; 0 for all others."""
    parts = []
    for head, assignment in zip(report.scene.heads, report.assignments, strict=True):
        rows = assignment.positives
        found = torch.zeros(head.predictors, head.raw.shape[2], dtype=torch.float64)
        asked = [rows.target[name] for name in ("centre", "size", "objectness", "classes")]
        found[rows.slot] = torch.cat(asked, 1).double()
        parts.append(found)
    return parts


def corners(boxes: Boxes, size: np.ndarray) -> Tensor:
    """left, top, right, bottom in pixels."""
    table = torch.stack(torch.broadcast_tensors(boxes.left, boxes.top, boxes.right, boxes.bottom), -1)
    return table * torch.from_numpy(size).repeat(2).to(table)


def check_who_answers(report: Report, fields: Fields) -> None:
    """Assignment exactly, targets to the digits of float32."""
    np.testing.assert_array_equal(in_their_order(report, answering(report)), fields["gt_inds"])
    np.testing.assert_array_equal(in_their_order(report, in_cells(report)), fields["responsible"])
    negative = [(found == 0).long() for found in answering(report)]
    np.testing.assert_array_equal(in_their_order(report, negative), fields["neg_map"])
    near(in_their_order(report, targets(report)), fields["target_map"], tolerance_of_targets(report))


def tolerance_of_targets(report: Report) -> float:
    """Our centres are shares: in float32 their last digit is worth the more of a cell, the more cells there are."""
    if report.scene.raw.dtype == torch.float64:
        return TARGETS
    return TARGETS + 1.2e-7 * max(max(head.grid) for head in report.scene.heads)


def check_boxes(report: Report, fields: Fields) -> None:
    """Anchors and decoded boxes."""
    if "anchors_xyxy" not in fields:
        return
    size, dtype = fields["cfg_image_wh"], report.scene.raw.dtype
    parts, drawn = [], []
    for head in report.scene.heads:
        anchors = AssignmentInput(head, report.truths, report.scene).anchors
        images = head.raw.shape[0]
        parts.append(corners(anchors, np.ones(2)).expand(images, -1, -1, -1, -1).reshape(-1, 4))
        drawn.append(corners(predicted_boxes(head), size).reshape(-1, 4))
    near(in_their_order(report, parts)[0], fields["anchors_xyxy"], 1e-6)
    near(in_their_order(report, drawn), fields["f32_decoded_xyxy"], 1e-5)
    if dtype == torch.float64 and "f64_decoded_xyxy" in fields:
        near(in_their_order(report, drawn), fields["f64_decoded_xyxy"], TOLERANCE[dtype])


def check_numbers(report: Report, fields: Fields) -> None:
    """Losses of each head, gradients, in the report's own type."""
    dtype = report.scene.raw.dtype
    prefix = "f64" if dtype == torch.float64 else "f32"
    for name, terms in LOSSES.items():
        for n, _ in enumerate(report.scene.heads):
            parts = [report[term].value[report[term].heads[n]].sum() for term in terms]  # type: ignore[index]
            near(float(sum(parts)), fields[f"{prefix}_{name}"][n], TOLERANCE[dtype])
    for n, gradient in enumerate(report.gradient):
        if f"{prefix}_grad_{n}" in fields:
            theirs = fields[f"{prefix}_grad_{n}"]
            near(gradient.reshape(theirs.shape), theirs, TOLERANCE[dtype])


def check_head(path: Path, fields: Fields, recipe: Recipe | None = None) -> None:
    """Who answers, what is asked, what it costs, in both precisions."""
    for dtype in TOLERANCE:
        report = report_on(fields, dtype, recipe)
        check_who_answers(report, fields)
        check_boxes(report, fields)
        check_numbers(report, fields)


def one_cell(fields: Fields, dtype: torch.dtype, outputs: Tensor) -> Head:
    """Every anchor of a file of the coder in its own image of one cell, seen from that cell's corner."""
    low, high = (torch.from_numpy(side).to(dtype) for side in np.split(fields["in_anchors"], 2, 1))
    stride = torch.from_numpy(fields["in_stride"]).to(dtype)[:, None]
    raw = torch.cat([torch.logit(outputs[:, :2]), outputs[:, 2:], torch.zeros_like(outputs[:, :2])], 1)
    sizes = (high - low) / stride
    # One image with one cell and as many anchors as the file has.
    return Head("coder", raw[None, :, :, None, None], sizes, tuple(range(len(sizes))))


def check_coder(path: Path, fields: Fields, recipe: Recipe | None = None) -> None:
    """Boxes to targets and outputs to boxes, with the slope of the way back."""
    for dtype, tolerance in TOLERANCE.items():
        prefix = "f64" if dtype == torch.float64 else "f32"
        anchor, truth = (torch.from_numpy(fields[name]).to(dtype) for name in ("in_anchors", "in_gt"))
        stride = torch.from_numpy(fields["in_stride"]).to(dtype)[:, None]
        corner = (anchor[:, :2] + anchor[:, 2:]) / 2 - stride / 2
        outputs = torch.from_numpy(fields["in_pred"]).to(dtype).requires_grad_()
        head = one_cell(fields, dtype, outputs)

        centre, size = (truth[:, :2] + truth[:, 2:]) / 2 - corner, truth[:, 2:] - truth[:, :2]
        boxes = Boxes.of(torch.cat([centre, size], 1) / stride)
        slot = torch.arange(len(anchor))
        rows = Selection(slot, {**box_targets(head, boxes, slot), "classes": torch.ones(len(slot), 1, dtype=dtype)})
        coded = mmdet_v3.coded(mmdet_v3.MMDetSettings(), rows).target
        near(torch.cat([coded["centre"], coded["size"]], 1), fields[f"{prefix}_encoded"], tolerance)

        b = predicted_boxes(head)
        drawn = torch.stack([b.left, b.top, b.right, b.bottom], -1).flatten(0, 3) * stride + corner.repeat(1, 2)
        near(drawn.detach(), fields[f"{prefix}_decoded"], tolerance)
        (drawn * torch.tensor([1, 2, 3, 4])).sum().backward()
        assert outputs.grad is not None
        near(outputs.grad, fields[f"{prefix}_decoded_grad_w1234"], tolerance)


def gradients(path: Path) -> Iterator[tuple[NDArray[np.floating], NDArray[np.floating]]]:
    """Ours and theirs, in double precision where the file has it."""
    with np.load(path, allow_pickle=False) as archive:
        fields = {name: archive[name] for name in archive.files}
    double = "f64_grad_0" in fields
    if kind_by_fields(fields) != "mmdet_head":
        return
    report = report_on(fields, torch.float64 if double else torch.float32)
    for n, gradient in enumerate(report.gradient):
        theirs = fields[f"{'f64' if double else 'f32'}_grad_{n}"]
        yield gradient.reshape(theirs.shape).numpy(), theirs


MMDET_CHECKS: dict[str, Callable[[Path, Fields], None]] = {"mmdet_head": check_head, "mmdet_coder": check_coder}
