"""A room over WebSocket, as it is often built: everybody reports a position, the host's actions are sent to all."""

from __future__ import annotations

import json
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer

from rooms.core.publish import PRESENCE, channel_of
from rooms.models import Room


class Reports(AsyncWebsocketConsumer):  # type: ignore[misc]  # channels is not typed
    """One listener. Keeps what it reports, and passes on what the host's real calls send to the room's group."""

    group = ""
    position_ms = 0

    async def connect(self) -> None:
        slug = self.scope["path"].rpartition("/")[2]
        room = await database_sync_to_async(Room.objects.open().get)(slug=slug)
        self.group = channel_of(room.pk)
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.accept()

    async def disconnect(self, code: int) -> None:
        if self.group:
            await self.channel_layer.group_discard(self.group, self.channel_name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        self.position_ms = json.loads(text_data or "{}")["position_ms"]

    async def room_event(self, message: dict[str, Any]) -> None:
        if message["event"] != PRESENCE:
            await self.send(text_data=message["data"])
