"""The fast lane: writing to a listener's socket past the server's ``send``, where that is known to be the same.

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
from typing import Any, Protocol

from django.conf import settings

from rooms.live.hub.sse import Part

logger = logging.getLogger(__name__)

Send = Callable[[dict[str, Any]], Any]


class Lane(Protocol):
    """A way past ``send`` to one connection. Used in the event loop alone."""

    def write(self, chunk: bytes) -> bool:
        """Write ``chunk`` if nothing else waits to be written; False if nothing was written: then ``send`` is asked."""

    def abort(self) -> None:
        """Break the connection off, whatever waits to be written."""


class UvicornLane:
    """To a connection of uvicorn, over uvloop's or asyncio's transport."""

    __slots__ = ("_descriptor", "_transport")

    def __init__(self, cycle: Any) -> None:
        self._transport = cycle.transport
        self._descriptor = self._transport.get_extra_info("socket").fileno()
        self.write(b"")  # raises if anything that it needs is missing

    def write(self, chunk: bytes) -> bool:
        transport = self._transport
        # A transport that is closing may have given its descriptor back, which then is somebody else's.
        if transport.is_closing() or transport.get_write_buffer_size():
            return False
        try:
            written = write(self._descriptor, chunk)
        except OSError:  # full, or broken: the transport finds out by itself
            return False
        if written < len(chunk):
            transport.write(chunk[written:])
        return True

    def abort(self) -> None:
        self._transport.abort()


class DaphneLane:
    """To a connection of daphne, over Twisted's."""

    __slots__ = ("_transport",)

    def __init__(self, protocol: Any) -> None:
        self._transport = _twisted_transport(protocol)
        self.write(b"")

    def write(self, chunk: bytes) -> bool:
        transport = self._transport
        if transport.dataBuffer or transport._tempDataBuffer or not transport.connected or transport.disconnecting:
            return False
        try:
            written = transport.socket.send(chunk)
        except OSError:
            return False
        if written < len(chunk):
            transport.write(chunk[written:])
        return True

    def abort(self) -> None:
        self._transport.abortConnection()


def _twisted_transport(protocol: Any) -> Any:
    transport = protocol.channel.transport
    return getattr(transport, "_transport", transport)


_proven: dict[type, bool] = {}
"""Whether the server writes what the lane would write, by the type of its transport."""


def lane_of(send: Send) -> Lane | None:
    """The lane of the response that ``send`` belongs to, whose headers were sent; None where there is none."""
    if not settings.FAST_LANE:
        return None
    try:
        return _uvicorn_lane(send) or _daphne_lane(send)
    except Exception as error:  # noqa: BLE001  # another version of a server; ``send`` works with any
        logger.debug("The fast lane is closed: %r.", error)
        return None


def _uvicorn_lane(send: Send) -> Lane | None:
    cycle: Any = getattr(send, "__self__", None)
    if type(cycle).__name__ != "RequestResponseCycle" or not type(cycle).__module__.startswith("uvicorn."):
        return None
    is_plain = cycle.transport.get_extra_info("sslcontext") is None and cycle.chunked_encoding
    return UvicornLane(cycle) if is_plain and _is_proven(type(cycle.transport), cycle, send) else None


def _daphne_lane(send: Send) -> Lane | None:
    if not isinstance(send, partial) or type(send.args[0]).__name__ != "WebRequest":
        return None
    protocol = send.args[0]
    transport = _twisted_transport(protocol)
    is_plain = type(transport).__module__ == "twisted.internet.tcp" and protocol.chunked
    return DaphneLane(protocol) if is_plain and _is_proven(type(transport), protocol.channel, send) else None


def _is_proven(kind: type, owner: Any, send: Send) -> bool:
    """Whether the server writes to ``owner.transport`` what the lane would; found out once for each kind."""
    if kind not in _proven:
        part = Part(b": proof\n\n")
        written = _written(part, owner, send)
        if not written:  # the peer has gone already, so that this proves nothing
            return False
        _proven[kind] = written == part.chunk
        if _proven[kind]:
            logger.debug("The fast lane is open over %s.", kind.__name__)
        else:
            logger.warning("The fast lane stays closed: this server frames %r as %r.", part.chunk, written)
    return _proven[kind]


def _written(part: Part, owner: Any, send: Send) -> bytes:
    """What ``send`` makes of ``part``, which goes to nobody."""
    transport, recorder = owner.transport, _Recorder(owner.transport)
    owner.transport = recorder
    sending = send(part.message)
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
