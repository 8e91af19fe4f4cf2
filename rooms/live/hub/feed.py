"""What a live room and the lobby have in common: streams that are opened, told the time, looked at and ended."""

from __future__ import annotations

from typing import Any, Self

from rooms.clock import monotonic_s, now_ms
from rooms.live.hub import sse
from rooms.live.hub.event import Event
from rooms.live.hub.listener import Listener
from rooms.live.hub.outbox import Outbox

CHECK_LISTENERS_EVERY_S = 2.0
"""Each listener is looked at so often, for what only shows with time."""


class BaseFeed:
    """The open streams of one feed. Within it, as a context, it is kept alive: by who listens or is about to."""

    def __init__(self) -> None:
        # In the order in which they came: their memory was taken in it, and walking through it in order costs less.
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
        """Whether nobody was here for so long."""
        return not self._references and monotonic_s() - self._empty_since_s > since_s

    def leave(self, listener: Listener, *, for_good: bool = False) -> None:
        """Forget ``listener``; calling this twice does no harm."""
        self.listeners.pop(listener, None)

    def end(self, listener: Listener, reason: str = "") -> None:
        """End a stream: for good with a reason, else politely, so that the browser comes back."""
        self.leave(listener, for_good=bool(reason))
        listener.write_last(sse.Chunk(sse.event("bye", self.farewell(listener, reason)) if reason else b"", more=False))

    def farewell(self, listener: Listener, reason: str) -> dict[str, Any]:
        """What a listener is told whose stream ends for good."""
        return {"reason": reason}

    def end_all(self, reason: str = "") -> None:
        """End every stream."""
        for listener in list(self.listeners):
            self.end(listener, reason)

    def turn_away(self, listener: Listener, reason: str = "") -> None:
        """End the stream of a listener that was sent nothing yet, as ``end`` does."""
        last = sse.event("bye", self.farewell(listener, reason)) if reason else b"\n"
        listener.write_last(sse.Chunk(sse.retry() + last, more=False))

    def end_expired(self, now_s: float) -> None:
        """Now and then, end the streams that reached their maximum age and those whose peer does not read any more."""
        if now_s < self._next_check_at_s:
            return
        self._next_check_at_s = now_s + CHECK_LISTENERS_EVERY_S
        for listener in list(self.listeners):
            listener.end_if_expired(now_s)
        self.slow = sum(listener.is_slow for listener in self.listeners)

    def tick(self, version: int) -> None:
        """The heartbeat, by which a gap shows. It follows what is on its way, so that it shows none that closes."""
        self._outbox.put(Event("tick", {"version": version, "server_now_ms": now_ms()}))
