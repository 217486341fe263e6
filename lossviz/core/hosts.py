"""Where others reach the app: ``python -m lossviz.core.hosts HOST PORT`` prints it for the board, as ``make run`` does."""

import socket
import sys
from ipaddress import ip_address
from urllib.parse import urlsplit, urlunsplit

EVERYWHERE = ("0.0.0.0", "::")


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
