"""One HTTP connection of uvicorn, with bounds on size and time of what a peer sends."""

from __future__ import annotations

import asyncio
from enum import Enum
from http import HTTPStatus
from typing import cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from musicrooms.serving.request_limits import BODY_S, HEAD_S, IDLE_S, LINGER_S, MOST_HEAD, most_body, refusal

PIECE = 16 * 1024
"""Bytes that are parsed at a time: the parser does not tell where in them a head begins or ends."""


class Awaited(Enum):
    """What the peer is to send next; its value is how long that may take, in seconds."""

    ANYTHING = IDLE_S
    HEAD = HEAD_S
    BODY = BODY_S


class BoundedProtocol(HttpToolsProtocol):
    """Refuses heads and bodies that are too large or that do not come whole in time."""

    _awaited: Awaited | None = None
    _timed: Awaited | None = None
    _timer: asyncio.TimerHandle | None = None
    _is_refused = False
    _head_size = 0
    _body_size = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(cast(asyncio.Transport, transport))
        self._awaited = Awaited.ANYTHING
        self._keep_time()

    def connection_lost(self, exc: Exception | None) -> None:
        self._awaited = None
        self._keep_time()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        for start in range(0, len(data), PIECE):
            if self._is_refused or self.transport.is_closing():
                return
            piece = data[start : start + PIECE]
            super().data_received(piece)
            if self._awaited is Awaited.HEAD:
                self._head_size += len(piece)
                if self._head_size > MOST_HEAD + PIECE:
                    self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        self._keep_time()

    # What the parser finds

    def on_message_begin(self) -> None:
        self._awaited, self._head_size, self._body_size = Awaited.HEAD, 0, 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        # A head that came in few pieces cannot be too large.
        if self._head_size + PIECE > MOST_HEAD and self._size_of_head() > MOST_HEAD:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
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

    def _unsupported_upgrade_warning(self) -> None:
        """Say nothing: a handshake for WebSocket is answered as a plain request is, mostly 404."""

    def _size_of_head(self) -> int:
        return len(self.url) + sum(len(name) + len(value) + len(": \r\n") for name, value in self.headers)

    def _announced_size(self) -> int:
        return next((int(value) for name, value in self.headers if name == b"content-length"), 0)

    # What is done about it

    def _keep_time(self) -> None:
        """Have the timer run that belongs to what is awaited; a request that comes in one piece needs none."""
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
        if not is_free:  # an answer to an earlier request is under way, or this one is answered already
            self.transport.close()
            return
        self.transport.write(refusal(status, self.url))
        self.transport.write_eof()
        self.flow.resume_reading()
        self.loop.call_later(LINGER_S, self.transport.abort)
