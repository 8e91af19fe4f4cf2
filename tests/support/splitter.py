"""A TCP proxy on loopback that hands on what a server sends byte by byte, and can cut the connections."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from select import select
from types import TracebackType
from urllib.parse import urlsplit

PAUSE_S = 0.0002
"""Between two bytes: long enough for whoever reads to be woken for each."""


class Splitter:
    """Stands before the server at ``url``; use it in a ``with`` block and call ``self.url`` instead."""

    def __init__(self, url: str, *, splits: bool = True) -> None:
        self.splits = splits
        self.requests: list[str] = []
        """The head of each request that came, in order; none of them may have a body."""
        self.lead_to(url)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._clients: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self.url = "http://{}:{}".format(*self._listening.getsockname()[:2])

    def __enter__(self) -> Splitter:
        self._start(self._accept)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        # A thread that waits in accept holds the socket open; only this wakes it.
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self.cut()
        for thread in self._threads:
            thread.join()

    def lead_to(self, url: str) -> None:
        """Stand before the server at ``url`` from the next connection on."""
        host, port = urlsplit(url).netloc.rsplit(":", 1)
        self._server = (host, int(port))

    def cut(self) -> None:
        """Break off every connection."""
        for client in list(self._clients):
            with suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)

    def _start(self, job: Callable[..., None], *args: socket.socket) -> None:
        thread = threading.Thread(target=job, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with suppress(OSError):  # it was closed
            while True:
                client, _address = self._listening.accept()
                self._clients.add(client)
                self._start(self._serve, client)

    def _serve(self, client: socket.socket) -> None:
        head = b""
        with suppress(OSError), client, socket.create_connection(self._server) as server:
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while True:
                readable, _, _ = select([client, server], [], [])
                if client in readable:
                    if not (asked := client.recv(65_536)):
                        break
                    head = self._note(head + asked)
                    server.sendall(asked)
                if server in readable:
                    if not (answered := server.recv(65_536)):
                        break
                    self._hand_on(answered, client)
        self._clients.discard(client)

    def _note(self, asked: bytes) -> bytes:
        """Keep the heads that are whole by now, and return what is left."""
        while b"\r\n\r\n" in asked:
            head, asked = asked.split(b"\r\n\r\n", 1)
            self.requests.append(head.decode("latin-1"))
        return asked

    def _hand_on(self, answered: bytes, client: socket.socket) -> None:
        if not self.splits:
            client.sendall(answered)
            return
        for byte in answered:
            client.sendall(bytes([byte]))
            time.sleep(PAUSE_S)
