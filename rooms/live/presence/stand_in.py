"""Stand-ins for absent hosts, by the room's rule ``without_host``: the eldest becomes host, or all may vote to skip."""

from __future__ import annotations

from collections.abc import Container, Sequence
from uuid import UUID

from django.utils.translation import gettext

from rooms.clock import now_ms
from rooms.core.access import Action
from rooms.core.caller import Caller
from rooms.core.change import change
from rooms.models import Member, Room, WithoutHost
from rooms.models.roles import Role

MOST_COMPARED = 100
"""People compared by seniority; larger crowds are not named across processes."""


def make_eldest_host(room_id: int, present: Sequence[tuple[UUID, str]]) -> None:
    """Make the senior of those ``present`` (id and name, in the order of arrival) a host, unless a host is among them.

    Seniority is by role, then by the age of the membership. The banned and muted are passed over.
    """
    room = Room.objects.read(room_id)
    if room is None or room.without_host != WithoutHost.ELDEST:
        return
    with change(room, now_ms()) as lent:
        here = present[:MOST_COMPARED]
        known = {member.person: member for member in lent.members.filter(person__in=[person for person, _ in here])}
        if lent.without_host != WithoutHost.ELDEST or _is_host_among(list(known.values())):
            return
        willing = [one for one in here if one[0] not in known or _is_welcome(known[one[0]])]
        if not willing:
            return
        # Those without a membership come last; ``max`` picks the first of equals, who is here longest.
        person, name = max(willing, key=lambda one: _seniority(known.get(one[0])))
        member = known.get(person) or Member(
            room=lent, person=person, nickname=name or gettext("Guest"), role=Role.GUEST
        )
        member.room = lent
        member.give_role(Role.HOST)
        lent.announce("role", of=member.nickname, role=Role.HOST.word)


def may_vote_to_skip(caller: Caller, room: Room, present: Container[UUID]) -> bool:
    """Whether the caller may vote to skip: by the rule ``vote``, or ``without_host`` while no host is ``present``."""
    place = caller.place_in(room)
    if place.may(Action.VOTE):
        return True
    return caller.is_identified and is_left_to_all(room, present) and place.is_inside and not place.is_muted


def is_left_to_all(room: Room, present: Container[UUID]) -> bool:
    """Whether the rule ``without_host`` lets everybody vote to skip now, as no host is ``present``."""
    if room.without_host != WithoutHost.EVERYBODY_SKIPS:
        return False
    # Selects the hosts, who are few: a crowd can exceed the parameters of a statement.
    return not _is_host_among([host for host in room.members.filter(role__gte=Role.HOST) if host.person in present])


def _is_host_among(members: Sequence[Member]) -> bool:
    return any(member.role >= Role.HOST and not member.is_banned for member in members)


def _is_welcome(member: Member) -> bool:
    return not member.is_banned and member.muted_at is None


def _seniority(member: Member | None) -> tuple[int, float]:
    """Sort key of seniority: the role, then the age of the membership."""
    return (member.role, -member.joined_at.timestamp()) if member else (Role.GUEST, float("-inf"))
