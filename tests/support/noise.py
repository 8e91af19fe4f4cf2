"""How much else goes on on this machine, measured while a test in real time runs: too much, and it cannot tell."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

EVERY_S = 0.05
WORK_S = 0.002
MOST_LATE_S = 0.1
MOST_USUAL_LATE_S = 0.01
MOST_SLOWDOWN = 1.5


class Noise:
    """Sleeps and works in turn, and notes how much later each ended than on a machine that does nothing else."""

    def __init__(self) -> None:
        self._late_s: list[float] = []
        self._slowdowns: list[float] = []
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._measure, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._ended.set()
        self._thread.join()

    @property
    def told(self) -> str:
        """What disturbed, in a sentence; empty if too little did to matter."""
        if not self._late_s:
            return "nothing could be measured"
        worst_s = max(self._late_s)
        usual_s, slowdown = (sorted(all_)[len(all_) * 9 // 10] for all_ in (self._late_s, self._slowdowns))
        if worst_s <= MOST_LATE_S and usual_s <= MOST_USUAL_LATE_S and slowdown <= MOST_SLOWDOWN:
            return ""
        return f"a thread came up to {worst_s * 1000:.0f} ms late, and work took {slowdown:.1f} times as long as alone"

    def _measure(self) -> None:
        while True:
            began = time.monotonic()
            if self._ended.wait(EVERY_S):
                return
            self._late_s.append(time.monotonic() - began - EVERY_S)
            began, worked = time.monotonic(), time.thread_time()
            while time.thread_time() - worked < WORK_S:
                pass
            self._slowdowns.append((time.monotonic() - began) / WORK_S)


@contextmanager
def unless_noisy() -> Iterator[None]:
    """Around what compares instants (or as a decorator): where it fails on a disturbed machine, nobody can tell why."""
    noise = Noise()
    noise.start()
    try:
        yield
    except Exception as failure:
        noise.stop()
        if isinstance(failure, pytest.skip.Exception) or not noise.told:
            raise
        pytest.skip(f"too noisy to tell: {noise.told}; it failed with {type(failure).__name__}: {str(failure)[:200]}")
    finally:
        noise.stop()
