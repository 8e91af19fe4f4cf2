"""Response to a request for a stream: event stream, CORS preflight, or error."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from rooms.core.publish import encode
from rooms.errors import Refusal
from rooms.live.hub import sse
from rooms.live.stream.request import Request

logger = logging.getLogger(__name__)

Send = Callable[[dict[str, Any]], Coroutine[Any, Any, None]]
Headers = Sequence[tuple[bytes, bytes]]
Message = dict[str, Any]

METHODS = "GET, HEAD, OPTIONS"

VARY = (b"vary", b"Origin")

STREAM_HEADERS: Headers = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store, no-transform"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]

# Shared by all streams without CORS headers.
_BEGINNING: Message = {"type": "http.response.start", "status": 200, "headers": [*STREAM_HEADERS, VARY]}
_EMPTY_CHUNK = sse.Chunk(b"").message

GOODBYE_S = 1.0
"""Timeout for sending the end of a failed stream."""


class Response:
    """A response that records whether its head was sent, so that it can be ended after an error at any point."""

    __slots__ = ("_has_begun", "_method", "_origin", "send")

    def __init__(self, send: Send) -> None:
        self.send = send
        self._method = ""
        self._origin: str | None = None
        self._has_begun = False

    def answers(self, request: Request) -> None:
        """Take over the method and the allowed origin of ``request``."""
        self._method, self._origin = request.method, request.allowed_origin

    async def begin(self) -> None:
        """Send the head of a stream, and an empty chunk."""
        if self._origin is None:
            self._has_begun = True
            await self.send(_BEGINNING)
        else:
            await self._start(200, STREAM_HEADERS)
        # Daphne sends the headers with the first chunk, and ``onopen`` must not wait for a slow database.
        await self.send(_EMPTY_CHUNK)

    async def end(self) -> None:
        """Send the final chunk."""
        await self.send(sse.Chunk(b"", more=False).message)

    async def end_softly(self) -> None:
        """End the stream with status 200 and a reconnection time of 3 to 8 s: an EventSource gives up on errors.

        Never raises.
        """
        try:
            async with asyncio.timeout(GOODBYE_S):
                line = sse.retry(3_000, 8_000)
                # No blank line at the end, which would dispatch an event that was cut off.
                body = b"\n" + line if self._has_begun else line + b"\n"
                if not self._has_begun:
                    await self._start(200, STREAM_HEADERS)
                await self.send(sse.Chunk(b"" if self._method == "HEAD" else body, more=False).message)
        except Exception as error:  # noqa: BLE001  # it had ended, or the peer is gone
            logger.debug("A stream could not be ended: %r.", error)

    async def allow(self) -> None:
        """Answer OPTIONS, as a CORS preflight where the origin is allowed: 204."""
        headers = [(b"allow", METHODS.encode())]
        if self._origin:
            headers += [
                (b"access-control-allow-methods", METHODS.encode()),
                (b"access-control-allow-headers", b"authorization, last-event-id"),
                (b"access-control-max-age", b"600"),
            ]
        await self._start(204, headers)
        await self.end()

    async def refuse_method(self) -> None:
        """Answer 405."""
        message = f"{self._method} is not allowed here; {METHODS} are."
        error = {"error": {"code": "method-not-allowed", "message": message}}
        await self._answer(405, error, [(b"allow", METHODS.encode())])

    async def refuse(self, refusal: Refusal) -> None:
        """Answer with the status and JSON of ``refusal``."""
        retry_after = refusal.retry_after_s
        await self._answer(
            refusal.status, refusal.as_json(), [(b"retry-after", str(retry_after).encode())] if retry_after else []
        )

    async def _answer(self, status: int, content: dict[str, Any], headers: Headers) -> None:
        body = b"" if self._method == "HEAD" else encode(content).encode(errors="replace")
        fixed = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]
        await self._start(status, [*fixed, *headers, (b"content-length", str(len(body)).encode())])
        await self.send(sse.Chunk(body, more=False).message)

    async def _start(self, status: int, headers: Headers) -> None:
        self._has_begun = True
        await self.send({"type": "http.response.start", "status": status, "headers": [*headers, *self._cors()]})

    def _cors(self) -> Headers:
        """CORS headers for an allowed origin, and ``Vary`` in any case, for caches."""
        if self._origin is None:
            return [VARY]
        return [
            VARY,
            (b"access-control-allow-origin", self._origin.encode("latin-1")),
            (b"access-control-allow-credentials", b"true"),
        ]
