"""The supervisor's handle of a worker process."""

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

ANSWER_S = 2.0
"""A worker that does not answer within this time hangs, and answers no probes either. One that is merely busy does."""

STOP_S = 6.0
"""From SIGTERM to SIGKILL. Service managers and containers usually kill the supervisor after 10 s, grace included."""


class WorkerProcess:
    """A child process that serves the connections passed to it over a control socket (see ``link``)."""

    def __init__(self, process: asyncio.subprocess.Process, link: socket.socket) -> None:
        self.pid = process.pid
        self._began_at_s = monotonic_s()
        self._process = process
        self._link = link
        self._is_stopping = False
        self._readiness = asyncio.create_task(self._read_readiness())

    @classmethod
    async def start(cls, server: str, env: dict[str, str]) -> WorkerProcess:
        """Start a process with ``env`` added to its environment. It does not serve yet; raises OSError."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.setblocking(False)
        # The smallest buffer, a few connections: those queued here cannot go to another worker.
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1)
        command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "serve", "--server", server]
        with theirs:
            process = await asyncio.create_subprocess_exec(
                *command,
                "--link",
                str(theirs.fileno()),
                pass_fds=[theirs.fileno()],
                env={**os.environ, **env},
                # Ctrl-C in a terminal reaches the supervisor alone, which stops the workers in order.
                start_new_session=True,
            )
        return cls(process, ours)

    @property
    def age_s(self) -> float:
        return monotonic_s() - self._began_at_s

    async def serves(self) -> bool:
        """Wait until the worker reports readiness; False if it ended before."""
        return await asyncio.shield(self._readiness)

    async def ended(self) -> int:
        """Wait for the end of the process; its exit status, negative for a signal."""
        status = await self._process.wait()
        await self.serves()
        self._link.close()
        return status

    def take(self, connection: socket.socket) -> bool:
        """Pass a duplicate of ``connection``; False if the worker is stopping or its queue is full."""
        if self._is_stopping:
            return False
        try:
            socket.send_fds(self._link, [b"+"], [connection.fileno()])
        except OSError:  # the queue is full, or the process is gone
            return False
        return True

    async def announce_stop(self) -> bool:
        """Have the worker withdraw readiness; whether it reports that a load balancer probes it (False on timeout)."""
        if not self._readiness.done():
            return False
        with suppress(OSError, TimeoutError):
            self._link.send(STOPPING)
            return await asyncio.wait_for(asyncio.get_running_loop().sock_recv(self._link, 1), ANSWER_S) == ASKED
        return False

    async def stop(self, within_s: float = STOP_S) -> int:
        """Graceful shutdown: SIGTERM, and SIGKILL after ``within_s`` seconds; the exit status."""
        self._is_stopping = True
        self._signal(signal.SIGTERM)
        try:
            return await asyncio.wait_for(self._process.wait(), within_s)
        except TimeoutError:
            logger.warning("Worker %d did not stop within %g s and was killed.", self.pid, within_s)
            self._signal(signal.SIGKILL)
            return await self._process.wait()

    def _signal(self, signum: signal.Signals) -> None:
        # Not by ``send_signal``, which polls and may reap the process: asyncio would never get its status.
        if self._process.returncode is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signum)

    async def _read_readiness(self) -> bool:
        with suppress(OSError):
            return bool(await asyncio.get_running_loop().sock_recv(self._link, 1))
        return False
