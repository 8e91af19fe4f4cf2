"""Base class of live rooms and the lobby: set of streams, heartbeat, expiry and shutdown."""

from __future__ import annotations

from typing import Any, Self

from rooms.clock import monotonic_s, now_ms
from rooms.live.hub import sse
from rooms.live.hub.event import Event
from rooms.live.hub.listener import Listener
from rooms.live.hub.outbox import Outbox

CHECK_LISTENERS_EVERY_S = 2.0
"""Interval of the check for expired and stalled streams."""


class BaseFeed:
    """The open streams of one feed, and its reference count, taken as a context manager by streams and joins."""

    def __init__(self) -> None:
        # A dict as an ordered set: iteration in the order of allocation is kinder to the CPU's caches.
        self.listeners: dict[Listener, None] = {}
        self.slow = 0
        self._references = 0
        self._empty_since_s = monotonic_s()
        self._outbox = Outbox(self.listeners)
        self._next_check_at_s = 0.0

    def __enter__(self) -> Self:
        self._references += 1
        return self

    def __exit__(self, *error: object) -> None:
        self._references -= 1
        self._empty_since_s = monotonic_s()

    def is_idle(self, since_s: float) -> bool:
        """Whether there was no reference for ``since_s`` seconds."""
        return not self._references and monotonic_s() - self._empty_since_s > since_s

    def leave(self, listener: Listener, *, for_good: bool = False) -> None:
        """Remove ``listener``; idempotent. ``for_good`` says that it will not reconnect."""
        self.listeners.pop(listener, None)

    def end(self, listener: Listener, reason: str = "") -> None:
        """End a stream: with ``bye`` and a ``reason`` the client stays away, without one it reconnects."""
        self.leave(listener, for_good=bool(reason))
        listener.write_last(sse.Chunk(sse.event("bye", self.farewell(listener, reason)) if reason else b"", more=False))

    def farewell(self, listener: Listener, reason: str) -> dict[str, Any]:
        """The payload of ``bye``."""
        return {"reason": reason}

    def end_all(self, reason: str = "") -> None:
        """``end`` every stream."""
        for listener in list(self.listeners):
            self.end(listener, reason)

    def turn_away(self, listener: Listener, reason: str = "") -> None:
        """End the stream of a listener that was sent nothing yet, as ``end`` does."""
        last = sse.event("bye", self.farewell(listener, reason)) if reason else b"\n"
        listener.write_last(sse.Chunk(sse.retry() + last, more=False))

    def end_expired(self, now_s: float) -> None:
        """End streams beyond their maximum age and those whose peer stalls; checks every CHECK_LISTENERS_EVERY_S."""
        if now_s < self._next_check_at_s:
            return
        self._next_check_at_s = now_s + CHECK_LISTENERS_EVERY_S
        for listener in list(self.listeners):
            listener.end_if_expired(now_s)
        self.slow = sum(listener.is_slow for listener in self.listeners)

    def tick(self, version: int) -> None:
        """Send the heartbeat, whose version reveals a gap to clients.

        Queued behind pending events, so that it reveals none that these close.
        """
        self._outbox.put(Event("tick", {"version": version, "server_now_ms": now_ms()}))
