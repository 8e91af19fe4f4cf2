"""The accept loop of several workers: round robin, by descriptors passed over Unix sockets."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections import deque
from contextlib import suppress

from musicrooms.serving.supervisor.worker_process import WorkerProcess

logger = logging.getLogger(__name__)

AT_ONCE = 64
"""Connections accepted before the supervisor looks at anything else."""

RETRY_S = 0.005
"""After this time a connection that no worker took is offered again."""

OUT_OF_DESCRIPTORS_S = 1.0


class Acceptor:
    """Accepts every connection and passes it to the next worker in turn; a worker whose link is full is passed over.

    Workers that accept for themselves share badly: the one that the kernel wakes first takes all that wait. Figures are
    in ``docs/architecture.md``.
    """

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._sock.setblocking(False)
        self._workers: deque[WorkerProcess] = deque()
        self._pending: socket.socket | None = None
        self._retry: asyncio.TimerHandle | None = None
        self._has_begun = False
        self._is_closed = False

    def add(self, worker: WorkerProcess) -> None:
        """Pass connections to ``worker`` too; the first starts the accept loop, unless it was closed for good."""
        self._workers.appendleft(worker)
        if not self._has_begun and not self._is_closed:
            self._has_begun = True
            self._watch()

    def remove(self, worker: WorkerProcess) -> None:
        """Pass no more connections to ``worker``; one that was never added does no harm."""
        with suppress(ValueError):
            self._workers.remove(worker)

    def close(self) -> None:
        """Accept nothing any more, also when another worker is added."""
        self._is_closed = True
        asyncio.get_running_loop().remove_reader(self._sock)
        if self._retry is not None:
            self._retry.cancel()
        if self._pending is not None:
            self._pending.close()

    def _watch(self) -> None:
        asyncio.get_running_loop().add_reader(self._sock, self._accept)
        self._accept()  # a pending connection does not make the socket readable

    def _pause(self, for_s: float) -> None:
        """Accept nothing for so long."""
        loop = asyncio.get_running_loop()
        loop.remove_reader(self._sock)
        self._retry = loop.call_later(for_s, self._watch)

    def _accept(self) -> None:
        for _ in range(AT_ONCE):
            try:
                if self._pending is None:
                    self._pending, _peer = self._sock.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:
                logger.warning("A connection could not be accepted, which is tried again: %s.", error)
                self._pause(OUT_OF_DESCRIPTORS_S)
                return
            if not self._pass_on(self._pending):
                self._pause(RETRY_S)
                return
            self._pending.close()
            self._pending = None

    def _pass_on(self, connection: socket.socket) -> bool:
        for _ in range(len(self._workers)):
            worker = self._workers[0]
            self._workers.rotate(-1)
            if worker.take(connection):
                return True
        return False
