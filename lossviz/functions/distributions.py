"""Two distributions over a few outcomes: information, entropy, cross-entropy, divergence. In nats."""

import math
from dataclasses import dataclass

import torch

from lossviz.functions.state import Chances, FunctionsState
from lossviz.losses import LOSSES
from lossviz.losses.function import Function


def information(p: float) -> float:
    """Return -ln p: what it tells that something of chance p has happened; infinite for the impossible."""
    return abs(math.log(p)) if p > 0 else math.inf


def cross_entropy(p: Chances, q: Chances) -> float:
    """Return sum p (-ln q): mean information of outcomes that come by p, for one who believes in q."""
    return at(LOSSES["cross_entropy"], p, q)


def entropy(p: Chances) -> float:
    """Return sum p (-ln p): mean information of outcomes for one who knows p; no belief can do better."""
    return cross_entropy(p, p)


def divergence(p: Chances, q: Chances) -> float:
    """Return KL(p || q) = sum p ln (p / q): what believing in q costs on top of the entropy; never below 0."""
    return max(0.0, at(LOSSES["kl"], p, q))


def at(function: Function, true: Chances, believed: Chances) -> float:
    """Return a function's value in float64; it takes what is believed first, and what is true for the target."""
    return float(function.value(*(torch.tensor(row, dtype=torch.float64, device="cpu") for row in (believed, true))))


@dataclass(frozen=True)
class TwoDistributions:
    """Two distributions held against each other."""

    p: Chances
    q: Chances

    @property
    def entropies(self) -> tuple[float, float]:
        """Return the entropies of p and of q."""
        return entropy(self.p), entropy(self.q)

    @property
    def divergences(self) -> tuple[float, float]:
        """Return KL(p || q) and KL(q || p)."""
        return divergence(self.p, self.q), divergence(self.q, self.p)

    @property
    def crossed(self) -> tuple[float, float]:
        """Return the cross-entropy of p with q, and of q with p."""
        return cross_entropy(self.p, self.q), cross_entropy(self.q, self.p)

    @property
    def together(self) -> float:
        """Return the entropy of the pair of two independent outcomes, one by p and one by q.

        It is that of all products of their chances.
        """
        return entropy(tuple(one * other for one in self.p for other in self.q))


def distributions_of(state: FunctionsState) -> TwoDistributions:
    """Return the two distributions of the page; their sums, which a link rounds, are made 1."""
    return TwoDistributions(whole(state.p), whole(state.q))


def whole(chances: Chances) -> Chances:
    """Return chances divided by their sum."""
    total = math.fsum(chances)
    return tuple(chance / total for chance in chances)
