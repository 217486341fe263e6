"""Derivations: every line is the number it claims, as computed, as printed, and as automatic differentiation has it."""

import math
import re
from collections.abc import Callable
from itertools import product

import pytest
import torch
from helpers.latex import evaluate
from torch import Tensor

from lossviz.derivations import DERIVATIONS
from lossviz.derivations.line import Derivation, Line, Point, point_of
from lossviz.derivations.spell import own, with_numbers
from lossviz.engine.rules import RULES

POINTS = {
    "logit": [point_of("logit", z, t, (), 0) for z, t in ((-6.8374, 1.0), (0.4, 0.35), (3.0, 0.0), (-1.2, 0.6))],
    "classes": [
        point_of("classes", 0, 0, scores, kind)
        for scores, kind in (((2.0, 1.0, 0.0), 1), ((-1.5, 0.3, 2.2), 0), ((0.1, 0.2, 0.3), 2))
    ],
}
START: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "sigmoid_bce": lambda a, t: torch.nn.functional.binary_cross_entropy(a, t),
    "l2": lambda a, t: (a - t) ** 2,
    "sigmoid_l2": lambda a, t: (a - t) ** 2 / 2,
    "softmax_ce": lambda a, t: -(t * a.log()).sum(),
    "softmax_l2": lambda a, t: ((a - t) ** 2).sum() / 2,
}
"""The loss each begins with, of outputs and targets."""
EACH = pytest.mark.parametrize("derivation", DERIVATIONS.values(), ids=lambda one: one.key)
DEFINITION = r" \quad S = \sum_k e^{z_k}"


def activate(z: Tensor) -> Tensor:
    return z.softmax(-1) if z.ndim else z.sigmoid()


def slope(value: Tensor, x: Tensor) -> Tensor:
    (found,) = torch.autograd.grad(value, x)
    return found


def left_side(left: str, derivation: Derivation, p: Point) -> Tensor:
    """What a left side stands for, by automatic differentiation of what the derivation begins with."""
    z = p.z.clone().requires_grad_()
    a = activate(z)
    free = a.detach().requires_grad_()
    loss = START.get(derivation.key, lambda a, t: a.sum())
    half = 0.5 if r"\frac{1}{2}" in left else 1.0
    ways: dict[str, Callable[[], Tensor]] = {
        "L": lambda: half * loss(a, p.t),
        "u": lambda: a - p.t,
        "a": lambda: a,
        "S": lambda: z.exp().sum(),
        "a_i": lambda: a[p.i],
        r"\frac{dL}{da}": lambda: half * slope(loss(free, p.t), free),
        r"\frac{da}{dz}": lambda: slope(a, z),
        r"\frac{dL}{dz}": lambda: slope(loss(a, p.t), z),
        r"\frac{\partial L}{\partial z_i}": lambda: slope(loss(a, p.t), z),
        r"\frac{\partial a_i}{\partial z_i}": lambda: slope(a[p.i], z)[p.i],
        r"\frac{\partial a_i}{\partial z_j}": lambda: slope(a[p.i], z)[p.j],
        r"\frac{\partial L}{\partial a_k}": lambda: slope(loss(free, p.t), free),
        r"\frac{\partial a_k}{\partial z_i}": lambda: torch.stack([slope(activate(y)[k], y) for k, y in rows(p)]),
        r"\frac{dL}{du}": lambda: 2 * (a - p.t),
        r"\frac{du}{da}": lambda: torch.ones_like(a),
    }
    bare = left.replace(r"\frac{d}{da} \frac{1}{2} L", r"\frac{dL}{da}").replace(r"\frac{1}{2} ", "")
    return ways[bare]().detach()


def rows(p: Point) -> list[tuple[int, Tensor]]:
    return [(k, p.z.clone().requires_grad_()) for k in range(len(p.z))]


def differentiated(written: str, p: Point) -> Tensor:
    r"""The value of ``\frac{d}{da} \ln a``: what stands behind the operator is read, then differentiated."""
    found = re.fullmatch(r"\\frac\{(?:d|\\partial)\}\{(?:d|\\partial )(\w)(?:_(\w))?\} (.*)", written)
    assert found, written
    name, index, body = found.groups()
    values = {"z": p.z, "a": p.a, "t": p.t}
    values[name] = values[name].clone().requires_grad_()
    read = evaluate(body + (DEFINITION if "S" in body else ""), **{"t": p.t, "a": p.a, **values})
    derivative = slope(read[p.i] if read.ndim else read, values[name])
    return derivative[{"i": p.i, "j": p.j}[index]] if index else derivative


def printed(line: Line, p: Point) -> Tensor:
    """The value of the right side as it is printed; derivatives that still stand in it are given."""
    latex, given = line.latex, {"z": p.z, "t": p.t, "a": p.a, "u": p.a - p.t}
    for n, (written, value) in enumerate(line.slopes.items()):
        letter = "PQR"[n]
        given[letter] = value(p)
        index = "".join(one for one in ("k", "i") if f"_{one}" in written)[: given[letter].ndim]
        latex = latex.replace(written, f"{letter}_{{{index}}}" if index else letter)
    found = evaluate(latex + (DEFINITION if "S" in latex else ""), **given)
    wanted = line.value(p)
    if found.ndim == wanted.ndim:
        return found
    place = {"i": p.i, "j": p.j}
    return found[tuple(place[one] for one in ("i", "j") if f"_{one}" in latex)]


