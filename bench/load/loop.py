"""An event loop of the barest kind: epoll and a heap of timers."""

from __future__ import annotations

import heapq
import itertools
import select
import time
from collections.abc import Callable

IDLE_S = 1.0


class Loop:
    """Calls a handler for each descriptor that is ready, and timers that are due."""

    def __init__(self) -> None:
        self.is_stopped = False
        self._epoll = select.epoll()
        self._handlers: dict[int, Callable[[int], None]] = {}
        self._timers: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()

    def watch(self, descriptor: int, events: int, handler: Callable[[int], None]) -> None:
        self._handlers[descriptor] = handler
        self._epoll.register(descriptor, events)

    def change(self, descriptor: int, events: int) -> None:
        self._epoll.modify(descriptor, events)

    def forget(self, descriptor: int) -> None:
        """Before the descriptor is closed, since its number is given to the next."""
        if self._handlers.pop(descriptor, None) is not None:
            self._epoll.unregister(descriptor)

    def at(self, when: float, call: Callable[[], None]) -> None:
        """Call at an instant of the monotonic clock."""
        heapq.heappush(self._timers, (when, next(self._order), call))

    def run(self) -> None:
        handlers, timers, poll = self._handlers, self._timers, self._epoll.poll
        while not self.is_stopped:
            timeout = min(IDLE_S, max(0.0, timers[0][0] - time.monotonic())) if timers else IDLE_S
            for descriptor, events in poll(timeout, 1_024):
                handler = handlers.get(descriptor)
                if handler is not None:
                    handler(events)
            while timers and timers[0][0] <= time.monotonic():
                heapq.heappop(timers)[2]()
