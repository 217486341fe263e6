"""Squared error behind a sigmoid: with respect to the logit the slope a (1 - a) of the sigmoid stays as a factor."""

from torch import Tensor

from lossviz.derivations.line import Derivation, Line, Point

BY_A, BY_Z, OF_A = r"\frac{dL}{da}", r"\frac{dL}{dz}", r"\frac{da}{dz}"
SQUARE, INNER = r"\frac{d}{da} (a - t)^2", r"\frac{d}{da} (a - t)"


def error(p: Point) -> Tensor:
    """Return a - t, the difference of output and target."""
    return p.a - p.t


DERIVATION = Derivation(
    "sigmoid_l2",
    3,
    "logit",
    (
        Line("L", r"\frac{1}{2} \cdot (a - t)^2", "definition", lambda p: (p.a - p.t) ** 2 / 2),
        Line(
            BY_A,
            rf"\frac{{1}}{{2}} \cdot {SQUARE}",
            "multiple",
            lambda p: 0.5 * (2 * error(p)),
            {SQUARE: lambda p: 2 * error(p)},
        ),
        Line(
            BY_A,
            rf"\frac{{1}}{{2}} \cdot 2 \cdot (a - t) \cdot {INNER}",
            "chain",
            lambda p: 0.5 * 2 * error(p) * 1,
            {INNER: lambda p: 0 * p.a + 1},
        ),
        Line(BY_A, r"\frac{1}{2} \cdot 2 \cdot (a - t) \cdot 1", "linear", lambda p: 0.5 * 2 * error(p) * 1),
        Line(BY_A, "a - t", "cancel", error, result=True),
        Line(OF_A, r"a \cdot (1 - a)", "sigmoid", lambda p: p.da_dz),
        Line(
            BY_Z,
            rf"{BY_A} \cdot {OF_A}",
            "chain",
            lambda p: error(p) * p.da_dz,
            {BY_A: error, OF_A: lambda p: p.da_dz},
        ),
        Line(
            BY_Z,
            r"(a - t) \cdot a \cdot (1 - a)",
            "insert",
            lambda p: (p.a - p.t) * p.a * (1 - p.a),
            result=True,
        ),
    ),
)
