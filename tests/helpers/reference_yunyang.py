"""tensorflow-yolov3's numbers: heads, label building, box functions."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from lossviz.engine.answers import Answers, Assigner, AssignmentInput
from lossviz.engine.assign import NEGATIVE
from lossviz.engine.boxes import Boxes
from lossviz.engine.evaluate import Report, evaluate
from lossviz.engine.heads import Head, predicted_boxes, sigmoid_outputs
from lossviz.engine.overlap import Pair
from lossviz.engine.scene import Scene
from lossviz.recipes import RECIPES, yunyang_v3
from lossviz.recipes.yunyang_v3 import YunYangSettings, giou, giou_slope

Fields = dict[str, np.ndarray]
KEY = "yunyang_v3"
DTYPES = {"f32": torch.float32, "f64": torch.float64}
# As suggested with the files: relative to max(1, |reference|).
TOLERANCE = {"f32": 1e-5, "f64": 1e-9}
SMOOTHED = {"f32": 1e-5, "f64": 2e-8}
"""The label files hold smoothed classes as float32: .99 + .01/C is off by up to 1.2e-8 there."""


def kind_by_fields(fields: Fields) -> str | None:
    """What a file is, by what it holds."""
    if {"in_label", "in_bboxes", "cfg_stride"} <= {*fields}:
        return "yunyang head"
    if {"label_s8", "in_boxes_xyxyc"} <= {*fields}:
        return "yunyang labels"
    return "yunyang boxes" if "f32_bbox_giou" in fields else None


def near(ours: Tensor | float, theirs: np.ndarray, tolerance: float) -> None:
    """Equal, relative to max(1, |reference|); nan in the reference is looked at elsewhere."""
    found, theirs = np.asarray(ours, dtype=np.float64), np.asarray(theirs, dtype=np.float64)
    known = ~np.isnan(theirs)
    np.testing.assert_array_less(
        np.abs(found - theirs)[known], tolerance * np.maximum(1, np.abs(theirs[known])), strict=False
    )


def canonical(table: np.ndarray, anchors: int) -> np.ndarray:
    """Rows, columns, anchors x channels (or anchors, channels) to anchors, channels, rows, columns."""
    images, rows, columns = table.shape[:3]
    return table.reshape(images, rows, columns, anchors, -1).transpose(0, 3, 4, 1, 2)


def scene_of(fields: Fields, dtype: torch.dtype) -> Scene:
    """One head and the truths its label was made from, as shares of the input."""
    anchors = torch.from_numpy(fields["cfg_anchors"]).to(dtype)
    conv = canonical(fields["in_conv"], len(anchors))
    grid, stride = conv.shape[-1], int(fields["cfg_stride"])
    raw = torch.from_numpy(np.ascontiguousarray(conv)).to(dtype)
    head = Head(str(grid), raw, anchors / grid, tuple(range(len(anchors))))
    side = grid * stride
    return Scene((head,), truth_table(fields["in_truth_xyxyc"], side, dtype), net=(side, side))


def truth_table(xyxyc: np.ndarray, side: int, dtype: torch.dtype) -> Tensor:
    """Corners in pixels to centre and size in shares; rows of -1 and one more row of zeros end a list."""
    edges = torch.from_numpy(xyxyc[..., :4].astype(np.float64))
    centre, size = (edges[..., :2] + edges[..., 2:]) / 2, edges[..., 2:] - edges[..., :2]
    kind = torch.from_numpy(xyxyc[..., 4:].astype(np.float64))
    table = torch.cat([centre / side, size / side, kind], -1)
    table[kind[..., 0] < 0] = 0
    return torch.cat([table, torch.zeros_like(table[:, :1])], 1).to(dtype)


def settings_of(fields: Fields) -> YunYangSettings:
    """The file's own threshold."""
    return YunYangSettings(iou_loss_thresh=float(fields["cfg_iou_thresh"]))


