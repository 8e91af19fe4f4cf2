"""A worker process, as its supervisor handles it."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import sys
from contextlib import suppress

from django.conf import settings

from musicrooms.serving.supervisor.link import ASKED, STOPPING
from rooms.clock import monotonic_s

logger = logging.getLogger(__name__)

ANSWER_S = 0.5
"""A worker that does not answer within this time hangs, and shows no load balancer anything either."""

STOP_S = 8.0
"""From SIGTERM to SIGKILL. Service managers and containers often give the supervisor no more than 10 s."""


class WorkerProcess:
    """A child process that serves the connections which are passed to it.

    It holds the other end of ``_link``, a Unix socket: reports there that it is ready, receives connections, and ends
    when ours is closed.
    """

    def __init__(self, process: asyncio.subprocess.Process, link: socket.socket) -> None:
        self.pid = process.pid
        self._began_at_s = monotonic_s()
        self._process = process
        self._link = link
        self._is_stopping = False
        self._readiness = asyncio.create_task(self._read_readiness())

    @classmethod
    async def start(cls, server: str, env: dict[str, str]) -> WorkerProcess:
        """Start a process with these additions to the environment. It does not serve yet."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.setblocking(False)
        # As little as possible, which is some connections: what waits here, no other worker can take.
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1)
        command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "serve", "--server", server]
        with theirs:
            process = await asyncio.create_subprocess_exec(
                *command,
                "--link",
                str(theirs.fileno()),
                pass_fds=[theirs.fileno()],
                env={**os.environ, **env},
                # A terminal's Ctrl-C is for the supervisor, which stops the workers in good order.
                start_new_session=True,
            )
        return cls(process, ours)

    @property
    def age_s(self) -> float:
        return monotonic_s() - self._began_at_s

    async def serves(self) -> bool:
        """Wait until it serves; False if it ended instead."""
        return await asyncio.shield(self._readiness)

    async def ended(self) -> int:
        """Wait until it ended; its exit status, negative for a signal."""
        status = await self._process.wait()
        await self.serves()
        self._link.close()
        return status

    def take(self, connection: socket.socket) -> bool:
        """Pass it a duplicate of ``connection`` to serve; False if it takes none at the moment."""
        if self._is_stopping:
            return False
        try:
            socket.send_fds(self._link, [b"+"], [connection.fileno()])
        except OSError:  # its link is full, or it died a moment ago
            return False
        return True

    async def announce_stop(self) -> bool:
        """Have it be ready no more; whether a load balancer is there to see that, as far as it answers at once."""
        if not self._readiness.done():
            return False
        with suppress(OSError, TimeoutError):
            self._link.send(STOPPING)
            return await asyncio.wait_for(asyncio.get_running_loop().sock_recv(self._link, 1), ANSWER_S) == ASKED
        return False

    async def stop(self, within_s: float = STOP_S) -> int:
        """Graceful shutdown: SIGTERM, and SIGKILL if that does not end it in time; its exit status."""
        self._is_stopping = True
        self._signal(signal.SIGTERM)
        try:
            return await asyncio.wait_for(self._process.wait(), within_s)
        except TimeoutError:
            logger.warning("Worker %d did not stop within %g s and was killed.", self.pid, within_s)
            self._signal(signal.SIGKILL)
            return await self._process.wait()

    def _signal(self, signum: signal.Signals) -> None:
        # Not by ``send_signal``, which looks whether the process has ended: asyncio would never hear its status then.
        if self._process.returncode is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signum)

    async def _read_readiness(self) -> bool:
        with suppress(OSError):
            return bool(await asyncio.get_running_loop().sock_recv(self._link, 1))
        return False
