"""Server-sent events as bytes (WHATWG HTML, section 9.2)."""

from __future__ import annotations

import random
from functools import cached_property
from typing import Any

from rooms.core.publish import encode


class Chunk:
    """Bytes to be sent at once, as each way of sending wants them; one such object serves every listener."""

    def __init__(self, body: bytes, *, more: bool = True) -> None:
        self.body = body
        self.message: dict[str, Any] = {"type": "http.response.body", "body": body, "more_body": more}

    @cached_property
    def framed(self) -> bytes:
        """The bytes as a chunk of HTTP/1.1 (RFC 9112, section 7.1), as servers write them."""
        return b"%x\r\n%b\r\n" % (len(self.body), self.body)


def event(name: str, data: str | dict[str, Any], version: int | None = None) -> bytes:
    """One whole event; ``data`` is JSON on one line or what becomes it, ``version`` the event's id."""
    text = data if isinstance(data, str) else encode(data)
    ident = "" if version is None else f"id: {version}\n"
    # A lone surrogate that JSON let in has no UTF-8; a question mark is better than a stream that ends.
    return f"event: {name}\n{ident}data: {text}\n\n".encode(errors="replace")


def retry(least_ms: int = 1_000, most_ms: int = 5_000) -> bytes:
    """The line that says how long a browser waits before it reconnects: drawn anew, so that not all come at once.

    The first event follows it in the same block: some clients take a block without data for an event of its own.
    """
    return b"retry: %d\n" % random.randint(least_ms, most_ms)
