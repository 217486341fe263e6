"""A derivation: lines that unfold one by one, each with the rule that makes it, its LaTeX and its value."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor


@dataclass(frozen=True)
class Point:
    """Where a derivation is read: one logit z and its target t, or a logit and a target for each of three classes.

    ``i``: the true class; ``j``: another one. Both stay 0 for one logit.
    """

    z: Float[Tensor, "*c"]
    t: Float[Tensor, "*c"]
    i: int = 0
    j: int = 0

    @property
    def a(self) -> Float[Tensor, "*c"]:
        """Return the output: sigmoid of one logit, softmax of several."""
        return torch.softmax(self.z, -1) if self.z.ndim else torch.sigmoid(self.z)

    @property
    def da_dz(self) -> Float[Tensor, "..."]:
        """Return the slope of the output in the logits: a (1 - a) of a sigmoid, a square matrix of a softmax.

        Row k, column i of the matrix: a_k (1 - a_k) on the diagonal, -a_k a_i beside it.
        """
        a = self.a
        return torch.diag(a) - a[:, None] * a if a.ndim else a * (1 - a)

    @property
    def e(self) -> Float[Tensor, "*c"]:
        """Return e^z of every logit."""
        return self.z.exp()


Value = Callable[[Point], Float[Tensor, "..."]]
"""What a line's right side is worth at a point: one number; of a softmax also one a class."""


@dataclass(frozen=True)
class Line:
    r"""One line of a derivation: ``left`` = ``latex``, by ``rule``.

    ``value`` computes the right side as it is written there. ``slopes``: derivatives that still stand in it, as
    written, with their values: ``\frac{d}{da} \ln a``, 1 / a. What a sum adds stands in braces: ``\sum_{k} {e^{z_k}}``.
    ``result``: the end of a train of thought.
    """

    left: str
    latex: str
    rule: str
    value: Value
    slopes: Mapping[str, Value] = field(default_factory=dict)
    result: bool = False


@dataclass(frozen=True)
class Derivation:
    """A derivation: its lines in order, of one logit, or of the logits of three classes."""

    key: str
    order: int
    of: Literal["logit", "classes"]
    lines: Sequence[Line]

    @property
    def rules(self) -> tuple[str, ...]:
        """Return the rules its lines use, each once, in the order of their appearance."""
        return tuple(dict.fromkeys(line.rule for line in self.lines))


def point_of(of: str, logit: float, target: float, scores: Sequence[float], kind: int) -> Point:
    """Return the point where a derivation ``of`` one logit or of classes is read, in float64.

    For one logit ``logit`` and ``target`` count; for classes ``scores``, their logits, and ``kind``, the true class.
    """
    if of == "logit":
        return Point(
            torch.tensor(logit, dtype=torch.float64, device="cpu"),
            torch.tensor(target, dtype=torch.float64, device="cpu"),
        )
    z = torch.tensor(scores, dtype=torch.float64, device="cpu")
    t = torch.zeros_like(z)
    t[kind] = 1
    return Point(z, t, kind, 0 if kind else 1)
