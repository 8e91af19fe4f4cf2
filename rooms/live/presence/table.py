"""Who listens in which process, as each process says of itself in the database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import DatabaseError
from django.db.models import BigIntegerField, CharField, QuerySet
from django.db.models.functions import Now

from rooms.core.publish import PROCESS
from rooms.live.presence.people import Crowd
from rooms.models import Attendance
from rooms.models.compiled_query import CompiledRows, Parameter

STALE = timedelta(seconds=25)
"""What a process said so long ago is no longer believed: it died, or cannot reach the database."""

REPEAT_S = 8.0
"""A process says the same again after this time, so that it is believed."""

FAREWELL = STALE - timedelta(seconds=5)
"""What a process that stops has said is made so old: its listeners have some seconds to arrive elsewhere."""


def publish(crowds: Mapping[int, Crowd]) -> None:
    """Say who listens here, by room; an empty crowd takes back what was said. One query each, however many rooms."""
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
    """Who listens to these rooms in the other processes. One query, none if no room is asked for."""
    crowds: dict[int, list[Crowd]] = defaultdict(list)
    ids = list(room_ids)
    if len(ids) == 1:  # as for every page and snapshot
        said = iter(_OF_ONE_ROOM.all(room=ids[0], process=PROCESS))
    else:
        said = iter(_believed().filter(room__in=ids).exclude(process=PROCESS))
    for room_id, *crowd in said:
        crowds[room_id].append(Crowd(*crowd))
    return crowds


def rooms_of(person_id: UUID) -> list[int]:
    """The rooms in which other processes have named this person, of crowds that are not merely counted."""
    named = _believed().filter(names__has_key=person_id.hex).exclude(process=PROCESS)
    return sorted(set(named.values_list("room_id", flat=True)))


def _believed() -> QuerySet[Attendance, Any]:
    return Attendance.objects.filter(seen_at__gt=Now() - STALE).values_list(
        "room_id", "count", "names", "players", "details", "quiet"
    )


_OF_ONE_ROOM = CompiledRows(
    lambda: (
        _believed()
        .filter(room_id=Parameter("room", BigIntegerField()))
        .exclude(process=Parameter("process", CharField()))
    )
)


def expire_soon() -> None:
    """This process stops: its listeners are about to arrive elsewhere. Never raises: nobody is left to hear it."""
    with suppress(DatabaseError):
        Attendance.objects.filter(process=PROCESS).update(seen_at=Now() - FAREWELL)


def delete_stale() -> list[int]:
    """Delete what processes said that are gone; the rooms that nobody listens to any more by that."""
    dead = Attendance.objects.filter(seen_at__lte=Now() - STALE)
    room_ids = set(dead.values_list("room_id", flat=True))
    if room_ids:
        dead.delete()
    alive = Attendance.objects.filter(room__in=room_ids).values_list("room_id", flat=True)
    return sorted(room_ids - set(alive))
