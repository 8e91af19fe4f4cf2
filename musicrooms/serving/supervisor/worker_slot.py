"""A worker's place, whoever sits in it."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress

from musicrooms.serving.supervisor.worker_process import Worker

logger = logging.getLogger(__name__)

START_S = 60.0
"""So long a worker may take until it serves, before it is given up and the one that it was to replace stays."""

SHORT_LIFE_S = 10.0
"""A worker that dies sooner is replaced later and later, so that one that cannot start does not take the machine."""
FIRST_DELAY_S = 0.5
LONGEST_DELAY_S = 8.0


class Seat:
    """A place in which one worker serves at any time; ``start`` makes one."""

    def __init__(self, start: Callable[[], Awaitable[Worker]]) -> None:
        self.has_served = asyncio.Event()
        self._start = start
        self._worker: Worker | None = None
        self._changing = asyncio.Lock()
        self._delay_s = 0.0

    async def keep(self) -> None:
        """Fill the seat, and again whenever its worker dies."""
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
                    await self._mourn(worker, status)

    async def replace(self) -> bool:
        """Give the seat to a new worker as soon as that serves; False if it never did, so that the old one stays."""
        async with self._changing:
            old, new = self._worker, await self._started()
            if not await _serves_in_time(new):
                how = _how(await new.retire())
                logger.warning("The new worker %d did not come to serve (%s); the old ones stay.", new.pid, how)
                return False
            self._worker = new
        if old is not None:
            await old.retire()
        return True

    async def _started(self) -> Worker:
        while True:
            try:
                return await self._start()
            except OSError as error:
                logger.warning("A worker could not be started, which is tried again: %s.", error)
                await asyncio.sleep(LONGEST_DELAY_S)

    async def _mourn(self, worker: Worker, status: int) -> None:
        """Say how ``worker`` died, and wait before the next one if it did so soon."""
        is_short = worker.age_s < SHORT_LIFE_S
        self._delay_s = min(LONGEST_DELAY_S, max(FIRST_DELAY_S, self._delay_s * 2)) if is_short else 0.0
        logger.warning("Worker %d died (%s); another takes its place.", worker.pid, _how(status))
        await asyncio.sleep(self._delay_s)


async def _serves_in_time(worker: Worker) -> bool:
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
