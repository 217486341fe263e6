"""The vocabulary: one function a formula, one number a channel, unreduced and unweighted.

z: raw outputs (logits); t: targets, constants for the gradient; s(z) = 1 / (1 + e^-z).
"""

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import logsigmoid, pad

from lossviz.engine.formula import Formula, Rows, formula


def entropy(t: Rows) -> Rows:
    """-t ln t - (1-t) ln(1-t): the least binary cross-entropy a target t allows, reached at s(z) = t.

    A target outside 0 to 1 allows any value: minus infinity.
    """
    least = -t.xlogy(t) - (1 - t).xlogy(1 - t)
    return torch.where((t < 0) | (t > 1), -torch.inf, least)


def entropy_of_classes(t: Rows) -> Rows:
    """-t ln (t / sum of t): summed over the classes, the least cross-entropy of a softmax."""
    return t.xlogy(t.sum(-1, keepdim=True)) - t.xlogy(t)


def beyond_sigmoid(t: Rows) -> Rows:
    """Half the squared distance of t from 0 to 1, where a sigmoid cannot follow."""
    return (t - t.clamp(0, 1)) ** 2 / 2


def output_minus_target(z: Rows, t: Rows) -> Rows:
    """The plain difference z - t."""
    return z - t


def sigmoid_minus_target(z: Rows, t: Rows) -> Rows:
    """s(z) - t: Darknet's delta with the other sign, and the slope of the cross-entropy."""
    return torch.sigmoid(z) - t


def sigmoid_minus_target_times_slope(z: Rows, t: Rows) -> Rows:
    """(s - t) s (1 - s): the slope vanishes where the sigmoid is flat, also where it is wrong."""
    s = torch.sigmoid(z)
    return (s - t) * s * (1 - s)


def softmax_minus_target(z: Rows, t: Rows) -> Rows:
    """softmax(z) - t; with several classes wanted at once, softmax times their number."""
    return t.sum(-1, keepdim=True) * torch.softmax(z, -1) - t


def in_first_column(numbers: Float[Tensor, "n 1"], like: Rows) -> Rows:
    """The column of objectness, with zeros for the class columns beside it."""
    return pad(numbers, (0, like.shape[1] - 1))


def of_first_column(loss: Formula) -> Formula:
    """A loss of objectness alone where objectness and classes are gathered together."""
    return Formula(
        loss.name,
        loss.latex,
        lambda z, t: loss(z[:, :1], t),
        lambda z, t: in_first_column(loss.slope(z[:, :1], t), z),
        loss.floor,
    )


def objectness_of_joint_softmax_minus_target(z: Rows, t: Float[Tensor, "n 1"]) -> Rows:
    """First of the C+1 softmax entries minus t; the class columns do not move."""
    return in_first_column(torch.softmax(z, -1)[:, :1] - t, z)


def classes_of_joint_softmax_minus_target(z: Rows, t: Float[Tensor, "n c"]) -> Rows:
    """Entries 1 to C of the C+1 softmax entries minus t; the objectness column does not move."""
    return pad(torch.softmax(z, -1)[:, 1:] - t, (1, 0))


@formula(r"\mathrm{BCE}(\sigma(z), t)", slope=sigmoid_minus_target, floor=entropy)
def bce(z: Rows, t: Rows) -> Rows:
    r"""Binary cross-entropy from logits.

    $$ -t \ln\sigma(z) - (1 - t) \ln(1 - \sigma(z)) $$

    In nats, at least the entropy of t. 1 - s(z) = s(-z), so no large numbers are subtracted.
    """
    return -t * logsigmoid(z) - (1 - t) * logsigmoid(-z)


@formula(r"\tfrac12 (\sigma(z) - t)^2", slope=sigmoid_minus_target_times_slope, floor=beyond_sigmoid)
def half_squared_of_sigmoid(z: Rows, t: Rows) -> Rows:
    """Squared error behind a sigmoid; the half makes the slope in s(z) the plain difference."""
    return (torch.sigmoid(z) - t) ** 2 / 2


@formula(r"\tfrac12 (z - t)^2", slope=output_minus_target)
def half_squared(z: Rows, t: Rows) -> Rows:
    """Squared error of the raw output; the half makes the slope the plain difference."""
    return (z - t) ** 2 / 2


@formula(r"\mathrm{CE}(\mathrm{softmax}(z), t)", slope=softmax_minus_target, floor=entropy_of_classes)
def softmax_cross_entropy(z: Rows, t: Rows) -> Rows:
    r"""$$ -\sum_k t_k \ln \mathrm{softmax}_k(z) $$, one summand a column."""
    return -t * torch.log_softmax(z, -1)


OBJECTNESS_SLOPES_OF_JOINT_SOFTMAX = Formula(
    "objectness_in_softmax",
    r"\partial_{z_o} = \mathrm{softmax}_0(z) - t",
    None,
    objectness_of_joint_softmax_minus_target,
)
CLASS_SLOPES_OF_JOINT_SOFTMAX = Formula(
    "classes_in_softmax",
    r"\partial_{z_k} = \mathrm{softmax}_k(z) - t_k",
    None,
    classes_of_joint_softmax_minus_target,
)
