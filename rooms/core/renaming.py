"""Nicknames of callers: one for all rooms of a browser, unless it looks like a host's."""

from __future__ import annotations

from contextlib import suppress

from django.db.models import Q

from rooms.clock import now_ms
from rooms.core.caller import Caller
from rooms.core.change import change
from rooms.core.rate_limit import check_rename
from rooms.errors import Invalid, Unknown
from rooms.models import Member, Room, clean_nickname
from rooms.models.names import check_free
from rooms.models.roles import Role


def rename(caller: Caller, room: Room, text: str) -> str:
    """Give the caller another nickname, in the cookie and wherever they have a place; returns it as it is shown.

    Raises Invalid with a sentence if it cannot be one, or looks like that of a host of ``room``, and TooMany after
    many changes. In other rooms where it looks like a host's, the caller keeps the name that they had there.
    """
    name = clean_nickname(text)
    check_rename(caller, now_ms())
    _check_free_in(room, caller, name)
    places = _places_of(caller)
    for member in places:
        with suppress(Unknown), change(member.room, now_ms(), by=name) as lent:  # closed meanwhile: nothing to rename
            if lent.pk != room.pk:
                try:
                    _check_free_in(lent, caller, name)
                except Invalid:
                    continue
            # Who signed in meanwhile may have lost this place to the one that the account has.
            if (own := lent.members.filter(pk=member.pk).first()) is not None:
                own.rename(name)
    if caller.person is not None:
        caller.rename(name)
    return name


def _check_free_in(room: Room, caller: Caller, name: str) -> None:
    own = [member.pk for member in caller.place_in(room).members]
    hosts = room.members.filter(role__gte=Role.HOST).exclude(pk__in=own)
    check_free(name, hosts.values_list("nickname", flat=True))


def _places_of(caller: Caller) -> list[Member]:
    """The caller's places in all open rooms; of one who came by a token that in its room."""
    who = Q(pk=caller.token_member.pk) if caller.token_member else caller.in_places
    return list(Member.objects.filter(who, room__closed_at=None).select_related("room"))
