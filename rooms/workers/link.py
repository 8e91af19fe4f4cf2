"""A worker's end of its link to the supervisor."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from contextlib import suppress

FAREWELL_S = 8.0
"""From the end of the supervisor until a worker that does not stop is killed."""


class Link:
    """Tells the supervisor that this process serves, and ends it with the supervisor."""

    def __init__(self, descriptor: int) -> None:
        self._socket = socket.socket(fileno=descriptor)

    def say_that_it_serves(self) -> None:
        with suppress(OSError):
            self._socket.sendall(b"!")

    def end_with_the_supervisor(self) -> None:
        """Stop this process when the supervisor is gone, however it ended."""
        threading.Thread(target=self._wait, name="supervisor", daemon=True).start()

    def _wait(self) -> None:
        with suppress(OSError):
            self._socket.recv(1)
        os.kill(os.getpid(), signal.SIGTERM)
        # Nobody is left who would do it from outside.
        time.sleep(FAREWELL_S)
        os.kill(os.getpid(), signal.SIGKILL)
