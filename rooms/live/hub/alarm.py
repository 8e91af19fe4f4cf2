"""One-shot timer that keeps the earliest of its deadlines."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from rooms.clock import monotonic_s


class Alarm:
    """Calls ``wake`` once in the running event loop at the earliest deadline set, in seconds of the monotonic clock."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._timer: asyncio.TimerHandle | None = None
        self._at_s = 0.0

    def set(self, at_s: float | None) -> None:
        """Bring the deadline forward to ``at_s``; a later one, or None, changes nothing."""
        if at_s is None or (self._timer is not None and self._at_s <= at_s):
            return
        self.cancel()
        self._at_s = at_s
        self._timer = asyncio.get_running_loop().call_later(max(0.0, at_s - monotonic_s()), self._ring)

    def cancel(self) -> None:
        """Drop the deadline."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _ring(self) -> None:
        self._timer = None
        self._wake()
