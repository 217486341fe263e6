"""Cross-entropy behind a sigmoid: (a - t) / (a (1 - a)) with respect to the output, a - t with respect to the logit."""

from torch import Tensor

from lossviz.derivations.line import Derivation, Line, Point

BY_A, BY_Z, OF_A = r"\frac{dL}{da}", r"\frac{dL}{dz}", r"\frac{da}{dz}"
FIRST, SECOND = r"\frac{d}{da} (-t \cdot \ln a)", r"\frac{d}{da} (-(1 - t) \cdot \ln(1 - a))"
LN_A, LN_REST, REST = r"\frac{d}{da} \ln a", r"\frac{d}{da} \ln(1 - a)", r"\frac{d}{da} (1 - a)"
INSIDE, POWER, MINUS = r"\frac{d}{dz} (1 + e^{-z})", r"\frac{d}{dz} e^{-z}", r"\frac{d}{dz} (-z)"


def loss(p: Point) -> Tensor:
    """Return the binary cross-entropy -t ln a - (1 - t) ln(1 - a)."""
    return -p.t * p.a.log() - (1 - p.t) * (1 - p.a).log()


def by_a(p: Point) -> Tensor:
    """Return the slope (a - t) / (a (1 - a)) of the loss in the output a."""
    return (p.a - p.t) / (p.a * (1 - p.a))


def fall(p: Point) -> Tensor:
    """Return the slope -e^-z of e^-z in z."""
    return -((-p.z).exp())


DERIVATION = Derivation(
    "sigmoid_bce",
    1,
    "logit",
    (
        Line("L", r"-t \cdot \ln a - (1 - t) \cdot \ln(1 - a)", "definition", loss),
        Line(
            BY_A,
            f"{FIRST} + {SECOND}",
            "sum",
            lambda p: -p.t / p.a + (1 - p.t) / (1 - p.a),
            {FIRST: lambda p: -p.t / p.a, SECOND: lambda p: (1 - p.t) / (1 - p.a)},
        ),
        Line(
            BY_A,
            rf"-t \cdot {LN_A} - (1 - t) \cdot {LN_REST}",
            "multiple",
            lambda p: -p.t * (1 / p.a) - (1 - p.t) * (-1 / (1 - p.a)),
            {LN_A: lambda p: 1 / p.a, LN_REST: lambda p: -1 / (1 - p.a)},
        ),
        Line(
            BY_A,
            rf"-t \cdot \frac{{1}}{{a}} - (1 - t) \cdot {LN_REST}",
            "ln",
            lambda p: -p.t * (1 / p.a) - (1 - p.t) * (-1 / (1 - p.a)),
            {LN_REST: lambda p: -1 / (1 - p.a)},
        ),
        Line(
            BY_A,
            rf"-\frac{{t}}{{a}} - (1 - t) \cdot \frac{{1}}{{1 - a}} \cdot {REST}",
            "chain",
            lambda p: -p.t / p.a - (1 - p.t) * (1 / (1 - p.a)) * -1,
            {REST: lambda p: 0 * p.a - 1},
        ),
        Line(
            BY_A,
            r"-\frac{t}{a} + \frac{1 - t}{1 - a}",
            "linear",
            lambda p: -p.t / p.a + (1 - p.t) / (1 - p.a),
        ),
        Line(BY_A, r"\frac{a - t}{a \cdot (1 - a)}", "denominator", by_a, result=True),
        Line("a", r"\frac{1}{1 + e^{-z}}", "definition", lambda p: 1 / (1 + (-p.z).exp())),
        Line(
            OF_A,
            rf"-\frac{{1}}{{(1 + e^{{-z}})^2}} \cdot {INSIDE}",
            "chain",
            lambda p: -1 / (1 + (-p.z).exp()) ** 2 * fall(p),
            {INSIDE: fall},
        ),
        Line(
            OF_A,
            rf"-\frac{{1}}{{(1 + e^{{-z}})^2}} \cdot {POWER}",
            "sum",
            lambda p: -1 / (1 + (-p.z).exp()) ** 2 * fall(p),
            {POWER: fall},
        ),
        Line(
            OF_A,
            rf"-\frac{{1}}{{(1 + e^{{-z}})^2}} \cdot e^{{-z}} \cdot {MINUS}",
            "exp",
            lambda p: -1 / (1 + (-p.z).exp()) ** 2 * (-p.z).exp() * -1,
            {MINUS: lambda p: 0 * p.z - 1},
        ),
        Line(
            OF_A,
            r"\frac{e^{-z}}{(1 + e^{-z})^2}",
            "linear",
            lambda p: (-p.z).exp() / (1 + (-p.z).exp()) ** 2,
        ),
        Line(
            OF_A,
            r"\frac{1}{1 + e^{-z}} \cdot \frac{e^{-z}}{1 + e^{-z}}",
            "split",
            lambda p: 1 / (1 + (-p.z).exp()) * ((-p.z).exp() / (1 + (-p.z).exp())),
        ),
        Line(OF_A, r"a \cdot (1 - a)", "insert", lambda p: p.da_dz, result=True),
        Line(
            BY_Z,
            rf"{BY_A} \cdot {OF_A}",
            "chain",
            lambda p: by_a(p) * p.da_dz,
            {BY_A: by_a, OF_A: lambda p: p.da_dz},
        ),
        Line(
            BY_Z,
            r"\frac{a - t}{a \cdot (1 - a)} \cdot a \cdot (1 - a)",
            "insert",
            lambda p: by_a(p) * p.a * (1 - p.a),
        ),
        Line(BY_Z, "a - t", "cancel", lambda p: p.a - p.t, result=True),
    ),
)
