"""Size limits and read timeouts for the HTTP requests of a daphne connection."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from daphne import http_protocol
from twisted.web.http import HTTPChannel

from musicrooms.serving.request_limits import BODY_S, HEAD_S, IDLE_S, LINGER_S, MOST_HEAD, most_body, refusal, target_in


class WebRequest(http_protocol.WebRequest):  # type: ignore[misc]  # daphne is not typed
    """A request with a limit on its body.

    Named as daphne's own class, since ``rooms.live.stream.direct_write`` recognises it by that name.
    """

    channel: BoundedChannel
    _size = 0

    def __init__(self, *args: Any, **options: Any) -> None:
        # Django parses forms. Twisted would too, in the event loop, and answer 400 without a word what it cannot read.
        super().__init__(*args, **options, parsePOSTFormSubmission=False)

    def handleContentChunk(self, data: bytes) -> None:  # noqa: N802  # Twisted's name, like those below
        self._size += len(data)
        if self._size <= most_body(self.channel.target):
            super().handleContentChunk(data)
        else:
            self.channel.refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)

    def requestReceived(self, command: bytes, path: bytes, version: bytes) -> None:  # noqa: N802
        if not self.channel.is_refused:
            # By it anybody could tell daphne under which path this site lies; no proxy of ours sends it.
            self.requestHeaders.removeHeader(b"daphne-root-path")
            super().requestReceived(command, path, version)


class BoundedChannel(HTTPChannel):  # type: ignore[misc]  # nor is most of Twisted
    """Answers 431, 413 or 408 to a head or body that is too large or incomplete after its timeout, and 400 in words."""

    MAX_LENGTH = totalHeadersSize = MOST_HEAD  # noqa: N815  # of a line, and of all of them

    is_refused = False
    _first_line = b""
    _timed_s: float | None = None
    _timer: Any = None

    @property
    def target(self) -> bytes:
        """The target of the request that is being read, also of a first line that is refused; empty before it."""
        return getattr(self, "_path", b"") or target_in(self._first_line)

    def dataReceived(self, data: bytes) -> None:  # noqa: N802
        if not self.is_refused:
            super().dataReceived(data)
            self._keep_time()

    def lineReceived(self, line: bytes) -> None:  # noqa: N802
        if self.is_refused:
            return
        self._first_line = self._first_line or line
        if self._receivedHeaderSize + len(line) > MOST_HEAD:
            self.refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        else:
            super().lineReceived(line)

    def lineLengthExceeded(self, line: bytes) -> None:  # noqa: N802
        self._first_line = self._first_line or line
        self.refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)

    def rawDataReceived(self, data: bytes) -> None:  # noqa: N802
        if not self.is_refused:
            super().rawDataReceived(data)

    def allHeadersReceived(self) -> None:  # noqa: N802
        if self.length is not None and self.length > most_body(self.target):
            self.refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        else:
            super().allHeadersReceived()

    def _respondToBadRequestAndDisconnect(self) -> None:  # noqa: N802
        self.refuse(HTTPStatus.BAD_REQUEST)

    def connectionLost(self, reason: Any) -> None:  # noqa: N802
        self._stop_timer()
        super().connectionLost(reason)

    def refuse(self, status: HTTPStatus) -> None:
        """Answer the request that is being received with ``status``, discard the rest of it, and close."""
        if self.is_refused:
            return
        self.is_refused = True
        self._stop_timer()
        self.setTimeout(None)
        self.transport.write(refusal(status, self.target))
        self.transport.loseWriteConnection()
        self._timer = self.callLater(LINGER_S, self.transport.abortConnection)

    def _keep_time(self) -> None:
        """Restart the read timeout if the awaited part changed. Between two requests Twisted's idle timeout applies."""
        awaited_s = self._awaited_s()
        if awaited_s == self._timed_s or self.is_refused:
            return
        self._stop_timer()
        if awaited_s is not None:
            self._timed_s = awaited_s
            self._timer = self.callLater(awaited_s, self._time_out)

    def _awaited_s(self) -> float | None:
        """Read timeout of the current part, head or body, in seconds; None if no request is being received."""
        if self._handlingRequest:
            return None
        if not self.line_mode:
            return BODY_S
        return HEAD_S if self.requests or self._buffer else None

    def _time_out(self) -> None:
        self._timer = None
        self.refuse(HTTPStatus.REQUEST_TIMEOUT)

    def _stop_timer(self) -> None:
        self._timed_s = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


class BoundedFactory(http_protocol.HTTPFactory):  # type: ignore[misc]
    """Protocol factory that daphne uses for its connections."""

    protocol = BoundedChannel

    def __init__(self, server: Any) -> None:
        super().__init__(server)
        self.timeOut = IDLE_S

    def buildProtocol(self, addr: Any) -> Any:  # noqa: N802
        channel = super().buildProtocol(addr)
        channel.requestFactory = WebRequest
        return channel
