"""The listening TCP socket, whose options accepted connections inherit."""

from __future__ import annotations

import errno
import socket

BACKLOG = 4_096
"""Length of the accept queue. With daphne's 50, 1,000 simultaneous joins took 12 s; with this 0.4 s."""

USER_TIMEOUT_MS = 20_000
"""TCP_USER_TIMEOUT: the kernel ends a connection whose bytes stay unacknowledged for this time. With up to 15 s until
the next heartbeat and 5 s of presence's grace period a dead listener is gone within 45 s."""

KEEPALIVE = {"TCP_KEEPIDLE": 15, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 4}
"""TCP keepalive: a dead peer of an idle connection is noticed after 15 + 4 × 5 s."""


class CannotListen(Exception):
    """A socket cannot be bound or inherited; the message is a sentence."""


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens on ``host`` and ``port``; port 0 takes a free one. Raises CannotListen."""
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
    """The inherited listening socket with this file descriptor, with the same options. Raises CannotListen."""
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
    # Not on every platform; without them a dead peer is noticed by the stream's maximum age.
    for name, value in {"TCP_USER_TIMEOUT": USER_TIMEOUT_MS, **KEEPALIVE}.items():
        if hasattr(socket, name):
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
    sock.listen(BACKLOG)


def address_of(sock: socket.socket) -> str:
    """The origin that ``sock`` listens on, as http://127.0.0.1:8000; a wildcard address is shown as the loopback."""
    host, port = sock.getsockname()[:2]
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{shown}:{port}"
