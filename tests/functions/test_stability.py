"""Where cross-entropies break, by how they are written and in how many digits."""

from typing import get_args

import pytest
import torch
from helpers.latex import evaluate
from torch import Tensor

from lossviz.functions.stability import DTYPES, FORMS, Family, Form, Way, first_break, truth, values
from lossviz.losses.bce import slope as bce_slope
from lossviz.losses.weighted import slope as weighted_slope
from lossviz.losses.weighted import tensorflow_slope, weighted

FAR = torch.linspace(-1000, 1000, 401, dtype=torch.float64)
NEAR = torch.tensor([-7.0, -1.0, 0.0, 0.3, 5.0], dtype=torch.float64)
FAMILIES, WAYS = get_args(Family), get_args(Way)
# What a stable form loses: the digits of its type. float16 has three, and the loss of a logit near 0 is a difference.
LOST = {"float16": 2e-3, "float32": 5e-7, "float64": 1e-15}


def slopes(form: Form, dtype: str, z: Tensor, t: float, w: float = 1.0) -> Tensor:
    """What automatic differentiation makes of a form in that precision: a value may be right and its slope nan."""
    low = z.to(DTYPES[dtype], copy=True).requires_grad_()
    (found,) = torch.autograd.grad(form.value(low, torch.full_like(low, t), w).sum(), low)
    return found.double()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("family", FAMILIES)
def test_both_ways_are_the_same_loss_and_as_printed(family: Family, way: Way) -> None:
    form = FORMS[family][way]
    for t in (0.0, 0.3, 1.0):
        wanted = torch.full_like(NEAR, t)
        w = 10.0 if family == "weighted" else 1.0
        said = values(form, "float64", NEAR, t, w)
        torch.testing.assert_close(said, weighted(NEAR, wanted, pos_weight=w), rtol=1e-12, atol=1e-12)
        pairs = family == "softmax"
        z = torch.stack([NEAR, NEAR * 0], -1) if pairs else NEAR
        targets = torch.stack([wanted, 1 - wanted], -1) if pairs else wanted
        torch.testing.assert_close(said, evaluate(form.latex, z=z, t=targets, w=w), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("family", FAMILIES)
def test_a_stable_form_never_breaks(family: Family, dtype: str) -> None:
    for t in (0.0, 0.3, 1.0):
        assert first_break(family, "stable", dtype, t, 10.0) is None
        assert first_break(family, "stable", dtype, t, 10.0, side=-1) is None
        said, true = values(FORMS[family]["stable"], dtype, FAR, t), truth(family, dtype, FAR, t)
        assert ((said - true).abs() / true.abs().clamp(min=1)).max() < LOST[dtype]
        assert slopes(FORMS[family]["stable"], dtype, FAR, t).isfinite().all()


BREAKS = {
    # (form, type, target, side): where, and how. The last digits of an exponential are the processor's.
    ("sigmoid", "float16", 0.0, 1): (4.9, "error"),
    ("sigmoid", "float32", 0.0, 1): (15.0, "error"),
    ("sigmoid", "float64", 0.0, 1): (35.65, "error"),
    ("sigmoid", "float32", 1.0, 1): (16.65, "nan"),
    ("sigmoid", "float64", 1.0, 1): (36.75, "nan"),
    ("sigmoid", "float32", 1.0, -1): (-88.75, "inf"),
    ("sigmoid", "float64", 1.0, -1): (-709.8, "inf"),
    ("softmax", "float16", 1.0, 1): (11.1, "nan"),
    ("softmax", "float32", 1.0, 1): (88.75, "nan"),
    ("softmax", "float64", 1.0, 1): (709.8, "nan"),
}


@pytest.mark.parametrize("case", BREAKS, ids=str)
def test_the_formula_as_it_stands_breaks_where_its_digits_end(case: tuple[Family, str, float, int]) -> None:
    family, dtype, t, side = case
    found = first_break(family, "naive", dtype, t, side=side)
    assert found is not None
    z, kind = BREAKS[case]
    assert found.z == pytest.approx(z, abs=0.3)
    assert found.kind == kind


def test_a_weight_moves_no_break() -> None:
    plain, heavy = (first_break("weighted", "naive", "float32", 1.0, w) for w in (1.0, 10.0))
    assert plain is not None
    assert heavy is not None
    assert (plain.z, plain.kind) == (heavy.z, heavy.kind)


def test_between_the_breaks_the_slope_of_the_naive_form_is_right_and_beyond_them_nan() -> None:
    naive = FORMS["sigmoid"]["naive"]
    torch.testing.assert_close(slopes(naive, "float64", NEAR, 0.3), bce_slope(NEAR, torch.full_like(NEAR, 0.3)))
    assert slopes(naive, "float32", torch.tensor([-1000.0]).double(), 1.0).isnan().all()


def test_at_exactly_zero_a_stable_form_has_the_slope_its_library_gives_a_corner() -> None:
    zero = torch.zeros(1, dtype=torch.float64)
    found = {way: slopes(form, "float64", zero, 1.0, 10.0).item() for way, form in FORMS["weighted"].items()}
    # PyTorch's clamp passes the whole slope at its bound, TensorFlow's relu none: twice the truth, and nothing.
    assert found == {"naive": -5.0, "stable": -10.0}
    assert weighted_slope(zero, zero + 1, pos_weight=10.0).item() == -5.0
    assert tensorflow_slope(zero, zero + 1, pos_weight=10.0).item() == 0.0
