"""One stream to one listener, driven directly."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Protocol
from uuid import UUID

from rooms.clock import monotonic_s, now_ms
from rooms.live.hub.identity import ANONYMOUS, Identity
from rooms.live.hub.resumed import Resumed
from rooms.live.hub.sse import Chunk
from rooms.live.metrics import DROPPED

logger = logging.getLogger(__name__)

Send = Callable[[dict[str, Any]], Coroutine[Any, Any, None]]

MAX_AGE_S = 1_800
"""Streams are renewed within this time ± 20 %: it spreads the load over processes that were started later, and bounds
what a peer can cost that nothing else found dead."""

STALLED_S = 40.0
"""A peer that took nothing of what waits for it for so long does not read any more."""

PIECE_BYTES = 64 * 1024
"""What is larger is sent in pieces, each when the peer took the one before: it bounds what waits for one peer."""


class Cancellable(Protocol):
    """What serves a stream until it ends: its task."""

    def cancel(self) -> object: ...


class DirectWrite(Protocol):
    """A way past ``send`` to one connection. Used in the event loop alone.

    ``write`` writes framed bytes if nothing else waits to be written; False if nothing was written: then ``send`` is
    asked.
    """

    @property
    def write(self) -> Callable[[bytes], bool]: ...

    def abort(self) -> None:
        """Break the connection off, whatever waits to be written."""


class Feed(Protocol):
    """What listeners listen to: a live room, or the lobby. It is kept alive while somebody is within it."""

    room_id: int
    slug: str

    def __enter__(self) -> object: ...
    def __exit__(self, *error: object) -> None: ...

    async def join(self, listener: Listener, last_event_id: int | None) -> None:
        """Add ``listener`` and tell it what is new since that event."""

    async def newest_for(self, listener: Listener) -> list[bytes] | None:
        """What brings ``listener``, which fell behind, up to date; None if it left."""

    def leave(self, listener: Listener) -> None:
        """Forget ``listener``; calling this twice does no harm."""

    def end(self, listener: Listener, reason: str = "") -> None:
        """End its stream: for good with a reason, else politely, so that the browser comes back."""


class Listener:
    """One open response. No task, queue or lock of its own: ``write`` runs the server's ``send`` in place.

    Only when that ``send`` suspends, because the peer does not read, a task finishes it. Until then whatever else was
    to be sent is forgotten, and the newest state is sent instead: a slow listener costs one chunk.

    ``write_now`` goes past ``send``, where that is known to work and nothing is on its way. ``serving`` is the task of
    the stream: cancelled when the server raised, since nothing can be sent then.
    """

    __slots__ = (
        "_behind",
        "_direct",
        "_finishing",
        "_last",
        "_send",
        "_serving",
        "expires_at",
        "feed",
        "has_player",
        "identity",
        "is_ended",
        "joined_at_ms",
        "slow_since",
        "version",
        "write_now",
    )

    def __init__(
        self,
        feed: Feed,
        send: Send,
        identity: Identity = ANONYMOUS,
        *,
        has_player: bool = True,
        serving: Cancellable | None = None,
    ) -> None:
        self.feed = feed
        self.identity = identity
        self.has_player = has_player
        self.joined_at_ms = now_ms()
        self.expires_at = monotonic_s() + MAX_AGE_S * random.uniform(0.8, 1.2)
        self.write_now: Callable[[bytes], bool] | None = None
        self.is_ended = False
        self.slow_since = 0.0
        self.version = 0
        self._direct: DirectWrite | None = None
        self._send = send
        self._serving = serving
        self._behind = False
        self._last: Chunk | None = None
        self._finishing: asyncio.Task[None] | None = None

    @property
    def person_id(self) -> UUID | None:
        return self.identity.person_id

    @property
    def name(self) -> str:
        return self.identity.name

    @property
    def address(self) -> str:
        return self.identity.address

    def use(self, direct: DirectWrite | None) -> None:
        """Write past ``send`` from now on, where that works."""
        self._direct = direct
        self.write_now = direct.write if direct is not None else None

    def write(self, chunk: Chunk) -> None:
        """Send ``chunk``, or note that this listener has fallen behind."""
        if self.is_ended:
            return
        if self._finishing is not None:
            self._behind = True
        elif self.write_now is None or not self.write_now(chunk.framed):
            self._drive(self._send(chunk.message))

    def write_whole(self, pieces: Sequence[bytes]) -> None:
        """Send what may be large: all ``pieces`` as one, or in slices as the peer takes them."""
        if self.is_ended or sum(map(len, pieces)) <= PIECE_BYTES:
            self.write(Chunk(b"".join(pieces)))
        elif self._finishing is not None:
            self._behind = True
        else:
            self._drive(self._send_whole(pieces))

    def write_last(self, chunk: Chunk) -> None:
        """Send the chunk that ends the response, as soon as the peer takes it; nothing follows it."""
        if self.is_ended:
            return
        self.is_ended, self.write_now = True, None
        if self._finishing is None:
            self._drive(self._send(chunk.message))
        else:
            self._last = chunk

    @property
    def is_slow(self) -> bool:
        """Whether something sent earlier is still on its way."""
        return self._finishing is not None

    def is_stalled(self, now_s: float) -> bool:
        """Whether the peer has taken nothing for too long (``now_s`` by the monotonic clock)."""
        return self._finishing is not None and now_s - self.slow_since > STALLED_S

    def end_if_expired(self, now_s: float) -> None:
        """End a stream that reached its maximum age, or whose peer does not read any more."""
        if self.is_stalled(now_s):
            DROPPED.labels("slow").inc()
            self.feed.leave(self)
            self.break_off()
        elif self.expires_at < now_s:
            DROPPED.labels("aged").inc()
            self.feed.end(self)

    def break_off(self) -> None:
        """Let go of a peer to which nothing more can be sent."""
        if self._direct is not None:
            self._direct.abort()
        self._end_serving()

    def _drive(self, sending: Coroutine[Any, Any, None]) -> None:
        """Run ``sending`` in place; if it suspends, a task sees to the rest."""
        try:
            waits_for = sending.send(None)
        except StopIteration:
            return
        except (Exception, asyncio.CancelledError) as error:  # noqa: BLE001  # whatever a server raises, others go on
            self._give_up(error)
            return
        self.slow_since = monotonic_s()
        self.write_now = None
        self._finishing = asyncio.get_running_loop().create_task(self._finish(Resumed(sending, waits_for)))

    async def _send_whole(self, pieces: Sequence[bytes]) -> None:
        for piece in pieces:
            for start in range(0, len(piece), PIECE_BYTES):
                await self._send(Chunk(piece[start : start + PIECE_BYTES]).message)
                self.slow_since = monotonic_s()

    async def _finish(self, sending: Resumed) -> None:
        """Wait until the peer took everything, and then once more for the newest state if it fell behind meanwhile."""
        try:
            await sending
            while self._behind and self._last is None:
                newest = await self.feed.newest_for(self)
                self._behind = False
                if newest is not None:
                    self.slow_since = monotonic_s()
                    await self._send_whole(newest)
            if self._last is not None:
                await self._send(self._last.message)
        except Exception as error:  # noqa: BLE001  # as above
            self._give_up(error)
        finally:
            self._finishing = None
            if not self.is_ended:
                self.use(self._direct)

    def _give_up(self, error: BaseException) -> None:
        logger.debug("A listener of %s is lost: %r.", self.feed.slug, error)
        DROPPED.labels("lost").inc()
        self.feed.leave(self)
        self._end_serving()

    def _end_serving(self) -> None:
        if self._serving is not None:
            self._serving.cancel()
