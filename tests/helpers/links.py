"""What links say beyond what every address says."""

from collections.abc import Mapping

EVERY = {"lang": "en", "level": "1"}


def said(query: Mapping[str, str]) -> dict[str, str]:
    """A query without English and the first level."""
    return {key: value for key, value in dict(query).items() if EVERY.get(key) != value}
