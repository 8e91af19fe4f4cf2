"""Serving the project: the listening socket with its options, and the servers that can take it over."""

from __future__ import annotations

import asyncio
import errno
import gc
import logging
import os
import signal
import socket
import threading
from argparse import ArgumentParser
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.db import connections
from django.urls import get_resolver
from django.utils.module_loading import import_string

from musicrooms.serving.supervisor import MOST as MOST_WORKERS
from musicrooms.serving.supervisor import Link, supervise
from rooms.live import file_limit
from rooms.live.hub import hub

logger = logging.getLogger(__name__)

BACKLOG = 4_096
"""Connections that may wait to be accepted. With daphne's 50, a storm of 1,000 joins took 12 s; with this 0.4 s."""

USER_TIMEOUT_MS = 20_000
"""Bytes that a peer does not acknowledge for so long end its connection, in the kernel. Up to 15 s may pass until the
next heartbeat is sent, and 5 s until a person who left is not awaited any more: together less than 45 s."""

KEEPALIVE = {"TCP_KEEPIDLE": 15, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 4}
"""An idle peer whose cable was pulled is noticed after 15 + 4 × 5 s."""

GOODBYE_S = 0.5
"""From the end of the streams to the end of the server: time for the last bytes to leave."""


Serving = Callable[[], object]
Source = socket.socket | Link
"""Where connections come from: a socket that listens, or the supervisor of several workers."""

STOP_S = 9.0
"""From the signal until whatever is still at work is cut off: who asked a server to stop waits 10 s, and then kills."""


class CannotListen(Exception):
    """The address cannot be listened on; the message is a sentence."""


