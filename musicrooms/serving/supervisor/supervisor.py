"""The process that keeps the workers running."""

from __future__ import annotations

import asyncio
import shutil
import signal
import socket
import tempfile
from collections.abc import Callable

from prometheus_client.multiprocess import mark_process_dead

from musicrooms.serving.supervisor.acceptor import Door
from musicrooms.serving.supervisor.worker_process import Worker
from musicrooms.serving.supervisor.worker_slot import Seat


class Supervisor:
    """Keeps ``count`` workers behind ``sock``. SIGTERM and SIGINT stop them, SIGHUP replaces one after the other."""

    def __init__(self, sock: socket.socket, server: str, count: int, on_serving: Callable[[], object]) -> None:
        self._door = Door(sock)
        self._server = server
        self._on_serving = on_serving
        self._seats = [Seat(self._start) for _ in range(count)]
        # All that have not ended, also those that leave their seat or have none yet.
        self._running: dict[Worker, asyncio.Task[None]] = {}
        self._stop_asked = asyncio.Event()
        self._renewal_asked = asyncio.Event()
        # Each worker keeps its numbers in files there, so that any of them can answer for all.
        self._numbers = tempfile.mkdtemp(prefix="musicrooms-metrics-")

    async def run(self) -> None:
        """Serve until told to stop."""
        loop = asyncio.get_running_loop()
        for signum in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(signum, self._stop_asked.set)
        loop.add_signal_handler(signal.SIGHUP, self._renewal_asked.set)
        jobs = [self._say_when_all_serve(), self._renew_when_asked(), *(seat.keep() for seat in self._seats)]
        tasks = [asyncio.create_task(job) for job in jobs]
        try:
            await self._stop_asked.wait()
        finally:
            self._door.close()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await asyncio.gather(*(worker.retire() for worker in self._running))
            shutil.rmtree(self._numbers, ignore_errors=True)

    async def _start(self) -> Worker:
        worker = await Worker.start(self._server, {"PROMETHEUS_MULTIPROC_DIR": self._numbers})
        self._running[worker] = asyncio.create_task(self._attend(worker))
        return worker

    async def _attend(self, worker: Worker) -> None:
        """Give ``worker`` its connections while it serves."""
        if await worker.serves():
            self._door.let_in(worker)
        await worker.ended()
        self._door.forget(worker)
        mark_process_dead(worker.pid, self._numbers)  # type: ignore[no-untyped-call]
        del self._running[worker]

    async def _say_when_all_serve(self) -> None:
        for seat in self._seats:
            await seat.has_served.wait()
        self._on_serving()

    async def _renew_when_asked(self) -> None:
        """Replace each worker, the next when the one before has its successor: somebody always serves."""
        while True:
            await self._renewal_asked.wait()
            self._renewal_asked.clear()
            for seat in self._seats:
                if not await seat.replace():
                    break
