"""Print the address at which others reach the app: ``python assets/deploy/board.py HOST PORT``, as ``make run`` does."""

import socket
import sys

EVERYWHERE = ("0.0.0.0", "::")


def reached(host: str) -> str:
    """Return the host to write on the board: where the server listens everywhere, this machine's place in its network."""
    if host not in EVERYWHERE:
        return host
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing: it only chooses the network
        except OSError:
            return socket.gethostname()
        found: str = probe.getsockname()[0]
        return found


if __name__ == "__main__":
    host, port = sys.argv[1:]
    sys.stdout.write(f"lossviz: http://{reached(host)}:{port}  (Ctrl-C stops it)\n")
