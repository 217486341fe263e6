r"""Formulas that anybody can work out, read and computed."""

import math
from typing import Any

import pytest
import torch
from helpers.latex import evaluate, sides
from torch import Tensor

Z = torch.tensor([[2.0, 1.0, 0.0], [-1.0, 0.5, 3.0]], dtype=torch.float64)
T = torch.tensor([[0.0, 1.0, 0.0], [0.2, 0.3, 0.5]], dtype=torch.float64)
P = torch.softmax(Z, -1)
S = torch.sigmoid(Z)


def near(found: Tensor, meant: Any) -> None:
    torch.testing.assert_close(found, torch.as_tensor(meant, dtype=torch.float64), rtol=1e-13, atol=1e-13)


PLAIN = {
    "1 + 2 * 3 - 4 / 8": 6.5,
    "2 x y": 24,
    "-x^2": -9,
    "x^{-2}": 1 / 9,
    r"2^{x} y^2": 128,
    "x^2y": 36,
    "x - y - 1": -2,
    r"\frac{x}{y} + \tfrac12 \cdot \dfrac1{x}": 0.75 + 1 / 6,
    r"\sqrt{x y + 4} + \sqrt[3]{8}": 6,
    r"|x - y| |y - x| - 2|x|": -5,
    r"\left| x - y \right|^2": 1,
    r"\left( x + \frac{1}{2} \right)^2": 12.25,
    r"\ln e^{x} + \log(1) + \log_2 8": 6,
    r"\ln \sigma(x) y": math.log(1 / (1 + math.exp(-3))) * 4,
    r"\exp(-x)\,\exp x": 1,
    r"\sin^2 x + \cos^2 x": 1,
    r"\cosh^2(x) - \sinh^2(x)": 1,
    r"\arctan \tan 1 + \operatorname{artanh} \tanh 2": 3,
    r"\min(x, y) + 10 \max\left(x, y, 7\right)": 73,
    r"\sigma'(x)": math.exp(-3) / (1 + math.exp(-3)) ** 2,
    r"\beta x + \hat o + t_o + t^* + b_{\text{max}} + \mathrm{IoU}": 3 * 0.5 + 1 + 2 + 4 + 8 + 16,
    r"\begin{cases} \frac{x^2}{2} & x < 3 \\ x - \tfrac12 & x \ge 3 \end{cases}": 2.5,
    r"\begin{cases} 1 & \text{if } x > y \\ 2 & \text{else} \end{cases} + 1": 3,
    r"[x < y] + [x = 3] + [2 \le x < 3] + 2[x + 1]": 10,
    r"L(x) = d^2 + 1 \quad d = |y - u|, u = x + 5": 17,
    r"x \frac{\partial L}{\partial z_k} \frac{\partial a}{\partial z}": 3 * 0.5 * 0.25,
    r"\frac{\mathrm{d} L}{\mathrm{d} z} = \frac{\partial a}{\partial z} x": 0.75,
    r"\pi": math.pi,
}
GIVEN = {
    "x": 3, "y": 4, "beta": 0.5, "o_hat": 1, "t_o": 2, "t_star": 4, "b_max": 8, "IoU": 16, "dL_dz_k": 0.5, "da_dz": 0.25
}  # fmt: skip


@pytest.mark.parametrize("latex", PLAIN)
def test_a_formula_of_numbers_is_its_number(latex: str) -> None:
    near(evaluate(latex, **GIVEN), PLAIN[latex])


OF_CLASSES = {
    r"-\sum_k t_k \ln \mathrm{softmax}_k(z)": -(T * P.log()).sum(-1),
    r"L = -\sum_{k=1}^{C} t_k \ln p_k \quad p_k = \mathrm{softmax}_k(z)": -(T * P.log()).sum(-1),
    r"\frac{\partial L}{\partial z_k} = \mathrm{softmax}_k(z) - t_k": P - T,
    r"\frac{e^{z_k}}{\sum_j e^{z_j}}": P,
    r"\ln \sum_k e^{z_k} - z_c": torch.logsumexp(Z, -1) - torch.stack([Z[0, 1], Z[1, 2]]),
    r"-\ln \mathrm{softmax}_c(z)": -torch.stack([P[0, 1], P[1, 2]]).log(),
    r"\mathrm{softmax}_k(z) - [k = c]": P - torch.tensor([[0, 1, 0], [0, 0, 1]]),
    r"\sum_{j \ne k} p_j \quad p_k = \mathrm{softmax}_k(z)": 1 - P,
    r"p_i (\delta_{ij} - p_j) \quad p_k = \mathrm{softmax}_k(z)": torch.diag_embed(P) - P[:, :, None] * P[:, None, :],
    r"\max_j z_j - \min_j z_j": Z.amax(-1) - Z.amin(-1),
    r"\sum_k t_k": T.sum(-1),
    r"\sum_k t_k - z_k": T.sum(-1)[:, None] - Z,
    r"z_0 + t_{2}": Z[:, 0] + T[:, 2],
    r"\mathrm{BCE}(\sigma(z), t)": -T * S.log() - (1 - T) * (1 - S).log(),
    r"\mathrm{CE}(\mathrm{softmax}(z), t)": -T * P.log(),
}


@pytest.mark.parametrize("latex", OF_CLASSES)
def test_an_index_runs_over_the_columns(latex: str) -> None:
    near(evaluate(latex, z=Z, t=T, c=torch.tensor([1, 2])), OF_CLASSES[latex])


def test_every_side_of_a_chain_has_its_value() -> None:
    found = sides(r"\frac{\partial L}{\partial z} = \frac{a - y}{a(1 - a)} \cdot a(1 - a) = a - y", a=0.25, y=1)
    assert len(found) == 2
    for side in found:
        near(side, -0.75)
    assert [float(side) for side in sides("a = 2 a", a=3)] == [3, 6]


@pytest.mark.parametrize(
    "latex",
    [r"\unknown x", "x +", "(x", "x)", r"\frac{x}", "q", "x_q", r"\sum_k x", r"x \quad y", r"\mathrm{softmax}", "|x"],
)
def test_what_cannot_be_read_is_an_error_and_no_number(latex: str) -> None:
    with pytest.raises((ValueError, KeyError)):
        evaluate(latex, x=3, y=4)
