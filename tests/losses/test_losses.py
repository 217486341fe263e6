"""Every building block: its printed formula, its slope, its extremes, and what PyTorch computes under its name."""

import itertools
import re
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
import torch
from helpers.latex import evaluate
from torch import Tensor

from lossviz.losses import LOSSES, found
from lossviz.losses.function import Function

every_function = pytest.mark.parametrize("function", LOSSES.values(), ids=LOSSES)
ROWS = ("classes", "distribution")
PLACES = {
    "output": (-3.0, -1.2, -1.0, -0.3, 0.0, 0.5, 1.0, 1.5, 2.9),
    "size": (0.02, 0.3, 0.41, 0.7, 1.0),
    "probability": (0.02, 0.3, 0.5, 0.77, 0.98),
    "logit": (-7.3, -1.0, 0.0, 0.4, 2.0, 8.0),
}
TARGETS = {
    "output": (0.0, 0.5),
    "size": (0.3, 0.7),
    "probability": (0.1, 0.3, 0.9),
    "logit": (0.0, 0.3, 1.0),
}
"""At the ends of 0 to 1, where the printed formula takes the logarithm of 0, see below."""
SOURCE = re.compile(r"(19|20)\d\d,|[\w-]+/[\w-]+, [\w/]+\.(c|py), .*\b([0-9a-f]{40}|v\d+\.\d+\.\d+)$")
"""A paper and its year; or repository, file and commit, or release."""
OUTSIDE = {"focal": "torchvision"}
"""Whose call needs another library than torch."""


def numbers(*values: Any) -> Tensor:
    return torch.tensor(values, dtype=torch.float64)


def near(found: Tensor, meant: Any, atol: float = 1e-12, rtol: float = 1e-11) -> None:
    torch.testing.assert_close(
        found, torch.as_tensor(meant, dtype=torch.float64).expand_as(found), rtol=rtol, atol=atol
    )


def arguments(function: Function) -> tuple[Tensor, Tensor]:
    """What is said and what is wanted: all places with all targets, or rows of three classes, hard and soft."""
    if function.variable not in ROWS:
        pairs = itertools.product(PLACES[function.variable], TARGETS[function.variable])
        x, t = numbers(*pairs).unbind(-1)
        return x, t
    z = torch.randn(12, 3, generator=torch.Generator().manual_seed(5), dtype=torch.float64) * 2
    t = numbers((1, 0, 0), (0, 0, 1), (0.2, 0.5, 0.3), (0.25, 0.7, 0.05)).repeat(3, 1)
    return (z, t) if function.variable == "classes" else (torch.softmax(z, -1), torch.softmax(z.flip(0), -1))


def settings(function: Function) -> Iterator[dict[str, float]]:
    """The knobs where they stand, and turned."""
    yield dict(function.usual)
    if function.knobs:
        yield {knob.name: 0.4 * max(knob.low, 0) + 0.6 * knob.high for knob in function.knobs}


def in_letters(function: Function, x: Tensor, t: Tensor, knobs: dict[str, float]) -> dict[str, Any]:
    """The arguments by the names that stand in the formula."""
    given: dict[str, Any] = {function.letter: x, "t": t, "C": x.shape[-1] if x.ndim else 1}
    given |= {knob.letter or knob.name: knobs[knob.name] for knob in function.knobs}
    if function.key == "sparse_ce":
        given["t"] = t.argmax(-1)
    if function.key == "focal_softmax":
        given["alpha"] = torch.full((x.shape[-1],), knobs["alpha"], dtype=torch.float64)
    return given


@every_function
def test_the_printed_formulas_are_what_is_computed(function: Function) -> None:
    x, t = arguments(function)
    for knobs in settings(function):
        given = in_letters(function, x, t, knobs)
        near(function.value(x, t, **knobs), evaluate(function.latex, **given))
        near(function.slope(x, t, **knobs), evaluate(function.slope_latex, **given))


@every_function
def test_the_slope_is_what_automatic_differentiation_finds(function: Function) -> None:
    x, t = arguments(function)
    for knobs in settings(function):
        moving = x.clone().requires_grad_()
        (slope,) = torch.autograd.grad(function.value(moving, t, **knobs).sum(), moving)
        near(function.slope(x, t, **knobs), slope)


@every_function
def test_the_slope_is_the_slope_of_the_value_and_half_way_between_two_sides(function: Function) -> None:
    x, t = arguments(function)
    for knobs in settings(function):
        near(function.slope(x, t, **knobs), difference(partial(function.value, **knobs), function, x, t), 1e-6, 1e-6)


def difference(value: Any, function: Function, x: Tensor, t: Tensor, step: float = 1e-6) -> Tensor:
    """Central: at a corner the mean of both sides."""
    if function.variable not in ROWS:
        return (value(x + step, t) - value(x - step, t)) / (2 * step)
    sides = [torch.eye(x.shape[-1], dtype=x.dtype)[k] * step for k in range(x.shape[-1])]
    return torch.stack([(value(x + side, t) - value(x - side, t)) / (2 * step) for side in sides], -1)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize(
    "function", [f for f in LOSSES.values() if f.variable in ("output", "logit", "classes")], ids=lambda f: f.key
)
def test_no_output_and_no_logit_is_too_large(function: Function, dtype: torch.dtype) -> None:
    far = torch.tensor([1000.0, -1000.0, 88.0, -104.0, 0.0], dtype=dtype)
    for t, knobs in itertools.product((0.0, 0.3, 1.0), [*settings(function), *lowest(function)]):
        x, wanted = far, torch.full_like(far, t)
        if function.variable == "classes":
            x, wanted = torch.stack([far, far.flip(0), far * 0], -1), torch.stack([wanted, 1 - wanted, wanted * 0], -1)
        value, slope = function.value(x, wanted, **knobs), function.slope(x, wanted, **knobs)
        assert value.dtype == slope.dtype == dtype
        assert value.isfinite().all()
        assert slope.isfinite().all()
        assert slope.shape == x.shape


def lowest(function: Function) -> Iterator[dict[str, float]]:
    """All knobs at their lower bounds, and a gamma between 0 and 1."""
    yield {knob.name: knob.low for knob in function.knobs}
    if any(knob.name == "gamma" for knob in function.knobs):
        yield {**function.usual, "gamma": 0.5}


@every_function
def test_pytorch_computes_the_same_under_the_name_that_is_given(function: Function) -> None:
    assert function.torch or function.key == "focal_softmax", "PyTorch has no focal loss of a softmax"
    x, t = arguments(function)
    for knobs, call in itertools.product(settings(function), function.torch):
        if function.key in OUTSIDE:
            assert call.startswith(OUTSIDE[function.key])
            continue
        near(eval(call, {"torch": torch, function.letter: x, "t": t, **knobs}), function.value(x, t, **knobs))


@every_function
def test_a_function_says_where_it_stands(function: Function) -> None:
    assert function.key in found()
    assert function.value.__module__ == f"lossviz.losses.{function.key}"
    assert function.tensorflow
    assert all(call.count("(") == call.count(")") for call in (*function.torch, *function.tensorflow))
    assert all(SOURCE.search(source) for source in function.sources)
    for knob in function.knobs:
        assert knob.low <= knob.usual <= knob.high
    low, high = function.span
    x = torch.linspace(low, high, 5, dtype=torch.float64)
    assert low < high
    if function.variable not in ROWS:
        assert function.value(x, torch.full_like(x, function.target), **function.usual).isfinite().all()
