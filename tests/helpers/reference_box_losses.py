"""torchvision's and mmdetection's box losses: values on every row, slopes by our rule, the rows where theirs differ.

Theirs differ from ours where torch's ``clamp`` lets a slope through at exactly 0 and where their formula gives nan; both
kinds of row are known by their tag and checked for what they are. Ties count half in torch as they do here.
"""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import numpy as np
import torch
from helpers import library_boxes
from torch import Tensor

from lossviz.engine import box_losses as losses
from lossviz.engine.boxes import Boxes
from lossviz.engine.overlap import Pair

Fields = dict[str, np.ndarray]
Value = Callable[[Boxes, Boxes], Tensor]

DTYPES = {"f32": torch.float32, "f64": torch.float64}
# Relative to the larger of 1 and the number, as the reference numbers come. Found: 2e-6 and 8e-15.
TOLERANCE = {"f32": 1e-5, "f64": 1e-10}
# SIoU's slopes in float32: the centres of boxes 1e-3 wide are 5e-5 apart, and two of seven digits are gone before it starts.
SIOU_TOLERANCE = {"f32": 3e-5, "f64": 1e-10}
# What mmdetection adds to the factor of an average.
FLOAT32_DIGIT = 1.1920929e-7

# Tags of pairs whose overlap is exactly 0 along an axis. mmdetection lets the slope through there; ours is 0.
TOUCHING = {4: "edges touch", 5: "corners touch", 6: "prediction without size", 7: "target without size", 8: "both"}
# mmdetection cuts CIoU and SIoU to -1 to 1 and lets the slope through on the border too; ours is half of it.
BORDER = {8: "two points apart: in float32 the CIoU is exactly -1"}
CUTS = {"ciou": (0, 2), "siou": (0, 2), "siou_neggamma": (0, 2)}
# Tags of pairs where the original's slope is nan; ours is finite.
UNDEFINED = {
    ("torchvision", "ciou"): {6: "w/h of a box without height", 7: "the target's", 8: "both"},
    ("mmdet", "ciou"): {2: "alpha = 0/0 where the IoU is exactly 1, so in float32"},
    ("mmdet", "siou"): {8: "no width to compare"},
    ("mmdet", "siou_neggamma"): {8: "no width to compare"},
}


def kind_by_fields(fields: Mapping[str, np.ndarray]) -> str | None:
    """Which of the kinds below a file is, if one; which loss, the fields alone cannot tell."""
    if "in_pred" in fields and "f64_loss_eps0_grad" in fields:
        return "mmdet_box_terms" if fields["f64_loss_eps0"].ndim == 2 else "mmdet_box_loss"
    if "in_boxes1" in fields and "f64_loss_eps0_grad1" in fields:
        return "torchvision_box_loss"
    if "in_boxes1" in fields and "f64_box_iou" in fields:
        return "torchvision_iou_matrices"
    return None


def named(path: Path, known: Mapping[str, losses.LibraryLoss]) -> str:
    """The loss a file is about is the longest name its own begins with: ``box_siou_neggamma``, ``ciou_loss``."""
    stem = path.stem.removeprefix("box_")
    names = [name for name in known if stem.startswith(name)]
    assert names, f"the name of a file of this kind begins with one of {', '.join(known)}; this is {stem}"
    return max(names, key=len)


def close(ours: Tensor, theirs: np.ndarray, tolerance: float) -> None:
    """To the tolerance times the larger of 1 and the number; nan and infinite where the original is."""
    scale = np.where(np.isfinite(theirs), np.maximum(1, np.abs(theirs)), 1)
    np.testing.assert_allclose(ours.detach().numpy() / scale, theirs / scale, rtol=0, atol=tolerance)


def by_corners(xyxy: Tensor) -> Boxes:
    """Boxes whose edges are the given corners: float32 would round x - w/2, and identical boxes would not be."""
    left, top, right, bottom = xyxy.unbind(-1)
    boxes = Boxes((left + right) / 2, (top + bottom) / 2, right - left, bottom - top)
    vars(boxes).update(left=left, top=top, right=right, bottom=bottom)
    return boxes


