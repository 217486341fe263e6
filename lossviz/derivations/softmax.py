"""How an output of a softmax follows its own logit, a_i (1 - a_i), and another one, -a_i a_j."""

from torch import Tensor

from lossviz.derivations.line import Derivation, Line, Point

OWN, OTHER = r"\frac{\partial a_i}{\partial z_i}", r"\frac{\partial a_i}{\partial z_j}"
OWN_UP, OWN_SUM = r"\frac{\partial}{\partial z_i} e^{z_i}", r"\frac{\partial}{\partial z_i} S"
OTHER_UP, OTHER_SUM = r"\frac{\partial}{\partial z_j} e^{z_i}", r"\frac{\partial}{\partial z_j} S"


def up(p: Point) -> Tensor:
    """Return e^z_i, the numerator of the output of the true class."""
    return p.e[p.i]


def other(p: Point) -> Tensor:
    """Return e^z_j, the numerator of the output of another class."""
    return p.e[p.j]


def total(p: Point) -> Tensor:
    """Return S, the sum of e^z_k over all classes."""
    return p.e.sum()


def nothing(p: Point) -> Tensor:
    """Return 0, the slope of e^z_i in z_j: it does not change with another logit."""
    return 0 * total(p)


def own_slope(p: Point) -> Tensor:
    """Return the slope of a_i in its own logit z_i by the quotient rule, with the derivatives worked out."""
    return (up(p) * total(p) - up(p) * up(p)) / total(p) ** 2


def other_slope(p: Point) -> Tensor:
    """Return the slope of a_i in another logit z_j by the quotient rule, with the derivatives worked out."""
    return (0 * total(p) - up(p) * other(p)) / total(p) ** 2


DERIVATION = Derivation(
    "softmax",
    4,
    "classes",
    (
        Line("S", r"\sum_{k} {e^{z_k}}", "definition", total),
        Line("a_i", r"\frac{e^{z_i}}{S}", "definition", lambda p: up(p) / total(p)),
        Line(
            OWN,
            rf"\frac{{{OWN_UP} \cdot S - e^{{z_i}} \cdot {OWN_SUM}}}{{S^2}}",
            "quotient",
            own_slope,
            {OWN_UP: up, OWN_SUM: up},
        ),
        Line(
            OWN,
            rf"\frac{{e^{{z_i}} \cdot S - e^{{z_i}} \cdot {OWN_SUM}}}{{S^2}}",
            "exp",
            own_slope,
            {OWN_SUM: up},
        ),
        Line(OWN, r"\frac{e^{z_i} \cdot S - e^{z_i} \cdot e^{z_i}}{S^2}", "sum", own_slope),
        Line(
            OWN,
            r"\frac{e^{z_i} \cdot (S - e^{z_i})}{S^2}",
            "factor",
            lambda p: up(p) * (total(p) - up(p)) / total(p) ** 2,
        ),
        Line(
            OWN,
            r"\frac{e^{z_i}}{S} \cdot \frac{S - e^{z_i}}{S}",
            "split",
            lambda p: up(p) / total(p) * ((total(p) - up(p)) / total(p)),
        ),
        Line(OWN, r"a_i \cdot (1 - a_i)", "insert", lambda p: p.a[p.i] * (1 - p.a[p.i]), result=True),
        Line(
            OTHER,
            rf"\frac{{{OTHER_UP} \cdot S - e^{{z_i}} \cdot {OTHER_SUM}}}{{S^2}}",
            "quotient",
            other_slope,
            {OTHER_UP: nothing, OTHER_SUM: other},
        ),
        Line(
            OTHER,
            rf"\frac{{0 \cdot S - e^{{z_i}} \cdot {OTHER_SUM}}}{{S^2}}",
            "constant",
            other_slope,
            {OTHER_SUM: other},
        ),
        Line(OTHER, r"\frac{0 \cdot S - e^{z_i} \cdot e^{z_j}}{S^2}", "sum", other_slope),
        Line(
            OTHER,
            r"-\frac{e^{z_i}}{S} \cdot \frac{e^{z_j}}{S}",
            "split",
            lambda p: -(up(p) / total(p)) * (other(p) / total(p)),
        ),
        Line(OTHER, r"-a_i \cdot a_j", "insert", lambda p: -p.a[p.i] * p.a[p.j], result=True),
    ),
)
