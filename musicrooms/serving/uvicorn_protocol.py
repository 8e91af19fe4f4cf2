"""Size limits and read timeouts for the HTTP requests of a uvicorn connection."""

from __future__ import annotations

import asyncio
from enum import Enum
from http import HTTPStatus
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from musicrooms.serving.request_limits import BODY_S, HEAD_S, IDLE_S, LINGER_S, MOST_HEAD, most_body, refusal, target_in

PIECE = 16 * 1024
"""Bytes passed to the parser at a time: the precision of a head's size, since its callbacks give no offsets."""

MOST_FRAMING = 8
"""Bytes on the line for each byte of a chunked body: the smallest chunks take six. Beyond are extensions of chunks, and
trailers, which the parser would collect."""

MOST_PIPELINED = 100
"""Requests of one connection that wait for the answers before them. Uvicorn keeps as many as come, each at a hundred
times its bytes, and reads on after each answer; browsers and proxies send none ahead."""


class Awaited(Enum):
    """The part of a request that is awaited from the peer; its value is the read timeout in seconds."""

    ANYTHING = IDLE_S
    HEAD = HEAD_S
    BODY = BODY_S


class BoundedProtocol(HttpToolsProtocol):
    """Answers 431, 413 or 408 to a head or body that is too large or incomplete after its timeout, and 400 in words."""

    _awaited: Awaited | None = None
    _timed: Awaited | None = None
    _timer: asyncio.TimerHandle | None = None
    _under_way: RequestResponseCycle | None = None
    """The request that is being answered; ``cycle`` is the one that came last."""
    _is_refused = False
    _beginning = b""
    _head_size = 0
    _body_size = 0
    _framed_size = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(cast(asyncio.Transport, transport))
        self._awaited = Awaited.ANYTHING
        self._keep_time()

    def connection_lost(self, exc: Exception | None) -> None:
        self._awaited = None
        self._keep_time()
        self._let_go()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        for start in range(0, len(data), PIECE):
            if self._is_refused or self.transport.is_closing():
                return
            piece = data[start : start + PIECE]
            if self._awaited in (None, Awaited.ANYTHING):
                self._beginning = piece
            super().data_received(piece)
            if self._awaited is Awaited.HEAD:
                self._head_size += len(piece)
                if self._head_size > MOST_HEAD + PIECE:
                    self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
            elif self._awaited is Awaited.BODY:
                self._framed_size += len(piece)
                if self._framed_size > MOST_HEAD + PIECE + MOST_FRAMING * self._body_size:
                    self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        if self._awaited is None and not self._is_refused and (self.cycle is None or self.cycle.response_complete):
            # An empty line, with which no request begins: for it, uvicorn let go of its own timer.
            self._awaited = Awaited.ANYTHING
        self._keep_time()

    # Callbacks of the parser

    def on_message_begin(self) -> None:
        self._awaited, self._head_size, self._body_size, self._framed_size = Awaited.HEAD, 0, 0, 0
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header, and drop what stands behind a chunked body: it would join those that a proxy checked."""
        if self._awaited is Awaited.HEAD:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        # Measured exactly only if the bytes received could exceed the limit.
        if self._head_size + PIECE > MOST_HEAD and self._size_of_head() > MOST_HEAD:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        elif len(self.pipeline) >= MOST_PIPELINED:
            self._refuse(HTTPStatus.BAD_REQUEST)  # which closes: the answer under way is another request's
        elif self._announced_size() > most_body(self.url):
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        else:
            self._awaited = Awaited.BODY
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        if self._is_refused:
            return
        self._body_size += len(body)
        if self._body_size > most_body(self.url):
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        else:
            super().on_body(body)

    def on_message_complete(self) -> None:
        if not self._is_refused:
            self._awaited = None
            super().on_message_complete()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._under_way = cycle
        super()._start_asgi_task(cycle, app)

    def _let_go(self) -> None:
        """Tell the application that its peer is gone: uvicorn tells that of the request that came last."""
        if self._under_way is not None:
            self._under_way.disconnected = True
            self._under_way.message_event.set()

    def send_400_response(self, msg: str) -> None:
        self.transport.write(refusal(HTTPStatus.BAD_REQUEST, self.url or target_in(self._beginning)))
        self.transport.close()

    def _unsupported_upgrade_warning(self) -> None:
        """Log nothing: a WebSocket handshake is answered like a plain request, mostly with 404."""

    def _size_of_head(self) -> int:
        return len(self.url) + sum(len(name) + len(value) + len(": \r\n") for name, value in self.headers)

    def _announced_size(self) -> int:
        return next((int(value) for name, value in self.headers if name == b"content-length"), 0)

    # Timeouts and refusals

    def _keep_time(self) -> None:
        """Restart the read timeout if the awaited part changed; a request that arrives in one read needs no timer."""
        if self._awaited is self._timed:
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timed = self._awaited
        self._timer = None if self._awaited is None else self.loop.call_later(self._awaited.value, self._time_out)

    def _time_out(self) -> None:
        if self._awaited is Awaited.ANYTHING:
            self.transport.close()
        elif not self.transport.is_closing():
            self._refuse(HTTPStatus.REQUEST_TIMEOUT)

    def _refuse(self, status: HTTPStatus) -> None:
        is_in_body, self._awaited, self._is_refused = self._awaited is Awaited.BODY, None, True
        self._keep_time()
        cycle = self.cycle
        if is_in_body and not cycle.response_complete:
            is_free = not cycle.response_started and not self.pipeline
            cycle.disconnected = True
            cycle.message_event.set()
        else:
            is_free = cycle is None or cycle.response_complete
        if not is_free:  # a response is under way, to this request or an earlier one of the pipeline
            self._let_go()
            self.transport.close()
            return
        self.transport.write(refusal(status, self.url))
        self.transport.write_eof()
        self.flow.resume_reading()
        self.loop.call_later(LINGER_S, self.transport.abort)
