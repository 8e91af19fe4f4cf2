"""Daphne as the server program, with the back pressure and the graceful shutdown that it lacks."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from daphne import server as daphne_server
from daphne.server import Server  # installs Twisted's reactor, so it comes first, and only where daphne serves
from twisted.internet import reactor
from twisted.internet.interfaces import IPushProducer
from zope.interface import implementer  # type: ignore[import-untyped]

from musicrooms.serving.daphne_channel import BoundedFactory
from musicrooms.serving.process import (
    Serving,
    Source,
    exit_by_force_later,
    ignore_signals,
    loaded_application,
    seconds_of_grace,
)
from musicrooms.serving.supervisor import SupervisorLink
from rooms.live import file_limit
from rooms.live.hub import hub

GOODBYE_S = 0.5
"""From the end of the streams to the end of the server, for flushing their last bytes."""

loop: asyncio.AbstractEventLoop = reactor._asyncioEventloop
"""The event loop that daphne runs in."""


@implementer(IPushProducer)
class WriteGate:
    """Back pressure of one response: closed by Twisted while its write buffer is above the high-water mark (64 KiB)."""

    def __init__(self) -> None:
        self._closed: asyncio.Future[None] | None = None

    async def opened(self) -> None:
        """Wait until the write buffer is below the high-water mark."""
        if self._closed is not None:
            await asyncio.shield(self._closed)

    def pauseProducing(self) -> None:  # noqa: N802  # Twisted's name, like those below
        if self._closed is None:
            self._closed = asyncio.get_running_loop().create_future()

    def resumeProducing(self) -> None:  # noqa: N802
        if self._closed is not None:
            self._closed.set_result(None)
            self._closed = None

    def stopProducing(self) -> None:  # noqa: N802
        self.resumeProducing()


class Daphne(Server):  # type: ignore[misc]  # daphne is not typed
    """A server whose ``send`` applies back pressure, and whose shutdown tolerates half-received requests.

    ``source`` is a listening socket, or the link over which the supervisor passes accepted connections.
    """

    connections: dict[Any, dict[str, Any]]

    def __init__(
        self, application: Any, source: socket.socket | SupervisorLink, on_serving: Callable[[], object]
    ) -> None:
        self._link = source if isinstance(source, SupervisorLink) else None
        self._on_serving = on_serving
        endpoints = [_endpoint(source)] if isinstance(source, socket.socket) else []
        super().__init__(application, endpoints=endpoints or ["none"], signal_handlers=False, server_name="")
        self.endpoints = endpoints  # daphne's own __init__ refuses an empty list

    def run(self) -> None:
        daphne_server.HTTPFactory = BoundedFactory  # ``run`` instantiates it by this name
        loop.call_soon(self._begin)
        super().run()

    def _begin(self) -> None:
        if self._link is not None:
            self.http_factory.doStart()  # as a listening port would
            self._link.serve(self._adopt)
        self._on_serving()

    def _adopt(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):  # Twisted duplicates the descriptor; the peer may be gone already
            reactor.adoptStreamConnection(connection.fileno(), connection.family, self.http_factory)

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        received = super().create_application(protocol, scope)
        serving = self.connections.get(protocol, {}).get("application_instance")
        if serving is not None and scope["type"] == "http":
            serving.add_done_callback(lambda _serving: _cut_off(protocol))
        return received

    async def handle_reply(self, protocol: Any, message: dict[str, Any]) -> None:
        gate = getattr(protocol, "producer", None)
        if isinstance(gate, WriteGate):
            await gate.opened()
            if not message.get("more_body", False) and protocol.channel is not None:
                protocol.unregisterProducer()
        await super().handle_reply(protocol, message)
        if message["type"] == "http.response.start" and protocol.channel is not None:
            protocol.registerProducer(WriteGate(), streaming=True)

    def kill_all_applications(self) -> Any:
        # Daphne's own fails on a connection without an application, as that of a half-received request.
        self.connections = {p: c for p, c in self.connections.items() if "application_instance" in c}
        return super().kill_all_applications()


def _cut_off(protocol: Any) -> None:
    """Break off an answer that its application left unfinished: the peer would wait for the rest for ever."""
    if protocol.startedWriting and not protocol.finished and protocol.channel is not None:
        protocol.channel.transport.abortConnection()


def _endpoint(sock: socket.socket) -> str:
    return f"fd:fileno={sock.fileno()}" + (":domain=10" if sock.family == socket.AF_INET6 else "")


def serve(source: Source, on_serving: Serving = lambda: None) -> None:
    """Serve until SIGTERM or SIGINT; ``on_serving`` is called once requests are answered."""

    def stop() -> None:
        loop.call_later(seconds_of_grace(source), end)

    def end() -> None:
        if not hub.is_stopping:
            hub.stop()
            loop.call_later(GOODBYE_S, server.stop)

    file_limit.raise_limit()
    for signum in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signum, stop)
        # An overloaded event loop runs its handler late. Python's own signal handler runs at once, beside it.
        signal.signal(signum, lambda *_: exit_by_force_later())
        signal.siginterrupt(signum, False)
    server = Daphne(loaded_application(), source, on_serving)
    server.run()
    ignore_signals()
