"""A listener: one open SSE response, with back pressure and a bounded buffer."""

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
"""Maximum age of a stream, ± 20 % against synchronised reconnects: it rebalances load over processes that started
later, and bounds the cost of a dead peer that nothing else detected."""

STALLED_S = 40.0
"""Write timeout: a peer that accepts no bytes for so long is disconnected."""

PIECE_BYTES = 64 * 1024
"""Larger messages are split, and each part waits for the peer to accept the last: it bounds the buffer per peer."""


class Cancellable(Protocol):
    """The task that serves a stream."""

    def cancel(self) -> object: ...


class DirectWrite(Protocol):
    """Writes to a connection's socket without ASGI's ``send``. For the event loop alone.

    ``write`` takes bytes in chunked framing; False, with nothing written, if the server's buffer is not empty or the
    socket is full: then ``send`` has to be used.
    """

    @property
    def write(self) -> Callable[[bytes], bool]: ...

    def abort(self) -> None:
        """Close the connection at once, discarding its write buffer."""


class Feed(Protocol):
    """Source of a stream: a live room or the lobby. As a context manager it counts references."""

    room_id: int
    slug: str

    def __enter__(self) -> object: ...
    def __exit__(self, *error: object) -> None: ...

    async def join(self, listener: Listener, last_event_id: int | None) -> None:
        """Add ``listener`` and write its first events; it has the state at ``last_event_id``, if any."""

    async def newest_for(self, listener: Listener) -> list[bytes] | None:
        """Encoded events that bring a lagging ``listener`` up to date; None if it left."""

    def leave(self, listener: Listener) -> None:
        """Remove ``listener``; idempotent."""

    def end(self, listener: Listener, reason: str = "") -> None:
        """End its stream: with a ``reason`` the client stays away, without one it reconnects."""


class Listener:
    """One open response. It has no task, queue or lock: ``write`` drives the server's ``send`` coroutine in place.

    If ``send`` suspends (back pressure), a task finishes it. Events that come meanwhile are dropped and the newest
    state is sent afterwards, so a slow listener buffers one chunk at most.

    ``write_now`` is the direct write, None while it is unavailable or ``send`` is suspended. ``serving`` is the task of
    the stream, cancelled when ``send`` raised, since the connection is lost then.
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
    def named_at_ms(self) -> int:
        return self.identity.named_at_ms

    @property
    def address(self) -> str:
        return self.identity.address

    def use(self, direct: DirectWrite | None) -> None:
        """Use ``direct`` for the writes from now on, if there is one."""
        self._direct = direct
        self.write_now = direct.write if direct is not None else None

    def write(self, chunk: Chunk) -> None:
        """Send ``chunk``, or mark this listener as lagging if the last one is still being sent."""
        if self.is_ended:
            return
        if self._finishing is not None:
            self._behind = True
        elif self.write_now is None or not self.write_now(chunk.framed):
            self._drive(self._send(chunk.message))

    def write_whole(self, pieces: Sequence[bytes]) -> None:
        """Send ``pieces`` as one message if short, else in parts of PIECE_BYTES under back pressure."""
        if self.is_ended or sum(map(len, pieces)) <= PIECE_BYTES:
            self.write(Chunk(b"".join(pieces)))
        elif self._finishing is not None:
            self._behind = True
        else:
            self._drive(self._send_whole(pieces))

    def write_last(self, chunk: Chunk) -> None:
        """Send the last chunk of the response, after the one that is being sent; later writes are ignored."""
        if self.is_ended:
            return
        self.is_ended, self.write_now = True, None
        if self._finishing is None:
            self._drive(self._send(chunk.message))
        else:
            self._last = chunk

    @property
    def is_slow(self) -> bool:
        """Whether a ``send`` is suspended by back pressure."""
        return self._finishing is not None

    def is_stalled(self, now_s: float) -> bool:
        """Whether the peer has accepted nothing for STALLED_S (``now_s`` by the monotonic clock)."""
        return self._finishing is not None and now_s - self.slow_since > STALLED_S

    def end_if_expired(self, now_s: float) -> None:
        """End a stream beyond its maximum age, and abort one whose peer stalls."""
        if self.is_stalled(now_s):
            DROPPED.labels("slow").inc()
            self.feed.leave(self)
            self.break_off()
        elif self.expires_at < now_s:
            DROPPED.labels("aged").inc()
            self.feed.end(self)

    def break_off(self) -> None:
        """Abort the connection, and cancel the stream's task."""
        if self._direct is not None:
            self._direct.abort()
        self._end_serving()

    def _drive(self, sending: Coroutine[Any, Any, None]) -> None:
        """Run the coroutine ``sending`` in place; if it suspends, hand it to a task."""
        try:
            waits_for = sending.send(None)
        except StopIteration:
            return
        except (Exception, asyncio.CancelledError) as error:  # noqa: BLE001  # it is of one connection
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
        """Wait for ``sending``, then send the newest state while events were dropped, and at last the final chunk."""
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
