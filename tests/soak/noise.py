"""How much the machine disturbs a test that measures time, so that it can say that it cannot tell."""

from __future__ import annotations

import threading
import time
from types import TracebackType
from typing import NoReturn, Self

import pytest

TOO_NOISY = "too noisy to tell"
LOOK_EVERY_S = 0.02


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
