"""The vocabulary: one function a formula, one number a channel, unreduced and unweighted.

z: raw outputs (logits); t: targets, constants for the gradient; s(z) = 1 / (1 + e^-z).
"""

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import logsigmoid, pad

from lossviz.engine.formula import Formula, Rows, Targets, formula


def entropy(t: Rows) -> Rows:
    """Return -t ln t - (1-t) ln(1-t), the least binary cross-entropy a target t allows, reached at s(z) = t.

    A target outside 0 to 1 allows any value: minus infinity.
    """
    least = -t.xlogy(t) - (1 - t).xlogy(1 - t)
    return torch.where((t < 0) | (t > 1), -torch.inf, least)


def entropy_of_classes(t: Rows) -> Rows:
    """Return -t ln (t / sum of t): summed over the classes, the least cross-entropy of a softmax."""
    return t.xlogy(t.sum(-1, keepdim=True)) - t.xlogy(t)


def beyond_sigmoid(t: Rows) -> Rows:
    """Return half the squared distance of t from 0 to 1, where a sigmoid cannot follow."""
    return (t - t.clamp(0, 1)) ** 2 / 2


def output_minus_target(z: Rows, t: Rows) -> Rows:
    """Return the plain difference z - t, the slope of half the squared error."""
    return z - t


def sigmoid_minus_target(z: Rows, t: Rows) -> Rows:
    """Return s(z) - t: Darknet's delta with the other sign, and the slope of the cross-entropy."""
    return torch.sigmoid(z) - t


def sigmoid_minus_target_times_slope(z: Rows, t: Rows) -> Rows:
    """Return (s - t) s (1 - s), the slope of half the squared error behind a sigmoid.

    It vanishes where the sigmoid is flat, also where it is wrong.
    """
    s = torch.sigmoid(z)
    return (s - t) * s * (1 - s)


def softmax_minus_target(z: Rows, t: Rows) -> Rows:
    """Return softmax(z) - t; with several classes wanted at once, softmax times their number, minus t."""
    return t.sum(-1, keepdim=True) * torch.softmax(z, -1) - t


def twice_output_minus_target(z: Rows, t: Rows) -> Rows:
    """Return 2 (z - t), the slope of the squared error without the half."""
    return 2 * (z - t)


def twice_sigmoid_minus_target_times_slope(z: Rows, t: Rows) -> Rows:
    """Return 2 (s - t) s (1 - s), the slope of the squared error behind a sigmoid."""
    return 2 * sigmoid_minus_target_times_slope(z, t)


def softmax_minus_target_through_softmax(z: Rows, t: Rows) -> Rows:
    """Return p_k ((p_k - t_k) - sum_j p_j (p_j - t_j)), with p the softmax of z.

    It is the slope of half the squared error: every output of a softmax moves with every raw number.
    """
    p = torch.softmax(z, -1)
    return p * (p - t - (p * (p - t)).sum(-1, keepdim=True))


def twice_softmax_minus_target_through_softmax(z: Rows, t: Rows) -> Rows:
    """Return the slope of the squared error behind a softmax, without the half."""
    return 2 * softmax_minus_target_through_softmax(z, t)


def focal_slope(z: Rows, t: Rows) -> Rows:
    """Return (s - t)^3 + 2 (s - t) s (1 - s) BCE, the slope of ``focal_bce``: the factor is differentiated, too."""
    s = torch.sigmoid(z)
    error = s - t
    return error * (error * error + 2 * s * (1 - s) * bce(z, t))


def softmax(z: Rows, t: Targets) -> Rows:
    """Return the softmax of the raw outputs, which a loss of exclusive classes holds against the target."""
    return torch.softmax(z, -1)


def plain(z: Rows, t: Targets) -> Rows:
    """Return the raw outputs as they are, which a loss without activation holds against the target."""
    return z


def in_first_column(numbers: Float[Tensor, "n 1"], like: Rows) -> Rows:
    """Return the column of objectness, with zeros for the class columns beside it."""
    return pad(numbers, (0, like.shape[1] - 1))


def of_first_column(loss: Formula) -> Formula:
    """Return a loss of objectness alone for raw outputs in which objectness and classes are gathered together."""
    return Formula(
        loss.name,
        loss.latex,
        lambda z, t: loss(z[:, :1], t),
        lambda z, t: in_first_column(loss.slope(z[:, :1], t), z),
        loss.floor,
        lambda z, t: loss.seen(z[:, :1], t),
    )


