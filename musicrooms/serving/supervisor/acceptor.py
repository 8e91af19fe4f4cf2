"""Accept loop of the supervisor: round robin over the workers, by file descriptor passing (``SCM_RIGHTS``)."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections import deque
from contextlib import suppress

from musicrooms.serving.supervisor.worker_process import WorkerProcess

logger = logging.getLogger(__name__)

AT_ONCE = 64
"""Connections accepted per iteration of the event loop."""

RETRY_S = 0.005
"""Delay before a connection is offered again after every worker's queue was full."""

OUT_OF_DESCRIPTORS_S = 1.0
"""Pause of the accept loop after EMFILE or a similar error."""


class Acceptor:
    """Accepts every connection and passes it to the next worker in turn; a worker with a full queue is skipped.

    Workers that accept from a shared socket are loaded unevenly: the first that the kernel wakes drains the accept
    queue. Figures are in ``docs/architecture.md``.
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
        """Add ``worker`` to the rotation. The first one starts the accept loop, unless that was closed."""
        self._workers.appendleft(worker)
        if not self._has_begun and not self._is_closed:
            self._has_begun = True
            self._watch()

    def remove(self, worker: WorkerProcess) -> None:
        """Take ``worker`` out of the rotation, if it is in it."""
        with suppress(ValueError):
            self._workers.remove(worker)

    def close(self) -> None:
        """Stop accepting for good."""
        self._is_closed = True
        asyncio.get_running_loop().remove_reader(self._sock)
        if self._retry is not None:
            self._retry.cancel()
        if self._pending is not None:
            self._pending.close()

    def _watch(self) -> None:
        asyncio.get_running_loop().add_reader(self._sock, self._accept)
        self._accept()  # a connection that is already accepted does not make the socket readable

    def _pause(self, for_s: float) -> None:
        """Stop accepting for ``for_s`` seconds."""
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
