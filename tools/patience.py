"""Waiting in tests and measurements for what must come.

The limit lies far above what anything takes on a busy machine: only a test that fails waits for so long."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE_S = 60


def until(holds: Callable[[], object], why: str = "it did not come to that", patience_s: float = PATIENCE_S) -> None:
    """Wait until ``holds()`` is true; fail with ``why`` after ``patience_s`` seconds."""
    deadline = time.monotonic() + patience_s
    while not holds():
        assert time.monotonic() < deadline, why
        time.sleep(0.05)
