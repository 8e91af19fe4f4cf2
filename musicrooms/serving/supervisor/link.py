"""The worker's end of the control socket (Unix, SOCK_SEQPACKET) between supervisor and worker."""

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
"""From the supervisor, before it stops its workers: withdraw readiness."""

ASKED = b"?"
"""Answer to STOPPING by a worker that a load balancer probed lately."""

FAREWELL_S = 8.0
"""From the end of the supervisor until a worker that has not stopped sends itself SIGKILL."""


class SupervisorLink:
    """Reports readiness to the supervisor, receives connections from it, and ends this process when it is gone."""

    def __init__(self, descriptor: int) -> None:
        self._socket = socket.socket(fileno=descriptor)
        self._socket.setblocking(False)

    def serve(self, adopt: Callable[[socket.socket], object]) -> None:
        """Report readiness, and call ``adopt`` in the running event loop with each connection received."""
        asyncio.get_running_loop().add_reader(self._socket, self._read, adopt)
        self._say(b"!")

    def end_with_the_supervisor(self) -> None:
        """Stop this process when the supervisor is gone, even by SIGKILL: the kernel closes its end of the socket."""
        threading.Thread(target=self._stop_after_hang_up, name="supervisor watch", daemon=True).start()

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
                # Empty if this process is out of file descriptors: the kernel closes the connection.
                for descriptor in descriptors:
                    connection = socket.socket(fileno=descriptor)
                    connection.setblocking(False)
                    adopt(connection)
        except BlockingIOError:
            return
        except ConnectionError:
            pass
        asyncio.get_running_loop().remove_reader(self._socket)

    def _stop_after_hang_up(self) -> None:
        hang_up = select.poll()
        hang_up.register(self._socket, 0)  # POLLHUP alone: the event loop reads
        hang_up.poll()
        os.kill(os.getpid(), signal.SIGTERM)
        # As the supervisor would do.
        time.sleep(FAREWELL_S)
        os.kill(os.getpid(), signal.SIGKILL)
