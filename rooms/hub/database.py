"""What the hub asks of the database and does in it. All of this runs in threads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.db import connection

from rooms.change import change, current_snapshot, settled
from rooms.clock import now_ms
from rooms.errors import Unknown
from rooms.hub.head import Loaded
from rooms.hub.rights import Rights
from rooms.models import Room, WhenEmpty

T = TypeVar("T")


def with_database(job: Callable[..., T], args: tuple[Any, ...]) -> T:
    """Run ``job`` and leave no connection open."""
    try:
        return job(*args)
    finally:
        connection.close()


def room_id_of(slug: str) -> int | None:
    return Room.objects.open().filter(slug=slug).values_list("pk", flat=True).first()


def read_room(room_id: int) -> Loaded | None:
    """The room as it is now; None if it was closed."""
    room = Room.objects.open().whole().filter(pk=room_id).first()
    if room is None:
        return None
    try:
        snapshot = current_snapshot(room, now_ms())
        # Members after the snapshot: rights may be newer than the version says, but never older.
        return Loaded(snapshot, Rights.of(room, snapshot["room"]["visibility"]))
    except Unknown:
        return None


def versions_of(room_ids: list[int]) -> dict[int, int]:
    """The versions of those rooms that are open, in one query."""
    return dict(Room.objects.open().filter(pk__in=room_ids).values_list("pk", "version"))


def settle(room_id: int) -> None:
    """Move the room on, if its track is over."""
    if room := Room.objects.open().whole().filter(pk=room_id).first():
        settled(room, now_ms())


def left_alone(room_id: int) -> None:
    """Nobody listens any more: pause, if the room's rules say so."""
    room = Room.objects.open().whole().filter(pk=room_id, when_empty=WhenEmpty.PAUSE).first()
    if room is not None:
        now = now_ms()
        with change(room, now) as lent:
            lent.player.pause(now)