def same(line: Line, found: Tensor, wanted: Tensor) -> None:
    torch.testing.assert_close(
        found, wanted, rtol=1e-9, atol=1e-12, msg=lambda said: f"{line.left} = {line.latex}: {said}"
    )


@EACH
def test_a_line_is_the_number_that_its_left_side_stands_for(derivation: Derivation) -> None:
    for line, p in product(derivation.lines, POINTS[derivation.of]):
        same(line, line.value(p), left_side(line.left, derivation, p))


@EACH
def test_a_line_is_the_number_that_its_formula_says(derivation: Derivation) -> None:
    for line, p in product(derivation.lines, POINTS[derivation.of]):
        same(line, line.value(p), printed(line, p))


@EACH
def test_a_derivative_that_still_stands_in_a_line_has_the_value_that_is_shown(derivation: Derivation) -> None:
    for line, p in product(derivation.lines, POINTS[derivation.of]):
        for written, value in line.slopes.items():
            assert written in line.latex
            operator = re.match(r"\\frac\{(d|\\partial)\}", written)
            same(line, value(p), differentiated(written, p) if operator else left_side(written, derivation, p))


@EACH
def test_a_line_with_numbers_in_it_comes_to_what_it_says(derivation: Derivation) -> None:
    """Four digits a number: a fraction of a few such is good to a hundredth."""
    for line, p in product(derivation.lines, POINTS[derivation.of]):
        *sides, last = with_numbers(line, p).split(" = ")
        assert evaluate(last).item() == pytest.approx(own(line, p), rel=6e-4, abs=1e-12)
        for side in sides:
            assert evaluate(side).item() == pytest.approx(own(line, p), rel=0.02, abs=2e-3), line.latex


def test_every_line_uses_a_rule_of_the_table_and_every_derivation_ends_in_a_result() -> None:
    for derivation in DERIVATIONS.values():
        assert {line.rule for line in derivation.lines} <= RULES.keys()
        assert derivation.lines[-1].result
        lefts = [line.left for line in derivation.lines]
        assert [left for n, left in enumerate(lefts) if left not in lefts[:n]] == [
            left for n, left in enumerate(lefts) if n == 0 or left != lefts[n - 1]
        ], "lines of one left side stand together"


def results(key: str, p: Point) -> list[Tensor]:
    return [line.value(p) for line in DERIVATIONS[key].lines if line.result]


def test_output_minus_target_is_the_slope_in_the_logit_for_cross_entropy_but_in_the_output_for_squared_error() -> None:
    p = point_of("logit", math.log(0.01 / 0.99), 1.0, (), 0)
    by_a, _, bce_by_z = results("sigmoid_bce", p)
    assert by_a.item() == pytest.approx(-100)
    assert bce_by_z.item() == pytest.approx(-0.99)
    assert [value.item() for value in results("l2", p)] == [pytest.approx(-1.98), pytest.approx(-0.99)]
    squared_by_a, squared_by_z = results("sigmoid_l2", p)
    assert squared_by_a.item() == pytest.approx(-0.99)
    assert squared_by_z.item() == pytest.approx(-0.009801)
    assert (bce_by_z / squared_by_z).item() == pytest.approx(101.0101, rel=1e-6)


def test_behind_a_softmax_cross_entropy_and_squared_error_push_differently() -> None:
    p = point_of("classes", 0, 0, (2.0, 1.0, 0.0), 1)
    assert results("softmax_ce", p)[0].tolist() == pytest.approx([0.665241, -0.755272, 0.0900306], rel=1e-5)
    assert results("softmax_l2", p)[0].tolist() == pytest.approx([0.265715, -0.249889, -0.0158259], rel=1e-5)


def test_numbers_stand_where_letters_stood() -> None:
    p = point_of("logit", -6.8374, 1.0, (), 0)
    assert with_numbers(DERIVATIONS["sigmoid_bce"].lines[-1], p) == "0.001072 - 1 = -0.9989"
    assert with_numbers(DERIVATIONS["l2"].lines[1], p) == "(-0.9989)^2 = 0.9979"
    near = point_of("logit", 12.0, 0.0, (), 0)
    assert with_numbers(DERIVATIONS["sigmoid_bce"].lines[6], near).startswith(r"\frac{0.999993856 - 0}")
    classes = point_of("classes", 0, 0, (2.0, 1.0, 0.0), 1)
    said = with_numbers(DERIVATIONS["softmax_ce"].lines[0], classes)
    assert said == r"-\bigl(0 \cdot \ln 0.6652 + 1 \cdot \ln 0.2447 + 0 \cdot \ln 0.09003\bigr) = 1.408"
