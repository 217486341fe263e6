"""Squared error with respect to the output: 2 (a - t), and a - t with the usual half before it."""

from torch import Tensor

from lossviz.derivations.line import Derivation, Line, Point

BY_A, OUTER, INNER = r"\frac{dL}{da}", r"\frac{dL}{du}", r"\frac{du}{da}"
HALF = r"\frac{1}{2} L"
BY_A_HALF = rf"\frac{{d}}{{da}} {HALF}"


def error(p: Point) -> Tensor:
    """Return u = a - t, the difference of output and target."""
    return p.a - p.t


def one(p: Point) -> Tensor:
    """Return the slope of u in a, which is 1."""
    return 0 * p.a + 1


DERIVATION = Derivation(
    "l2",
    2,
    "logit",
    (
        Line("u", "a - t", "definition", error),
        Line("L", "u^2", "definition", lambda p: error(p) ** 2),
        Line(
            BY_A,
            rf"{OUTER} \cdot {INNER}",
            "chain",
            lambda p: 2 * error(p) * one(p),
            {OUTER: lambda p: 2 * error(p), INNER: one},
        ),
        Line(BY_A, rf"2 \cdot u \cdot {INNER}", "power", lambda p: 2 * error(p) * one(p), {INNER: one}),
        Line(BY_A, r"2 \cdot u \cdot 1", "linear", lambda p: 2 * error(p) * 1),
        Line(BY_A, r"2 \cdot (a - t)", "insert", lambda p: 2 * (p.a - p.t), result=True),
        Line(HALF, r"\frac{1}{2} \cdot (a - t)^2", "definition", lambda p: (p.a - p.t) ** 2 / 2),
        Line(
            BY_A_HALF,
            rf"\frac{{1}}{{2}} \cdot {BY_A}",
            "multiple",
            lambda p: 0.5 * (2 * error(p)),
            {BY_A: lambda p: 2 * error(p)},
        ),
        Line(BY_A_HALF, r"\frac{1}{2} \cdot 2 \cdot (a - t)", "insert", lambda p: 0.5 * 2 * (p.a - p.t)),
        Line(BY_A_HALF, "a - t", "cancel", error, result=True),
    ),
)
