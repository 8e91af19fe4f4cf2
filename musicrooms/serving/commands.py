"""Shared part of the commands ``serve`` and ``up``: options, listening socket, and the server program."""

from __future__ import annotations

import logging
import os
import socket
from argparse import ArgumentParser
from collections.abc import Callable

from django.conf import settings
from django.core.management.base import CommandError
from django.db import connections
from django.utils.module_loading import import_string

from musicrooms.serving.process import Serving
from musicrooms.serving.sockets import CannotListen, adopt, listen
from musicrooms.serving.supervisor import MOST as MOST_WORKERS
from musicrooms.serving.supervisor import SupervisorLink, supervise

logger = logging.getLogger(__name__)

SERVERS = ("daphne", "uvicorn")


def add_arguments(parser: ArgumentParser) -> None:
    """Add the options that ``up`` and ``serve`` share."""
    parser.add_argument("--host", default=settings.HOST, help="the address to listen on (default: $HOST)")
    parser.add_argument("--port", type=int, default=8000, help="the port; 0 takes any free one (default: 8000)")
    parser.add_argument(
        "--server", default=settings.SERVER, help=f"the server program: {' or '.join(SERVERS)} (default: $SERVER)"
    )
    parser.add_argument(
        "--workers", type=int, default=settings.WORKERS, help="processes that serve it (default: $WORKERS)"
    )


def opened(host: str, port: int, server: str, workers: int, descriptor: int | None = None) -> socket.socket:
    """The listening socket for these options: bound to ``host`` and ``port``, or the inherited file ``descriptor``.

    Raises CommandError with a sentence for an invalid option or an address that cannot be bound.
    """
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


def serve_as_worker(link: SupervisorLink, server: str) -> None:
    """Serve as one of several workers, with the connections that the supervisor passes over ``link``."""
    link.end_with_the_supervisor()
    connections.close_all()
    _serve_with(server)(link)


def serve(sock: socket.socket, server: str, workers: int, on_serving: Serving) -> None:
    """Serve ``sock`` with ``workers`` processes until SIGTERM or SIGINT."""
    # Opened by the command's own preparations; the main thread uses no database from here on.
    connections.close_all()
    if workers == 1:
        _serve_with(server)(sock, on_serving)
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


def _serve_with(server: str) -> Callable[..., None]:
    """The ``serve`` of one server program's module, imported only now: daphne's installs Twisted's reactor."""
    serve_with: Callable[..., None] = import_string(f"musicrooms.serving.{server}.serve")
    return serve_with
