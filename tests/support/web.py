"""A web server of a test's own: files with ranges, and answers that behave badly."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Play = Callable[["Handler"], None]


class Web:
    """``plays`` holds what answers each path; ``asked`` the path, the Host and the range of each request."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        self.plays: dict[str, Play] = {}
        self.asked: list[tuple[str, str, str]] = []
        self.sent_bytes = 0
        self.ended = threading.Event()
        handler = type("OwnHandler", (Handler,), {"web": self})
        self.server = ThreadingHTTPServer((host, 0), handler)
        self.server.daemon_threads = True
        self.port = self.server.server_port
        self.url = f"http://{host}:{self.port}"

    def has(self, path: str, data: bytes, media_type: str = "audio/mpeg", *, ranges: bool = True) -> str:
        """Serve ``data``; its address."""
        self.plays[path] = lambda handler: handler.serve(data, media_type, ranges)
        return self.url + path

    def answers(self, path: str, status: int, body: bytes = b"", **headers: str) -> str:
        def play(handler: Handler) -> None:
            handler.begin(status, {"Content-Length": str(len(body)), **headers})
            handler.write(body)

        self.plays[path] = play
        return self.url + path


def missing(handler: Handler) -> None:
    handler.begin(404, {"Content-Length": "0"})


class Handler(BaseHTTPRequestHandler):
    web: Web

    def do_GET(self) -> None:
        web = self.web
        web.asked.append((self.path, self.headers["Host"], self.headers.get("Range", "")))
        try:
            web.plays.get(self.path, missing)(self)
        except OSError:
            self.close_connection = True  # the caller left in the middle, as it should

    def begin(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def write(self, data: bytes) -> None:
        for start in range(0, len(data), 65_536):
            self.wfile.write(data[start : start + 65_536])
            self.web.sent_bytes += len(data[start : start + 65_536])

    def serve(self, data: bytes, media_type: str, ranges: bool) -> None:
        said = self.headers.get("Range", "")
        if not ranges or not said.startswith("bytes="):
            self.begin(200, {"Content-Type": media_type, "Content-Length": str(len(data))})
            return self.write(data)
        first, _, last = said.removeprefix("bytes=").partition("-")
        start, end = int(first), min(int(last or len(data)), len(data) - 1)
        sent = {"Content-Type": media_type, "Content-Length": str(end + 1 - start)}
        self.begin(206, {**sent, "Content-Range": f"bytes {start}-{end}/{len(data)}"})
        return self.write(data[start : end + 1])

    def log_message(self, *_args: Any) -> None:
        """Say nothing."""


@contextmanager
def served(host: str = "127.0.0.1") -> Iterator[Web]:
    web = Web(host)
    thread = threading.Thread(target=web.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield web
    finally:
        web.ended.set()
        web.server.shutdown()
        thread.join()
        web.server.server_close()
