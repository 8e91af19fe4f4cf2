"""Roles that people give and take: hosts are made, rooms handed over, recovered, and opened again."""

from __future__ import annotations

import secrets
from datetime import timedelta
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext

from rooms.core.access import Action, no_such_room
from rooms.core.caller import Caller
from rooms.core.person_id import person_of
from rooms.errors import Forbidden, Invalid, Unknown
from rooms.models import MAX_NICKNAME_LENGTH, Member, Room, hash_token
from rooms.models.roles import Role
from rooms.models.room import REOPEN_DAYS


def member_of(lent: Room, public: str, present: dict[UUID, str]) -> Member:
    """The membership of the person with that id, made if they only listen; ``present`` are those, with their names."""
    person = person_of(lent.pk, public)
    member = lent.members.filter(person=person).first() if person else None
    if member is None and person in present:
        name = (present[person] or gettext("Guest"))[:MAX_NICKNAME_LENGTH]
        member = Member.objects.create(room=lent, person=person, nickname=name, role=Role.GUEST)
    if member is None:
        raise Unknown(gettext("There is no person “%(id)s” in “%(room)s”.") % {"id": public[:40], "room": lent.slug})
    member.room = lent
    return member


def set_role(caller: Caller, lent: Room, member: Member, role: Role) -> None:
    """Give ``member`` a role up to the caller's own, or take one back."""
    if Role.OWNER in (role, member.role):
        if role == member.role:
            return
        message = gettext("The role owner is neither given nor taken here; the owner hands the room over.")
        raise Invalid(message, fields={"role": message})
    if role >= member.role:
        _check_may_raise(caller, lent, member, role)
    else:
        _check_may_lower(caller, lent, member)
    if role > member.role:
        lent.announce("role", of=member.nickname, role=role.word)
    member.give_role(role, caller.place_in(lent).member)


def _check_may_raise(caller: Caller, lent: Room, member: Member, role: Role) -> None:
    place = caller.place_in(lent)
    place.check_may(Action.INVITE)
    own = place.role
    if role > own:
        message = gettext("A %(own)s may not make %(name)s a %(role)s; nobody gives more than they have.")
        raise Forbidden(message % {"own": own.said, "name": member.nickname, "role": role.said})
    if member.is_banned:
        message = gettext("%(name)s is banned here; lift the ban first.")
        raise Forbidden(message % {"name": member.nickname})


def _check_may_lower(caller: Caller, lent: Room, member: Member) -> None:
    """One's own role anybody may give up; else who stands higher may take it, and who gave it."""
    place = caller.place_in(lent)
    place.check_may_enter()
    own = None if place.is_from_elsewhere else place.member
    if own is not None and own.pk in (member.pk, member.given_by_id) and not own.is_banned:
        return
    place.check_may(Action.MODERATE)
    if place.role <= member.role:
        message = gettext("%(name)s is a %(role)s; only the owner, and who gave the role, may take it back.")
        raise Forbidden(message % {"name": member.nickname, "role": Role(member.role).said})


def hand_over(caller: Caller, lent: Room, member: Member) -> None:
    """Make ``member`` the owner; who was it stays as a host, and the way to recover the room ends."""
    caller.place_in(lent).check_may(Action.HAND_OVER)
    if member.is_banned:
        message = gettext("%(name)s is banned here; lift the ban first.")
        raise Forbidden(message % {"name": member.nickname})
    _make_owner(lent, member)
    lent.announce("role", of=member.nickname, role=Role.OWNER.word)
    withdraw_recovery(lent)


def _make_owner(lent: Room, member: Member) -> None:
    for owner in lent.members.filter(role=Role.OWNER).exclude(pk=member.pk):
        owner.room = lent
        owner.give_role(Role.HOST, member)
    member.give_role(Role.OWNER)


# Recovery of a room whose owner is a browser that may lose its cookie


def new_recovery(caller: Caller, lent: Room) -> str:
    """A new secret that makes whoever has it the owner. It is shown once; the last one is worth nothing any more."""
    caller.place_in(lent).check_may(Action.HAND_OVER)
    secret = secrets.token_urlsafe(24)
    lent.recovery_hash = hash_token(secret)
    lent.save(update_fields=["recovery_hash"])
    return secret


def withdraw_recovery(lent: Room) -> None:
    lent.recovery_hash = ""
    lent.save(update_fields=["recovery_hash"])


def is_recovery(room: Room, secret: str) -> bool:
    """Whether ``secret`` is the one that recovers the room now."""
    return bool(room.recovery_hash) and secrets.compare_digest(room.recovery_hash, hash_token(secret))


def recover(caller: Caller, lent: Room, secret: str) -> None:
    """Make the caller the owner of the room that ``secret`` recovers. It can be used again, as by another browser."""
    if not is_recovery(lent, secret) or caller.place_in(lent).is_banned:
        raise no_such_room(lent.slug)
    member = caller.join(lent, Role.GUEST)
    member.room = lent
    _make_owner(lent, member)


# Closed rooms


def closed_room(slug: str, caller: Caller) -> Room | None:
    """The room of that slug that was closed last, if it was the caller's and is not closed for too long."""
    if "\0" in slug:
        return None
    closed = (
        Room.objects.get_queryset()
        .whole()
        .filter(slug=slug, closed_at__gt=timezone.now() - timedelta(days=REOPEN_DAYS))
    )
    owned = (room for room in closed.order_by("-closed_at") if caller.place_in(room).may(Action.CLOSE))
    return next(owned, None)
