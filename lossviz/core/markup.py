"""Letters with indices and exponents, as HTML."""

import re

TAG = re.compile(r"(<[^>]*>)")
EXPONENT, INDEX = re.compile(r"\^([a-z]_[a-z]|[a-z])\b"), re.compile(r"\b([a-z])_([a-z])\b")


def indexed(markup: str) -> str:
    """Return markup in which t_x has its index below the line and e^t_w its exponent above it."""
    parts = TAG.split(markup)
    for n in range(0, len(parts), 2):
        parts[n] = INDEX.sub(r"<var>\1</var><sub>\2</sub>", EXPONENT.sub(r"<sup>\1</sup>", parts[n]))
    return "".join(parts)
