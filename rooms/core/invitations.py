"""Invitations: who makes, withdraws and uses links that give a role. Called on a room that is lent."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext

from rooms.core.access import Action
from rooms.core.caller import Caller
from rooms.errors import Forbidden, Invalid, TooMany, Unknown
from rooms.models import Invitation, Member, Room
from rooms.models.invitation import still_valid
from rooms.models.roles import Role

MOST_INVITATIONS = 100
"""Of one room that still let somebody in; the list of them is one page."""


def standing(room: Room, role: Role) -> Invitation | None:
    """The newest invitation to ``role`` that neither ends nor is used up; None if all were withdrawn."""
    found = (
        Invitation.objects.filter(room_id=room.pk, role=role, max_uses=None, expires_at=None).order_by("-pk").first()
    )
    if found is not None:
        found.room = room
    return found


def invite(
    caller: Caller, lent: Room, role: Role, max_uses: int | None = None, expires_at: datetime | None = None
) -> Invitation:
    """A new invitation by ``caller``, to no more than their own role."""
    place = caller.place_in(lent)
    place.check_may(Action.INVITE)
    if not Role.GUEST < role < Role.OWNER:
        message = gettext("A link cannot give the role %(role)s; member and host are possible.")
        message %= {"role": role.said}
        raise Invalid(message, fields={"role": message})
    if role > place.role:
        message = gettext("A %(own)s may not invite a %(role)s; nobody gives more than they have.")
        raise Forbidden(message % {"own": place.role.said, "role": role.said})
    if lent.invitations.count() >= MOST_INVITATIONS:
        # Those that ended or were used up are on no list, where somebody could withdraw them.
        valid = lent.invitations.filter(still_valid(timezone.now())).values_list("pk", flat=True)
        lent.invitations.exclude(pk__in=list(valid)).delete()
    if lent.invitations.count() >= MOST_INVITATIONS:
        message = gettext("This room has %(most)s invitations, and no more are allowed; withdraw one of them first.")
        raise TooMany(message % {"most": MOST_INVITATIONS}, retry_after_s=60)
    return Invitation.objects.create(
        room=lent, role=role, made_by=place.member, max_uses=max_uses, expires_at=expires_at
    )


def withdraw(caller: Caller, lent: Room, number: int) -> None:
    """Make an invitation worthless: its maker may, and the owner; who joined by it keeps the role."""
    place = caller.place_in(lent)
    place.check_may(Action.INVITE)
    found = lent.invitations.filter(pk=number).first()
    if found is None:
        raise Unknown(gettext("There is no invitation %(number)s to this room.") % {"number": number})
    is_own = place.member is not None and found.made_by_id == place.member.pk
    if not is_own and place.role < Role.OWNER:
        raise Forbidden(gettext("Only who made this invitation and the owner may withdraw it."))
    found.delete()


def join_by(caller: Caller, lent: Room, ticket: str) -> Member:
    """Give ``caller`` the role of the link with ``ticket``; raises Unknown or Forbidden if it gives nothing."""
    invitation = usable(caller, lent, ticket)
    member = caller.place_in(lent).member
    if member is not None and member.role >= invitation.role:
        return member
    invitation.use()
    return caller.join(lent, Role(invitation.role), by=invitation.made_by)


def usable(caller: Caller, room: Room, ticket: str) -> Invitation:
    """The invitation to ``room`` of the link with ``ticket``, if ``caller`` may join by it."""
    invitation = Invitation.of_ticket(room, ticket)
    if invitation is None:
        raise Unknown(gettext("This invitation was withdrawn, has ended or was used up; ask for a new one."))
    place = caller.place_in(room)
    if place.is_banned or any(invitation.is_refused_to(member) for member in place.members):
        raise Forbidden(gettext("What you were here was taken back after this invitation was made; ask for a new one."))
    return invitation
