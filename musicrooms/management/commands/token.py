"""``manage.py token``: issue an API token for an existing room, for bots and scripts."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from musicrooms.serving.data_lock import address_in_use
from musicrooms.serving.public_address import public_address
from rooms.clock import now_ms
from rooms.core.change import change
from rooms.errors import Refusal
from rooms.models import ALL_SCOPES, Member, Room, Scope, Token, clean_nickname
from rooms.models.roles import Role
from rooms.models.token import LONGEST_DAYS

ROLES = (Role.MEMBER.word, Role.HOST.word, Role.OWNER.word)
DEFAULT_ADDRESS = "http://127.0.0.1:8000"
SHOWN_ROOMS = 10


class Command(BaseCommand):
    help = "Makes a token for an open room and prints it, the only time; on standard error a call to try it with."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="the room, as its address names it: “lounge” of /r/lounge")
        parser.add_argument("--name", default="Bot", help="the name that the room shows (default: Bot)")
        parser.add_argument("--role", choices=ROLES, default=Role.HOST.word, help="what it may do (default: host)")
        parser.add_argument(
            "--scope", choices=Scope.values, action="append", help="what it is good for, again for each (default: all)"
        )
        parser.add_argument("--days", type=_days, help="after how many days it ends (default: it does not)")

    def handle(
        self, *args: Any, slug: str, name: str, role: str, scope: list[str] | None, days: int | None, **options: Any
    ) -> None:
        room = Room.objects.find(slug)
        if room is None:
            raise CommandError(_no_such_room(slug))
        try:
            scopes = frozenset(map(Scope, scope)) if scope else ALL_SCOPES
            expires_at = timezone.now() + timedelta(days=days) if days else None
            token = _issue(room, clean_nickname(name), Role.of(role), scopes, expires_at)
        except Refusal as refusal:
            raise CommandError(refusal.message) from None
        # The token alone is on standard output, so that a script can keep it: TOKEN=$(bin/manage token lounge)
        self.stderr.write(f"The token of “{name}”, {role} of the room “{room.name}”. It is shown now and never again:")
        self.stdout.write(token)
        self.stdout.flush()
        self.stderr.write(f"\nA call that needs it, to try:\n{_curl(room, token)}")


def _issue(room: Room, name: str, role: Role, scopes: frozenset[Scope], expires_at: datetime | None) -> str:
    with change(room, now_ms(), by=name) as lent:
        member = Member.objects.create(room=lent, nickname=name, role=role)
        lent.note("room")
        return Token.issue(member, name, scopes, expires_at)


def _days(text: str) -> int:
    days = int(text) if text.isdecimal() else 0
    if not 1 <= days <= LONGEST_DAYS:
        raise ArgumentTypeError(f"“{text}” is not a number of days from 1 to {LONGEST_DAYS}")
    return days


def _no_such_room(slug: str) -> str:
    slugs = list(Room.objects.open().order_by("-pk").values_list("slug", flat=True)[:SHOWN_ROOMS])
    rooms = f"open are {', '.join(slugs)}" if slugs else "there is none at all"
    return f"There is no open room “{slug}”; {rooms}."


def _curl(room: Room, token: str) -> str:
    """A curl command that starts the music: a call that needs a token and does no harm."""
    address = public_address(address_in_use() or DEFAULT_ADDRESS)
    url = f"{address}/api/v1/rooms/{quote(room.slug)}/player"
    return f"""curl -s {url} -H "Authorization: Bearer {token}" --json '{{"playing": true}}' -X PATCH"""
