"""Wire format of server-sent events (WHATWG HTML, section 9.2)."""

from __future__ import annotations

import random
from functools import cached_property
from typing import Any

from rooms.core.publish import encode


class Chunk:
    """A part of a response body, as an ASGI message and in chunked framing; shared by all listeners."""

    def __init__(self, body: bytes, *, more: bool = True) -> None:
        self.body = body
        self.message: dict[str, Any] = {"type": "http.response.body", "body": body, "more_body": more}

    @cached_property
    def framed(self) -> bytes:
        """The body in HTTP/1.1 chunked transfer coding (RFC 9112, section 7.1)."""
        return b"%x\r\n%b\r\n" % (len(self.body), self.body)


def event(name: str, data: str | dict[str, Any], version: int | None = None) -> bytes:
    """An encoded event. ``data`` is JSON on one line, or a dict to encode; ``version`` becomes the event's id."""
    text = data if isinstance(data, str) else encode(data)
    ident = "" if version is None else f"id: {version}\n"
    # JSON may contain lone surrogates, which UTF-8 cannot encode: they become question marks.
    return f"event: {name}\n{ident}data: {text}\n\n".encode(errors="replace")


def retry(least_ms: int = 1_000, most_ms: int = 5_000) -> bytes:
    """The field ``retry``: reconnection time in milliseconds, with jitter against simultaneous reconnects.

    Without a blank line, so that the first event follows in the same block: some clients dispatch an event for a block
    without data.
    """
    return b"retry: %d\n" % random.randint(least_ms, most_ms)
