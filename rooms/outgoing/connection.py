"""Connections to public addresses alone, checked at the moment of connecting (SSRF, DNS rebinding).

A name may resolve to a public address when it is checked and to a private one when it is used. Here it is resolved
once for each connection, and the connection goes to the very address that was checked; Host and SNI keep the name.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterable
from functools import cache
from typing import Any

import httpcore
from django.conf import settings

from rooms.core.client_address import Network
from rooms.outgoing.addresses import may_connect
from rooms.outgoing.budget import Budget, Unanswered
from rooms.outgoing.resolver import Resolve, resolve

RECEIVE_BUFFER_BYTES = 256 * 1024
"""What the kernel keeps of an answer that is not read: a fast server is not let run ahead by megabytes."""


_NOBODYS_NAMES = frozenset({"*", "localhost", "127.0.0.1", "[::1]"})


class Refused(Unanswered):
    """The server connects to no such address."""


def guarded(
    host: str, budget: Budget, named: Iterable[Network], resolver: Resolve | None = None
) -> httpcore.ConnectionPool:
    """A pool of one connection to ``host``, at a public address or in ``named``; else Refused is raised."""
    if is_own(host):
        raise Refused(f"{host} is this server itself.")
    backend = _Backend(budget, named, resolver)
    return httpcore.ConnectionPool(network_backend=backend, ssl_context=_authorities(), max_connections=1)


def is_own(host: str) -> bool:
    """Whether ``host`` is a name of this server, as far as the settings say it.

    Loopback is not told apart by name: other programs of the machine are there as well.
    """
    names = [name for name in settings.ALLOWED_HOSTS if name not in _NOBODYS_NAMES]
    names += [origin.rpartition("://")[2].partition(":")[0] for origin in settings.CSRF_TRUSTED_ORIGINS]
    return any(host == name or (name[:1] == "." and f".{host}".endswith(name)) for name in names)


@cache
def _authorities() -> ssl.SSLContext:
    """The certificate authorities; reading them costs 25 ms of CPU."""
    return httpcore.default_ssl_context()


class _Backend(httpcore.NetworkBackend):
    """httpcore's sockets, but for addresses that may not be connected to, and within a budget."""

    def __init__(self, budget: Budget, named: Iterable[Network], resolver: Resolve | None = None) -> None:
        self._budget = budget
        self._named = tuple(named)
        self._resolve = resolver or resolve
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        addresses = self._resolve(host, port, self._budget.left_s)
        allowed = [address for address in addresses if may_connect(address, self._named)]
        if not allowed:
            raise Refused(f"{host} is at {', '.join(addresses)}, which is no public address.")
        options = [(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_BYTES)]
        for address in allowed[:-1]:
            try:
                return self._connected(address, port, options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return self._connected(allowed[-1], port, options)

    def _connected(self, address: str, port: int, options: list[Any]) -> httpcore.NetworkStream:
        stream = self._sockets.connect_tcp(address, port, timeout=self._budget.left_s, socket_options=options)
        return _Bounded(stream, self._budget)


class _Bounded(httpcore.NetworkStream):
    """A connection that gives no more than the budget allows, whatever trickles or floods in."""

    def __init__(self, stream: httpcore.NetworkStream, budget: Budget) -> None:
        self._stream = stream
        self._budget = budget
        self._is_new = True

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        most = min(max_bytes, self._budget.bytes_left)
        data = self._stream.read(most, timeout=self._budget.left_s)
        self._budget.take_bytes(len(data))
        if self._is_new and data.startswith(b"ICY "):  # how old stations begin what is HTTP/1.0 otherwise
            data = b"HTTP/1.0 " + data.removeprefix(b"ICY ")
        self._is_new = False
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, timeout=self._budget.left_s)

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, timeout=self._budget.left_s)
        return _Bounded(stream, self._budget)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
