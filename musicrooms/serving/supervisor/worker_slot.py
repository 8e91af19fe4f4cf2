"""One worker position of the supervisor: restarts its process with exponential back-off."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress

from musicrooms.serving.supervisor.worker_process import WorkerProcess

logger = logging.getLogger(__name__)

START_S = 60.0
"""Start timeout of a replacement; if it expires the old worker stays."""

SHORT_LIFE_S = 10.0
"""A worker that dies sooner is restarted with back-off, so that a crash loop does not use up the machine."""
FIRST_DELAY_S = 0.5
LONGEST_DELAY_S = 8.0


class WorkerSlot:
    """Keeps one worker process running; ``start`` starts one, and may raise OSError."""

    def __init__(self, start: Callable[[], Awaitable[WorkerProcess]]) -> None:
        self.has_served = asyncio.Event()
        self._start = start
        self._worker: WorkerProcess | None = None
        self._changing = asyncio.Lock()
        self._delay_s = 0.0

    async def keep(self) -> None:
        """Start a worker, and another whenever it dies."""
        while True:
            async with self._changing:
                if self._worker is None:
                    self._worker = await self._started()
                worker = self._worker
            if await worker.serves():
                self.has_served.set()
            status = await worker.ended()
            async with self._changing:
                if worker is self._worker:
                    self._worker = None
                    await self._back_off(worker, status)

    async def replace(self) -> bool:
        """Start a new worker and stop the old one once it serves; False if it never did, and the old one stays."""
        async with self._changing:
            old, new = self._worker, await self._started()
            if not await _serves_in_time(new):
                how = _how(await new.stop())
                logger.warning("The new worker %d did not come to serve (%s); the old ones stay.", new.pid, how)
                return False
            self._worker = new
        if old is not None:
            await old.stop()
        return True

    async def _started(self) -> WorkerProcess:
        while True:
            try:
                return await self._start()
            except OSError as error:
                logger.warning("A worker could not be started, which is tried again: %s.", error)
                await asyncio.sleep(LONGEST_DELAY_S)

    async def _back_off(self, worker: WorkerProcess, status: int) -> None:
        """Log how ``worker`` died, and delay the next one if its life was short."""
        is_short = worker.age_s < SHORT_LIFE_S
        self._delay_s = min(LONGEST_DELAY_S, max(FIRST_DELAY_S, self._delay_s * 2)) if is_short else 0.0
        logger.warning("Worker %d died (%s); another takes its place.", worker.pid, _how(status))
        await asyncio.sleep(self._delay_s)


async def _serves_in_time(worker: WorkerProcess) -> bool:
    try:
        return await asyncio.wait_for(worker.serves(), START_S)
    except TimeoutError:
        return False


def _how(status: int) -> str:
    if status >= 0:
        return f"status {status}"
    with suppress(ValueError):
        return signal.Signals(-status).name
    return f"signal {-status}"
