"""The table of derivative rules: each derivative is the slope of its function, and both are what is printed."""

import pytest
import torch
from helpers.latex import evaluate
from torch import Tensor

from lossviz.engine.rules import (
    ARCUS,
    COMBINED,
    EXPONENTIALS,
    HYPERBOLIC,
    POWERS,
    REWRITTEN,
    RULES,
    TABLE,
    TRIGONOMETRIC,
    Rule,
)

FUNCTIONS = (*POWERS, *EXPONENTIALS, *TRIGONOMETRIC, *ARCUS, *HYPERBOLIC)
MEMBERS = {"u'(v)": "D", "u(v)": "C", "u'": "U", "v'": "V"}
"""What is read as one letter where functions are combined."""


def places(rule: Rule) -> Tensor:
    return torch.linspace(*rule.span, 23, dtype=torch.float64).requires_grad_()


def slope_of(value: Tensor, x: Tensor) -> Tensor:
    (slope,) = torch.autograd.grad(value.sum(), x)
    return slope


def u(x: Tensor) -> Tensor:
    return x.sin() + 0.3 * x


def du(x: Tensor) -> Tensor:
    return x.cos() + 0.3


def v(x: Tensor) -> Tensor:
    return x**2 + 1


def dv(x: Tensor) -> Tensor:
    return 2 * x


@pytest.mark.parametrize("rule", FUNCTIONS, ids=lambda rule: rule.key)
def test_a_derivative_is_the_slope_of_its_function(rule: Rule) -> None:
    x = places(rule)
    torch.testing.assert_close(rule.slope(x, **rule.letters), slope_of(rule.value(x, **rule.letters), x))


@pytest.mark.parametrize("rule", FUNCTIONS, ids=lambda rule: rule.key)
def test_a_function_and_its_derivative_are_what_is_printed(rule: Rule) -> None:
    x = places(rule).detach()
    for latex, function in ((rule.latex, rule.value), (rule.result, rule.slope)):
        for base in ("a",) if r"\log_" in latex else ():  # a base that is a letter is read as its number
            latex = latex.replace(f"_{{{base}}}", f"_{{{rule.letters[base]:.0f}}}")
        torch.testing.assert_close(evaluate(latex, x=x, **rule.letters).expand(x.shape), function(x, **rule.letters))


@pytest.mark.parametrize("rule", COMBINED, ids=lambda rule: rule.key)
def test_combined_functions_have_the_slope_the_rule_says_and_prints(rule: Rule) -> None:
    x = torch.linspace(-2, 2, 23, dtype=torch.float64, requires_grad=True)
    value, slope = rule.value(u, v, x), rule.slope(u, v, du, dv, x)
    torch.testing.assert_close(slope, slope_of(value, x))
    given = {"u": u(x), "v": v(x), "U": du(x), "V": dv(x), "C": u(v(x)), "D": du(v(x))} | rule.letters
    for latex, function in ((rule.latex, value), (rule.result, slope)):
        for written, letter in MEMBERS.items():
            latex = latex.replace(written, letter)
        torch.testing.assert_close(evaluate(latex, **given), function)


@pytest.mark.parametrize("rule", REWRITTEN, ids=lambda rule: rule.key)
def test_what_is_rewritten_stays_the_same_number(rule: Rule) -> None:
    letters = {name: torch.tensor(value, dtype=torch.float64) for name, value in rule.letters.items()}
    torch.testing.assert_close(rule.value(**letters), rule.slope(**letters))
    torch.testing.assert_close(evaluate(rule.latex, **letters), rule.value(**letters))
    torch.testing.assert_close(evaluate(rule.result, **letters), rule.slope(**letters))


def test_the_table_has_the_functions_of_the_textbooks() -> None:
    assert len(RULES) == len(TABLE)
    trigonometric = {"sin", "cos", "tan", "cot", "sec", "csc", "arcsin", "arccos", "arctan", "arccot"}
    hyperbolic = {"sinh", "cosh", "tanh", "coth", "arsinh", "arcosh", "artanh"}
    assert {"constant", "power", "exp", "exp_base", "ln", "log_base", *trigonometric, *hyperbolic} <= RULES.keys()
    assert {"sum", "multiple", "product", "quotient", "chain"} <= RULES.keys()
