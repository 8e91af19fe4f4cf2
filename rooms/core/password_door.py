"""The door of a room with a password: who knows it comes in, and nobody tries many."""

from __future__ import annotations

from django.contrib.auth.hashers import check_password
from django.db import transaction
from django.utils.translation import gettext

from rooms.core import rate_limit
from rooms.core.caller import Caller
from rooms.core.change import change
from rooms.errors import WrongPassword
from rooms.models import Room
from rooms.models.roles import Role


def enter(room: Room, caller: Caller, password: str, now_ms: int) -> None:
    """Open ``room``, which has a password, to ``caller``; raises WrongPassword, or TooMany before it looks."""
    if not room.password or not caller.place_in(room).needs_password:
        return
    caller.check_identified(gettext("enter"))
    with transaction.atomic():
        rate_limit.check_password(caller, room, now_ms)
    if not check_password(password, room.password):
        raise WrongPassword(gettext("That is not the password of “%(room)s”.") % {"room": room.name})
    with change(room, now_ms) as lent:
        caller.place_in(lent).check_may_know()
        if lent.password == room.password:  # else it was changed meanwhile, and is asked for again
            member = caller.join(lent, Role.GUEST)
            member.knows_password = True
            member.save(update_fields=["knows_password"])
        rate_limit.forget_password(caller, room)
