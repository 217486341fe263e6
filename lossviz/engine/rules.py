"""The table of derivative rules: what a function becomes, as LaTeX for people and as functions of x for checking.

Within a formula: c, n, a, b are constants; u and v are functions of x, u' and v' their derivatives.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor

Family = Literal["powers", "exponentials", "trigonometric", "arcus", "hyperbolic", "combined", "rewritten"]
Numbers = Float[Tensor, "*n"]


@dataclass(frozen=True)
class Rule:
    """A derivative rule: ``latex`` becomes ``result``.

    Of a function: ``value(x, **letters)`` has the derivative ``slope(x, **letters)`` for x within ``span``.
    Of combined functions: ``value(u, v, x)`` has the derivative ``slope(u, v, du, dv, x)``, of functions u and v of x.
    Of what is only rewritten: ``value(**letters)`` equals ``slope(**letters)``; nothing is differentiated.
    """

    key: str
    family: Family
    latex: str
    result: str
    value: Callable[..., Numbers]
    slope: Callable[..., Numbers]
    span: tuple[float, float] = (-3.0, 3.0)
    letters: Mapping[str, float] = field(default_factory=dict)


def sigmoid_slope(x: Numbers) -> Numbers:
    """Return s (1 - s) with s the sigmoid of x: at most a quarter."""
    s = torch.sigmoid(x)
    return s * (1 - s)


POWERS = (
    Rule("constant", "powers", "c", "0", lambda x, c: c + 0 * x, lambda x, c: 0 * x, letters={"c": 2.5}),
    Rule(
        "linear",
        "powers",
        r"a x + b",
        "a",
        lambda x, a, b: a * x + b,
        lambda x, a, b: a + 0 * x,
        letters={"a": -2.0, "b": 1.0},
    ),
    Rule(
        "power",
        "powers",
        "x^{n}",
        "n x^{n - 1}",
        lambda x, n: x**n,
        lambda x, n: n * x ** (n - 1),
        (0.2, 3.0),
        {"n": 2.0},
    ),
    Rule(
        "root",
        "powers",
        r"\sqrt{x}",
        r"\frac{1}{2 \sqrt{x}}",
        torch.sqrt,
        lambda x: 1 / (2 * torch.sqrt(x)),
        (0.2, 4.0),
    ),
    Rule(
        "reciprocal",
        "powers",
        r"\frac{1}{x}",
        r"-\frac{1}{x^2}",
        lambda x: 1 / x,
        lambda x: -1 / x**2,
        (0.3, 3.0),
    ),
)

EXPONENTIALS = (
    Rule("exp", "exponentials", "e^{x}", "e^{x}", torch.exp, torch.exp),
    Rule(
        "exp_base",
        "exponentials",
        "a^{x}",
        r"a^{x} \ln a",
        lambda x, a: a**x,
        lambda x, a: a**x * math.log(a),
        letters={"a": 2.0},
    ),
    Rule("ln", "exponentials", r"\ln x", r"\frac{1}{x}", torch.log, lambda x: 1 / x, (0.1, 4.0)),
    Rule(
        "log_base",
        "exponentials",
        r"\log_{a} x",
        r"\frac{1}{x \ln a}",
        lambda x, a: torch.log(x) / math.log(a),
        lambda x, a: 1 / (x * math.log(a)),
        (0.1, 4.0),
        {"a": 2.0},
    ),
    Rule(
        "sigmoid",
        "exponentials",
        r"\sigma(x)",
        r"\sigma(x) (1 - \sigma(x))",
        torch.sigmoid,
        sigmoid_slope,
        (-6.0, 6.0),
    ),
)

TRIGONOMETRIC = (
    Rule("sin", "trigonometric", r"\sin x", r"\cos x", torch.sin, torch.cos),
    Rule("cos", "trigonometric", r"\cos x", r"-\sin x", torch.cos, lambda x: -torch.sin(x)),
    Rule(
        "tan",
        "trigonometric",
        r"\tan x",
        r"\frac{1}{\cos^2 x}",
        torch.tan,
        lambda x: 1 / torch.cos(x) ** 2,
        (-1.4, 1.4),
    ),
    Rule(
        "cot",
        "trigonometric",
        r"\cot x",
        r"-\frac{1}{\sin^2 x}",
        lambda x: 1 / torch.tan(x),
        lambda x: -1 / torch.sin(x) ** 2,
        (0.2, 2.9),
    ),
    Rule(
        "sec",
        "trigonometric",
        r"\sec x",
        r"\sec x \tan x",
        lambda x: 1 / torch.cos(x),
        lambda x: torch.tan(x) / torch.cos(x),
        (-1.4, 1.4),
    ),
    Rule(
        "csc",
        "trigonometric",
        r"\csc x",
        r"-\csc x \cot x",
        lambda x: 1 / torch.sin(x),
        lambda x: -1 / (torch.sin(x) * torch.tan(x)),
        (0.2, 2.9),
    ),
)

ARCUS = (
    Rule(
        "arcsin",
        "arcus",
        r"\arcsin x",
        r"\frac{1}{\sqrt{1 - x^2}}",
        torch.asin,
        lambda x: 1 / torch.sqrt(1 - x**2),
        (-0.9, 0.9),
    ),
    Rule(
        "arccos",
        "arcus",
        r"\arccos x",
        r"-\frac{1}{\sqrt{1 - x^2}}",
        torch.acos,
        lambda x: -1 / torch.sqrt(1 - x**2),
        (-0.9, 0.9),
    ),
    Rule("arctan", "arcus", r"\arctan x", r"\frac{1}{1 + x^2}", torch.atan, lambda x: 1 / (1 + x**2)),
    Rule(
        "arccot",
        "arcus",
        r"\operatorname{arccot} x",
        r"-\frac{1}{1 + x^2}",
        lambda x: math.pi / 2 - torch.atan(x),
        lambda x: -1 / (1 + x**2),
    ),
)

HYPERBOLIC = (
    Rule("sinh", "hyperbolic", r"\sinh x", r"\cosh x", torch.sinh, torch.cosh),
    Rule("cosh", "hyperbolic", r"\cosh x", r"\sinh x", torch.cosh, torch.sinh),
    Rule(
        "tanh",
        "hyperbolic",
        r"\tanh x",
        r"\frac{1}{\cosh^2 x}",
        torch.tanh,
        lambda x: 1 / torch.cosh(x) ** 2,
    ),
    Rule(
        "coth",
        "hyperbolic",
        r"\coth x",
        r"-\frac{1}{\sinh^2 x}",
        lambda x: 1 / torch.tanh(x),
        lambda x: -1 / torch.sinh(x) ** 2,
        (0.2, 3.0),
    ),
    Rule(
        "arsinh",
        "hyperbolic",
        r"\operatorname{arsinh} x",
        r"\frac{1}{\sqrt{x^2 + 1}}",
        torch.asinh,
        lambda x: 1 / torch.sqrt(x**2 + 1),
    ),
    Rule(
        "arcosh",
        "hyperbolic",
        r"\operatorname{arcosh} x",
        r"\frac{1}{\sqrt{x^2 - 1}}",
        torch.acosh,
        lambda x: 1 / torch.sqrt(x**2 - 1),
        (1.1, 5.0),
    ),
    Rule(
        "artanh",
        "hyperbolic",
        r"\operatorname{artanh} x",
        r"\frac{1}{1 - x^2}",
        torch.atanh,
        lambda x: 1 / (1 - x**2),
        (-0.9, 0.9),
    ),
)

COMBINED = (
    Rule("sum", "combined", "u + v", "u' + v'", lambda u, v, x: u(x) + v(x), lambda u, v, du, dv, x: du(x) + dv(x)),
    Rule(
        "multiple",
        "combined",
        r"c \cdot u",
        r"c \cdot u'",
        lambda u, v, x: 2.5 * u(x),
        lambda u, v, du, dv, x: 2.5 * du(x),
        letters={"c": 2.5},
    ),
    Rule(
        "product",
        "combined",
        r"u \cdot v",
        r"u' \cdot v + u \cdot v'",
        lambda u, v, x: u(x) * v(x),
        lambda u, v, du, dv, x: du(x) * v(x) + u(x) * dv(x),
    ),
    Rule(
        "quotient",
        "combined",
        r"\frac{u}{v}",
        r"\frac{u' \cdot v - u \cdot v'}{v^2}",
        lambda u, v, x: u(x) / v(x),
        lambda u, v, du, dv, x: (du(x) * v(x) - u(x) * dv(x)) / v(x) ** 2,
    ),
    Rule(
        "chain",
        "combined",
        "u(v)",
        r"u'(v) \cdot v'",
        lambda u, v, x: u(v(x)),
        lambda u, v, du, dv, x: du(v(x)) * dv(x),
    ),
)

REWRITTEN = (
    Rule(
        "definition", "rewritten", "u", r"w \quad u = w", lambda u, w: u, lambda u, w: w, letters={"u": 2.0, "w": 2.0}
    ),
    Rule("insert", "rewritten", "u", r"w \quad u = w", lambda u, w: u, lambda u, w: w, letters={"u": 2.0, "w": 2.0}),
    Rule(
        "cancel",
        "rewritten",
        r"\frac{u}{v} \cdot v",
        "u",
        lambda u, v: u / v * v,
        lambda u, v: u,
        letters={"u": 2.0, "v": 0.3},
    ),
    Rule(
        "split",
        "rewritten",
        r"\frac{u \cdot w}{v^2}",
        r"\frac{u}{v} \cdot \frac{w}{v}",
        lambda u, v, w: u * w / v**2,
        lambda u, v, w: u / v * (w / v),
        letters={"u": 2.0, "v": 0.3, "w": 5.0},
    ),
    Rule(
        "denominator",
        "rewritten",
        r"\frac{u}{v} + \frac{w}{x}",
        r"\frac{u x + w v}{v x}",
        lambda u, v, w, x: u / v + w / x,
        lambda u, v, w, x: (u * x + w * v) / (v * x),
        letters={"u": 2.0, "v": 0.3, "w": 5.0, "x": 0.7},
    ),
    Rule(
        "factor",
        "rewritten",
        "u v + u w",
        "u (v + w)",
        lambda u, v, w: u * v + u * w,
        lambda u, v, w: u * (v + w),
        letters={"u": 2.0, "v": 0.3, "w": 5.0},
    ),
)

TABLE = (*POWERS, *EXPONENTIALS, *TRIGONOMETRIC, *ARCUS, *HYPERBOLIC, *COMBINED, *REWRITTEN)
RULES: Mapping[str, Rule] = {rule.key: rule for rule in TABLE}
