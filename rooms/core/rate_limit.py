"""Rate limit by key: so many at once, and then one more each so many seconds (GCRA, in this process)."""

from __future__ import annotations

import threading
from collections.abc import Hashable

from rooms.clock import monotonic_s

MOST_KEYS = 10_000
"""Kept at once; the one that came first is forgotten first."""


class RateLimit:
    """Keeps one number for each key: when all that it was allowed is paid off. May be used from any thread."""

    def __init__(self, burst: int, every_s: float) -> None:
        self._burst_s = burst * every_s
        self._every_s = every_s
        self._lock = threading.Lock()
        self._free_at_s: dict[Hashable, float] = {}

    def wait_s(self, key: Hashable, now_s: float | None = None) -> float:
        """Count one more of ``key`` and answer 0, or how many seconds are left to wait, and count nothing.

        ``now_s`` is the time by the monotonic clock.
        """
        now_s = monotonic_s() if now_s is None else now_s
        with self._lock:
            free_at_s = max(self._free_at_s.pop(key, now_s), now_s) + self._every_s
            wait_s = free_at_s - self._burst_s - now_s
            is_allowed = wait_s <= 1e-9
            self._free_at_s[key] = free_at_s if is_allowed else free_at_s - self._every_s
            if len(self._free_at_s) > MOST_KEYS:
                del self._free_at_s[next(iter(self._free_at_s))]
            return 0.0 if is_allowed else wait_s
