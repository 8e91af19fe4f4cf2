"""Pub/sub subscriptions of the live rooms: django-eventstream within the process, channels between processes."""

from __future__ import annotations

import asyncio
import logging
from typing import Any, Protocol

from channels.layers import get_channel_layer
from django_eventstream.views import Listener, get_listener_manager

from rooms.clock import monotonic_s
from rooms.core.publish import PROCESS, channel_of

logger = logging.getLogger(__name__)

PATIENCE_S = 1.0
"""Timeout of a call to the channel layer, and pause after a failed receive; the database has the truth."""

AWAY_S = 5.0
"""Circuit breaker: after a failed call to the channel layer, joins skip it for so long and are made up for later."""


class Subscriber(Protocol):
    """Receiver of a room's events; called in the event loop."""

    slug: str

    def receive(self, name: str, text: str) -> None:
        """Handle an event by name and JSON; raises LookupError, TypeError or ValueError if it is malformed."""

    def read(self) -> object:
        """Events were dropped by an overflow: reload the state from the database."""


class Upstream(Listener):  # type: ignore[misc]  # django-eventstream is not typed
    """This process's subscription to a room's channel of django-eventstream.

    Its queue there has ten places and drops the newest event when full. It is drained at once when woken, and an
    overflow reloads the room.
    """

    channel_items: dict[str, list[Any]]
    overflow: bool

    def __init__(self, room_id: int, subscriber: Subscriber) -> None:
        super().__init__()
        self.assign_loop()
        self.channels = {channel_of(room_id)}
        self._subscriber = subscriber

    def deliver(self, name: str, text: str) -> None:
        """Pass an event to the subscriber; a malformed one is logged."""
        try:
            self._subscriber.receive(name, text)
        except (LookupError, TypeError, ValueError):
            logger.exception("An event of the room “%s” was not understood.", self._subscriber.slug)

    def wake_threadsafe(self) -> None:
        self.loop.call_soon_threadsafe(self._drain)

    def _drain(self) -> None:
        with get_listener_manager().lock:
            items, self.channel_items = self.channel_items, {}
            overflow, self.overflow = self.overflow, False
        for events in items.values():
            for event in events:
                self.deliver(event.type, event.data)
        if overflow:
            self._subscriber.read()


class Bus:
    """The subscriptions of one process, one for each room.

    ``name`` makes its channel of the channel layer unique in the process: a message is delivered to one receiver of a
    channel.
    """

    def __init__(self, name: str = "hub") -> None:
        self._upstreams: dict[int, Upstream] = {}
        # The same at every attempt: abandoned channels would leave queues in Redis.
        self._channel = f"{name}.{PROCESS}"
        self._joined: set[int] = set()
        self._away_until = 0.0
        self._receiving: asyncio.Task[None] | None = None

    def subscribe(self, room_id: int, subscriber: Subscriber) -> None:
        """Deliver this process' own events of the room to ``subscriber``, in the place of a former one."""
        if (former := self._upstreams.get(room_id)) is not None:
            get_listener_manager().remove_listener(former)
        self._upstreams[room_id] = Upstream(room_id, subscriber)
        get_listener_manager().add_listener(self._upstreams[room_id])

    async def join(self, room_id: int) -> None:
        """Join the room's group of the channel layer for the other processes' events; deferred if that is down."""
        if self._receiving is None and get_channel_layer() is not None:
            self._receiving = asyncio.get_running_loop().create_task(self._receive_for_ever())
            await asyncio.sleep(0)  # the layer registers a channel at its first receive
        if monotonic_s() >= self._away_until:
            await self._join_group(room_id)

    async def unsubscribe(self, room_id: int) -> None:
        """End the subscription to the room, and leave its group."""
        upstream = self._upstreams.pop(room_id, None)
        if upstream is None:
            return
        get_listener_manager().remove_listener(upstream)
        self._joined.discard(room_id)
        await self._try("group_discard", room_id)
        if room_id in self._upstreams:  # subscribed again meanwhile
            await self._join_group(room_id)

    async def join_missing_groups(self) -> None:
        """Retry the groups that could not be joined; called periodically."""
        for room_id in [room_id for room_id in self._upstreams if room_id not in self._joined]:
            if monotonic_s() >= self._away_until and room_id in self._upstreams:
                await self._join_group(room_id)

    def close(self) -> None:
        """End all subscriptions."""
        while self._upstreams:
            get_listener_manager().remove_listener(self._upstreams.popitem()[1])
        if self._receiving is not None:
            self._receiving.cancel()

    async def _join_group(self, room_id: int) -> None:
        if await self._try("group_add", room_id):
            self._joined.add(room_id)

    async def _receive_for_ever(self) -> None:
        while True:
            try:
                self._deliver(await get_channel_layer().receive(self._channel))
            except Exception as error:  # noqa: BLE001  # the bus may fail in any way; the database has the truth
                logger.warning("The other processes cannot be heard: %r.", error)
                await asyncio.sleep(PATIENCE_S)

    def _deliver(self, message: dict[str, Any]) -> None:
        if message["from"] != PROCESS and (upstream := self._upstreams.get(message["room_id"])):
            upstream.deliver(message["event"], message["data"])

    async def _try(self, change: str, room_id: int) -> bool:
        """Whether the room's group was changed, which it need not be where no layer leads to other processes."""
        layer = get_channel_layer()
        if layer is None:
            return True
        try:
            await asyncio.wait_for(getattr(layer, change)(channel_of(room_id), self._channel), PATIENCE_S)
        except Exception as error:  # noqa: BLE001  # as above
            self._away_until = monotonic_s() + AWAY_S
            logger.warning("The other processes cannot be reached: %r.", error)
            return False
        return True
