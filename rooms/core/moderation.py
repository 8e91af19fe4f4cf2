"""What moderators do to people: mute, show out, ban, and take it back."""

from __future__ import annotations

from datetime import UTC, datetime

from django.utils.translation import gettext

from rooms.core.access import Action
from rooms.core.caller import Caller
from rooms.errors import Forbidden, Invalid, Unknown
from rooms.models import Member, Room, one_line
from rooms.models.roles import Role

LONGEST_BAN_MS = 10 * 366 * 24 * 3_600_000
"""A ban for longer has no end."""


def check_may_act_on(caller: Caller, lent: Room, member: Member) -> None:
    """Raise Forbidden unless the caller may moderate, and stands above ``member``: only an owner stands above all."""
    place = caller.place_in(lent)
    place.check_may(Action.MODERATE)
    is_self = member.person == place.person_id
    if is_self or (caller.has_account and caller.user is not None and member.user_id == caller.user.pk):
        raise Forbidden(gettext("Nobody mutes, removes or bans themselves."))
    own = place.role
    if own < Role.OWNER and member.role >= own:
        message = gettext("%(name)s is a %(role)s; a %(own)s may only mute or remove people of a lower role.")
        raise Forbidden(message % {"name": member.nickname, "role": Role(member.role).said, "own": own.said})


def mute(caller: Caller, lent: Room, member: Member, muted: bool) -> None:
    """Take the rights to add, write, react and vote from ``member``, or give them back."""
    check_may_act_on(caller, lent, member)
    if muted:
        member.mute()
    else:
        member.unmute()


def kick(caller: Caller, lent: Room, member: Member) -> None:
    """End the streams of ``member``, who may come back."""
    check_may_act_on(caller, lent, member)
    member.kick()


def ban(
    caller: Caller, lent: Room, member: Member, now_ms: int, *, until_ms: int | None, reason: str, address: str
) -> None:
    """Keep ``member`` out, if given until then; a guest's ``address`` too, since a cookie is easily lost."""
    check_may_act_on(caller, lent, member)
    if until_ms is not None and not now_ms < until_ms <= now_ms + LONGEST_BAN_MS:
        message = gettext("until_ms is %(until)s; it lies after now, which is %(now)s, and within ten years.")
        message %= {"until": until_ms, "now": now_ms}
        raise Invalid(message, fields={"until_ms": message})
    until = datetime.fromtimestamp(until_ms / 1000, UTC) if until_ms is not None else None
    member.ban(until, one_line(reason), address)


def bans(room: Room) -> list[Member]:
    """Those who are banned now, the latest first."""
    banned = room.members.filter(banned_at__isnull=False).order_by("-banned_at", "-pk")
    return [member for member in banned if member.is_banned]


def lift_ban(caller: Caller, lent: Room, ban_id: int) -> None:
    """Let the person of that ban come in again; raises Unknown if there is no such ban."""
    caller.place_in(lent).check_may(Action.MODERATE)
    member = lent.members.filter(pk=ban_id, banned_at__isnull=False).first()
    if member is None:
        raise Unknown(gettext("There is no ban %(id)s in “%(room)s”.") % {"id": ban_id, "room": lent.slug})
    member.room = lent
    member.lift_ban()
