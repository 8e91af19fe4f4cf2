"""How a page's clock is related to the one that this process reads."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import NamedTuple

TRIPS = 60
COARSE_S = 0.0001
"""Browsers round ``performance.now()`` down to this."""


class Zero(NamedTuple):
    """The instant of ``time.perf_counter()`` at which a page's ``performance.now()`` was 0, and its greatest error."""

    at_s: float
    error_s: float


def zero_of(ask_ms: Callable[[], float], trips: int = TRIPS) -> Zero:
    """Ask a page for its clock many times. Each answer was read between question and answer, so all of them together
    leave only a little room for the truth."""
    earliest, latest = -math.inf, math.inf
    for _ in range(trips):
        asked_at = time.perf_counter()
        page_s = ask_ms() / 1000
        answered_at = time.perf_counter()
        earliest = max(earliest, asked_at - page_s - COARSE_S)
        latest = min(latest, answered_at - page_s)
    return Zero((earliest + latest) / 2, abs(latest - earliest) / 2)


def server_zero_s() -> float:
    """The instant of ``time.perf_counter()`` that was 0 in Unix time, which the server on this machine tells."""
    before = time.perf_counter()
    unix = time.time()
    return (before + time.perf_counter()) / 2 - unix
