"""Everything that a newcomer needs, at one version."""

from __future__ import annotations

from typing import Any

from rooms.models import Room


def snapshot(room: Room) -> dict[str, Any]:
    """The room as its listeners know it, without what each of them is told apart: ``people``, ``server_now_ms``."""
    return {
        "version": room.version,
        "room": room.as_json(),
        "player": room.player.as_json(),
        "queue": [entry.as_json() for entry in room.queue.listed()],
        "chat": [],
        "advance_at_ms": room.player.advance_at_ms,
    }
