"""Media as people have them, made by ``ffmpeg``, and a server that hands them out as a file host or a station does."""

from __future__ import annotations

import re
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

SECONDS = 30

QUIET_THEN_NOISE = (
    f"-f lavfi -i sine=440:duration={SECONDS // 2} -f lavfi -i anoisesrc=duration={SECONDS // 2} "
    "-filter_complex [0][1]concat=n=2:v=0:a=1"
)
TONE = f"-f lavfi -i sine=440:duration={SECONDS}"

PIECE_S = 2
"""Of a stream in pieces (HLS)."""

MADE = {
    "adts.aac": f"{TONE} -c:a aac -b:a 64k",
    "vbr.mp3": f"{QUIET_THEN_NOISE} -c:a libmp3lame -q:a 4 -write_xing 0",
    "recorder.webm": f"{TONE} -c:a libopus -f webm pipe:1",
    "station.mp3": f"{TONE} -c:a libmp3lame -b:a 64k -write_xing 0 -id3v2_version 0",
    "plain.mp3": f"{TONE} -c:a libmp3lame -b:a 64k",
    "stream.m3u8": f"{TONE} -c:a aac -b:a 64k -f hls -hls_time {PIECE_S} -hls_playlist_type vod",
    "silent.mp4": f"-f lavfi -i testsrc=size=320x180:rate=10:duration={SECONDS} -c:v libx264 -preset ultrafast",
}
"""What ``ffmpeg`` is told for each. A recorder writes to a pipe, and so never goes back to write down the length."""

KINDS = {
    ".aac": "audio/aac",
    ".mp3": "audio/mpeg",
    ".webm": "video/webm",
    ".mp4": "video/mp4",
    ".m3u8": "application/vnd.apple.mpegurl",
    ".ts": "video/mp2t",
}

BYTES_A_SECOND = 8_000
"""Of the station, which sends 64 kbit/s."""
BURST_S = 4


def make(folder: Path) -> None:
    """Make all of them in ``folder``."""
    for name, how in MADE.items():
        command = ["ffmpeg", "-v", "error", "-y", *how.split(), *([] if "pipe:1" in how else [str(folder / name)])]
        said = subprocess.run(command, check=True, capture_output=True, timeout=120).stdout
        if said:
            (folder / name).write_bytes(said)


def is_possible() -> bool:
    return shutil.which("ffmpeg") is not None


class MediaServer(ThreadingHTTPServer):
    """Files with ranges, and ``/station.mp3`` and ``/live.m3u8`` without an end, which the test can drop.

    Any page may read them, as it has to where it plays a stream in pieces.
    """

    daemon_threads = True

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.folder = folder
        self.connections = 0
        self.drops = 0
        self.began_at = time.monotonic()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def drop(self) -> None:
        """Drop all connections to the station; new ones are served."""
        self.drops += 1

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that goes away in the middle of an answer is no error."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: MediaServer

    def do_GET(self) -> None:
        name = urlsplit(self.path).path.removeprefix("/")
        if name == "live.m3u8":
            self._answer(live_playlist(time.monotonic() - self.server.began_at), KINDS[".m3u8"])
            return
        content = (self.server.folder / name).read_bytes()
        if name == "station.mp3":
            self._broadcast(content)
        else:
            self._answer(content, KINDS[Path(name).suffix])

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def _answer(self, content: bytes, kind: str) -> None:
        found = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        first, last = (int(found[1]), int(found[2] or len(content) - 1)) if found else (0, len(content) - 1)
        self.send_response(206 if found else 200)
        self.send_header("Content-Type", kind)
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Content-Length", str(last + 1 - first))
        if found:
            self.send_header("Content-Range", f"bytes {first}-{last}/{len(content)}")
        self.end_headers()
        self.wfile.write(content[first : last + 1])

    def _broadcast(self, content: bytes) -> None:
        """As fast as it plays, from the middle of the music, after a burst that fills the player."""
        self.close_connection = True
        self.send_response(200)
        self.send_header("Content-Type", "audio/mpeg")
        self.send_header("Connection", "close")
        self.end_headers()
        self.server.connections += 1
        began, sent, drops = time.monotonic(), 0, self.server.drops
        while self.server.drops == drops:
            while sent < (time.monotonic() - began + BURST_S) * BYTES_A_SECOND:
                part = content[sent % len(content) :][:4_000]
                self.wfile.write(part)
                sent += len(part)
            time.sleep(0.1)


def live_playlist(since_s: float) -> bytes:
    """The last five pieces of a stream that repeats the made one for ever, as they are ``since_s`` after its start."""
    pieces = SECONDS // PIECE_S
    first = int(since_s / PIECE_S)
    begun = [number for number in range(1, first + 1) if number % pieces == 0]
    lines = ["#EXTM3U", "#EXT-X-VERSION:3", f"#EXT-X-TARGETDURATION:{PIECE_S + 1}", f"#EXT-X-MEDIA-SEQUENCE:{first}"]
    lines.append(f"#EXT-X-DISCONTINUITY-SEQUENCE:{len([number for number in begun if number < first])}")
    for number in range(first, first + 5):
        lines += ["#EXT-X-DISCONTINUITY"] if number and number % pieces == 0 else []
        lines += [f"#EXTINF:{PIECE_S}.0,", f"stream{number % pieces}.ts"]
    return "\n".join([*lines, ""]).encode()


@contextmanager
def served(folder: Path) -> Iterator[MediaServer]:
    server = MediaServer(folder)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.drop()
        server.shutdown()
        server.server_close()
        thread.join()