def listen(host: str, port: int) -> socket.socket:
    """A listening socket whose options every accepted connection inherits."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind((host, port))
        _listen(sock)
    except OSError as error:
        sock.close()
        taken = error.errno == errno.EADDRINUSE
        reason = "is taken by another program; choose another port" if taken else f"cannot be listened on: {error}"
        raise CannotListen(f"{host}:{port} {reason}.") from error
    return sock


def adopt(descriptor: int) -> socket.socket:
    """The listening socket that was handed over as this file descriptor, with the same options."""
    try:
        sock = socket.socket(fileno=descriptor)
        is_listening = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
    except (OSError, ValueError, OverflowError):
        raise CannotListen(f"The file descriptor {descriptor} is no socket that was handed over.") from None
    if not is_listening or sock.family not in (socket.AF_INET, socket.AF_INET6):
        sock.detach()
        raise CannotListen(f"The file descriptor {descriptor} is a socket, but none that listens on a TCP port.")
    _listen(sock)
    return sock


def _listen(sock: socket.socket) -> None:
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    # Not every system has these; where they are missing a dead peer is noticed later, by the stream's maximum age.
    for name, value in {"TCP_USER_TIMEOUT": USER_TIMEOUT_MS, **KEEPALIVE}.items():
        if hasattr(socket, name):
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
    sock.listen(BACKLOG)


def address_of(sock: socket.socket) -> str:
    """The address that ``sock`` listens on, as a browser writes it; a wildcard as the local host."""
    host, port = sock.getsockname()[:2]
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{shown}:{port}"


def serve_with_daphne(source: Source, on_serving: Serving = lambda: None) -> None:
    """Serve until SIGTERM or SIGINT; ``on_serving`` is called once requests are answered."""
    from musicrooms.serving.daphne import Daphne, loop  # here, since importing it installs Twisted's reactor

    def stop() -> None:
        if not hub.is_stopping:
            hub.stop()
            loop.call_later(GOODBYE_S, server.stop)

    file_limit.ask_for_more()
    for signum in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(signum, stop)
        # A loop that is at its limit comes to that late. Python's own handler is called at once, beside it.
        signal.signal(signum, lambda *_: _end_by_force_later())
        signal.siginterrupt(signum, False)
    server = Daphne(_application(), source, on_serving)
    server.run()
    _be_deaf()


def serve_with_uvicorn(source: Source, on_serving: Serving = lambda: None) -> None:
    """Serve until SIGTERM or SIGINT; ``on_serving`` is called once requests are answered."""
    import uvicorn

    class Uvicorn(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if isinstance(source, Link):
                source.serve(self.adopt)
            on_serving()

        def adopt(self, connection: socket.socket) -> None:
            adopting = asyncio.get_running_loop().create_task(self.begin(connection))
            self.server_state.tasks.add(adopting)
            adopting.add_done_callback(self.server_state.tasks.discard)

        async def begin(self, connection: socket.socket) -> None:
            with suppress(OSError):  # its peer is gone again
                await asyncio.get_running_loop().connect_accepted_socket(self.protocol, connection)

        def protocol(self) -> asyncio.Protocol:
            state = self.lifespan.state
            return config.http_protocol_class(config=config, server_state=self.server_state, app_state=state)  # type: ignore[call-arg]

        async def serve(self, sockets: list[socket.socket] | None = None) -> None:
            await super().serve(sockets)
            _be_deaf()

        def handle_exit(self, sig: int, frame: Any) -> None:
            # It waits for open responses, so these end first. Its own handler would also have the process killed by
            # the signal in the end, which is no clean exit to whoever watches it.
            _end_by_force_later()
            hub.stop_soon()
            logging.getLogger("uvicorn.error").addFilter(_is_no_cut_off_request)
            self.force_exit = self.should_exit
            self.should_exit = True

    file_limit.ask_for_more()
    config = uvicorn.Config(
        _application(),
        lifespan="off",
        backlog=BACKLOG,
        access_log=False,
        log_config=None,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=5,
    )
    Uvicorn(config).run(sockets=[] if isinstance(source, Link) else [source])


def _application() -> Any:
    """The project's ASGI application, with all of its code loaded.

    What was made so far lives as long as the process: a collection of garbage that walked through all of it, as it does
    again and again, would stop everything for a tenth of a second.
    """
    application = import_string(settings.ASGI_APPLICATION)
    get_resolver().url_patterns  # noqa: B018  # asking for them imports every view
    gc.collect()
    gc.freeze()
    return application


def _be_deaf() -> None:
    """Nothing but the end is left to come, and who asks for it twice would turn it into a death by a signal."""
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, signal.SIG_IGN)


def _end_by_force_later() -> None:
    timer = threading.Timer(STOP_S, os._exit, [1])
    timer.daemon = True
    timer.start()


def _is_no_cut_off_request(record: logging.LogRecord) -> bool:
    """Whether ``record`` is worth logging while the server stops: a request that never came whole is cut off then."""
    return not (record.exc_info and isinstance(record.exc_info[1], asyncio.CancelledError))


SERVERS = {"daphne": serve_with_daphne, "uvicorn": serve_with_uvicorn}


def add_arguments(parser: ArgumentParser) -> None:
    """The options of a command that serves."""
    parser.add_argument("--host", default=settings.HOST, help="the address to listen on (default: $HOST)")
    parser.add_argument("--port", type=int, default=8000, help="the port; 0 takes any free one (default: 8000)")
    parser.add_argument(
        "--server", default=settings.SERVER, help=f"the server program: {' or '.join(SERVERS)} (default: $SERVER)"
    )
    parser.add_argument(
        "--workers", type=int, default=settings.WORKERS, help="processes that serve it (default: $WORKERS)"
    )


def opened(host: str, port: int, server: str, workers: int, descriptor: int | None = None) -> socket.socket:
    """The socket that these options describe; raises CommandError with a sentence if they are not possible."""
    if server not in SERVERS:
        raise CommandError(f"The server “{server}” is not known; {' and '.join(SERVERS)} are.")
    if not 1 <= workers <= MOST_WORKERS:
        raise CommandError(f"{workers} workers are not allowed; 1 to {MOST_WORKERS} are.")
    if not 0 <= port <= 65_535:
        raise CommandError(f"The port {port} is not allowed; a port is 0 to 65535.")
    os.environ["HOST"] = host
    try:
        return listen(host, port) if descriptor is None else adopt(descriptor)
    except CannotListen as error:
        raise CommandError(str(error)) from None


def serve_as_worker(link: Link, server: str) -> None:
    """Serve the connections that come by ``link``, as one worker of several."""
    link.end_with_the_supervisor()
    connections.close_all()
    SERVERS[server](link)


def serve(sock: socket.socket, server: str, workers: int, on_serving: Serving) -> None:
    """Serve ``sock`` with so many processes until SIGTERM or SIGINT."""
    # What a command did before it served; the main thread has no use for the database from here on.
    connections.close_all()
    if workers == 1:
        SERVERS[server](sock, on_serving)
        return
    if not settings.REDIS_URL:
        logger.warning(
            "Without Redis a change reaches the listeners of the other workers within seconds, and not at once: "
            "set REDIS_URL, as in redis://127.0.0.1:6379/0."
        )
    for connection in connections.all(initialized_only=True):
        if close_pool := getattr(connection, "close_pool", None):
            close_pool()
    supervise(sock, server, workers, on_serving)
