"""Measures of how much other work on the machine disturbs a test in real time, which then cannot tell."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import NoReturn, Self

import pytest

TOO_NOISY = "too noisy to tell"
LOOK_EVERY_S = 0.02
MEASURE_EVERY_S = 0.05
WORK_S = 0.002
MOST_LATE_S = 0.1
MOST_USUAL_LATE_S = 0.01
MOST_SLOWDOWN = 1.5


def too_noisy(why: str) -> NoReturn:
    """End the test without a result; ``why`` says what was seen of the machine."""
    pytest.skip(f"{TOO_NOISY}: {why}")


class Disturbance:
    """Sleeps for moments in a thread and sums up how much it overslept: so late may be what is measured meanwhile."""

    def __init__(self) -> None:
        self.overslept_s = 0.0
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._is_over.set()
        self._thread.join()

    def check(self, took_s: float, most_s: float) -> None:
        """Whether ``took_s`` is within ``most_s``: beyond it, the machine is to blame for as much as was overslept."""
        if took_s > most_s and took_s - self.overslept_s <= most_s:
            too_noisy(
                f"{took_s:.1f} s instead of {most_s:g} s, of which the machine may have taken {self.overslept_s:.1f}"
            )
        assert took_s <= most_s

    def _look(self) -> None:
        while not self._is_over.is_set():
            began = time.monotonic()
            self._is_over.wait(LOOK_EVERY_S)
            self.overslept_s += max(0.0, time.monotonic() - began - LOOK_EVERY_S)


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
            if self._ended.wait(MEASURE_EVERY_S):
                return
            self._late_s.append(time.monotonic() - began - MEASURE_EVERY_S)
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
        too_noisy(f"{noise.told}; it failed with {type(failure).__name__}: {str(failure)[:200]}")
    finally:
        noise.stop()
