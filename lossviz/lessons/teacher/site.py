"""The server to which the links of documents lead."""

import re

SITE = "http://localhost:8501"
"""Where the app runs if nobody says otherwise."""


def site_of(address: str) -> str:
    """Return the address of a server as links begin. Raises: ValueError for anything else."""
    if not re.fullmatch(r"https?://[\w.\-\[\]:]+(?:/[\w.~\-/]*)?", address, re.ASCII):
        raise ValueError(f"expected an address such as {SITE}, not {address!r}")
    return address.rstrip("/")
