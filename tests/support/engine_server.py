"""The little server behind ``engine.py``."""

from __future__ import annotations

import json
import math
import queue
import re
import threading
import time
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.support.tones import HEAD_BYTES, SAMPLES_A_SECOND, UNTOLD, head, second, tone
from tools.patience import PATIENCE_S

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = {
    "/static/rooms/": ROOT / "rooms/static/rooms",
    "/static/players/": ROOT / "players/static/players",
    "/static/vendor/": ROOT / "players/static/vendor",
    "/tests/js/": ROOT / "tests/js",
}
TYPES = {".js": "text/javascript", ".html": "text/html; charset=utf-8", ".m3u8": "application/vnd.apple.mpegurl"}
AHEAD_S = 20
"""So much of a tone that nobody measured is there to begin with, as from a radio station; then it comes as it plays."""


def playlist(segments: str) -> bytes:
    """The HLS playlist of the tone, whose segments lie at another address."""
    return (FOLDERS["/tests/js/"] / "hls/tone.m3u8").read_bytes().replace(b"tone.m4s", segments.encode())


class EngineServer(ThreadingHTTPServer):
    """Serves the modules, tones of any length, and the API's clock, snapshot and stream as the test scripts them."""

    daemon_threads = True
    skew_ms: float = 0
    """How far this server's clock is ahead of the real one."""
    snapshot: dict[str, Any] | None = None
    """What a GET of the room answers; None answers ``snapshot_status``."""
    snapshot_status = 404
    stream_status = 200
    time_takes_s: float = 0
    """How long this server takes to tell the time, which it reads in the middle."""
    media_until_s: float = math.inf
    """Of a tone, what comes after so many seconds is held back, until this is infinite again."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[str] = []
        self.streams: list[Stream] = []
        self._joined = threading.Condition()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    @property
    def now_ms(self) -> int:
        return int(time.time() * 1000 + self.skew_ms)

    def reset(self) -> None:
        """As it was when it started, without streams."""
        for stream in self.streams:
            stream.end()
        self.asked, self.streams = [], []
        self.skew_ms, self.snapshot, self.snapshot_status, self.stream_status = 0, None, 404, 200
        self.time_takes_s, self.media_until_s = 0, math.inf

    def join(self, stream: Stream) -> None:
        with self._joined:
            self.streams.append(stream)
            self._joined.notify_all()

    def stream(self, number: int = 0, patience_s: float = PATIENCE_S) -> Stream:
        """The stream that was opened as ``number``-th, once it is."""
        with self._joined:
            if not self._joined.wait_for(lambda: len(self.streams) > number, patience_s):
                raise AssertionError(f"Only {len(self.streams)} streams were opened within {patience_s} s.")
            return self.streams[number]

    def count(self, path: str) -> int:
        """How often ``path`` was asked for, without its query."""
        return sum(urlsplit(asked).path == path for asked in self.asked)

    def end(self) -> None:
        self.reset()
        self.shutdown()
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that goes away in the middle of an answer is no error."""


class Stream:
    """One listener's stream, written by the test."""

    def __init__(self, query: dict[str, list[str]], last_event_id: str | None) -> None:
        self.query = query
        self.last_event_id = last_event_id
        self.chunks: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self.is_gone = threading.Event()

    def send(self, name: str, data: dict[str, Any]) -> None:
        ident = f"id: {data['version']}\n" if "version" in data and name != "tick" else ""
        self.chunks.put(f"event: {name}\n{ident}data: {json.dumps(data)}\n\n".encode())

    def retry(self, milliseconds: int) -> None:
        self.chunks.put(f"retry: {milliseconds}\n\n".encode())

    def end(self) -> None:
        self.chunks.put(None)


