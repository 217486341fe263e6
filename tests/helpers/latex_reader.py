"""Reads the words of a formula, and what it reads can be computed: a sum of products of powers of factors."""

import itertools
import math
import operator
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import reduce

import torch
from helpers.latex_words import CLOSING, COMPARE, ENDS, GREEK, MANY, ONE, OPENING, OVER, spelled
from torch import Tensor


@dataclass
class Place:
    """What the names stand for, and which column each index stands at."""

    values: dict[str, Tensor]
    definitions: dict[str, "Definition"] = field(default_factory=dict)
    at: dict[str, int] = field(default_factory=dict)

    def with_index(self, index: str, column: int) -> "Place":
        return Place(self.values, self.definitions, {**self.at, index: column})


Node = Callable[[Place], Tensor]
Uses = set[tuple[str, str]]
"""(name, index): the name is indexed by it."""


@dataclass
class Definition:
    index: str
    node: Node
    uses: Uses


def width(uses: Uses, index: str, place: Place) -> int:
    """How many columns the indexed names have."""
    for name, used in sorted(uses):
        if used == index and name in place.values:
            return columns_of(place.values[name], name)
        if used == index and name in place.definitions:
            definition = place.definitions[name]
            return width(definition.uses, definition.index, place)
    if "C" in place.values:
        return int(place.values["C"])
    raise ValueError(f"over how many columns the index {index} runs is not known")


def columns_of(values: Tensor, name: str) -> int:
    if not values.ndim:
        raise ValueError(f"{name} is one number and has no columns")
    return values.shape[-1]


def binary(way: Callable[[Tensor, Tensor], Tensor], left: Node, right: Node) -> Node:
    return lambda place: way(left(place), right(place))


def constant(number: float) -> Node:
    return lambda place: torch.tensor(number, dtype=torch.float64)


def column(values: Tensor, index: str, place: Place) -> Tensor:
    """z_k; z_t with class numbers t."""
    if index in place.at:
        return values[..., place.at[index]]
    if index.isdigit():
        return values[..., int(index)]
    return values.gather(-1, place.values[index].long()[..., None])[..., 0]


