"""Presence table: each process upserts the crowds of its rooms, with a heartbeat as a lease."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import DatabaseError
from django.db.models import BigIntegerField, CharField, Q, QuerySet
from django.db.models.functions import Now

from rooms.core.publish import PROCESS
from rooms.live.presence.people import Crowd
from rooms.models import Attendance
from rooms.models.compiled_query import CompiledRows, Parameter

STALE = timedelta(seconds=25)
"""Lease time: a row not renewed for so long is ignored, as its process died or cannot reach the database."""

REPEAT_S = 8.0
"""Seconds until a process renews an unchanged row."""

FAREWELL = STALE - timedelta(seconds=5)
"""Age that a stopping process gives its rows, so that listeners have 5 s to reconnect elsewhere."""


def publish(crowds: Mapping[int, Crowd]) -> None:
    """Upsert this process' crowds by room, and delete the rows of empty ones; two statements at most."""
    if left := [room_id for room_id, crowd in crowds.items() if not crowd.count]:
        Attendance.objects.filter(process=PROCESS, room__in=left).delete()
    rows = [
        Attendance(room_id=room_id, process=PROCESS, seen_at=Now(), **asdict(crowd))
        for room_id, crowd in sorted(crowds.items())
        if crowd.count
    ]
    if rows:
        Attendance.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["room", "process"],
            update_fields=["count", "names", "players", "details", "quiet", "seen_at"],
        )


def elsewhere(room_ids: Iterable[int]) -> dict[int, list[Crowd]]:
    """The other processes' crowds in these rooms, by room; rooms without any are missing. One query at most."""
    crowds: dict[int, list[Crowd]] = defaultdict(list)
    ids = list(room_ids)
    if len(ids) == 1:  # compiled, since every page and snapshot needs it
        rows = iter(_OF_ONE_ROOM.all(room=ids[0], process=PROCESS))
    else:
        rows = iter(_valid().filter(room__in=ids).exclude(process=PROCESS))
    for room_id, *crowd in rows:
        crowds[room_id].append(Crowd(*crowd))
    return crowds


def rooms_of(person_id: UUID) -> list[int]:
    """Rooms in which other processes list this person by name, or may have them in a crowd too large to be named."""
    may_be = _valid().filter(Q(names__has_key=person_id.hex) | Q(names__isnull=True)).exclude(process=PROCESS)
    return sorted(set(may_be.values_list("room_id", flat=True)))


def _valid() -> QuerySet[Attendance, Any]:
    return Attendance.objects.filter(seen_at__gt=Now() - STALE).values_list(
        "room_id", "count", "names", "players", "details", "quiet"
    )


_OF_ONE_ROOM = CompiledRows(
    lambda: (
        _valid().filter(room_id=Parameter("room", BigIntegerField())).exclude(process=Parameter("process", CharField()))
    )
)


def expire_soon() -> None:
    """Shorten the lease of this process' rows to 5 s, as it stops. Ignores database errors."""
    with suppress(DatabaseError):
        Attendance.objects.filter(process=PROCESS).update(seen_at=Now() - FAREWELL)


def delete_stale() -> list[int]:
    """Delete expired rows; returns the rooms that have no listeners without them."""
    dead = Attendance.objects.filter(seen_at__lte=Now() - STALE)
    room_ids = set(dead.values_list("room_id", flat=True))
    if room_ids:
        dead.delete()
    alive = Attendance.objects.filter(room__in=room_ids).values_list("room_id", flat=True)
    return sorted(room_ids - set(alive))
