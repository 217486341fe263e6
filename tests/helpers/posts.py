"""A blog of another origin, with frames of the app in its posts."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PICTURE = b'<svg xmlns="http://www.w3.org/2000/svg" width="300" height="200"><rect width="300" height="200"/></svg>'


class Blog:
    """Posts by name, each the markup of its body; everything else is a picture."""

    def __init__(self, address: str, posts: dict[str, str]) -> None:
        self.address, self.posts = address, posts

    def post(self, name: str, body: str) -> str:
        """Publish a post; its address."""
        self.posts[f"/{name}"] = f"<!doctype html><meta charset=utf-8><title>A post</title><h1>A post</h1>{body}"
        return f"{self.address}/{name}"


@contextmanager
def blog() -> Iterator[Blog]:
    posts: dict[str, str] = {}

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            said = posts.get(self.path)
            body = PICTURE if said is None else said.encode()
            self.send_response(200)
            self.send_header("Content-Type", "image/svg+xml" if said is None else "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *said: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield Blog(f"http://127.0.0.1:{server.server_address[1]}", posts)
        server.shutdown()
        thread.join()
