"""Who may write in a room's chat and react, and how often."""

from __future__ import annotations

from math import ceil

from django.utils.translation import gettext, ngettext

from rooms.core import chat, rate_limit
from rooms.core.access import Action
from rooms.core.caller import Caller
from rooms.errors import Forbidden, Invalid, TooMany
from rooms.models import Member, Message, Room
from rooms.models.roles import Role
from rooms.shapes.chat import MessageJson


def say(lent: Room, caller: Caller, text: str, now_ms: int) -> MessageJson:
    """Say ``text`` in the lent room in the caller's name; raises TooMany if they have to wait."""
    caller.place_in(lent).check_may(Action.CHAT)
    _check_rate(caller, lent, now_ms)
    member = caller.join(lent, Role.GUEST)
    slow_mode_s = lent.rules.get("slow_mode_s")
    if slow_mode_s is not None and not caller.place_in(lent).may(Action.MODERATE):
        _check_slow_mode(lent, member, slow_mode_s, now_ms)
    return chat.add_message(lent, member, text, now_ms)


def edit(lent: Room, caller: Caller, message_id: int, text: str, now_ms: int) -> MessageJson:
    """Replace the text of the caller's own message."""
    caller.place_in(lent).check_may(Action.CHAT)
    _check_rate(caller, lent, now_ms)
    message = chat.message_of(lent, message_id)
    if not _is_author(caller, lent, message):
        told = gettext("Only %(name)s, who wrote this message, may change it.")
        raise Forbidden(told % {"name": message.name})
    return chat.edit_message(lent, message, text, now_ms)


def remove(lent: Room, caller: Caller, message_id: int, now_ms: int) -> None:
    """Remove the caller's own message; of those who may moderate, any."""
    caller.place_in(lent).check_may_enter()
    _check_rate(caller, lent, now_ms)
    message = chat.message_of(lent, message_id)
    if not _is_author(caller, lent, message):
        caller.place_in(lent).check_may(Action.MODERATE)
    chat.remove_message(lent, message)


def reaction_of(caller: Caller, room: Room, emoji: str, now_ms: int) -> str:
    """The room's reaction that ``emoji`` is; raises unless ``caller`` may react here, and now. Asking counts."""
    caller.place_in(room).check_may(Action.REACT)
    found = room.reaction(emoji)
    if found is None:
        told = gettext("“%(emoji)s” is not one of this room's reactions, which are %(reactions)s.")
        told %= {"emoji": emoji[:20], "reactions": room.reactions}
        raise Invalid(told, fields={"emoji": told})
    rate_limit.check_reaction(caller, room, now_ms)
    return found


def _check_rate(caller: Caller, lent: Room, now_ms: int) -> None:
    rate_limit.check_message(caller, lent, now_ms, moderates=caller.place_in(lent).may(Action.MODERATE))


def _check_slow_mode(lent: Room, member: Member, slow_mode_s: int, now_ms: int) -> None:
    """Raise TooMany if ``member`` said something less than ``slow_mode_s`` ago, whether or not it still stands."""
    last_ms = (
        Message.objects.filter(room=lent, member=member).order_by("-pk").values_list("sent_at_ms", flat=True).first()
    )
    wait_s = 0 if last_ms is None else ceil((last_ms - now_ms) / 1000 + slow_mode_s)
    if wait_s > 0:
        told = ngettext(
            "Slow mode is on: one message every %(every)s s. Wait %(wait)s second more.",
            "Slow mode is on: one message every %(every)s s. Wait %(wait)s seconds more.",
            wait_s,
        )
        raise TooMany(told % {"every": slow_mode_s, "wait": wait_s}, retry_after_s=wait_s)


def _is_author(caller: Caller, lent: Room, message: Message) -> bool:
    member = caller.place_in(lent).member
    return member is not None and member.pk == message.member_id
