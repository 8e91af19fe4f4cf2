"""Direct write: writing to a listener's socket past the server's ``send``, where that is known to be the same.

ASGI's ``send`` copies each chunk into a buffer of its connection and has the event loop write it later: a third of
what a delivery costs. As long as nothing waits in that buffer, the bytes may as well go to the socket at once. Both
servers frame them alike (chunked transfer encoding); whether this one does is proven once per process, by watching
what it would write.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from os import write
from typing import Any

from django.conf import settings

from rooms.live.hub.listener import DirectWrite
from rooms.live.hub.sse import Chunk

logger = logging.getLogger(__name__)

Send = Callable[[dict[str, Any]], Any]


class UvicornWrite:
    """To a connection of uvicorn, over uvloop's or asyncio's transport."""

    __slots__ = ("_transport", "write")

    def __init__(self, cycle: Any) -> None:
        self._transport = cycle.transport
        self.write = _writes(self._transport)

    def abort(self) -> None:
        self._transport.abort()


def _writes(transport: Any) -> Callable[[bytes], bool]:
    """``write`` as a function with all it needs at hand: looking that up would cost as much as the checks themselves.

    Raises AttributeError if anything that it needs is missing.
    """
    is_closing, waiting, write_later = transport.is_closing, transport.get_write_buffer_size, transport.write
    descriptor = transport.get_extra_info("socket").fileno()

    def write_now(framed: bytes) -> bool:
        # A transport that is closing may have given its descriptor back, which then is another connection's.
        if is_closing() or waiting():
            return False
        try:
            written = write(descriptor, framed)
        except OSError:  # full, or broken: the transport finds out by itself
            return False
        if written < len(framed):
            write_later(framed[written:])
        return True

    return write_now


class DaphneWrite:
    """To a connection of daphne, over Twisted's."""

    __slots__ = ("_transport",)

    def __init__(self, protocol: Any) -> None:
        self._transport = _twisted_transport(protocol)
        self.write(b"")

    def write(self, framed: bytes) -> bool:
        transport = self._transport
        if transport.dataBuffer or transport._tempDataBuffer or not transport.connected or transport.disconnecting:
            return False
        try:
            written = transport.socket.send(framed)
        except OSError:
            return False
        if written < len(framed):
            transport.write(framed[written:])
        return True

    def abort(self) -> None:
        self._transport.abortConnection()


def _twisted_transport(protocol: Any) -> Any:
    transport = protocol.channel.transport
    return getattr(transport, "_transport", transport)


_proven: dict[type, bool] = {}
"""Whether the server writes what a direct write would, by the type of its transport."""


def direct_write_of(send: Send) -> DirectWrite | None:
    """The direct write of the response that ``send`` belongs to, whose headers were sent; None where there is none."""
    if not settings.FAST_LANE:
        return None
    try:
        return _to_uvicorn(send) or _to_daphne(send)
    except Exception as error:  # noqa: BLE001  # another version of a server; ``send`` works with any
        logger.debug("There is no direct write: %r.", error)
        return None


def _to_uvicorn(send: Send) -> DirectWrite | None:
    cycle: Any = getattr(send, "__self__", None)
    if type(cycle).__name__ != "RequestResponseCycle" or not type(cycle).__module__.startswith("uvicorn."):
        return None
    is_plain = cycle.transport.get_extra_info("sslcontext") is None and cycle.chunked_encoding
    return UvicornWrite(cycle) if is_plain and _is_proven(type(cycle.transport), cycle, send) else None


def _to_daphne(send: Send) -> DirectWrite | None:
    if not isinstance(send, partial) or type(send.args[0]).__name__ != "WebRequest":
        return None
    protocol = send.args[0]
    transport = _twisted_transport(protocol)
    is_plain = type(transport).__module__ == "twisted.internet.tcp" and protocol.chunked
    return DaphneWrite(protocol) if is_plain and _is_proven(type(transport), protocol.channel, send) else None


def _is_proven(kind: type, owner: Any, send: Send) -> bool:
    """Whether the server writes to ``owner.transport`` what a direct write would; found out once for each kind."""
    if kind not in _proven:
        chunk = Chunk(b": proof\n\n")
        written = _written(chunk, owner, send)
        if not written:  # the peer has gone already, so that this proves nothing
            return False
        _proven[kind] = written == chunk.framed
        if _proven[kind]:
            logger.debug("Streams are written directly over %s.", kind.__name__)
        else:
            logger.warning("Streams are not written directly: this server frames %r as %r.", chunk.framed, written)
    return _proven[kind]


def _written(chunk: Chunk, owner: Any, send: Send) -> bytes:
    """What ``send`` makes of ``chunk``, which goes to nobody."""
    transport, recorder = owner.transport, _Recorder(owner.transport)
    owner.transport = recorder
    sending = send(chunk.message)
    try:
        sending.send(None)
    except StopIteration:
        return recorder.written
    finally:
        sending.close()
        owner.transport = transport
    return b""


class _Recorder:
    """A transport that keeps what it is given to write."""

    def __init__(self, transport: Any) -> None:
        self._transport = transport
        self.written = b""

    def write(self, data: bytes) -> None:
        self.written += data

    def writeSequence(self, data: list[bytes]) -> None:  # noqa: N802  # Twisted's name
        self.written += b"".join(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)
