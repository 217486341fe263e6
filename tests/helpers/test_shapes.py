"""What looks at types and shapes while the other tests run finds what is wrong, wherever it is."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import torch
from jaxtyping import Float
from shapes import checked
from torch import Tensor

beartype = pytest.importorskip("beartype")
look = checked(typechecker=beartype.beartype)
Rows = Float[Tensor, "n 4"]
FOUR, FIVE = torch.zeros(4, 4), torch.zeros(5, 4)


@look
def added(one: Rows, other: Rows, *, wrong: Any = None) -> Rows:
    return one + other if wrong is None else wrong


def maker(number: int) -> Callable[[Rows, Rows], Rows]:
    @look
    def made(one: Rows, other: Rows) -> Rows:
        return one + number if number < 3 else one[:3]

    return made


@look
def recursive(one: Rows) -> Rows:
    """Another number of rows at every depth."""

    @look
    def half(of: Rows) -> Rows:
        return of if len(of) < 2 else torch.cat([recursive(of[1:]), of[:1]])

    return half(one)


@look
@dataclass(frozen=True)
class Pair:
    one: Rows
    other: Rows

    @property
    @look
    def swapped(self) -> "Pair":
        return Pair(self.other, self.one)

    @look
    def shorter(self) -> Rows:
        return self.one[:, :3]

    @classmethod
    @look
    def of(cls, both: Rows) -> "Pair":
        return cls(both, both)

    @staticmethod
    @look
    def count(rows: Rows) -> int:
        return str(len(rows))  # type: ignore[return-value]


@look
def each(rows: Rows) -> Iterator[Tensor]:
    yield from rows


def test_what_is_right_passes() -> None:
    assert torch.equal(added(FOUR, FOUR), FOUR)
    assert added(FIVE, other=FIVE).shape == (5, 4)
    assert torch.equal(maker(1)(FOUR, FOUR), FOUR + 1)
    assert torch.equal(maker(2)(FIVE, FIVE), FIVE + 2)
    assert torch.equal(recursive(FIVE), FIVE)
    assert Pair.of(FOUR).swapped.one is FOUR
    assert len([*each(FIVE)]) == 5


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: added(FOUR, FIVE),
        lambda: added(FOUR, FOUR[:, :3]),
        lambda: added(FOUR, FOUR.int()),
        lambda: added(FOUR, [4]),
        lambda: added(FOUR, FOUR, wrong=FIVE),
        lambda: maker(1)(FOUR, FIVE),
        lambda: maker(3)(FOUR, FOUR),
        lambda: Pair(FOUR, FIVE),
        lambda: Pair(FOUR, other=FOUR.bool()),
        lambda: Pair(FOUR, FOUR).shorter(),
        lambda: Pair.of(FOUR[0]),
        lambda: Pair.count(FOUR),
        lambda: next(each(FOUR[0])),
    ],
)
def test_what_is_wrong_is_found(wrong: Callable[[], object]) -> None:
    with pytest.raises(Exception, match=r"violates type hint|[Tt]ype-check error"):
        wrong()
    test_what_is_right_passes()
