"""The shipped configuration in a real nginx, before replicas of a few lines."""

import gzip
import http.client
import json
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from deploy.nginx import found, started
from helpers.ports import free_port

pytestmark = [
    pytest.mark.skipif(not found(), reason="there is no nginx (make nginx)"),
    pytest.mark.xdist_group(__name__),
]
PROGRAM = b"export default () => {};\n" * 200


class Replica(BaseHTTPRequestHandler):
    """Answers with what it was asked; with a program where one is asked for."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        asked = {"path": self.path, "headers": dict(self.headers), "body": len(self.rfile.read(length))}
        said = PROGRAM if self.path.endswith(".js") else json.dumps(asked).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/javascript" if said is PROGRAM else "application/json")
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    do_PUT = do_GET  # noqa: N815

    def log_message(self, *said: object) -> None:
        pass


@contextmanager
def replica() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Replica) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


class Door:
    """What nginx answers."""

    def __init__(self, address: str) -> None:
        self.host = urlsplit(address).netloc

    def ask(self, path: str, method: str = "GET", body: bytes = b"", **headers: str) -> tuple[int, str, bytes]:
        """Status, where it sends one, and what it says."""
        line = http.client.HTTPConnection(self.host, timeout=30)
        line.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        answer = line.getresponse()
        self.headers = answer.headers
        said = answer.status, answer.headers.get("Location", ""), answer.read()
        line.close()
        return said


@contextmanager
def opened(folder: Path, *there: str) -> Iterator[Door]:
    """Nginx before these of its two replicas; at the other's port nobody answers."""
    with ExitStack() as stack:
        ports = {name: stack.enter_context(replica()) if name in there else free_port() for name in ("r1", "r2")}
        yield Door(stack.enter_context(started(folder / "nginx", free_port(), ports)))


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with opened(tmp_path_factory.mktemp("both"), "r1", "r2") as found:
        yield found


@pytest.fixture(scope="module")
def half(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with opened(tmp_path_factory.mktemp("half"), "r2") as found:
        yield found


def test_an_address_without_a_replicas_name_leads_to_one_with_path_and_query(door: Door) -> None:
    for asked in ("/", "/lab", "/lab?lang=zh&raw=1_2%2C3&slides=overlap%3Fx%3D1%7Clab", "//elsewhere.example/lab"):
        status, there, _ = door.ask(asked)
        assert status == 302
        assert there in (f"/r1{asked}", f"/r2{asked}")
        assert door.headers["Cache-Control"] == "no-store"


def test_a_school_behind_one_address_is_spread_over_both(door: Door) -> None:
    sent = Counter(door.ask("/lab", X_Forwarded_For="192.0.2.7")[1] for _ in range(60))
    assert set(sent) == {"/r1/lab", "/r2/lab"}
    assert min(sent.values()) >= 10  # fewer: once in thirty million times


@pytest.mark.parametrize("path", ["/r1/", "/r1/lab?x=1%7C2", "/r1/_stcore/health", "/r1/scenes/a.jpg?version=1"])
def test_what_names_a_replica_goes_to_it_as_it_was_asked(door: Door, path: str) -> None:
    status, _, said = door.ask(path)
    assert (status, json.loads(said)["path"]) == (200, path)


def test_a_replica_sees_the_host_that_the_browser_sees_and_its_own_name(door: Door) -> None:
    headers = json.loads(door.ask("/r2/lab", Host="lossviz.example:8080", X_Lossviz_Replica="r1")[2])["headers"]
    assert headers["Host"] == "lossviz.example:8080"
    assert headers["X-Lossviz-Replica"] == "r2"
    assert headers["Connection"] == "close"


@pytest.mark.parametrize("path", ["/r1/live", "/r1/_stcore/stream"])
def test_sockets_are_passed_on(door: Door, path: str) -> None:
    asked = door.ask(path, Connection="Upgrade", Upgrade="websocket", Origin="http://lossviz.example")[2]
    headers = json.loads(asked)["headers"]
    assert (headers["Connection"], headers["Upgrade"]) == ("upgrade", "websocket")
    assert headers["Origin"] == "http://lossviz.example"


def test_programs_come_compressed(door: Door) -> None:
    _, _, said = door.ask("/r1/static/js/index.js", Accept_Encoding="gzip")
    assert gzip.decompress(said) == PROGRAM
    assert door.headers["Vary"] == "Accept-Encoding"
    assert door.ask("/r1/static/js/index.js")[2] == PROGRAM


def test_a_link_may_be_as_long_as_a_list_of_states_and_a_file_as_large_as_streamlit_takes(door: Door) -> None:
    link = "/r1/lab?slides=" + "%7C" * 6000
    assert json.loads(door.ask(link)[2])["path"] == link
    put = "/r1/_stcore/upload_file/session/file"
    assert json.loads(door.ask(put, "PUT", bytes(8 << 20))[2])["body"] == 8 << 20
    assert door.ask(put, "PUT", bytes((8 << 20) + 1))[0] == 413


def test_a_page_of_a_replica_that_is_gone_is_the_others_with_path_and_query(half: Door) -> None:
    link = "/lab?lang=zh&raw=1_2%2C3&slides=overlap%3Fx%3D1%7Clab"
    status, there, _ = half.ask("/r1" + link)
    assert (status, there) == (302, "/r2" + link.replace("?", "?moved=r1&"))
    assert json.loads(half.ask(there)[2])["path"] == there
    assert half.ask("/r1/")[:2] == (302, "/r2/?moved=r1&")
    assert half.ask("/r1")[:2] == (302, "/r1/")


def test_what_an_open_page_fetches_is_never_anothers(half: Door) -> None:
    for path in (
        "_stcore/health",
        "_stcore/host-config",
        "_stcore/stream",
        "static/js/x.js",
        "live",
        "media/x.png",
        "lossviz/x.js",
    ):
        assert half.ask(f"/r1/{path}")[0] == 502


def test_a_name_that_nobody_has_leads_to_a_replica(half: Door) -> None:
    status, there, _ = half.ask("/r7/lab?x=1")
    assert status == 302
    status, there, _ = half.ask(there)
    assert (status, there) == (302, "/r2/lab?moved=r7&x=1")


def test_where_no_replica_is_there_nginx_starts_and_says_so_after_two_looks(tmp_path: Path) -> None:
    with opened(tmp_path) as door:
        for first, second in (("r1", "r2"), ("r2", "r1")):
            assert door.ask(f"/{first}/lab?x=1")[:2] == (302, f"/{second}/lab?moved={first}&x=1")
            status, _, said = door.ask(f"/{second}/lab?moved={first}&x=1")
            assert status == 503
            assert "no server answers" in said.decode()
