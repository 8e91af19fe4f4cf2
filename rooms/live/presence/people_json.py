"""Serialisation of a room's list of people: listeners, and members with a role."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import islice
from typing import NamedTuple
from uuid import UUID

from django.db.models import BigIntegerField, Q

from rooms.core.person import guest_name
from rooms.core.person_id import public_id
from rooms.models import Member
from rooms.models.compiled_query import CompiledQuery, Parameter
from rooms.models.roles import Role
from rooms.models.skeleton import look_alike
from rooms.shapes.people import PersonJson
from rooms.shapes.words import ListenerState, RoleWord

MOST_PLACES = 200
"""Members with a role or a mute in the list, the highest role and then the oldest first."""


_HELD = CompiledQuery(
    lambda: Member.objects.filter(
        Q(role__gt=Role.GUEST) | Q(muted_at__isnull=False), room_id=Parameter("room_id", BigIntegerField())
    ).order_by("-role", "pk")
)


class Place(NamedTuple):
    """A person's membership of a room, as far as the list shows it; ``since_ms`` is in Unix milliseconds."""

    name: str
    role: Role
    is_muted: bool
    since_ms: int

    @classmethod
    def of(cls, member: Member) -> Place:
        since_ms = int(member.joined_at.timestamp() * 1000)
        return cls(member.nickname, Role(member.role), member.muted_at is not None, since_ms)


class ListeningPerson(NamedTuple):
    """A listening person: nickname, state of the player, arrival (Unix milliseconds)."""

    name: str
    state: str
    since_ms: int


def places_in(room_id: int) -> dict[UUID, Place]:
    """People with a role or a mute in the room, from the database."""
    return places_of(_HELD.all(room_id=room_id))


def places_of(members: Iterable[Member]) -> dict[UUID, Place]:
    """The first MOST_PLACES of ``members`` with a role or a mute, in their order, without the banned."""
    held = (member for member in members if not member.is_banned and (member.role > Role.GUEST or member.muted_at))
    return {member.person: Place.of(member) for member in islice(held, MOST_PLACES)}


def people_as_json(
    room_id: int, here: Mapping[UUID, ListeningPerson], places: Mapping[UUID, Place], you: UUID | None
) -> list[PersonJson]:
    """Listeners and members with a role, sorted by role, presence and name; members who do not listen are ``away``.

    ``is_you`` is null if ``you`` is None, as on streams, whose bytes are shared by all listeners.
    """
    people = []
    hosts = [place.name for place in places.values() if place.role >= Role.HOST]
    held = {person for person, place in places.items() if place.role > Role.GUEST}
    for person in here.keys() | held:
        present, place = here.get(person), places.get(person)
        item: PersonJson = {
            "id": _public_id(room_id, person),
            "name": place.name if place else _guest_name(present.name, hosts, person) if present else "",
            "role": _word(place.role if place else Role.GUEST),
            "state": _state(present),
            "is_you": None if you is None else person == you,
            "muted": place is not None and place.is_muted,
            "since_ms": present.since_ms if present else place.since_ms if place else 0,
        }
        people.append((-(place.role if place else Role.GUEST), present is None, item["name"], item["id"], item))
    return [item for *_order, item in sorted(people, key=lambda one: one[:-1])]


def _guest_name(name: str, hosts: list[str], person: UUID) -> str:
    """A guest's own nickname, or a generated one if that is empty or looks like a host's (impersonation)."""
    return guest_name(person) if not name or any(look_alike(name, host) for host in hosts) else name


def _state(present: ListeningPerson | None) -> ListenerState:
    return present.state if present else "away"  # type: ignore[return-value]  # checked by Presence.change_state


def _word(role: Role) -> RoleWord:
    return role.word  # type: ignore[return-value]


@lru_cache(maxsize=8192)
def _public_id(room_id: int, person: UUID) -> str:
    return public_id(room_id, person)
