"""A timer of the event loop that wakes at the earliest of the moments that it was set to."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from rooms.clock import monotonic_s


class Alarm:
    """Calls ``wake`` in the event loop; to be set again after that. Instants are those of the monotonic clock."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._timer: asyncio.TimerHandle | None = None
        self._at_s = 0.0

    def set(self, at_s: float | None) -> None:
        """Wake then, unless it wakes sooner; None sets nothing."""
        if at_s is None or (self._timer is not None and self._at_s <= at_s):
            return
        self.cancel()
        self._at_s = at_s
        self._timer = asyncio.get_running_loop().call_later(max(0.0, at_s - monotonic_s()), self._ring)

    def cancel(self) -> None:
        """Wake at none of those moments."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _ring(self) -> None:
        self._timer = None
        self._wake()
