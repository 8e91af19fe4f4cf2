"""The people of a room as the others are told: who is here, and who holds a role."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import islice
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q

from rooms.core.person import guest_name
from rooms.core.person_id import public_id
from rooms.models import Member
from rooms.models.roles import Role
from rooms.models.skeleton import look_alike
from rooms.shapes import ListenerState, PersonJson, RoleWord

MOST_PLACES = 200
"""Of those who hold a role so many are told, the highest and eldest first."""


class Place(NamedTuple):
    """What a room keeps of a person."""

    name: str
    role: Role
    is_muted: bool
    since_ms: int

    @classmethod
    def of(cls, member: Member) -> Place:
        since_ms = int(member.joined_at.timestamp() * 1000)
        return cls(member.nickname, Role(member.role), member.muted_at is not None, since_ms)


class Here(NamedTuple):
    """Somebody who listens."""

    name: str
    state: str
    since_ms: int


def places_in(room_id: int) -> dict[UUID, Place]:
    """Who holds a role in the room, or was muted, as the database has it."""
    held = Member.objects.filter(Q(role__gt=Role.GUEST) | Q(muted_at__isnull=False), room_id=room_id)
    return places_of(held.order_by("-role", "pk"))


def places_of(members: Iterable[Member]) -> dict[UUID, Place]:
    """What is told of those ``members``, who come in the order in which that matters; nothing of who is banned."""
    held = (member for member in members if not member.is_banned and (member.role > Role.GUEST or member.muted_at))
    return {member.person: Place.of(member) for member in islice(held, MOST_PLACES)}


def people_as_json(
    room_id: int, here: Mapping[UUID, Here], places: Mapping[UUID, Place], you: UUID | None
) -> list[PersonJson]:
    """Those who are here and those who hold a role, the highest first; who is not here is away.

    A stream tells everybody the same, and so not who of them is its reader: ``is_you`` is null there.
    """
    people = []
    hosts = [place.name for place in places.values() if place.role >= Role.HOST]
    held = {person for person, place in places.items() if place.role > Role.GUEST}
    for person in here.keys() | held:
        present, place = here.get(person), places.get(person)
        told: PersonJson = {
            "id": _public_id(room_id, person),
            "name": place.name if place else _free(present.name, hosts, person) if present else "",
            "role": _word(place.role if place else Role.GUEST),
            "state": _state(present),
            "is_you": None if you is None else person == you,
            "muted": place is not None and place.is_muted,
            "since_ms": present.since_ms if present else place.since_ms if place else 0,
        }
        people.append((-(place.role if place else Role.GUEST), present is None, told["name"], told["id"], told))
    return [told for *_order, told in sorted(people, key=lambda one: one[:-1])]


def _free(name: str, hosts: list[str], person: UUID) -> str:
    """The name of a guest who brought it along, unless it looks like a host's of this room."""
    return guest_name(person) if not name or any(look_alike(name, host) for host in hosts) else name


def _state(present: Here | None) -> ListenerState:
    return present.state if present else "away"  # type: ignore[return-value]  # checked as it was heard


def _word(role: Role) -> RoleWord:
    return role.word  # type: ignore[return-value]


@lru_cache(maxsize=8192)
def _public_id(room_id: int, person: UUID) -> str:
    return public_id(room_id, person)
