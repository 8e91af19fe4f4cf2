"""What the hub asks of the database and does in it. All of this runs in threads."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

from django.db import DatabaseError, connection

from rooms.clock import now_ms
from rooms.core.change import change, current_snapshot, settled
from rooms.errors import Unknown
from rooms.live.hub.access import Rights
from rooms.live.hub.room_reader import Loaded
from rooms.live.presence import table
from rooms.live.presence.people import Crowd
from rooms.models import Room, WhenEmpty

T = TypeVar("T")


def with_database(job: Callable[..., T], args: tuple[Any, ...]) -> T:
    """Run ``job`` in one of the hub's few threads, and give its connection back as a request does."""
    try:
        return job(*args)
    finally:
        connection.close_if_unusable_or_obsolete()


def room_id_of(slug: str) -> int | None:
    room = Room.objects.find(slug)
    return room.pk if room else None


def read_room(room_id: int) -> Loaded | None:
    """The room as it is now; None if it was closed."""
    room = Room.objects.read(room_id)
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
    if room := Room.objects.read(room_id):
        settled(room, now_ms())


def share(news: dict[int, Crowd], room_ids: list[int], is_tidied: bool) -> dict[int, list[Crowd]]:
    """Say the ``news`` of who listens here, and return who listens elsewhere to the rooms of ``room_ids``.

    With ``is_tidied`` forget what processes said that are gone.
    """
    if news:
        table.say(news)
    if is_tidied:
        for room_id in table.forget_the_dead():
            left_alone(room_id)
    return table.elsewhere(room_ids)


def farewell() -> None:
    """Say that this process stops. Never raises: there is nobody left to hear of it."""
    with suppress(DatabaseError):
        table.say_farewell()


def left_alone(room_id: int) -> None:
    """Nobody listens here any more: pause, if nobody does elsewhere and the room's rules say so."""
    room = Room.objects.read(room_id)
    if room is not None and room.when_empty == WhenEmpty.PAUSE and not table.elsewhere([room_id]):
        now = now_ms()
        with change(room, now) as lent:
            lent.player.pause(now)
