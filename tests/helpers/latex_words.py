"""The words of a formula: what LaTeX is cut into, and what its functions and signs compute."""

import itertools
import math
import operator
import re
from collections.abc import Callable, Iterator
from functools import reduce

import torch
from torch import Tensor

TOKEN = re.compile(r"\\[A-Za-z]+|\\.|\d+\.?\d*|\.\d+|[A-Za-z]|\S")
NO_MEANING = {r"\,", r"\;", r"\:", r"\!", "\\ ", "~", r"\left", r"\right", r"\displaystyle", r"\limits"} | {
    rf"\{size}{side}" for size in ("big", "Big", "bigg", "Bigg") for side in ("", "l", "r")
}
CASES = re.compile(r"\\begin\{cases\}(.*?)\\end\{cases\}", re.DOTALL)
OPENING, CLOSING = ("(", "[", "{", r"\{", r"\lvert"), (")", "]", "}", r"\}", r"\rvert")
ENDS = {*CLOSING, "+", "-", "=", ",", "<", ">", "&", r"\\", r"\endcases", r"\quad", r"\qquad", r"\text", ";"} | {
    rf"\{name}" for name in ("le", "ge", "leq", "geq", "ne", "neq", "lt", "gt", "approx", "in")
}
GREEK_LETTERS = """
alpha beta gamma delta epsilon varepsilon zeta eta theta kappa lambda mu nu xi rho tau phi varphi chi psi omega
Gamma Delta Theta Lambda Phi Psi Omega ell
"""
GREEK = {rf"\{name}" for name in GREEK_LETTERS.split()}


def sigmoid_slope(x: Tensor) -> Tensor:
    return torch.sigmoid(x) * torch.sigmoid(-x)


def bce(p: Tensor, t: Tensor) -> Tensor:
    return -t * p.log() - (1 - t) * (1 - p).log()


ONE = {
    "ln": torch.log,
    "log": torch.log,
    "exp": torch.exp,
    "sigma": torch.sigmoid,
    "sigma'": sigmoid_slope,
    "sigmoid": torch.sigmoid,
    "softplus": torch.nn.functional.softplus,
    "sign": torch.sign,
    "sgn": torch.sign,
    "cot": lambda x: 1 / x.tan(),
    "sec": lambda x: 1 / x.cos(),
    "csc": lambda x: 1 / x.sin(),
    "coth": lambda x: 1 / x.tanh(),
    "arccot": lambda x: math.pi / 2 - x.atan(),
    "softmax": lambda x: torch.softmax(x, -1),
    **{name: getattr(torch, name) for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh")},
    **{f"{arc}{name}": getattr(torch, f"a{name}") for arc in ("arc", "ar") for name in ("sinh", "cosh", "tanh")},
    **{f"arc{name}": getattr(torch, f"a{name}") for name in ("sin", "cos", "tan")},
}
MANY: dict[str, Callable[..., Tensor]] = {
    "max": lambda *x: reduce(torch.maximum, torch.broadcast_tensors(*x)),
    "min": lambda *x: reduce(torch.minimum, torch.broadcast_tensors(*x)),
    "BCE": bce,
    "CE": lambda p, t: -t * p.log(),
}
OVER: dict[str, Callable[[Tensor], Tensor]] = {
    "sum": lambda x: x.sum(0),
    "prod": lambda x: x.prod(0),
    "max": lambda x: x.amax(0),
    "min": lambda x: x.amin(0),
}
COMPARE: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "<": operator.lt,
    r"\lt": operator.lt,
    ">": operator.gt,
    r"\gt": operator.gt,
    r"\le": operator.le,
    r"\leq": operator.le,
    r"\ge": operator.ge,
    r"\geq": operator.ge,
    "=": operator.eq,
    r"\ne": operator.ne,
    r"\neq": operator.ne,
}


def tokens(latex: str) -> list[str]:
    latex = re.sub(r"\\left\s*\|", r"\\lvert ", re.sub(r"\\right\s*\|", r"\\rvert ", latex))
    latex = CASES.sub(lambda found: rf"\cases {found[1]} \endcases ", latex)
    latex = re.sub(r"\\(?:text|textrm)\{\s*(?:if|else|otherwise|and|where|with|for)?\s*\}", r"\\text ", latex)
    return [token for token in TOKEN.findall(latex) if token not in NO_MEANING]


def outermost(all_tokens: list[str]) -> Iterator[tuple[int, str]]:
    """Positions and tokens that stand in no bracket."""
    depth = 0
    for place, token in enumerate(all_tokens):
        depth -= token in CLOSING or token == r"\endcases"
        if depth == 0:
            yield place, token
        depth += token in OPENING or token == r"\cases"


def cut(all_tokens: list[str], at: set[str]) -> list[list[str]]:
    places = [place for place, token in outermost(all_tokens) if token in at]
    return [all_tokens[a + 1 : b] for a, b in itertools.pairwise([-1, *places, len(all_tokens)])]


def parts(all_tokens: list[str]) -> list[list[str]]:
    """The equation and the definitions after it."""
    return [part for part in cut(all_tokens, {r"\quad", r"\qquad", ",", ";", r"\text"}) if part]


def split_at_equals(all_tokens: list[str]) -> list[list[str]]:
    return [
        [token for token in part if token != "&"] if r"\cases" not in part else part for part in cut(all_tokens, {"="})
    ]


def spelled(found: list[str]) -> list[str]:
    """Tokens as they stand in the name of an argument."""
    return [token.removeprefix("\\") for token in found if token not in "{}"]
