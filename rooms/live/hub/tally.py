"""Counts that are told together, at most every so often: a crowd reacts more often than anybody can see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

from rooms.clock import monotonic_s
from rooms.live.hub.alarm import Alarm

K = TypeVar("K")


class Tally(Generic[K]):
    """Adds up what is counted until it may be told: the first at once, what follows ``every_s`` later.

    For the event loop alone.
    """

    def __init__(self, tell: Callable[[dict[K, int]], None], every_s: Callable[[], float]) -> None:
        self._tell = tell
        self._every_s = every_s
        self._counts: Counter[K] = Counter()
        self._next_at_s = 0.0
        self._alarm = Alarm(self._ring)

    def add(self, counts: Mapping[K, int]) -> None:
        self._counts.update(counts)
        self._alarm.set(self._next_at_s)

    def cancel(self) -> None:
        """Tell nothing any more."""
        self._alarm.cancel()

    def _ring(self) -> None:
        counts, self._counts = dict(self._counts), Counter()
        self._next_at_s = monotonic_s() + self._every_s()
        self._tell(counts)
