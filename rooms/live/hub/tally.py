"""Rate-limited counter: coalesces the reactions of a crowd into few events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

from rooms.clock import monotonic_s
from rooms.live.hub.alarm import Alarm

K = TypeVar("K")


class Tally(Generic[K]):
    """Adds up counts by key and passes them to ``send``: the first at once, later ones after ``every_s()`` seconds.

    For the event loop alone.
    """

    def __init__(self, send: Callable[[dict[K, int]], None], every_s: Callable[[], float]) -> None:
        self._send = send
        self._every_s = every_s
        self._counts: Counter[K] = Counter()
        self._next_at_s = 0.0
        self._alarm = Alarm(self._ring)

    def add(self, counts: Mapping[K, int]) -> None:
        self._counts.update(counts)
        self._alarm.set(self._next_at_s)

    def cancel(self) -> None:
        """Drop what is pending."""
        self._alarm.cancel()

    def _ring(self) -> None:
        counts, self._counts = dict(self._counts), Counter()
        self._next_at_s = monotonic_s() + self._every_s()
        self._send(counts)
