"""TensorFlow's cross-entropies, torchvision's focal loss, mmdetection's smooth L1, cross-entropies and focal loss.

Every number of every file is compared, in both precisions; a number that no line here reads is an error. A gradient is that
of the sum, by the outputs: our slope times what the reduction lets a row count. Nothing of ours differs from these programs
except where a function is named for it: ``tensorflow_slope`` of the weighted form (at logits of exactly 0: row 0 of each
file) and of the softmax (rows whose targets do not add up to 1: ``in_unnorm``).
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from helpers import library_functions
from numpy.typing import NDArray
from torch import Tensor

from lossviz.engine import reductions
from lossviz.losses import LOSSES, sparse_ce, weighted

Fields = dict[str, np.ndarray]
DTYPES = {"f32": torch.float32, "f64": torch.float64}
# Relative to the larger of 1 and the number, as the reference numbers come. Found: 5e-7 and 2e-15.
TENSORFLOW = {"f32": 2e-6, "f64": 1e-12}
MMDETECTION = {"f32": 1e-5, "f64": 1e-9}
TORCHVISION = {"f32": 1e-5, "f64": 1e-10}

Reduce = Callable[[Tensor], Tensor]


def kind_by_fields(fields: Mapping[str, np.ndarray]) -> str | None:
    """Which of the kinds below a file is, if one."""
    marks = {
        "tf_sigmoid": ("f64_sigmoid_ce",),
        "tf_weighted": ("cfg_pos_weight", "f64_weighted_ce_0"),
        "tf_softmax": ("f64_softmax_onehot",),
        "tv_focal": ("in_logits", "cfg_gamma", "f64_loss"),
        "mmdet_smooth_l1": ("f64_sl1_mean",),
        "mmdet_cross_entropy": ("in_label_bin", "f64_softmax_none"),
        "mmdet_focal": ("in_weight2", "cfg_gamma"),
    }
    return next((kind for kind, names in marks.items() if all(name in fields for name in names)), None)


class Reference:
    """A file in one precision: inputs as tensors, and results to be compared, each of which must be asked for."""

    def __init__(self, fields: Fields, precision: str, tolerance: Mapping[str, float]) -> None:
        self.fields, self.precision, self.within = fields, precision, tolerance[precision]
        self.open = {name for name in fields if name.startswith(precision)}
        self.pairs: list[tuple[NDArray[np.floating], NDArray[np.floating]]] = []

    def __getitem__(self, name: str) -> Tensor:
        """An input: numbers in this precision, labels as they are."""
        found = torch.from_numpy(self.fields[name])
        return found.to(DTYPES[self.precision]) if found.is_floating_point() else found.long()

    def number(self, name: str) -> float:
        return float(self.fields[f"cfg_{name}"])

    def same(self, name: str, ours: Tensor) -> None:
        """To the tolerance times the larger of 1 and the number; in shape, precision, nan and inf the same."""
        key = f"{self.precision}_{name}"
        theirs, found = self.fields[key], ours.detach().numpy()
        assert found.shape == theirs.shape, f"{name}: {found.shape} and {theirs.shape}"
        assert found.dtype == theirs.dtype, name
        scale = np.where(np.isfinite(theirs), np.maximum(1, np.abs(theirs)), 1)
        np.testing.assert_allclose(found / scale, theirs / scale, rtol=0, atol=self.within, err_msg=name)
        self.open.discard(key)
        if name.endswith("grad"):
            self.pairs.append((found, theirs))

    def reduced(self, name: str, loss: Tensor, slope: Tensor, reduce: Reduce) -> None:
        """A reduction, and if the file has it its gradient: the slope times what the reduction lets a row count."""
        self.same(name, reduce(loss))
        if f"{self.precision}_{name}_grad" in self.fields:
            self.same(f"{name}_grad", slope * counted(reduce, loss, slope))

    def done(self) -> None:
        assert not self.open, f"not compared: {sorted(self.open)}"


def counted(reduce: Reduce, loss: Tensor, slope: Tensor) -> Tensor:
    """What each row counts in a reduction, over all its columns."""
    moving = loss.detach().clone().requires_grad_()
    (found,) = torch.autograd.grad(reduce(moving).sum(), moving)
    return found if found.ndim == slope.ndim else found[:, None]


def both(fields: Fields, tolerance: Mapping[str, float], check: Callable[[Reference], None]) -> list[Reference]:
    """A file in both precisions, to the last number."""
    found = [Reference(fields, precision, tolerance) for precision in DTYPES]
    for reference in found:
        check(reference)
        reference.done()
    return found


# ---- TensorFlow ----


def sigmoid(r: Reference) -> None:
    z, t = r["in_logits"], r["in_labels"]
    r.same("sigmoid_ce", LOSSES["bce"].value(z, t))
    r.same("sigmoid_ce_grad", LOSSES["bce"].slope(z, t))
    r.same("sigmoid_ce_grad_labels", library_functions.bce_label_slope(z, t))


def pos_weighted(r: Reference) -> None:
    z, t = r["in_logits"], r["in_labels"]
    weights = {f"weighted_ce_{n}": float(w) for n, w in enumerate(r.fields["cfg_pos_weight"])}
    for name, w in {**weights, "weighted_ce_vec": r["cfg_pos_weight_vec"]}.items():
        r.same(name, LOSSES["weighted"].value(z, t, pos_weight=w))
        theirs = weighted.tensorflow_slope(z, t, pos_weight=w)
        r.same(f"{name}_grad", theirs)
        # Theirs is ours but at exactly 0.
        assert torch.equal(theirs[z != 0], LOSSES["weighted"].slope(z, t, pos_weight=w)[z != 0])


def softmax(r: Reference) -> None:
    z, number = r["in_logits"], r["in_sparse"]
    r.same("sparse", sparse_ce.sparse_ce(z, number))
    r.same("sparse_grad", sparse_ce.slope(z, number))
    onehot = library_functions.spelled_out(number, z)
    for name, t in {"onehot": onehot, "dist": r["in_dist"], "unnorm": r["in_unnorm"]}.items():
        loss = LOSSES["softmax_ce"].value(z, t)
        r.same(f"softmax_{name}", loss)
        r.same(f"softmax_{name}_grad", library_functions.tensorflow_softmax_slope(z, t))
        r.same(f"softmax_{name}_grad_labels", library_functions.softmax_label_slope(z, t))
        if name != "unnorm":
            # Targets that add up to 1: theirs is ours, to what float32 leaves of the sum.
            torch.testing.assert_close(
                LOSSES["softmax_ce"].slope(z, t), library_functions.tensorflow_softmax_slope(z, t), rtol=0, atol=1e-6
            )
    upstream = partial(reductions.per_sample, weight=r["in_upstream"])
    r.reduced("softmax_unnorm_weighted", loss, library_functions.tensorflow_softmax_slope(z, t), upstream)


# ---- torchvision ----


def focal(r: Reference) -> None:
    z, t = r["in_logits"], r["in_targets"]
    knobs = {"alpha": r.number("alpha"), "gamma": r.number("gamma")}
    loss = LOSSES["focal"].value(z, t, **knobs)
    r.reduced("loss", loss, LOSSES["focal"].slope(z, t, **knobs), reductions.none)
    r.same("mean", reductions.mean(loss))
    r.same("sum", reductions.total(loss))


# ---- mmdetection ----


def weighted_by(weight: Tensor, reduce: Reduce) -> Reduce:
    """Each row, or each number, times its weight, then reduced."""
    return lambda loss: reduce(reductions.per_sample(loss, weight if weight.ndim == loss.ndim else weight[:, None]))


def averaged(factor: float) -> Reduce:
    return lambda loss: reductions.by_avg_factor(loss, factor)


def legacy(factor: float) -> Reduce:
    return lambda loss: library_functions.by_legacy_factor(loss, factor)


def smooth_l1(r: Reference) -> None:
    y, t, weight = r["in_pred"], r["in_target"], r["in_weight"]
    beta, factor = {"beta": r.number("beta")}, r.number("avg_factor")
    for name, key, knobs in (("sl1", "smooth_l1", beta), ("l1", "l1", {}), ("mse", "l2", {})):
        loss, slope = LOSSES[key].value(y, t, **knobs), LOSSES[key].slope(y, t, **knobs)
        r.reduced(f"{name}_mean", loss, slope, reductions.mean)
        r.reduced(f"{name}_sum", loss, slope, reductions.total)
        r.reduced(f"{name}_wmean", loss, slope, weighted_by(weight, reductions.mean))
        r.reduced(f"{name}_wavg", loss, slope, weighted_by(weight, averaged(factor)))
    loss, slope = LOSSES["smooth_l1"].value(y, t, **beta), LOSSES["smooth_l1"].slope(y, t, **beta)
    r.reduced("none", loss, slope, reductions.none)
    own = weighted_by(weight, legacy(library_functions.legacy_box_factor(weight)))
    r.reduced("legacy_weighted_smoothl1", loss, slope, own)
    r.reduced("legacy_weighted_smoothl1_avg", loss, slope, weighted_by(weight, legacy(factor)))
    r.same("wavg_zero_factor", weighted_by(weight * 0, averaged(0))(loss))
    r.same("legacy_zero_weight", weighted_by(weight * 0, legacy(library_functions.legacy_box_factor(weight * 0)))(loss))


def mean_of(r: Reference, count: Tensor) -> Reduce:
    """Over all, or over what is not ignored, and then with the eps."""
    return averaged(float(count.sum())) if r.fields["cfg_avg_non_ignore"] else reductions.mean


def cross_entropy(r: Reference) -> None:
    with_numbers(r)
    spelled_out(r)
    soft(r)
    first_version(r)


def class_weights(r: Reference) -> Tensor:
    given = r["cfg_class_weight"]
    return given if r.fields["cfg_use_class_weight"] else torch.ones_like(given)


def with_numbers(r: Reference) -> None:
    """One softmax a row. Class weights never enter the divisor."""
    z, number, weight = r["in_pred"], r["in_label"], r["in_weight"]
    ignored = int(r.fields["cfg_ignore_index"])
    given: dict[str, Any] = {"class_weight": class_weights(r), "ignore_index": ignored}
    loss, slope = (
        library_functions.labelled_ce(z, number, **given),
        library_functions.labelled_ce_slope(z, number, **given),
    )
    mean = mean_of(r, number != ignored)
    r.reduced("softmax_none", loss, slope, reductions.none)
    r.reduced("softmax_mean", loss, slope, mean)
    r.reduced("softmax_wmean", loss, slope, weighted_by(weight, mean))
    r.reduced("softmax_wavg", loss, slope, weighted_by(weight, averaged(r.number("avg_factor"))))


def spelled_out(r: Reference) -> None:
    """One sigmoid a class, from class numbers: a row that says nothing weighs nothing; class weights weigh positives."""
    z, number, weight = r["in_pred"], r["in_label_bin"], r["in_weight"]
    t = library_functions.spelled_out(number, z)
    said = library_functions.valid(number, int(r.fields["cfg_ignore_index"]))[:, None].expand_as(z)
    loss, slope = (
        way(z, t, pos_weight=class_weights(r)) for way in (LOSSES["weighted"].value, LOSSES["weighted"].slope)
    )
    heard = partial(weighted_by, said.to(z.dtype))
    r.reduced("bin_none", loss, slope, heard(reductions.none))
    r.reduced("bin_mean", loss, slope, heard(mean_of(r, said)))
    r.reduced("bin_wavg", loss, slope, heard(weighted_by(weight, averaged(r.number("avg_factor")))))
    r.reduced("bin_wsum", loss, slope, heard(weighted_by(weight, reductions.total)))


def soft(r: Reference) -> None:
    """One sigmoid a class, with soft targets; those below 0 say nothing."""
    z, t, weight = r["in_pred"], r["in_target_soft"], r["in_weight_col"]
    loss, slope = (
        way(z, t, pos_weight=class_weights(r)) for way in (LOSSES["weighted"].value, LOSSES["weighted"].slope)
    )
    heard = partial(weighted_by, (t >= 0).to(z.dtype))
    r.reduced("soft_none", loss, slope, heard(reductions.none))
    r.reduced("soft_mean", loss, slope, heard(mean_of(r, t >= 0)))
    r.reduced("soft_wsum", loss, slope, heard(weighted_by(weight.expand_as(z), reductions.total)))


def first_version(r: Reference) -> None:
    """Without class weights and without an ignored label: only rows whose label is a class."""
    z, number, weight = r["in_pred"], r["in_label"], r["in_weight"]
    known = (number >= 0) & (number < z.shape[1])
    kept = weight[known]
    loss, slope = sparse_ce.sparse_ce(z[known], number[known]), sparse_ce.slope(z[known], number[known])
    own = weighted_by(kept, legacy(library_functions.legacy_label_factor(kept)))
    r.same("legacy_weighted_ce", own(loss))
    gradient = torch.zeros_like(z)
    gradient[known] = slope * counted(own, loss, slope)
    r.same("legacy_weighted_ce_grad", gradient)
    r.same("legacy_weighted_ce_avg", weighted_by(kept, legacy(r.number("avg_factor")))(loss))
    t, column = r["in_target_soft"], r["in_weight_col"].expand_as(z)
    own = weighted_by(column, legacy(library_functions.legacy_label_factor(column)))
    r.reduced("legacy_weighted_bce", LOSSES["bce"].value(z, t), LOSSES["bce"].slope(z, t), own)


LOSS_WEIGHT = 1.5
"""Of the module that computed ``module_intlabel_avg``."""


def mmdet_focal(r: Reference) -> None:
    z, t, row, each = r["in_pred"], r["in_target"], r["in_weight"], r["in_weight2"]
    factor, knobs = r.number("avg_factor"), {"alpha": r.number("alpha"), "gamma": r.number("gamma")}
    loss, slope = LOSSES["focal"].value(z, t, **knobs), LOSSES["focal"].slope(z, t, **knobs)
    r.reduced("none", loss, slope, reductions.none)
    r.same("mean", reductions.mean(loss))
    r.same("sum", reductions.total(loss))
    r.reduced("w_avg", loss, slope, weighted_by(row, averaged(factor)))
    r.reduced("w2_mean", loss, slope, weighted_by(each, reductions.mean))
    own = weighted_by(each, legacy(library_functions.legacy_focal_factor(each, z.shape[1])))
    r.reduced("legacy", loss, slope, own)
    r.reduced("legacy_avg", loss, slope, weighted_by(each, legacy(factor)))
    t = library_functions.spelled_out(r["in_label"], z)
    module = weighted_by(row * LOSS_WEIGHT, averaged(factor))
    r.reduced("module_intlabel_avg", LOSSES["focal"].value(z, t, **knobs), LOSSES["focal"].slope(z, t, **knobs), module)


KINDS: dict[str, tuple[Mapping[str, float], Callable[[Reference], None]]] = {
    "tf_sigmoid": (TENSORFLOW, sigmoid),
    "tf_weighted": (TENSORFLOW, pos_weighted),
    "tf_softmax": (TENSORFLOW, softmax),
    "tv_focal": (TORCHVISION, focal),
    "mmdet_smooth_l1": (MMDETECTION, smooth_l1),
    "mmdet_cross_entropy": (MMDETECTION, cross_entropy),
    "mmdet_focal": (MMDETECTION, mmdet_focal),
}


def check(path: Path, fields: Fields) -> None:
    """A file of one of these kinds."""
    kind = kind_by_fields(fields)
    assert kind is not None, path
    both(fields, *KINDS[kind])


FUNCTION_CHECKS: dict[str, Callable[[Path, Fields], None]] = dict.fromkeys(KINDS, check)


def gradients(path: Path) -> Iterator[tuple[NDArray[np.floating], NDArray[np.floating]]]:
    """Ours and theirs, in double precision."""
    with np.load(path, allow_pickle=False) as archive:
        fields = {name: archive[name] for name in archive.files}
    kind = kind_by_fields(fields)
    assert kind is not None, path
    yield from both(fields, *KINDS[kind])[-1].pairs
