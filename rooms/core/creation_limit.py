"""Per-address rate limit on rooms made by new guests; a guest without a cookie has no other identity."""

from __future__ import annotations

import threading

from rooms.clock import monotonic_s

WINDOW_S = 3_600.0

MOST_ADDRESSES = 10_000
"""Kept at once; the oldest is forgotten first. More are no crowd of guests but one attacker with many networks."""


class CreationLimit:
    """Counts by address in a fixed window of an hour, in this process. May be used from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[str, int] = {}
        self._ends_at = 0.0

    def admit(self, address: str, most: int, now_s: float | None = None) -> int:
        """Count one more from ``address`` and answer 0, or, if there were ``most``, how many seconds are left to wait.

        ``now_s`` is the time by the monotonic clock.
        """
        now_s = monotonic_s() if now_s is None else now_s
        with self._lock:
            if now_s >= self._ends_at:
                self._counts.clear()
                self._ends_at = now_s + WINDOW_S
            count = self._counts.get(address, 0)
            if count >= most:
                return max(1, round(self._ends_at - now_s))
            if address not in self._counts and len(self._counts) >= MOST_ADDRESSES:
                del self._counts[next(iter(self._counts))]
            self._counts[address] = count + 1
            return 0


creation_limit = CreationLimit()
"""Of the first rooms that guests make in this process."""
