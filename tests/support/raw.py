"""HTTP on a bare socket: what exactly is sent, and what exactly comes back."""

from __future__ import annotations

import json
import socket
import struct
import time
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from tools.patience import PATIENCE_S


@dataclass
class Head:
    """Status and headers of one answer."""

    status: int
    headers: list[tuple[str, str]] = field(default_factory=list)

    def get(self, name: str) -> str | None:
        """The value of a header that comes once at most."""
        values = [value for known, value in self.headers if known == name]
        assert len(values) <= 1, f"{name} came {len(values)} times"
        return values[0] if values else None


class Raw:
    """One connection to a server; use it in a ``with`` block."""

    def __init__(self, url: str, *, receive_buffer: int | None = None, patience_s: float = PATIENCE_S) -> None:
        self.address = urlsplit(url).netloc
        host, port = self.address.rsplit(":", 1)
        self._socket = socket.socket()
        if receive_buffer is not None:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self._socket.settimeout(patience_s)
        self._socket.connect((host, int(port)))
        self._received = b""
        self.chunks: list[bytes] = []
        """The body, as the chunks of the transfer encoding brought it."""

    def __enter__(self) -> Raw:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._socket.close()

    def send(self, data: bytes) -> None:
        self._socket.sendall(data)

    def reset(self) -> None:
        """Break the connection off, as a machine does whose program died."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._socket.close()

    def ask(self, method: str, path: str, *headers: tuple[str, str | bytes], host: str | None = None) -> None:
        lines = [f"{method} {path} HTTP/1.1".encode(), f"Host: {host or self.address}".encode()]
        lines += [name.encode() + b": " + (v if isinstance(v, bytes) else v.encode()) for name, v in headers]
        self.send(b"\r\n".join([*lines, b"", b""]))

    def head(self) -> Head:
        """Read status and headers."""
        while b"\r\n\r\n" not in self._received:
            self._receive()
        text, self._received = self._received.split(b"\r\n\r\n", 1)
        first, *lines = text.decode("latin-1").split("\r\n")
        return Head(int(first.split()[1]), [(n.lower(), v.strip()) for n, v in (line.split(":", 1) for line in lines)])

    def get(self, path: str, *headers: tuple[str, str | bytes]) -> Head:
        self.ask("GET", path, *headers)
        return self.head()

    def json(self, head: Head) -> Any:
        """The body of an answer with a Content-Length."""
        length = int(head.get("content-length") or 0)
        while len(self._received) < length:
            self._receive()
        body, self._received = self._received[:length], self._received[length:]
        return json.loads(body)

    def chunk(self) -> bytes:
        """The next chunk of the body; empty at its end."""
        while b"\r\n" not in self._received:
            self._receive()
        size, rest = self._received.split(b"\r\n", 1)
        length = int(size, 16)
        while len(rest) < length + 2:
            self._receive()
            rest = self._received.split(b"\r\n", 1)[1]
        self._received = rest[length + 2 :]
        self.chunks.append(rest[:length])
        return rest[:length]

    def read_until(self, mark: bytes, patience_s: float = PATIENCE_S) -> bytes:
        """The body up to the chunk that brings ``mark``."""
        deadline = time.monotonic() + patience_s
        while mark not in (body := b"".join(self.chunks)):
            assert time.monotonic() < deadline, f"no {mark!r} within {patience_s} s but {body[-500:]!r}"
            assert self.chunk(), f"the body ended without {mark!r}: {body[-500:]!r}"
        return body

    def read_to_the_end(self) -> bytes:
        """The whole body of a response that ends."""
        while self.chunk():
            pass
        return b"".join(self.chunks)

    def events(self) -> list[dict[str, str]]:
        """The fields of each event so far, read as the standard says; a block without data is none."""
        blocks = b"".join(self.chunks).decode().split("\n\n")[:-1]
        found = [dict(line.split(": ", 1) for line in block.split("\n")) for block in blocks]
        return [fields for fields in found if "data" in fields]

    def _receive(self) -> None:
        received = self._socket.recv(65_536)
        assert received, f"the connection was closed after {self._received[-300:]!r}"
        self._received += received
