"""One stream to one listener, driven directly."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Coroutine, Generator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

from rooms.clock import monotonic_s, now_ms
from rooms.live.hub.sse import Part
from rooms.live.metrics import DROPPED

if TYPE_CHECKING:
    from rooms.live.stream.direct_write import Lane

logger = logging.getLogger(__name__)

Send = Callable[[dict[str, Any]], Coroutine[Any, Any, None]]

MAX_AGE_S = 1_800
"""Streams are renewed within this time ± 20 %: it spreads the load over processes that were started later, and bounds
what a peer can cost that nothing else found dead."""

STALLED_S = 40.0
"""A peer that took nothing of what waits for it for so long does not read any more."""

PIECE_BYTES = 64 * 1024
"""What is larger is sent in pieces, each when the peer took the one before: it bounds what waits for one peer."""


class Place(Protocol):
    """Where listeners are: a live room, or the lobby. It is kept while somebody is within it."""

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

    ``lane`` is a way past ``send``, where there is one. ``lost`` is called when the server raised: then nothing can be
    sent any more, and whoever serves has to end.
    """

    __slots__ = (
        "_behind",
        "_finishing",
        "_last",
        "_lost",
        "_send",
        "expires_at",
        "is_ended",
        "is_operator",
        "joined_at_ms",
        "lane",
        "name",
        "person_id",
        "room",
        "slow_since",
        "token_hash",
        "version",
    )

    def __init__(
        self,
        room: Place,
        send: Send,
        *,
        person_id: UUID | None = None,
        name: str = "",
        is_operator: bool = False,
        token_hash: str = "",
        lost: Callable[[], object] = lambda: None,
    ) -> None:
        self.room = room
        self.person_id = person_id
        self.name = name
        self.is_operator = is_operator
        self.token_hash = token_hash
        self.joined_at_ms = now_ms()
        self.expires_at = monotonic_s() + MAX_AGE_S * random.uniform(0.8, 1.2)
        self.lane: Lane | None = None
        self.is_ended = False
        self.slow_since = 0.0
        self.version = 0
        self._send = send
        self._lost = lost
        self._behind = False
        self._last: Part | None = None
        self._finishing: asyncio.Task[None] | None = None

    def write(self, part: Part) -> None:
        """Send ``part``, or note that this listener has fallen behind."""
        if self.is_ended:
            return
        if self._finishing is not None:
            self._behind = True
        elif self.lane is None or not self.lane.write(part.chunk):
            self._drive(self._send(part.message))

    def write_whole(self, pieces: Sequence[bytes]) -> None:
        """Send what may be large: all ``pieces`` as one, or in slices as the peer takes them."""
        if self.is_ended or sum(map(len, pieces)) <= PIECE_BYTES:
            self.write(Part(b"".join(pieces)))
        elif self._finishing is not None:
            self._behind = True
        else:
            self._drive(self._send_whole(pieces))

    def write_last(self, part: Part) -> None:
        """Send the part that ends the response, as soon as the peer takes it; nothing follows it."""
        if self.is_ended:
            return
        self.is_ended = True
        if self._finishing is None:
            self._drive(self._send(part.message))
        else:
            self._last = part

    @property
    def is_slow(self) -> bool:
        """Whether something sent earlier is still on its way."""
        return self._finishing is not None

    def is_stalled(self, now_s: float) -> bool:
        """Whether the peer has taken nothing for too long (``now_s`` by the monotonic clock)."""
        return self._finishing is not None and now_s - self.slow_since > STALLED_S

    def end_if_old(self, now_s: float) -> None:
        """End a stream that reached its maximum age, or whose peer does not read any more."""
        if self.is_stalled(now_s):
            DROPPED.labels("slow").inc()
            self.room.leave(self)
            self.break_off()
        elif self.expires_at < now_s:
            DROPPED.labels("aged").inc()
            self.room.end(self)

    def break_off(self) -> None:
        """Let go of a peer to which nothing more can be sent."""
        if self.lane is not None:
            self.lane.abort()
        self._lost()

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
        self._finishing = asyncio.get_running_loop().create_task(self._finish(_Resumed(sending, waits_for)))

    async def _send_whole(self, pieces: Sequence[bytes]) -> None:
        for piece in pieces:
            for start in range(0, len(piece), PIECE_BYTES):
                await self._send(Part(piece[start : start + PIECE_BYTES]).message)
                self.slow_since = monotonic_s()

    async def _finish(self, sending: _Resumed) -> None:
        """Wait until the peer took everything, and then once more for the newest state if it fell behind meanwhile."""
        try:
            await sending
            while self._behind and self._last is None:
                newest = await self.room.newest_for(self)
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

    def _give_up(self, error: BaseException) -> None:
        logger.debug("A listener of %s is lost: %r.", self.room.slug, error)
        DROPPED.labels("lost").inc()
        self.room.leave(self)
        self._lost()


class _Resumed:
    """A coroutine that was started by hand and suspended, as something that a task can await to its end."""

    __slots__ = ("_coroutine", "_waits_for")

    def __init__(self, coroutine: Coroutine[Any, Any, None], waits_for: Any) -> None:
        self._coroutine = coroutine
        self._waits_for = waits_for

    def __await__(self) -> Generator[Any, Any, None]:
        waits_for = self._waits_for
        while True:
            try:
                step = partial(self._coroutine.send, (yield waits_for))
            except BaseException as error:  # noqa: BLE001  # a cancellation, which is for the coroutine to answer
                step = partial(self._coroutine.throw, error)
            try:
                waits_for = step()
            except StopIteration:
                return
