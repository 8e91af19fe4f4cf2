"""The process supervisor: starts, restarts, reloads and stops the workers."""

from __future__ import annotations

import asyncio
import shutil
import signal
import socket
import tempfile
from collections.abc import Callable
from contextlib import suppress

from django.conf import settings
from prometheus_client.multiprocess import mark_process_dead

from musicrooms.serving.supervisor.acceptor import Acceptor
from musicrooms.serving.supervisor.worker_process import STOP_S, WorkerProcess
from musicrooms.serving.supervisor.worker_slot import WorkerSlot
from rooms.clock import monotonic_s


class Supervisor:
    """Keeps ``count`` workers behind ``sock``. SIGTERM and SIGINT stop them, SIGHUP starts a rolling reload."""

    def __init__(self, sock: socket.socket, server: str, count: int, on_serving: Callable[[], object]) -> None:
        self._acceptor = Acceptor(sock)
        self._server = server
        self._on_serving = on_serving
        self._slots = [WorkerSlot(self._start) for _ in range(count)]
        # All processes that have not ended, including those that are being replaced or started.
        self._running: dict[WorkerProcess, asyncio.Task[None]] = {}
        self._stop_asked = asyncio.Event()
        self._reload_asked = asyncio.Event()
        # prometheus_client's multiprocess mode: any worker answers ``/metrics`` for all.
        self._metrics_dir = tempfile.mkdtemp(prefix="musicrooms-metrics-")

    async def run(self) -> None:
        """Serve until SIGTERM or SIGINT."""
        loop = asyncio.get_running_loop()
        for signum in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(signum, self._stop_asked.set)
        loop.add_signal_handler(signal.SIGHUP, self._reload_asked.set)
        jobs = [self._report_when_all_serve(), self._reload_when_asked(), *(slot.keep() for slot in self._slots)]
        left_s = STOP_S
        tasks = [asyncio.create_task(job) for job in jobs]
        try:
            await self._stop_asked.wait()
            began_at_s = monotonic_s()
            await self._withdraw_readiness()
            left_s = settings.STOP_GRACE_S + STOP_S - (monotonic_s() - began_at_s)
        finally:
            self._acceptor.close()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await asyncio.gather(*(worker.stop(left_s) for worker in self._running))
            shutil.rmtree(self._metrics_dir, ignore_errors=True)

    async def _withdraw_readiness(self) -> None:
        """Serve on for STOP_GRACE_S while ``/readyz`` answers 503, if it is probed; a second signal cuts that short."""
        self._stop_asked.clear()
        if any(await asyncio.gather(*(worker.announce_stop() for worker in self._running))):
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stop_asked.wait(), settings.STOP_GRACE_S)

    async def _start(self) -> WorkerProcess:
        worker = await WorkerProcess.start(self._server, {"PROMETHEUS_MULTIPROC_DIR": self._metrics_dir})
        self._running[worker] = asyncio.create_task(self._watch(worker))
        return worker

    async def _watch(self, worker: WorkerProcess) -> None:
        """Keep ``worker`` in the accept rotation while it serves, and clean up after it."""
        if await worker.serves():
            self._acceptor.add(worker)
        await worker.ended()
        self._acceptor.remove(worker)
        mark_process_dead(worker.pid, self._metrics_dir)  # type: ignore[no-untyped-call]
        del self._running[worker]

    async def _report_when_all_serve(self) -> None:
        for slot in self._slots:
            await slot.has_served.wait()
        self._on_serving()

    async def _reload_when_asked(self) -> None:
        """Rolling reload at SIGHUP: stop each worker once its successor serves; a failed start ends the reload."""
        while True:
            await self._reload_asked.wait()
            self._reload_asked.clear()
            for slot in self._slots:
                if not await slot.replace():
                    break