def in_corners(slope: Boxes) -> Tensor:
    """d/d(x1, y1, x2, y2) of a slope in x, y, w, h."""
    x, y, w, h = torch.broadcast_tensors(*slope)
    return torch.stack([x / 2 - w, y / 2 - h, x / 2 + w, y / 2 + h], -1)


def automatic(value: Value, ours: Tensor, theirs: Boxes) -> Tensor:
    """What torch makes of the value, with its own rule where boxes touch."""
    corners = ours.clone().requires_grad_()
    (found,) = torch.autograd.grad(value(by_corners(corners), theirs).sum(), corners)
    return found


def check_torchvision_loss(path: Path, fields: Fields) -> None:
    name = named(path, losses.TORCHVISION)
    loss, tag = losses.TORCHVISION[name], fields["tag"]
    for precision, dtype in DTYPES.items():
        within = TOLERANCE[precision]
        a, b = (by_corners(torch.from_numpy(fields[key]).to(dtype)) for key in ("in_boxes1", "in_boxes2"))
        for number, eps in enumerate(fields["cfg_eps"].tolist()):
            key = f"{precision}_loss_eps{number}"
            close(loss.value(a, b, eps), fields[key], within)
            # Both boxes are treated alike, so the slope in the second is that of the pair turned round.
            for which, slope in ((1, loss.slope(a, b, eps)), (2, loss.slope(b, a, eps))):
                found, theirs = in_corners(slope), fields[f"{key}_grad{which}"]
                close(found[keep(found, theirs, tag, name)], theirs[keep(found, theirs, tag, name)], within)
        default = loss.value(a, b, loss.eps)[tag < 6]
        close(default.mean(), fields[f"{precision}_mean"], within)
        close(default.sum(), fields[f"{precision}_sum"], within)
        none = loss.value(a.pick(slice(0)), b.pick(slice(0)), loss.eps)
        close(none.sum(), fields[f"{precision}_empty_mean"], 0)


def keep(found: Tensor, theirs: np.ndarray, tag: np.ndarray, name: str, library: str = "torchvision") -> np.ndarray:
    """Rows where the original has a slope; the others are known, and ours is finite there."""
    undefined = np.isnan(theirs).any(-1)
    assert set(tag[undefined].tolist()) <= set(UNDEFINED.get((library, name), ()))
    assert found.isfinite().all()
    return ~undefined


def check_mmdet_loss(path: Path, fields: Fields) -> None:
    name = named(path, library_boxes.MMDET)
    loss = library_boxes.MMDET[name]
    value, slope = loss.value, loss.slope
    if "cfg_smooth_point" in fields:
        knob = float(fields["cfg_smooth_point"])
        value, slope = partial(value, smooth_point=knob), partial(slope, smooth_point=knob)
    for precision, dtype in DTYPES.items():
        within, tag = TOLERANCE[precision], fields["tag"]
        slope_within = SIOU_TOLERANCE[precision] if "siou" in name else within
        corners, target = (torch.from_numpy(fields[key]).to(dtype) for key in ("in_pred", "in_target"))
        a, b = by_corners(corners), by_corners(target)
        touching = (torch.stack(Pair(a, b).overlap_widths) == 0).any(0).numpy()
        assert set(tag[touching].tolist()) <= set(TOUCHING)
        for number, eps in enumerate(fields["cfg_eps"].tolist()):
            key = f"{precision}_loss_eps{number}"
            close(value(a, b, eps), fields[key], within)
            theirs, ours = fields[f"{key}_grad"], in_corners(slope(a, b, eps))
            by_torch = automatic(lambda p, t, eps=eps: value(p, t, eps), corners, b)
            defined = keep(ours, theirs, tag, name, "mmdet")
            border = defined & np.isin(fields[key], CUTS.get(name, ())) & theirs.any(-1)
            assert set(tag[border].tolist()) <= set(BORDER)
            let_through = touching | border
            close(ours[defined & ~let_through], theirs[defined & ~let_through], slope_within)
            close(by_torch[defined & let_through], theirs[defined & let_through], slope_within)
        eps = float(fields["cfg_eps"][0])
        check_reductions(fields, precision, value(a, b, eps), in_corners(slope(a, b, eps)), touching)


