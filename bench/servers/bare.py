"""The limit where there is no C compiler: the loop of bare.c in Python.

It speaks just enough HTTP to be asked in the same way: ``GET /room`` opens a stream, ``POST /room`` with
``{"bytes": n}`` has an event of that size written to each of them.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import select
import socket
from collections import Counter, defaultdict
from typing import Any

from bench.servers.padding import padded

BACKLOG = 4_096
OPTIONS = {"TCP_NODELAY": 1, "TCP_USER_TIMEOUT": 20_000, "TCP_KEEPIDLE": 3_600, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 4}
"""Those of this project's own listening socket, but for the first probe of an idle peer.

A heartbeat keeps this project's peers from being idle. Here ten thousand probes would leave at one instant, and most be
dropped by the loopback device, whose queue holds a thousand: their connections ended as dead ones.
"""

HELLO = b"event: hello\ndata:\n\n"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"


def chunk(body: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(body), body)


def _room(request: bytes) -> bytes:
    return request.split(b" ", 2)[1]


class Bare:
    """Serves until it is killed."""

    def __init__(self) -> None:
        self._listener = socket.socket()
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in OPTIONS.items():
            self._listener.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen(BACKLOG)
        self._epoll = select.epoll()
        self._epoll.register(self._listener.fileno(), select.EPOLLIN)
        self._connections: dict[int, socket.socket] = {}
        self._streams: defaultdict[bytes, list[int]] = defaultdict(list)
        self._versions: Counter[bytes] = Counter()

    def run(self) -> None:
        print(self._listener.getsockname()[1], flush=True)
        while True:
            for descriptor, _events in self._epoll.poll():
                if descriptor == self._listener.fileno():
                    self._accept()
                else:
                    self._read(self._connections[descriptor])

    def _accept(self) -> None:
        connection = self._listener.accept()[0]
        connection.setblocking(False)
        self._connections[connection.fileno()] = connection
        self._epoll.register(connection.fileno(), select.EPOLLIN)

    def _read(self, connection: socket.socket) -> None:
        with contextlib.suppress(ConnectionError, TimeoutError):
            request = connection.recv(65_536)
            if request.startswith(b"GET"):
                connection.send(HEAD + chunk(HELLO))
                self._streams[_room(request)].append(connection.fileno())
                return
            if request:
                self._publish(connection, request)
                return
        descriptor = connection.fileno()
        self._epoll.unregister(descriptor)
        del self._connections[descriptor]
        for streams in self._streams.values():
            if descriptor in streams:
                streams.remove(descriptor)
        connection.close()

    def _publish(self, connection: socket.socket, request: bytes) -> None:
        body = request.partition(b"\r\n\r\n")[2]
        while not body:  # a client may send head and body apart
            arrived = select.poll()  # unlike select, for descriptors of any number
            arrived.register(connection, select.POLLIN)
            arrived.poll()
            body = connection.recv(65_536)
        asked: dict[str, Any] = json.loads(body)
        room = _room(request)
        self._versions[room] += 1
        version = self._versions[room]
        told = json.dumps({"version": version}).encode()
        connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(told), told))
        event = chunk(f"event: player\ndata: {padded(version, asked['bytes'])}\n\n".encode())
        for descriptor in self._streams[room]:
            try:  # noqa: SIM105  # suppress() costs 1 µs a delivery
                os.write(descriptor, event)
            except OSError:  # broken: it shows when it is read
                pass


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    Bare().run()
