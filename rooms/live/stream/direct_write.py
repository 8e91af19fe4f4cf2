"""Direct write: a fast path that writes to a listener's socket without the server's ``send``.

ASGI's ``send`` copies each chunk to the connection's write buffer for the event loop to flush, which is a third of the
cost of a delivery. While that buffer is empty the bytes can go to the socket at once. Both servers use chunked transfer
coding; that this one produces the same bytes is verified once per process, by recording what it would write.
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
    """Direct write to a connection of uvicorn, over a transport of uvloop or asyncio."""

    __slots__ = ("_transport", "write")

    def __init__(self, cycle: Any) -> None:
        self._transport = cycle.transport
        self.write = _writes(self._transport)

    def abort(self) -> None:
        self._transport.abort()


def _writes(transport: Any) -> Callable[[bytes], bool]:
    """``write`` as a closure, since looking up attributes would cost as much as the checks themselves.

    Raises AttributeError if the transport lacks a method.
    """
    is_closing, waiting, write_later = transport.is_closing, transport.get_write_buffer_size, transport.write
    descriptor = transport.get_extra_info("socket").fileno()

    def write_now(framed: bytes) -> bool:
        # The file descriptor of a closing transport may belong to another connection already.
        if is_closing() or waiting():
            return False
        try:
            written = write(descriptor, framed)
        except OSError:  # full or broken, which the transport handles
            return False
        if written < len(framed):
            write_later(framed[written:])
        return True

    return write_now


class DaphneWrite:
    """Direct write to a connection of daphne, over a transport of Twisted."""

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
"""Whether the server writes the same bytes as a direct write, by the type of its transport."""


def direct_write_of(send: Send) -> DirectWrite | None:
    """The direct write for the response of ``send``, whose headers were sent; None if it is off or not supported."""
    if not settings.FAST_LANE:
        return None
    try:
        return _to_uvicorn(send) or _to_daphne(send)
    except Exception as error:  # noqa: BLE001  # another version of the server; ``send`` always works
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
    """Whether the server writes to ``owner.transport`` the bytes of a direct write; checked once per ``kind``."""
    if kind not in _proven:
        chunk = Chunk(b": proof\n\n")
        written = _written(chunk, owner, send)
        if not written:  # the peer has disconnected, so this proves nothing
            return False
        _proven[kind] = written == chunk.framed
        if _proven[kind]:
            logger.debug("Streams are written directly over %s.", kind.__name__)
        else:
            logger.warning("Streams are not written directly: this server frames %r as %r.", chunk.framed, written)
    return _proven[kind]


def _written(chunk: Chunk, owner: Any, send: Send) -> bytes:
    """The bytes that ``send`` writes for ``chunk``, recorded instead of sent; empty if it suspends."""
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
    """A proxy of a transport that records writes."""

    def __init__(self, transport: Any) -> None:
        self._transport = transport
        self.written = b""

    def write(self, data: bytes) -> None:
        self.written += data

    def writeSequence(self, data: list[bytes]) -> None:  # noqa: N802  # Twisted's name
        self.written += b"".join(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)