def objectness_of_joint_softmax_minus_target(z: Rows, t: Float[Tensor, "n 1"]) -> Rows:
    """Return the first of the C+1 softmax entries minus t; class columns do not move."""
    return in_first_column(torch.softmax(z, -1)[:, :1] - t, z)


def classes_of_joint_softmax_minus_target(z: Rows, t: Float[Tensor, "n c"]) -> Rows:
    """Return entries 1 to C of the C+1 softmax entries minus t, one column a raw output.

    The objectness column does not move.
    """
    return pad(torch.softmax(z, -1)[:, 1:] - t, (1, 0))


@formula(r"\mathrm{BCE}(\sigma(z), t)", slope=sigmoid_minus_target, floor=entropy)
def bce(z: Rows, t: Rows) -> Rows:
    r"""Return the binary cross-entropy of logits, one number a channel, in nats.

    $$ -t \ln\sigma(z) - (1 - t) \ln(1 - \sigma(z)) $$

    It is at least the entropy of t. 1 - s(z) = s(-z), so no large numbers are subtracted.
    """
    return -t * logsigmoid(z) - (1 - t) * logsigmoid(-z)


@formula(r"\tfrac12 (\sigma(z) - t)^2", slope=sigmoid_minus_target_times_slope, floor=beyond_sigmoid)
def half_squared_of_sigmoid(z: Rows, t: Rows) -> Rows:
    """Return (s(z) - t)^2 / 2, one number a channel; the half makes the slope in s(z) the difference."""
    return (torch.sigmoid(z) - t) ** 2 / 2


@formula(r"\tfrac12 (z - t)^2", slope=output_minus_target, seen=plain)
def half_squared(z: Rows, t: Rows) -> Rows:
    """Return (z - t)^2 / 2 of the raw output; the half makes the slope the plain difference."""
    return (z - t) ** 2 / 2


@formula(r"\mathrm{CE}(\mathrm{softmax}(z), t)", slope=softmax_minus_target, floor=entropy_of_classes, seen=softmax)
def softmax_cross_entropy(z: Rows, t: Rows) -> Rows:
    """Return -t_k ln softmax_k(z), one summand a column; their sum is the cross-entropy."""
    return -t * torch.log_softmax(z, -1)


@formula("(z - t)^2", slope=twice_output_minus_target, seen=plain)
def squared(z: Rows, t: Rows) -> Rows:
    """Return (z - t)^2 of the raw output, without the half."""
    return (z - t) ** 2


def twice_beyond_sigmoid(t: Rows) -> Rows:
    """Return the squared distance of t from 0 to 1, where a sigmoid cannot follow."""
    return 2 * beyond_sigmoid(t)


@formula(r"(\sigma(z) - t)^2", slope=twice_sigmoid_minus_target_times_slope, floor=twice_beyond_sigmoid)
def squared_of_sigmoid(z: Rows, t: Rows) -> Rows:
    """Return (s(z) - t)^2, one number a channel, without the half."""
    return (torch.sigmoid(z) - t) ** 2


@formula(r"\tfrac12 (\mathrm{softmax}(z) - t)^2", slope=softmax_minus_target_through_softmax, seen=softmax)
def half_squared_of_softmax(z: Rows, t: Rows) -> Rows:
    """Return half the squared error behind a softmax, one summand a column; t sums to 1."""
    return (torch.softmax(z, -1) - t) ** 2 / 2


@formula(r"(\mathrm{softmax}(z) - t)^2", slope=twice_softmax_minus_target_through_softmax, seen=softmax)
def squared_of_softmax(z: Rows, t: Rows) -> Rows:
    """Return the squared error behind a softmax without the half, one summand a column; t sums to 1."""
    return (torch.softmax(z, -1) - t) ** 2


@formula(r"(\sigma(z) - t)^2\,\mathrm{BCE}(\sigma(z), t)", slope=focal_slope)
def focal_bce(z: Rows, t: Rows) -> Rows:
    """Return the cross-entropy times the squared mistake, for t of 0 or 1: what is nearly right counts little."""
    return (torch.sigmoid(z) - t) ** 2 * bce(z, t)


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
