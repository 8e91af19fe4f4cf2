"""Telling the listeners of a room, in every process: django-eventstream is the bus, channels-redis its bridge.

An event is published on the room's channel of django-eventstream, where the hub of this process listens; channels'
group of the room carries it to the other processes, where Redis connects them. Any of it may be lost: the hub compares
versions with the database and mends it. So django-eventstream keeps no events: the database keeps states instead.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import secrets
from collections.abc import Mapping
from concurrent.futures import Future
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django_eventstream import send_event

from rooms.clock import monotonic_s, now_ms

logger = logging.getLogger(__name__)

PROCESS = f"{os.getpid()}.{secrets.token_hex(4)}"
"""Names this process to the others, so that it does not hear itself."""

BRIDGE_TIMEOUT_S = 1.0
"""A bus that hangs must not hold a request: the database has the truth already."""

LOBBY = 0
"""Stands for the lobby where others have the id of a room; those begin at 1."""

PRESENCE = "presence"
"""An event between processes about people, of which no listener is told."""

NOTICE = "notice"
"""An event without a version, which listeners are told and which is kept nowhere."""

REACTION = "reaction"
"""An event between processes about reactions; each adds up what it hears, and tells its own listeners."""

HINT_EVERY_S = 1.0
"""The lobby is told at most so often, and looks for itself from time to time: what is left out here is not missed."""

loop: asyncio.AbstractEventLoop | None = None
"""The event loop of this process, if it serves; set once, as it starts. There nothing waits for the bus."""


def channel_of(room_id: int) -> str:
    """The name of a room's channel and group."""
    return f"room-{room_id}"


_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def encode(data: Mapping[str, Any]) -> str:
    """``data`` as JSON on one line: JSON escapes CR, LF and NUL, so no text can break out of its field."""
    return _json.encode(data)


class EncodedEvent(str):
    """The JSON of an event, which keeps what it was made of: nobody in this process has to parse it again."""

    data: dict[str, Any]

    @classmethod
    def of(cls, data: dict[str, Any]) -> EncodedEvent:
        encoded = cls(encode(data))
        encoded.data = data
        return encoded


def tell(room_id: int, version: int, event: str, data: dict[str, Any]) -> None:
    """Publish what was committed just now. Never raises: what is lost here, the hub finds in the database."""
    try:
        text = EncodedEvent.of({**data, "committed_at_ms": now_ms()})
        send_event(channel_of(room_id), event, text, json_encode=False)
        whisper(room_id, event, text)
    except Exception:
        logger.exception("Version %d of room %d could not be pushed; its listeners will find it.", version, room_id)


def tell_notice(room_id: int, notice: dict[str, Any]) -> None:
    """Publish what people should hear of a change that was committed. Never raises: nobody misses what is lost."""
    try:
        text = EncodedEvent.of(notice)
        send_event(channel_of(room_id), NOTICE, text, json_encode=False)
        whisper(room_id, NOTICE, text)
    except Exception:
        logger.exception("A notice of room %d could not be pushed.", room_id)


_hinted_at = -HINT_EVERY_S


def hint_lobby() -> None:
    """Have the lobbies of all processes look at the public rooms, one of which changed. Never raises."""
    global _hinted_at
    now_s = monotonic_s()
    if now_s - _hinted_at < HINT_EVERY_S:
        return
    _hinted_at = now_s
    text = EncodedEvent.of({"version": 0})
    try:
        send_event(channel_of(LOBBY), "rooms", text, json_encode=False)
        whisper(LOBBY, "rooms", text)
    except Exception:
        logger.exception("The lobby could not be told; it looks for itself.")


def whisper(room_id: int, event: str, text: str) -> None:
    """Carry an event to the other processes that have listeners in the room. Never raises."""
    layer = get_channel_layer()
    if layer is None:
        return
    message = {"type": "room.event", "from": PROCESS, "room_id": room_id, "event": event, "data": str(text)}
    sending = asyncio.wait_for(layer.group_send(channel_of(room_id), message), BRIDGE_TIMEOUT_S)
    if loop is not None and not loop.is_closed():
        asyncio.run_coroutine_threadsafe(sending, loop).add_done_callback(_log_failure)
        return
    try:
        async_to_sync(_awaited)(sending)
    except Exception as error:  # noqa: BLE001  # the bus may fail in any way
        logger.warning("The other processes could not be told at once: %r.", error)


async def _awaited(sending: Any) -> None:
    await sending


def _log_failure(sent: Future[Any]) -> None:
    if not sent.cancelled() and (error := sent.exception()) is not None:
        logger.warning("The other processes could not be told at once: %r.", error)
