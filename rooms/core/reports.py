"""Reports of people and messages, which reach the operator and nobody else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext

from rooms.core.caller import Caller
from rooms.core.chat import message_of
from rooms.core.ownership import member_of
from rooms.errors import TooMany, Unidentified
from rooms.models import Member, Report, Room, one_line

MOST_REPORTS, WITHIN = 5, timedelta(hours=1)
"""Of one person. More would hide the others' from the operator."""

MOST_OPEN_REPORTS = 200
"""Of one room, whoever sent them: cookies cost nothing."""


def check_may_report(caller: Caller, room: Room) -> None:
    """Raise Unidentified, or TooMany for whoever sent many reports already."""
    if not caller.is_identified:
        raise Unidentified(
            gettext("Nobody knows who you are: open the room's page or send a token, to report somebody.")
        )
    since = timezone.now() - WITHIN
    sent = Report.objects.filter(reporter=caller.key, created_at__gt=since).count()
    if sent >= MOST_REPORTS:
        message = gettext("You sent %(sent)s reports within an hour, and no more are taken; try again later.")
        raise TooMany(message % {"sent": sent}, retry_after_s=int(WITHIN.total_seconds()))
    if room.reports.filter(settled_at=None).count() >= MOST_OPEN_REPORTS:
        message = gettext("The operator has %(count)s reports of this room to read, and no more are taken.")
        raise TooMany(message % {"count": MOST_OPEN_REPORTS}, retry_after_s=int(WITHIN.total_seconds()))


def reported(lent: Room, public: str | None, message: int | None, present: Mapping[UUID, str]) -> tuple[Member, str]:
    """The place of who is reported, by their id or by one of their messages, and that message's text.

    Raises Unknown if there is no such person or message.
    """
    if message is not None:
        found = message_of(lent, message)
        return found.member, found.text
    return member_of(lent, public or "", dict(present)), ""


def report(
    caller: Caller, room: Room, member: Member, reason: str, *, message: int | None = None, text: str = ""
) -> Report:
    """Tell the operator of ``member``, or of one of their messages with its ``text``."""
    return Report.objects.create(
        room=room,
        member=member,
        name=member.nickname,
        message=message,
        text=text,
        reason=one_line(reason),
        reporter=caller.key,
        reporter_name=caller.place_in(room).name,
    )
