"""Cross-entropy of a softmax: the chain through all outputs ends in a_i - t_i, for every class."""

from torch import Tensor

from lossviz.derivations.line import Derivation, Line, Point

BY_Z, BY_A, OF_A = (
    r"\frac{\partial L}{\partial z_i}",
    r"\frac{\partial L}{\partial a_k}",
    r"\frac{\partial a_k}{\partial z_i}",
)


def by_a(p: Point) -> Tensor:
    """Return the slope -t_k / a_k of the loss in the outputs, one a class."""
    return -p.t / p.a


def apart(p: Point) -> Tensor:
    """Return the slope in every logit as the own class' part and that of the others, before a_k is cancelled.

    The others' part is the sum of t_k / a_k times a_k a_i.
    """
    a, t = p.a, p.t
    others = (t / a * a)[:, None] * a[None, :]
    return -t / a * a * (1 - a) + others.sum(0) - others.diagonal()


def cancelled(p: Point) -> Tensor:
    """Return the slope in every logit as the own class' part and that of the others, with a_k cancelled."""
    others = p.t[:, None] * p.a[None, :]
    return -p.t * (1 - p.a) + others.sum(0) - others.diagonal()


DERIVATION = Derivation(
    "softmax_ce",
    5,
    "classes",
    (
        Line("L", r"-\sum_{k} {t_k \cdot \ln a_k}", "definition", lambda p: -(p.t * p.a.log()).sum()),
        Line(
            BY_Z,
            rf"\sum_{{k}} {{{BY_A} \cdot {OF_A}}}",
            "chain",
            lambda p: (by_a(p)[:, None] * p.da_dz).sum(0),
            {BY_A: by_a, OF_A: lambda p: p.da_dz},
        ),
        Line(
            BY_Z,
            rf"-\sum_{{k}} {{\frac{{t_k}}{{a_k}} \cdot {OF_A}}}",
            "ln",
            lambda p: -((p.t / p.a)[:, None] * p.da_dz).sum(0),
            {OF_A: lambda p: p.da_dz},
        ),
        Line(
            BY_Z,
            r"-\frac{t_i}{a_i} \cdot a_i \cdot (1 - a_i) + \sum_{k \ne i} {\frac{t_k}{a_k} \cdot a_k \cdot a_i}",
            "insert",
            apart,
        ),
        Line(BY_Z, r"-t_i \cdot (1 - a_i) + \sum_{k \ne i} {t_k \cdot a_i}", "cancel", cancelled),
        Line(BY_Z, r"-t_i + a_i \cdot \sum_{k} {t_k}", "factor", lambda p: -p.t + p.a * p.t.sum()),
        Line(BY_Z, "a_i - t_i", "insert", lambda p: p.a - p.t, result=True),
    ),
)
