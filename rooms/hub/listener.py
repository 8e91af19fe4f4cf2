"""One stream to one listener, driven directly."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Callable, Coroutine, Generator
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from rooms.clock import now_ms

if TYPE_CHECKING:
    from rooms.hub.live import LiveRoom

logger = logging.getLogger(__name__)

Send = Callable[[dict[str, Any]], Coroutine[Any, Any, None]]

MAX_AGE_S = 1_800
"""Streams are renewed within this time ± 20 %: it spreads the load over processes that were started later, and bounds
what a peer can cost that nothing else found dead."""


class Listener:
    """One open response. No task, queue or lock of its own: ``write`` runs the server's ``send`` in place.

    Only when that ``send`` suspends, because the peer does not read, a task finishes it. Until then whatever else was
    to be sent is forgotten, and the newest state is sent instead: a slow listener costs one chunk.

    ``lost`` is called when the server raised: then nothing can be sent any more, and whoever serves has to end.
    """

    __slots__ = (
        "_behind",
        "_finishing",
        "_last",
        "_lost",
        "_send",
        "expires_at",
        "is_operator",
        "joined_at_ms",
        "name",
        "person_id",
        "room",
        "version",
    )

    def __init__(
        self,
        room: LiveRoom,
        send: Send,
        *,
        person_id: UUID | None = None,
        name: str = "",
        is_operator: bool = False,
        lost: Callable[[], object] = lambda: None,
    ) -> None:
        self.room = room
        self.person_id = person_id
        self.name = name
        self.is_operator = is_operator
        self.joined_at_ms = now_ms()
        self.expires_at = time.monotonic() + MAX_AGE_S * random.uniform(0.8, 1.2)
        self.version = 0
        self._send = send
        self._lost = lost
        self._behind = False
        self._last: dict[str, Any] | None = None
        self._finishing: asyncio.Task[None] | None = None

    def write(self, message: dict[str, Any]) -> None:
        """Send ``message``, or note that this listener has fallen behind."""
        if self._finishing is not None:
            self._behind = True
            return
        sending = self._send(message)
        try:
            waits_for = sending.send(None)
        except StopIteration:
            return
        except (Exception, asyncio.CancelledError) as error:  # noqa: BLE001  # whatever a server raises, others go on
            self._give_up(error)
            return
        self._finishing = asyncio.get_running_loop().create_task(self._finish(_Resumed(sending, waits_for)))

    def write_last(self, message: dict[str, Any]) -> None:
        """Send the message that ends the response, as soon as the peer takes it."""
        if self._finishing is None:
            self.write(message)
        else:
            self._last = message

    @property
    def is_slow(self) -> bool:
        """Whether something sent earlier is still on its way."""
        return self._finishing is not None

    async def _finish(self, sending: _Resumed) -> None:
        """Wait until the peer took everything, and then once more for the newest state if it fell behind meanwhile."""
        try:
            await sending
            while self._behind and self._last is None:
                newest = await self.room.newest_for(self)
                self._behind = False
                if newest is not None:
                    await self._send(newest)
            if self._last is not None:
                await self._send(self._last)
        except Exception as error:  # noqa: BLE001  # as above
            self._give_up(error)
        finally:
            self._finishing = None

    def _give_up(self, error: BaseException) -> None:
        logger.debug("A listener of %s is lost: %r.", self.room.slug, error)
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
