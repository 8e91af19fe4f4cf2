"""Everything that a newcomer needs, at one version."""

from __future__ import annotations

from typing import Any

from rooms.core.chat import page_of
from rooms.models import Room


def snapshot(room: Room, most_entries: int | None = None) -> dict[str, Any]:
    """The room as its listeners know it, without what each of them is told apart: ``people``, ``server_now_ms``.

    Of a queue longer than ``most_entries`` only so many are read, with the current one among them; ``beyond`` then says
    how many stand before and behind these.
    """
    parts = {
        "version": room.version,
        "room": room.as_json(),
        "player": room.player.as_json(),
        "chat": page_of(room)[0],
        "advance_at_ms": room.player.advance_at_ms,
    }
    if most_entries is None:
        return parts | {"queue": room.queue.as_json()}
    queue, before, behind = room.queue.part_as_json(room.player.entry, most_entries)
    beyond = {"beyond": {"before": before, "behind": behind}} if before or behind else {}
    return parts | {"queue": queue} | beyond
