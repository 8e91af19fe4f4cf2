"""Who takes over while no host is in a room, as its rules say."""

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
"""People among whom the eldest is looked for; in a larger crowd their names are not known to all processes."""


def make_eldest_host(room_id: int, present: Sequence[tuple[UUID, str]]) -> None:
    """Make the eldest of those who are ``present`` a host, unless one is: members first, by when they joined."""
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
        # Who has no place yet only listens, and came after those who have one; of these the first is here longest.
        person, name = max(willing, key=lambda one: _standing(known.get(one[0])))
        member = known.get(person) or Member(
            room=lent, person=person, nickname=name or gettext("Guest"), role=Role.GUEST
        )
        member.room = lent
        member.give_role(Role.HOST)


def may_vote_to_skip(caller: Caller, room: Room, present: Container[UUID]) -> bool:
    """Whether the caller may vote to skip: by the rule ``vote``, or by ``without_host`` while no host is here."""
    if caller.may(room, Action.VOTE):
        return True
    if not caller.is_identified or not is_left_to_all(room, present):
        return False
    is_inside = caller.may_know_of(room) and not caller.needs_password_of(room)
    return is_inside and not any(member.muted_at for member in caller.places_in(room))


def is_left_to_all(room: Room, present: Container[UUID]) -> bool:
    """Whether the rules let everybody vote to skip while no host is here, and none of who is ``present`` is one."""
    if room.without_host != WithoutHost.EVERYBODY_SKIPS:
        return False
    # By the hosts, who are few: a crowd has more people than a statement takes.
    return not _is_host_among([host for host in room.members.filter(role__gte=Role.HOST) if host.person in present])


def _is_host_among(members: Sequence[Member]) -> bool:
    return any(member.role >= Role.HOST and not member.is_banned for member in members)


def _is_welcome(member: Member) -> bool:
    return not member.is_banned and member.muted_at is None


def _standing(member: Member | None) -> tuple[int, float]:
    """What puts one before others: the role, then how long the place exists."""
    return (member.role, -member.joined_at.timestamp()) if member else (Role.GUEST, float("-inf"))
