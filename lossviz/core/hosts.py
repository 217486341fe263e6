"""Where others reach the app: ``python -m lossviz.core.hosts HOST PORT`` prints it for the board, as ``make run`` does."""

import os
import re
import socket
import sys
from ipaddress import ip_address
from urllib.parse import urlsplit, urlunsplit

EVERYWHERE = ("0.0.0.0", "::")
SITE = "http://localhost:8501"
"""Where the app runs if nobody says otherwise."""
VARIABLE = "LOSSVIZ_SITE"
"""The environment variable that says the address under which everybody reaches the app."""
LONGEST = 300
"""Most characters of an address."""


def site_of(address: str) -> str:
    """Return the address of a server as links begin. Raises: ValueError for anything else."""
    sound = re.fullmatch(r"https?://[\w.\-\[\]:]+(?:/[\w.~\-/]*)?", address, re.ASCII)
    if not sound or len(address) > LONGEST or not hosted(address):
        raise ValueError(f"expected an address such as {SITE}, not {address[:LONGEST]!r}")
    return address.rstrip("/")


def hosted(address: str) -> bool:
    """Return whether an address names a host as addresses do."""
    try:
        return bool(urlsplit(address).hostname)
    except ValueError:
        return False


def public_site() -> str:
    """Return the address that the environment names for everybody; empty where it names none. Raises: ValueError."""
    named = os.environ.get(VARIABLE, "")
    try:
        return site_of(named) if named else ""
    except ValueError as error:
        raise ValueError(f"{VARIABLE}: {error}") from error


def reached(host: str) -> str:
    """Return the host to write on the board: where the server listens everywhere, this machine's place in its network."""
    return here() if host in EVERYWHERE else host


def here() -> str:
    """Return this machine's address in its network, or its name where there is no network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing: it only chooses the network
        except OSError:
            return socket.gethostname()
        found: str = probe.getsockname()[0]
        return found


def loopback(url: str) -> bool:
    """Return whether an address leads nobody but this machine itself to the page."""
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback or ip_address(host).is_unspecified
    except ValueError:
        return False


def in_network(url: str, host: str) -> str:
    """Return an address with another host in it, for those in the same network."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=f"{host}:{parts.port}" if parts.port else host))


if __name__ == "__main__":
    host, port = sys.argv[1:]
    sys.stdout.write(f"lossviz: http://{reached(host)}:{port}  (Ctrl-C stops it)\n")