def check_reductions(fields: Fields, precision: str, rows: Tensor, slopes: Tensor, touching: np.ndarray) -> None:
    """Mean, sum, and with weights the mean over all rows and the sum over a factor; over ordinary rows."""
    within, ordinary = TOLERANCE[precision], (fields["tag"] < 6) & (fields["tag"] != 2)
    weight = torch.from_numpy(fields["in_weight"]).to(rows.dtype)
    factor = float(fields["cfg_avg_factor"]) + FLOAT32_DIGIT
    some, heavy = rows[ordinary], (rows * weight)[ordinary]
    close(some.mean(), fields[f"{precision}_mean"], within)
    close(some.sum(), fields[f"{precision}_sum"], within)
    close(heavy.mean(), fields[f"{precision}_wmean"], within)
    close(heavy.sum() / factor, fields[f"{precision}_wavg"], within)
    theirs = fields[f"{precision}_wavg_grad"]
    assert not theirs[~ordinary].any()
    shared = (slopes * weight[:, None] / factor)[ordinary & ~touching]
    close(shared, theirs[ordinary & ~touching], within)


def check_mmdet_terms(path: Path, fields: Fields) -> None:
    """The bounded IoU: four terms a pair, each with a slope in its own coordinate; no row differs."""
    beta = float(fields["cfg_beta"])
    for precision, dtype in DTYPES.items():
        a, b = (by_corners(torch.from_numpy(fields[key]).to(dtype)) for key in ("in_pred", "in_target"))
        for number, eps in enumerate(fields["cfg_eps"].tolist()):
            key = f"{precision}_loss_eps{number}"
            value = library_boxes.mmdet_bounded_iou_loss(a, b, eps, beta=beta)
            slope = library_boxes.mmdet_bounded_iou_loss_slope(a, b, eps, beta=beta)
            close(value.table(), fields[key], TOLERANCE[precision])
            close(in_corners(slope), fields[f"{key}_grad"], TOLERANCE[precision])


def check_matrices(path: Path, fields: Fields) -> None:
    """All with all, and the slope of a weighted sum over ordinary boxes."""
    count = int(fields["cfg_sub"])
    # The ordinary boxes of the second set are its first ones, or its last where it is listed in reverse: the first
    # matrix says which, and the others must agree.
    ends = [slice(0, count), slice(-count, None)]
    for precision, dtype in DTYPES.items():
        a, b = (torch.from_numpy(fields[key]).to(dtype) for key in ("in_boxes1", "in_boxes2"))
        weight = torch.from_numpy(fields["in_weight"]).to(dtype)[:count, :count]
        for name, (value, slope) in library_boxes.TORCHVISION_IOUS.items():
            close(value(*all_with_all(a, b)), fields[f"{precision}_{name}"], TOLERANCE[precision])
            theirs = fields[f"{precision}_{name}_sub_grad1"]
            sums = [in_corners(weighed(slope(*all_with_all(a[:count], b[end])), weight)) for end in ends]
            nearest = min(range(len(ends)), key=lambda end: np.abs(sums[end].numpy() - theirs).max())
            close(sums[nearest], theirs, TOLERANCE[precision])
            ends = [ends[nearest]]


def all_with_all(a: Tensor, b: Tensor) -> list[Boxes]:
    """Each of the first with each of the second."""
    return [by_corners(corners) for corners in torch.broadcast_tensors(a[:, None], b)]


def weighed(slope: Boxes, weight: Tensor) -> Boxes:
    """Summed over the second set."""
    return Boxes(*((column * weight).sum(1) for column in slope))


BOX_LOSS_CHECKS: dict[str, Callable[[Path, Fields], None]] = {
    "torchvision_box_loss": check_torchvision_loss,
    "torchvision_iou_matrices": check_matrices,
    "mmdet_box_loss": check_mmdet_loss,
    "mmdet_box_terms": check_mmdet_terms,
}
