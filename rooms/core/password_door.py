"""The door of a room with a password: who knows it comes in, and nobody tries many."""

from __future__ import annotations

from datetime import datetime, timedelta
from math import ceil

from django.contrib.auth.hashers import check_password
from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from rooms.core.caller import Caller
from rooms.core.change import change
from rooms.core.client_address import counted_as
from rooms.errors import TooMany
from rooms.errors import WrongPassword as WrongPasswordGiven
from rooms.models import Room, WrongPassword
from rooms.models.roles import Role

WINDOW = timedelta(minutes=10)
MOST_A_PERSON = 10
"""Wrong ones within the window, of one person and of one address."""
MOST_A_ROOM = 100
"""Of all together: each costs a tenth of a second of the processor, and a new cookie costs nothing."""


def enter(room: Room, caller: Caller, password: str, now_ms: int) -> None:
    """Open ``room``, which has a password, to ``caller``; raises WrongPasswordGiven, or TooMany before it looks."""
    if not room.password or not caller.needs_password_of(room):
        return
    caller.check_identified(gettext("enter"))
    now = datetime.fromtimestamp(now_ms / 1000).astimezone()
    _check_number(room, caller, now)
    if not check_password(password, room.password):
        raise WrongPasswordGiven(gettext("That is not the password of “%(room)s”.") % {"room": room.name})
    with change(room, now_ms) as lent:
        caller.check_may_know_of(lent)
        if lent.password == room.password:  # else it was changed meanwhile, and is asked for again
            member = caller.join(lent, Role.GUEST)
            member.knows_password = True
            member.save(update_fields=["knows_password"])
    _of(room, caller, now).delete()


def _check_number(room: Room, caller: Caller, now: datetime) -> None:
    """Count one attempt, before the password is compared; raises TooMany if there were too many."""
    recent = WrongPassword.objects.filter(room=room, tried_at__gt=now - WINDOW)
    own = _of(room, caller, now)
    full = own if own.count() >= MOST_A_PERSON else recent if recent.count() >= MOST_A_ROOM else None
    if full is not None:
        oldest = full.order_by("tried_at").values_list("tried_at", flat=True)[0]
        wait_s = max(1, ceil((oldest + WINDOW - now).total_seconds()))
        message = gettext("Too many passwords were tried here; try again in %(minutes)s min.")
        raise TooMany(message % {"minutes": ceil(wait_s / 60)}, retry_after_s=wait_s)
    WrongPassword.objects.filter(tried_at__lte=now - WINDOW).delete()
    address = counted_as(caller.address)
    WrongPassword.objects.create(room=room, person=caller.key, address=address, tried_at=now)


def _of(room: Room, caller: Caller, now: datetime) -> QuerySet[WrongPassword]:
    """The recent attempts of this person and from this address."""
    who = Q(person=caller.key)
    if address := counted_as(caller.address):
        who |= Q(address=address)
    return WrongPassword.objects.filter(who, room=room, tried_at__gt=now - WINDOW)
