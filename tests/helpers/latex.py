r"""What a printed formula says, as a number: ``evaluate(r"\frac{d^2}{2} \quad d = |y - t|", y=y, t=t)`` in float64.

What it can read:

* ``+ - * / \cdot \times``, products without a sign, ``^``, ``\frac12``, ``\tfrac \dfrac``, ``\sqrt{} \sqrt[3]{}``, brackets
  of all kinds with or without ``\left \right``, ``|x|``, ``\lvert x \rvert``;
* names: one letter, a Greek letter (``\beta`` is ``beta=``), ``\mathrm{IoU}``, with a subscript (``t_o`` is ``t_o=``,
  ``p_{\text{max}}`` is ``p_max=``), ``\hat o`` (``o_hat=``), ``t^*`` (``t_star=``), ``\frac{\partial L}{\partial z_k}``
  (``dL_dz_k=``); ``e`` and ``\pi`` unless they are given;
* functions: ``\ln \log \exp``, ``\sin`` to ``\arctanh``, ``\sigma`` and ``\sigma'``, ``\min \max`` of brackets, and
  ``\mathrm{}`` or ``\operatorname{}`` of ``tanh sigmoid softplus sign softmax BCE CE`` and so on. A function without
  brackets takes the next factor: ``\ln \sigma(z) t`` is ln(s(z)) times t. ``\sin^2 x`` is the square of the sine;
* classes: ``z_k`` is column k of ``z=`` (its last axis), ``\mathrm{softmax}_k(z)``, ``\sum_k``, ``\sum_{j \ne k}``,
  ``\sum_{k=1}^{C}`` and ``\prod \max \min`` with an index, over all columns of what is indexed in it; ``\delta_{ij}``,
  ``[k = t]`` (1 or 0), ``z_t`` with class numbers ``t=``. What is left over at the end, a column for each:
  the slope ``\mathrm{softmax}_k(z) - t_k`` has the shape of z. Two left over (i, j): two axes, in the order of the alphabet;
* ``\begin{cases} a & x < 1 \\ b & \text{else} \end{cases}`` with ``< > \le \ge \ne =``;
* a left side, which is passed over; of a chain ``a = b = c`` the last. ``sides`` gives all that can be read;
* definitions after ``\quad`` or a comma: ``d = |y - t|``, ``p_k = \mathrm{softmax}_k(z)``.
"""

from collections.abc import Callable

import torch
from helpers.latex_reader import Definition, Node, Place, Reader, Uses, width
from helpers.latex_words import parts, split_at_equals, tokens
from torch import Tensor


def evaluate(latex: str, **values: Tensor | float) -> Tensor:
    """The value of a formula, of a chain of equations the last side's."""
    return read(latex, values)[-1]()


def sides(latex: str, **values: Tensor | float) -> list[Tensor]:
    """The values of all sides of a chain of equations; the first may be a mere name, which is then left out."""
    first, *others = read(latex, values)
    found = [side() for side in others]
    try:
        return [first(), *found]
    except (KeyError, ValueError):
        if not found:
            raise
        return found


def read(latex: str, values: dict[str, Tensor | float]) -> list[Callable[[], Tensor]]:
    """The sides of the equation, each ready to be computed."""
    given = {name: torch.as_tensor(value, dtype=torch.float64) for name, value in values.items()}
    place = Place(given)
    equation, *rest = parts(tokens(latex))
    lefts = [split_at_equals(part) for part in rest]
    if any(len(part) != 2 for part in lefts):
        raise ValueError(f"after the formula, definitions such as d = |y - t| are read, not: {latex}")
    names = [Reader(left, set(given)).definition_name() for left, _ in lefts]
    known = set(given) | {base for base, _ in names}
    for (base, index), (_, right) in zip(names, lefts, strict=True):
        reader = Reader(right, known)
        place.definitions[base] = Definition(index, reader.whole(), reader.uses)
    return [lambda side=side: value_of(side, known, place) for side in split_at_equals(equation)]


def value_of(side: list[str], known: set[str], place: Place) -> Tensor:
    """One side; a column for each index that is left over."""
    reader = Reader(side, known)
    node = reader.whole()
    return spread(node, sorted({index for _, index in reader.uses}), reader.uses, place)


def spread(node: Node, free: list[str], uses: Uses, place: Place) -> Tensor:
    if not free:
        return node(place)
    index, *others = free
    columns = range(width(uses, index, place))
    return torch.stack([spread(node, others, uses, place.with_index(index, c)) for c in columns], -1 - len(others))
