"""Alice, Bob and Charlie as callers of the application itself, each by a cookie, and who of them listens."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.core import signing
from django.test import Client
from django.utils import timezone

from rooms.core.person import COOKIE
from rooms.core.person_id import public_id
from rooms.models import Attendance, Room

ALICE, BOB, CHARLIE, DORA = (UUID(int=number) for number in range(1, 5))
NAMES = {ALICE: "Alice", BOB: "Bob", CHARLIE: "Charlie", DORA: "Dora"}
ADDRESSES = {ALICE: "192.0.2.1", BOB: "192.0.2.2", CHARLIE: "192.0.2.3", DORA: "192.0.2.4"}


class Browser:
    """A browser with the cookie of a person, and what it calls in one room."""

    def __init__(self, room: Room, person: UUID | None, address: str = "", name: str = "") -> None:
        self.room = room
        self.client = Client(REMOTE_ADDR=address or (ADDRESSES[person] if person else "192.0.2.9"))
        if person:
            self.client.cookies[COOKIE] = signing.dumps([str(person), name or NAMES[person]], salt="rooms.person")

    def call(self, method: str, path: str, body: Any = None, **headers: Any) -> tuple[int, Any]:
        """The status and the JSON that the room's ``path`` answers."""
        answer = self.client.generic(
            method,
            f"/api/v1/rooms/{self.room.slug}{path}",
            "" if body is None else json.dumps(body),
            content_type="application/json",
            **headers,
        )
        return answer.status_code, answer.json() if answer.content else None

    def refused(self, method: str, path: str, body: Any = None, **headers: Any) -> tuple[int, str]:
        """The status and the sentence of a refusal."""
        status, answer = self.call(method, path, body, **headers)
        return status, answer["error"]["message"]


def listens(
    room: Room,
    *people: UUID,
    players: int | None = None,
    quiet: Mapping[UUID, str] = {},
    names: Mapping[UUID, str] = NAMES,
) -> None:
    """Have ``people`` listen to ``room``, and nobody else, in another process; with who is ``quiet`` in which state."""
    Attendance.objects.filter(room=room).delete()
    if people:
        Attendance.objects.create(
            room=room,
            process="another",
            count=len(people),
            names={person.hex: names[person] for person in people},
            players=len(people) if players is None else players,
            quiet=len(quiet),
            details={
                person.hex: [quiet.get(person, "listening"), 1_700_000_000_000, ADDRESSES.get(person, "")]
                for person in people
            },
            seen_at=timezone.now(),
        )


def id_of(room: Room, person: UUID) -> str:
    return public_id(room.pk, person)
