"""Letting the guests of a room stay as members, before it opens to members alone."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.utils.translation import gettext

from rooms.core.person import guest_name
from rooms.errors import Invalid
from rooms.models import MAX_NICKNAME_LENGTH, Member, Room, Visibility
from rooms.models.roles import Role
from rooms.models.skeleton import look_alike

MOST_STAY = 100
"""So many guests at once: in a larger crowd nobody knows all of them, neither hosts nor processes."""


def let_stay(lent: Room, present: Mapping[UUID, str], by: Member | None = None) -> None:
    """Make those who are ``present`` members, on behalf of ``by``, unless they are or were banned.

    Raises Invalid unless the lent room opens to members alone: it would raise guests whom nothing shuts out.
    """
    if lent.visibility != Visibility.PRIVATE:
        raise Invalid(_not_private(lent), fields={"guests": _not_private(lent)})
    known = {member.person: member for member in lent.members.filter(person__in=present)}
    guests = [person for person in present if person not in known or known[person].is_guest_here]
    if len(guests) > MOST_STAY:
        message = gettext("%(count)s guests listen here; %(most)s at most stay as members at once.")
        message %= {"count": len(guests), "most": MOST_STAY}
        raise Invalid(message, fields={"guests": message})
    hosts = list(lent.members.filter(role__gte=Role.HOST).values_list("nickname", flat=True))
    new = [_place(lent, person, present[person], hosts) for person in guests if person not in known]
    for member in [known[person] for person in guests if person in known]:
        member.room = lent
        member.give_role(Role.MEMBER, by)
    for member in new:
        member.given_by = by
    Member.objects.bulk_create(new)
    if new:
        lent.note("room")


def _place(lent: Room, person: UUID, name: str, hosts: list[str]) -> Member:
    is_taken = not name or any(look_alike(name, host) for host in hosts)
    nickname = guest_name(person) if is_taken else name[:MAX_NICKNAME_LENGTH]
    return Member(room=lent, person=person, nickname=nickname, role=Role.MEMBER)


def _not_private(lent: Room) -> str:
    message = gettext("guests is “stay”, which goes with the visibility private; the room is %(visibility)s.")
    return message % {"visibility": lent.visibility}
