"""Squared error behind a softmax: every output follows every logit, so more than a_i - t_i is left."""

from torch import Tensor

from lossviz.derivations.line import Derivation, Line, Point

BY_Z, BY_A, OF_A = (
    r"\frac{\partial L}{\partial z_i}",
    r"\frac{\partial L}{\partial a_k}",
    r"\frac{\partial a_k}{\partial z_i}",
)


def error(p: Point) -> Tensor:
    """Return a_k - t_k, the difference of output and target, one a class."""
    return p.a - p.t


def apart(p: Point) -> Tensor:
    """Return the slope in every logit as the own class' part and that of the others."""
    others = (error(p) * p.a)[:, None] * p.a[None, :]
    return error(p) * p.a * (1 - p.a) - (others.sum(0) - others.diagonal())


DERIVATION = Derivation(
    "softmax_l2",
    6,
    "classes",
    (
        Line("L", r"\frac{1}{2} \cdot \sum_{k} {(a_k - t_k)^2}", "definition", lambda p: (error(p) ** 2).sum() / 2),
        Line(
            BY_Z,
            rf"\sum_{{k}} {{{BY_A} \cdot {OF_A}}}",
            "chain",
            lambda p: (error(p)[:, None] * p.da_dz).sum(0),
            {BY_A: error, OF_A: lambda p: p.da_dz},
        ),
        Line(
            BY_Z,
            rf"\sum_{{k}} {{(a_k - t_k) \cdot {OF_A}}}",
            "power",
            lambda p: (error(p)[:, None] * p.da_dz).sum(0),
            {OF_A: lambda p: p.da_dz},
        ),
        Line(
            BY_Z,
            r"(a_i - t_i) \cdot a_i \cdot (1 - a_i) - \sum_{k \ne i} {(a_k - t_k) \cdot a_k \cdot a_i}",
            "insert",
            apart,
        ),
        Line(
            BY_Z,
            r"a_i \cdot (a_i - t_i - \sum_{k} {a_k \cdot (a_k - t_k)})",
            "factor",
            lambda p: p.a * (p.a - p.t - (p.a * (p.a - p.t)).sum()),
            result=True,
        ),
    ),
)