class Handler(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: EngineServer

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        if url.path == "/api/v1/time":
            self._answer_time()
        elif url.path.endswith("/events"):
            self._stream(parse_qs(url.query))
        elif url.path.startswith("/api/v1/rooms/"):
            snapshot = self.server.snapshot
            self._answer_json(snapshot or {}, 200 if snapshot else self.server.snapshot_status)
        elif found := re.fullmatch(r"/media/(\d+)s-\w+\.wav", url.path):
            self._answer_part(tone(int(found[1])), "audio/wav")
        elif url.path == "/tests/js/hls/tone.m4s":
            self._answer_part((FOLDERS["/tests/js/"] / "hls/tone.m4s").read_bytes(), "video/mp4")
        elif url.path == "/unnamed":
            self._answer(200, playlist(f"{self.server.url}/tests/js/hls/tone.m4s"), TYPES[".m3u8"])
        elif found := re.fullmatch(r"/unmeasured/(\d+|inf)s-\w+\.wav", url.path):
            self._answer_unmeasured(float(found[1]))
        else:
            self._answer_file(url.path)

    def send_response(self, code: int, message: str | None = None) -> None:
        """Counted once the answer is decided: a test that saw the count may script another answer for the next."""
        self.server.asked.append(self.path)
        super().send_response(code, message)

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def _answer_file(self, path: str) -> None:
        for prefix, folder in FOLDERS.items():
            file = (folder / path.removeprefix(prefix)).resolve()
            if path.startswith(prefix) and file.is_file() and file.is_relative_to(folder):
                self._answer(200, file.read_bytes(), TYPES.get(file.suffix, "application/octet-stream"))
                return
        self._answer(404, b"", "text/plain")

    def _answer_json(self, data: dict[str, Any], status: int = 200) -> None:
        self._answer(status, json.dumps(data).encode(), "application/json")

    def _answer_time(self) -> None:
        time.sleep(self.server.time_takes_s / 2)
        told = {"server_now_ms": self.server.now_ms}
        time.sleep(self.server.time_takes_s / 2)
        self._answer_json(told)

    def _answer_part(self, content: bytes, kind: str) -> None:
        """Media are sought by asking for a range of their bytes."""
        found = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        first, last = 0, len(content) - 1
        headers = {}
        if found:
            first, last = int(found[1]), min(int(found[2] or last), last)
            headers = {"Content-Range": f"bytes {first}-{last}/{len(content)}"}
        self._begin(206 if found else 200, last + 1 - first, kind, headers)
        self._hand_out(content, first, last + 1)

    def _hand_out(self, content: bytes, first: int, end: int) -> None:
        """Write ``content[first:end]``, and wait where the test holds it back."""
        while first < end:
            until = int(min(end, HEAD_BYTES + SAMPLES_A_SECOND * self.server.media_until_s))
            if until > first:
                self.wfile.write(content[first:until])
                first = until
            else:
                time.sleep(0.02)

    def _answer_unmeasured(self, seconds: float) -> None:
        """A tone that tells nowhere how long it is, and of which no part can be asked for; it may have no end."""
        self.close_connection = True
        self.send_response(200)
        self.send_header("Content-Type", "audio/wav")
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(head(UNTOLD))
        begun_at, told_s = time.monotonic(), 0
        while told_s < seconds:
            time.sleep(max(0, told_s - AHEAD_S - (time.monotonic() - begun_at)))
            self.wfile.write(second())
            told_s += 1

    def _answer(self, status: int, content: bytes, kind: str) -> None:
        self._begin(status, len(content), kind, {})
        self.wfile.write(content)

    def _begin(self, status: int, length: int, kind: str, headers: dict[str, str]) -> None:
        self.send_response(status)
        fixed = {"Content-Type": kind, "Content-Length": str(length), "Accept-Ranges": "bytes"}
        for name, value in {**fixed, "Cache-Control": "no-store", **headers}.items():
            self.send_header(name, value)
        self.end_headers()

    def _stream(self, query: dict[str, list[str]]) -> None:
        if self.server.stream_status != 200:
            self._answer(self.server.stream_status, b"", "text/plain")
            return
        self.close_connection = True
        stream = Stream(query, self.headers.get("Last-Event-ID"))
        self.server.join(stream)  # before the browser hears of it, and so before any stream that it asks for next
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        try:
            while (chunk := self._next_chunk(stream)) is not None:
                self.wfile.write(chunk)
        except OSError:
            pass
        stream.is_gone.set()

    def _next_chunk(self, stream: Stream) -> bytes | None:
        """What the test sends next; meanwhile a comment now and then, by which a closed connection shows."""
        try:
            return stream.chunks.get(timeout=0.2)
        except queue.Empty:
            return b":\n"
