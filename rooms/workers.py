"""Several processes that serve one socket, and the one that keeps them running."""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import signal
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.conf import settings
from prometheus_client.multiprocess import mark_process_dead

logger = logging.getLogger(__name__)

STOP_S = 10.0
"""From SIGTERM until a worker is killed."""

SHORT_LIFE_S = 10.0
"""A worker that dies sooner is replaced later and later, so that one that cannot start does not take the machine."""
LONGEST_DELAY_S = 8.0

MOST = 256
"""Workers; more than any machine has cores for is a slip of the hand."""


class Worker:
    """One process. It holds the other end of ``_link``: says there that it serves, and ends when ours is closed."""

    def __init__(self, process: asyncio.subprocess.Process, link: socket.socket) -> None:
        self.process = process
        self.began_at = time.monotonic()
        self._link = link

    @classmethod
    async def start(cls, sock: socket.socket, server: str, env: dict[str, str]) -> Worker:
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "serve", "--server", server]
        descriptors = {"--fd": sock.fileno(), "--link": theirs.fileno()}
        options = [str(part) for pair in descriptors.items() for part in pair]
        with theirs:
            process = await asyncio.create_subprocess_exec(
                *command, *options, pass_fds=list(descriptors.values()), env={**os.environ, **env}
            )
        return cls(process, ours)

    async def serves(self) -> bool:
        """Wait until it serves; False if it ended instead."""
        with suppress(OSError):
            return bool(await asyncio.get_running_loop().sock_recv(self._link, 1))
        return False

    async def ended(self) -> int:
        """Wait until it ended; its exit status, negative for a signal."""
        status = await self.process.wait()
        self._link.close()
        return status

    async def retire(self) -> None:
        """Have it end its streams and itself, in time or by force."""
        with suppress(ProcessLookupError):
            self.process.terminate()
        try:
            await asyncio.wait_for(self.process.wait(), STOP_S)
        except TimeoutError:
            logger.warning("Worker %d did not stop within %g s and was killed.", self.process.pid, STOP_S)
            self.process.kill()


class Supervisor:
    """Keeps ``count`` workers on ``sock``. SIGTERM and SIGINT stop them, SIGHUP replaces one after the other."""

    def __init__(self, sock: socket.socket, server: str, count: int, on_serving: Callable[[], object]) -> None:
        self._sock = sock
        self._server = server
        self._count = count
        self._on_serving = on_serving
        self._workers: dict[int, Worker] = {}
        self._stopping = asyncio.Event()
        self._replacing: asyncio.Task[None] | None = None
        # Each worker keeps its numbers in files there, so that any of them can answer for all.
        self._numbers = tempfile.mkdtemp(prefix="musicrooms-metrics-")

    async def run(self) -> None:
        """Serve until told to stop."""
        loop = asyncio.get_running_loop()
        for signum in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(signum, self._stopping.set)
        loop.add_signal_handler(signal.SIGHUP, self._replace_soon)
        try:
            first = [await self._start(seat) for seat in range(self._count)]
            keeping = [loop.create_task(self._keep(seat)) for seat in range(self._count)]
            serving = loop.create_task(self._say_when_all_serve(first))
            await self._stopping.wait()
            for task in (serving, self._replacing, *keeping):
                if task is not None:
                    task.cancel()
            await asyncio.gather(*(worker.retire() for worker in self._workers.values()))
        finally:
            shutil.rmtree(self._numbers, ignore_errors=True)

    async def _start(self, seat: int) -> Worker:
        worker = await Worker.start(self._sock, self._server, {"PROMETHEUS_MULTIPROC_DIR": self._numbers})
        self._workers[seat] = worker
        return worker

    async def _say_when_all_serve(self, workers: list[Worker]) -> None:
        if all(await asyncio.gather(*(worker.serves() for worker in workers))):
            self._on_serving()

    async def _keep(self, seat: int) -> None:
        """Replace whoever dies in that seat."""
        delay_s = 0.0
        while True:
            worker = self._workers[seat]
            status = await worker.ended()
            mark_process_dead(worker.process.pid, self._numbers)  # type: ignore[no-untyped-call]
            if worker is not self._workers[seat]:
                continue  # it was replaced
            lived_s = time.monotonic() - worker.began_at
            delay_s = min(LONGEST_DELAY_S, max(0.5, delay_s * 2)) if lived_s < SHORT_LIFE_S else 0.0
            logger.warning("Worker %d died (%s); another takes its place.", worker.process.pid, _how(status))
            await asyncio.sleep(delay_s)
            await self._start(seat)

    def _replace_soon(self) -> None:
        if self._replacing is None or self._replacing.done():
            self._replacing = asyncio.get_running_loop().create_task(self._replace_all())

    async def _replace_all(self) -> None:
        """Replace each worker, the next when the one before has its successor: somebody always accepts."""
        for seat in range(self._count):
            old = self._workers[seat]
            new = await self._start(seat)
            if not await new.serves():
                logger.warning("Worker %d could not start, so that the others stay as they are.", new.process.pid)
                self._workers[seat] = old
                return
            await old.retire()


def _how(status: int) -> str:
    if status >= 0:
        return f"status {status}"
    with suppress(ValueError):
        return signal.Signals(-status).name
    return f"signal {-status}"


class Link:
    """A worker's end of its link to the supervisor."""

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


def supervise(sock: socket.socket, server: str, count: int, on_serving: Callable[[], Any]) -> None:
    """Serve ``sock`` with ``count`` processes until SIGTERM or SIGINT."""

    async def run() -> None:
        await Supervisor(sock, server, count, on_serving).run()

    asyncio.run(run())
