"""The lounge in the database of the test's own process, for verbs and models."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest

from players.links import Link, parse
from players.models import Entry, Playlist
from rooms.core.caller import Caller
from rooms.core.change import change
from rooms.core.create_room import make_room
from rooms.core.invitations import standing
from rooms.models import Room
from rooms.models.roles import Role

NOW_MS = 1_700_000_000_000
"""The instant at which tests begin."""


@dataclass(frozen=True)
class Told:
    """What listeners were told of one change."""

    version: int
    event: str
    data: dict[str, Any]


def hear(monkeypatch: pytest.MonkeyPatch) -> list[Told]:
    """Whatever is pushed from now on, in place of pushing it."""
    told: list[Told] = []

    def tell(room_id: int, version: int, event: str, data: dict[str, Any]) -> None:
        told.append(Told(version, event, json.loads(json.dumps(data))))

    monkeypatch.setattr("rooms.core.publish.tell", tell)
    return told


def make_lounge(*lengths_ms: int | None, **rules: Any) -> Room:
    """A room whose queue holds one direct link for each length; None is a length that nobody knows yet."""
    room, _owner = make_room("Lounge", Caller())
    rule(room, **rules)
    add(room, *lengths_ms)
    return anew(room)


def rule(room: Room, **rules: Any) -> None:
    """Set rules in the database, behind the room's back: no version is counted, and nobody is told."""
    stored = Room.objects.get(pk=room.pk)
    stored.set_rules(**rules)
    Room.objects.filter(pk=room.pk).update(rules=stored.rules)


def add(room: Room, *lengths_ms: int | None) -> list[Entry]:
    """Add links of these lengths to the end of the queue."""
    with change(room, NOW_MS) as lent:
        first = lent.queue.entries.count()
        links = [link(f"{room.slug}/{number}") for number, _ in enumerate(lengths_ms, first)]
        entries = lent.queue.add(links, NOW_MS, after=None, at_end=True, member=None)
        for entry, length_ms in zip(entries, lengths_ms, strict=True):
            entry.track.length_ms = length_ms
            entry.track.save()
    return entries


def link(name: str) -> Link:
    found = parse(f"https://media.example.org/{name}.mp3")
    assert isinstance(found, Link)
    return found


def role_link(room: Room, role: Role) -> str:
    """The path of the link that was made with the room and gives ``role`` to who posts to it."""
    invitation = standing(room, role)
    assert invitation is not None
    return invitation.get_absolute_url()


def anew(room: Room) -> Room:
    """The room as the database has it."""
    return Room.objects.get_queryset().whole().get(pk=room.pk)


def queue_of(room: Room) -> list[Entry]:
    """The entries in their order, as the database has them."""
    return list(Playlist.objects.get(room=room).listed())