class Reader:
    """Recursive descent: a sum of products of powers of factors."""

    def __init__(self, all_tokens: list[str], known: set[str]) -> None:
        self.tokens, self.known = all_tokens, known
        self.place = 0
        self.uses: Uses = set()
        self.bars = 0

    @property
    def next(self) -> str:
        return self.tokens[self.place] if self.place < len(self.tokens) else ""

    def take(self, *expected: str) -> str:
        token = self.next
        if not token or (expected and token not in expected):
            raise ValueError(f"{' or '.join(expected) or 'more'} was expected at {token!r} in {' '.join(self.tokens)}")
        self.place += 1
        return token

    def took(self, *wanted: str) -> bool:
        if self.next and self.next in wanted:
            self.place += 1
            return True
        return False

    def whole(self) -> Node:
        node = self.sum()
        if self.next:
            raise ValueError(f"{self.next!r} cannot be read in {' '.join(self.tokens)}")
        return node

    def sum(self) -> Node:
        minus = self.took("-")
        self.took("+")
        node = self.negated(self.product()) if minus else self.product()
        while self.next in ("+", "-"):
            way = operator.add if self.take() == "+" else operator.sub
            node = binary(way, node, self.product())
        return node

    @staticmethod
    def negated(node: Node) -> Node:
        return lambda place: -node(place)

    def product(self) -> Node:
        node = self.power()
        while self.next and self.next not in ENDS and not (self.next == "|" and self.bars):
            if self.took("/"):
                node = binary(operator.truediv, node, self.power())
                continue
            self.took("*", r"\cdot", r"\times")
            node = binary(operator.mul, node, self.power())
        return node

    def power(self) -> Node:
        if self.took("-"):
            return self.negated(self.power())
        node = self.factor()
        while self.took("^"):
            node = binary(torch.pow, node, self.argument())
        return node

    def argument(self) -> Node:
        """What stands in braces, or one digit or letter."""
        if self.next.isdigit() and len(self.next) > 1:
            first, self.tokens[self.place] = self.next[0], self.next[1:]
            return constant(float(first))
        return self.factor()

    def factor(self) -> Node:
        token = self.take()
        if token in OPENING:
            return self.bracket(CLOSING[OPENING.index(token)])
        if token == "|":
            return self.absolute()
        if token[0].isdigit() or token[0] == ".":
            return constant(float(token))
        name = token.removeprefix("\\")
        ways = {
            "frac": self.fraction,
            "tfrac": self.fraction,
            "dfrac": self.fraction,
            "sqrt": self.root,
            "cases": self.cases,
            "sum": lambda: self.over("sum"),
            "prod": lambda: self.over("prod"),
        }
        if token.startswith("\\") and name in ways:
            return ways[name]()
        return self.word(token, name)

    def bracket(self, closing: str) -> Node:
        bars, self.bars = self.bars, 0
        node = self.sum()
        if self.next in COMPARE:
            node = self.comparisons(node)
        self.take(closing)
        self.bars = bars
        if closing == r"\rvert":
            return lambda place: node(place).abs()
        return node

    def absolute(self) -> Node:
        self.bars += 1
        node = self.sum()
        self.take("|")
        self.bars -= 1
        return lambda place: node(place).abs()

    def comparisons(self, first: Node) -> Node:
        """``a < b \\le c``: 1 where all hold, else 0."""
        nodes, ways = [first], []
        while self.next in COMPARE:
            ways.append(COMPARE[self.take()])
            nodes.append(self.sum())

        def holds(place: Place) -> Tensor:
            numbers = [node(place) for node in nodes]
            found = [way(a, b) for way, (a, b) in zip(ways, itertools.pairwise(numbers), strict=True)]
            return reduce(torch.logical_and, found).double()

        return holds

    def fraction(self) -> Node:
        quotient = re.match(
            r"\{ (?:\\partial|\\mathrm \{ d \}) (.*?)\} \{ (?:\\partial|\\mathrm \{ d \}) (.*)",
            " ".join(self.tokens[self.place :]),
        )
        if quotient:
            return self.derivative()
        return binary(operator.truediv, self.argument(), self.argument())

    def derivative(self) -> Node:
        """``\\frac{\\partial L}{\\partial z_k}``, given as ``dL_dz_k``."""
        names = []
        for _ in range(2):
            self.take("{")
            if self.take(r"\partial", r"\mathrm") == r"\mathrm":
                self.group()
            names.append("d" + "".join(spelled(self.braced())))
        return self.lookup("_".join(names), "")

    def braced(self) -> list[str]:
        """The tokens up to the closing brace, which is passed over."""
        start, depth = self.place, 1
        while depth:
            token = self.take()
            depth += (token in OPENING) - (token in CLOSING)
        return self.tokens[start : self.place - 1]

    def group(self) -> str:
        """The letters in braces, or one token."""
        found = self.braced() if self.took("{") else [self.take()]
        if found and found[0] in (r"\text", r"\mathrm", r"\operatorname"):
            found = [token for token in found[1:] if token not in "{}"] or [self.group()]
        return "".join(spelled(found))

    def root(self) -> Node:
        degree = self.bracket("]") if self.took("[") else constant(2)
        return binary(lambda x, n: x ** (1 / n), self.argument(), degree)

    def cases(self) -> Node:
        rows: list[tuple[Node, Node]] = []
        while not self.took(r"\endcases"):
            value = self.sum()
            self.took(",")
            self.take("&")
            rows.append((value, self.condition()))
            self.took(r"\\")

        def chosen(place: Place) -> Tensor:
            result = torch.tensor(math.nan, dtype=torch.float64)
            for value, condition in reversed(rows):
                result = torch.where(condition(place).bool(), value(place), result)
            return result

        return chosen

    def condition(self) -> Node:
        while self.took(r"\text", r"\quad", ","):
            pass
        if self.next in (r"\\", r"\endcases"):
            return constant(1)
        node = self.comparisons(self.sum())
        self.took(r"\text")
        return node

    def over(self, name: str) -> Node:
        """``\\sum_k``, ``\\sum_{k=1}^{C}``, ``\\sum_{j \\ne k}`` of the product that follows."""
        self.take("_")
        under = self.braced() if self.took("{") else [self.take()]
        if self.took("^"):
            self.group()
        index, but = under[0], under[2] if under[1:2] in ([r"\ne"], [r"\neq"]) else None
        outside, self.uses = self.uses, set()
        body = self.product()
        inside = self.uses
        self.uses = outside | {use for use in inside if use[1] != index}
        if but:
            self.uses |= {(name, but) for name, used in inside if used == index}

        def together(place: Place) -> Tensor:
            left_out = place.at[but] if but else None
            columns = [c for c in range(width(inside, index, place)) if c != left_out]
            return OVER[name](torch.stack([body(place.with_index(index, c)) for c in columns]))

        return together

    def word(self, token: str, name: str) -> Node:
        if token in (r"\mathrm", r"\operatorname", r"\mathit", r"\text"):
            name = self.group()
        if token in (r"\hat", r"\bar", r"\tilde"):
            return self.named(f"{self.group()}_{name}")
        if name == "sigma" and self.took("'"):
            name = "sigma'"
        if name not in self.known and (token.startswith("\\") and (name in ONE or name in MANY)):
            return self.function(name)
        if (
            token.startswith("\\")
            and token not in GREEK
            and token not in (r"\mathrm", r"\operatorname", r"\pi", r"\sigma")
        ):
            raise ValueError(f"{token} cannot be read")
        return self.named(name)

    def function(self, name: str) -> Node:
        if name in OVER and self.next == "_":
            return self.over(name)
        index = self.subscript() if self.took("_") else ""
        exponent = self.argument() if self.took("^") else None
        start = self.place
        node = self.called(name)
        if name == "log" and index:
            return lambda place: node(place) / math.log(float(index))
        index = index or (self.subscript() if name == "softmax" and self.took("_") else "")
        if index:
            node = self.indexed(node, index, self.tokens[start : self.place])
        return binary(torch.pow, node, exponent) if exponent else node

    def called(self, name: str) -> Node:
        """With its arguments: in brackets, or the factor that follows."""
        arguments = self.arguments() if name in MANY or self.next in ("(", "[") else [self.power()]
        way = MANY.get(name) or ONE[name]
        return lambda place: way(*(argument(place) for argument in arguments))

    def arguments(self) -> list[Node]:
        closing = CLOSING[OPENING.index(self.take("(", "[", "{", r"\{"))]
        bars, self.bars = self.bars, 0
        found = [self.sum()]
        while self.took(",", ";"):
            found.append(self.sum())
        self.take(closing)
        self.bars = bars
        return found

    def indexed(self, node: Node, index: str, brackets: list[str]) -> Node:
        """softmax_k(z): k runs over the columns of what stands in the brackets."""
        names = spelled(brackets)
        if index not in self.known and not index.isdigit():
            self.uses |= {(name, index) for name in names if name in self.known}
        return lambda place: column(node(place), index, place)

    def subscript(self) -> str:
        return self.group()

    def definition_name(self) -> tuple[str, str]:
        """A name, and the index it is defined for."""
        name = self.spelled_name()
        base, _, index = name.rpartition("_")
        return (base, index) if base and index in ("i", "j", "k", "l", "m", "n") else (name, "")

    def spelled_name(self) -> str:
        token = self.take()
        name = self.group() if token in (r"\mathrm", r"\operatorname") else token.removeprefix("\\")
        if token in (r"\hat", r"\bar", r"\tilde"):
            name = f"{self.group()}_{name}"
        return f"{name}_{self.group()}" if self.took("_") else name

    def named(self, name: str) -> Node:
        if self.next == "^" and self.tokens[self.place + 1 : self.place + 2] in (["*"], [r"\ast"]):
            self.place += 2
            name = f"{name}_star"
        index = self.subscript() if self.took("_") else ""
        if f"{name}_{index}" in self.known:
            return self.lookup(f"{name}_{index}", "")
        if name == "delta" and len(index) == 2:
            return self.kronecker(*index)
        if index and name not in self.known:
            raise KeyError(f"{name}_{index} is not given")
        return self.lookup(name, index)

    def kronecker(self, first: str, second: str) -> Node:
        return lambda place: torch.tensor(float(place.at[first] == place.at[second]), dtype=torch.float64)

    def lookup(self, name: str, index: str) -> Node:
        for one in index:
            if one not in self.known and not one.isdigit():
                self.uses.add((name, one))
        if name in self.known:
            return lambda place: looked_up(name, index, place)
        if name in ("e", "pi"):
            return constant(getattr(math, name))
        if name in ("i", "j", "k"):
            return lambda place: torch.tensor(float(place.at[name]), dtype=torch.float64)
        raise KeyError(f"{name} is not given")


def looked_up(name: str, index: str, place: Place) -> Tensor:
    if name in place.values:
        return reduce(lambda value, one: column(value, one, place), reversed(index), place.values[name])
    definition = place.definitions[name]
    if not definition.index:
        return definition.node(place)
    if index in place.at:
        return definition.node(place.with_index(definition.index, place.at[index]))
    columns = range(width(definition.uses, definition.index, place))
    every = torch.stack([definition.node(place.with_index(definition.index, c)) for c in columns], -1)
    return column(every, index, place) if index else every