def as_labelled(fields: Fields) -> Assigner:
    """The file's own label tensor and list of truths in place of the program's rule."""

    def who(field: AssignmentInput) -> Answers:
        head, truths = field.head, field.truths
        label = torch.from_numpy(canonical(fields["in_label"], len(head.mask)).astype(np.float64))
        slot = (label[:, :, 4] > 0).flatten().nonzero()[:, 0]
        boxes = label.movedim(2, -1).reshape(head.predictors, -1)[slot, :4] / field.scene.pixels[0]
        image = torch.div(slot, head.predictors // len(label), rounding_mode="floor")
        away = (truths.table.double() - boxes[:, None]).abs().amax(-1)
        away[image[:, None] != truths.image] = torch.inf
        mine = away.argmin(-1) if len(slot) else slot
        assert (away.gather(1, mine[:, None]) < 1e-6).all()
        listed = torch.zeros(len(truths.kinds), dtype=torch.bool)
        listed[in_the_list(fields, field)] = True
        listed = listed.tolist()
        return Answers(slot, mine, yunyang_v3.near(settings_of(fields), field, listed))

    return who


def in_the_list(fields: Fields, field: AssignmentInput) -> Tensor:
    """Numbers of the truths that the file lists for this head."""
    rows = torch.from_numpy(fields["in_bboxes"]).double() / field.scene.pixels[0]
    theirs = [(image, row) for image, table in enumerate(rows) for row in table if row.any()]
    found = [
        int(((field.truths.table.double() - row).abs().amax(-1) + 9 * (field.truths.image != image)).argmin())
        for image, row in theirs
    ]
    return torch.tensor(found, dtype=torch.long)


def report_on(fields: Fields, digits: str) -> Report:
    scene = scene_of(fields, DTYPES[digits])
    recipe = replace(RECIPES[KEY], settings=settings_of(fields))
    return evaluate(recipe.under(as_labelled(fields)), scene)


TERMS = {"giou": {"box"}, "conf": {"object", "noobject"}, "prob": {"class"}}


def check_head(path: Path, fields: Fields) -> None:
    """Each term and its gradient, the predictors that are penalised as background, what is decoded."""
    anchors = len(fields["cfg_anchors"])
    for digits in DTYPES:
        report = report_on(fields, digits)
        for name, ours in (TERMS | {"total": set.union(*TERMS.values())}).items():
            tolerance = (SMOOTHED if "class" in ours else TOLERANCE)[digits]
            near(sum(float(report[term].loss) for term in ours), fields[f"{digits}_{name}_loss"], tolerance)
            slopes = [r.gradient if r.term.name in ours else torch.zeros_like(r.gradient) for r in report.terms]
            if f"{digits}_grad_{name}" in fields:
                near(report.joined(slopes)[0], canonical(fields[f"{digits}_grad_{name}"], anchors), tolerance)
        background = canonical(fields["respond_bgd"][..., None], anchors)[:, :, 0]
        lost = np.isnan(canonical(fields.get(f"{digits}_grad_total", fields["f32_grad_total"]), anchors))
        (marks,) = yunyang_v3.undefined(report.recipe.settings, report.scene)
        assert f"{digits}_grad_total" not in fields or (marks.numpy() == lost).all()
        assert bool(report.notes) == marks.any().item()
        if digits == "f32":
            np.testing.assert_array_equal(report.states[0].numpy() == NEGATIVE, background == 1)
            check_decoded(report, fields)


def check_decoded(report: Report, fields: Fields) -> None:
    """Boxes in pixels, and GIoU where there is an object."""
    head, side = report.scene.heads[0], report.scene.pixels[0]
    result = report["box"]
    if "f32_pred" in fields:
        theirs = canonical(fields["f32_pred"], len(head.mask))
        boxes = predicted_boxes(head).table().movedim(-1, 2) * side
        near(boxes, theirs[:, :, :4], 1e-5)
        near(sigmoid_outputs(None, head.raw.movedim(2, -1)).movedim(-1, 2)[:, :, 4:], theirs[:, :, 4:], 1e-5)
    if "f32_giou" in fields:
        found = torch.zeros(head.predictors)
        found[result.slot] = 1 - result.term.loss(result.raw, result.target)[:, 0]
        near(found.view(head.raw[:, :, 0].shape), canonical(fields["f32_giou"], len(head.mask))[:, :, 0], 1e-5)


def check_labels(path: Path, fields: Fields) -> None:
    """Which predictors answer at each scale, for which box, with which classes; and whom a scale lists."""
    side, kinds = int(fields["cfg_size"]), int(fields["cfg_num_class"])
    strides = [int(stride) for stride in fields["cfg_strides"]]
    cells = [side // stride for stride in strides]
    pixels = fields["cfg_anchors"].astype(np.float64) * fields["cfg_strides"][:, None, None]
    each = pixels.shape[1]
    anchors = torch.from_numpy(pixels.reshape(-1, 2)) / side
    heads = tuple(
        Head(
            str(n),
            torch.zeros(1, each, 5 + kinds, n, n, dtype=torch.float64),
            anchors,
            (*range(k * each, (k + 1) * each),),
        )
        for k, n in enumerate(cells)
    )
    truth = truth_table(fields["in_boxes_xyxyc"][None], side, torch.float64)
    report = evaluate(RECIPES[KEY], Scene(heads, truth, net=(side, side)))
    for head, stride, assignment in zip(heads, strides, report.assignments, strict=True):
        label = canonical(fields[f"label_s{stride}"][None], each)
        rows = label.transpose(0, 1, 3, 4, 2).reshape(head.predictors, -1)
        positives, slot = assignment.positives, assignment.positives.slot.numpy()
        np.testing.assert_array_equal(np.sort(slot), np.flatnonzero(rows[:, 4]))
        boxes = report.truths.table[positives.fact["truth"]].numpy() * side
        np.testing.assert_allclose(boxes, rows[slot, :4], rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(positives.target["classes"].numpy(), rows[slot, 5:], rtol=0, atol=1e-15)
        answered = torch.zeros(len(report.truths.kinds), dtype=torch.bool)
        answered[assignment.match.truth] = True
        listed = report.truths.table[yunyang_v3.last(answered, report.truths.images)].numpy() * side
        theirs = fields[f"bboxes_s{stride}"]
        assert {*map(tuple, listed.round(6).tolist())} == {tuple(row) for row in theirs.round(6).tolist() if any(row)}


def ties(pair: Pair) -> np.ndarray:
    """Rows where edges coincide or a side is 0: TensorFlow gives such a slope to one side whole, we the half."""
    a, b = pair.a, pair.b
    across = [(ours, theirs) for ours in (a.left, a.right) for theirs in (b.left, b.right)]
    down = [(ours, theirs) for ours in (a.top, a.bottom) for theirs in (b.top, b.bottom)]
    same = [torch.isclose(ours, theirs, rtol=1e-6, atol=0) for ours, theirs in across + down]
    empty = [side == 0 for side in (a.w, a.h, b.w, b.h)]
    return torch.stack(same + empty).any(0).numpy()


def mirrored(boxes: Tensor) -> Tensor:
    """-1 where a side is negative: the program turns such a box round."""
    sides = boxes < 0
    sides[:, :2] = False
    return torch.where(sides, -1, 1)


def check_boxes(path: Path, fields: Fields) -> None:
    """GIoU with its eps, IoU without; slopes in both boxes, but where edges tie."""
    for digits, tolerance in TOLERANCE.items():
        a, b = (torch.from_numpy(fields[name]).to(DTYPES[digits]) for name in ("in_boxes1", "in_boxes2"))
        turns = mirrored(a), mirrored(b)
        a, b = (box * turn for box, turn in zip((a, b), turns, strict=True))
        pair, back = Pair(Boxes.of(a), Boxes.of(b)), Pair(Boxes.of(b), Boxes.of(a))
        # The IoU for the ignore mask does not turn boxes round, and no decoded box has a negative side.
        upright = np.logical_and(*((turn == 1).all(1).numpy() for turn in turns))
        sure = ~ties(pair)
        near(giou(pair), fields[f"{digits}_bbox_giou"], tolerance)
        near(pair.iou[upright], fields[f"{digits}_bbox_iou"][upright], tolerance)
        for number, there, turn in ((1, pair, turns[0]), (2, back, turns[1])):
            slope, plain = (giou_slope(there).table() * turn)[sure], there.iou_slope.table()[sure & upright]
            near(slope, fields[f"{digits}_bbox_giou_grad{number}"][sure], tolerance)
            near(plain, fields[f"{digits}_bbox_iou_grad{number}"][sure & upright], tolerance)


def gradients(path: Path) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Ours and the program's, in its own layout; none in a file of labels or boxes."""
    with np.load(path, allow_pickle=False) as archive:
        fields = {name: archive[name] for name in archive.files}
    digits = next((digits for digits in ("f64", "f32") if f"{digits}_grad_total" in fields), None)
    if digits:
        theirs = canonical(fields[f"{digits}_grad_total"], len(fields["cfg_anchors"]))
        yield report_on(fields, digits).gradient[0].numpy(), theirs


YUNYANG_CHECKS: dict[str, Callable[[Path, Fields], None]] = {
    "yunyang head": check_head,
    "yunyang labels": check_labels,
    "yunyang boxes": check_boxes,
}
