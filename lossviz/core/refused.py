"""What is said of a value that a reader of links does not take: its key, what is allowed, what came."""

from typing import NamedTuple


class Why(NamedTuple):
    """What is allowed and what came, in no language: the catalogues' ``link_must_<rule>`` makes a sentence of it."""

    rule: str
    allowed: tuple[str, ...]
    """The words or numbers that the rule names: ends of a range, words to choose from, a count, an example."""
    came: str
    """What was refused, as it came: it is cut and neutralised where a page shows it."""
    part: bool = False
    """Whether that was only a part of the key's value, such as one number of four."""


class RefusedError(ValueError):
    """Raised by a reader that can tell what it would take."""

    def __init__(self, rule: str, allowed: tuple[str, ...], came: str) -> None:
        """Keep what a sentence needs."""
        super().__init__(f"{rule} {', '.join(allowed)}: {came}")
        self.why = Why(rule, allowed, came)


class Refused(str):
    """The key of a value that was refused. It compares, hashes and reads as the key alone.

    ``why`` says what is allowed and what came; None where the reader raised a plain ValueError and cannot tell.
    """

    why: Why | None

    def __new__(cls, key: str, why: Why | None = None) -> "Refused":
        """Return the key with what is known of it."""
        self = super().__new__(cls, key)
        self.why = why
        return self


def refused(key: str, value: str, error: ValueError) -> Refused:
    """Return the key of a link whose value a reader refused, with what the error tells."""
    why = error.why if isinstance(error, RefusedError) else None
    return Refused(key, why and why._replace(part=why.came != value))
