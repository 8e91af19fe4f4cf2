"""Where connections come in when several workers serve."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections import deque
from contextlib import suppress

from musicrooms.serving.supervisor.worker_process import Worker

logger = logging.getLogger(__name__)

AT_ONCE = 64
"""Connections accepted before the supervisor looks at anything else."""

AGAIN_S = 0.005
"""After this time a connection is offered anew that no worker took."""

OUT_OF_DESCRIPTORS_S = 1.0


class Door:
    """Accepts every connection and hands each to the next worker.

    Workers that accept for themselves share badly: whoever the kernel wakes first takes what there is, so that of four
    one was measured to serve half of all calls and another a twelfth. A worker whose link is full is passed over, as
    one that hangs.
    """

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._sock.setblocking(False)
        self._workers: deque[Worker] = deque()
        self._in_hand: socket.socket | None = None
        self._again: asyncio.TimerHandle | None = None
        self._is_open = False
        self._is_closed = False

    def let_in(self, worker: Worker) -> None:
        """``worker`` serves; with the first one the door opens, unless it was closed for good."""
        self._workers.appendleft(worker)
        if not self._is_open and not self._is_closed:
            self._is_open = True
            self._watch()

    def forget(self, worker: Worker) -> None:
        """``worker`` takes no more connections; one that was never let in does no harm."""
        with suppress(ValueError):
            self._workers.remove(worker)

    def close(self) -> None:
        """Accept nothing any more, whoever comes to serve."""
        self._is_closed = True
        asyncio.get_running_loop().remove_reader(self._sock)
        if self._again is not None:
            self._again.cancel()
        if self._in_hand is not None:
            self._in_hand.close()

    def _watch(self) -> None:
        asyncio.get_running_loop().add_reader(self._sock, self._accept)
        self._accept()  # what is in hand does not make the socket readable

    def _pause(self, for_s: float) -> None:
        """Accept nothing for so long."""
        loop = asyncio.get_running_loop()
        loop.remove_reader(self._sock)
        self._again = loop.call_later(for_s, self._watch)

    def _accept(self) -> None:
        for _ in range(AT_ONCE):
            try:
                if self._in_hand is None:
                    self._in_hand, _peer = self._sock.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:
                logger.warning("A connection could not be accepted, which is tried again: %s.", error)
                self._pause(OUT_OF_DESCRIPTORS_S)
                return
            if not self._hand_over(self._in_hand):
                self._pause(AGAIN_S)
                return
            self._in_hand.close()
            self._in_hand = None

    def _hand_over(self, connection: socket.socket) -> bool:
        for _ in range(len(self._workers)):
            worker = self._workers[0]
            self._workers.rotate(-1)
            if worker.take(connection):
                return True
        return False
