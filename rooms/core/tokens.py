"""API tokens of a room: who makes, sees and withdraws them. Called on a room that is lent, but for the list."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from rooms.core.caller import Caller
from rooms.core.place import Place
from rooms.errors import Forbidden, TooMany, Unknown
from rooms.models import Room, Scope, Token, hash_token, short_line
from rooms.models.roles import Role
from rooms.models.token import MAX_TOKEN_NAME_LENGTH

MOST_TOKENS = 100
"""Of one room that have not ended; the list of them is one page."""


def hosting(caller: Caller, room: Room) -> Place:
    """The caller's place in ``room``; raises Unidentified or Forbidden unless they host it."""
    place = caller.place_in(room)
    place.check_may_enter()
    deed = gettext("make tokens")
    caller.check_identified(deed)
    caller.check_scope(Scope.MANAGE)
    if place.role < Role.HOST:
        message = gettext("A %(role)s may not %(deed)s here; that takes the role %(least)s.")
        raise Forbidden(message % {"role": place.role.said, "deed": deed, "least": Role.HOST.said})
    return place


def of_room(caller: Caller, room: Room) -> QuerySet[Token]:
    """The tokens that the caller may withdraw, newest first: their own, and those of whoever stands lower."""
    place = hosting(caller, room)
    theirs = Q(member=place.member) | Q(member__role__lt=place.role)
    if place.role == Role.OWNER:
        theirs = Q()
    return Token.objects.filter(theirs, _lasting(), member__room_id=room.pk).select_related("member").order_by("-pk")


def make(
    caller: Caller, lent: Room, name: str, scopes: Collection[Scope], expires_at: datetime | None
) -> tuple[Token, str]:
    """A token by which a program acts as the caller's member, and the text of it, which is kept nowhere."""
    member = hosting(caller, lent).member
    if member is None or member.role < Role.HOST:
        raise Forbidden(gettext("A token acts as its maker, and you are no host of this room yourself."))
    name = clean_token_name(name)
    if excess := [scope for scope in Scope if scope in scopes and scope not in caller.scopes]:
        message = gettext("A token makes none with more scopes than its own, and it has no “%(scope)s”.")
        raise Forbidden(message % {"scope": excess[0]})
    of_this_room = Token.objects.filter(member__room_id=lent.pk)
    of_this_room.exclude(_lasting()).delete()
    if of_this_room.count() >= MOST_TOKENS:
        message = gettext("This room has %(most)s tokens, and no more are allowed; withdraw one of them first.")
        raise TooMany(message % {"most": MOST_TOKENS}, retry_after_s=60)
    text = Token.issue(member, name, scopes, expires_at)
    return Token.objects.select_related("member").get(hash=hash_token(text)), text


def withdraw(caller: Caller, lent: Room, number: int) -> None:
    """Make a token worthless, and end its streams; raises Unknown if it is none that the caller may withdraw."""
    found = of_room(caller, lent).filter(pk=number).first()
    if found is None:
        raise Unknown(gettext("There is no token %(number)s that you may withdraw here.") % {"number": number})
    found.withdraw(lent)


def clean_token_name(text: str) -> str:
    """``text`` as the name of a token; raises Invalid with a sentence if it cannot be one."""
    return short_line(
        text,
        MAX_TOKEN_NAME_LENGTH,
        gettext("A token's name has 1 to %(most)s visible characters, this one has %(length)s."),
    )


def _lasting() -> Q:
    return Q(expires_at=None) | Q(expires_at__gt=timezone.now())
