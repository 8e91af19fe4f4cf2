"""The server's two clocks. What measures time asks here, so that tests can put a clock of their own in their place."""

from __future__ import annotations

import time


def now_ms() -> int:
    """Now, as Unix milliseconds."""
    return time.time_ns() // 1_000_000


def monotonic_s() -> float:
    """Seconds since some moment: for spans within this process, which no correction of the system's clock may move."""
    return time.monotonic()
