"""A worker's end of the Unix socket that links it to its supervisor."""

from __future__ import annotations

import asyncio
import os
import select
import signal
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress

from musicrooms.serving.readiness import readiness

STOPPING = b"-"
"""What the supervisor says before it stops its workers, so that they are ready no more."""

ASKED = b"?"
"""The answer of a worker that a load balancer asked for its readiness lately."""

FAREWELL_S = 8.0
"""From the end of the supervisor until a worker that does not stop kills itself."""


class SupervisorLink:
    """Reports readiness to the supervisor, receives connections from it, and ends this process with it."""

    def __init__(self, descriptor: int) -> None:
        self._socket = socket.socket(fileno=descriptor)
        self._socket.setblocking(False)

    def serve(self, adopt: Callable[[socket.socket], object]) -> None:
        """Have ``adopt`` called in the running event loop with each connection that this worker is to serve."""
        asyncio.get_running_loop().add_reader(self._socket, self._read, adopt)
        self._say(b"!")

    def end_with_the_supervisor(self) -> None:
        """Stop this process when the supervisor is gone, however it ended."""
        threading.Thread(target=self._wait, name="supervisor", daemon=True).start()

    def _say(self, message: bytes) -> None:
        with suppress(OSError):
            self._socket.sendall(message)

    def _read(self, adopt: Callable[[socket.socket], object]) -> None:
        try:
            while True:
                message, descriptors, _flags, _address = socket.recv_fds(self._socket, 1, 1)
                if not message:
                    break
                if message == STOPPING:
                    self._say(ASKED if readiness.stop() else b".")
                # None at all if this process has no more descriptors: the peer finds its connection closed.
                for descriptor in descriptors:
                    connection = socket.socket(fileno=descriptor)
                    connection.setblocking(False)
                    adopt(connection)
        except BlockingIOError:
            return
        except ConnectionError:
            pass
        asyncio.get_running_loop().remove_reader(self._socket)

    def _wait(self) -> None:
        hanging_up = select.poll()
        hanging_up.register(self._socket, 0)  # what is to be read is for the event loop
        hanging_up.poll()
        os.kill(os.getpid(), signal.SIGTERM)
        # No supervisor is left to do it from outside.
        time.sleep(FAREWELL_S)
        os.kill(os.getpid(), signal.SIGKILL)
