"""Who opens a stream."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.http import HttpRequest
from django.utils.module_loading import import_string

from rooms.core.caller import Caller, member_of_token
from rooms.core.person import Person
from rooms.errors import Unknown
from rooms.live.hub import hub
from rooms.live.hub.live_room import LiveRoom
from rooms.live.stream import passes
from rooms.live.stream.request import Request
from rooms.models import Room, hash_token
from rooms.models.roles import Role


@dataclass(frozen=True, slots=True)
class Identity:
    """A person as the room's rights and its people know them. An operator may enter by account alone."""

    person_id: UUID | None = None
    name: str = ""
    is_operator: bool = False
    token_hash: str = ""
    """Of a token of this room: the stream ends when it is withdrawn."""
    wants_pass: bool = False
    """Whether the database had to be asked who this is, and need not be the next time."""


async def identify(request: Request, live: LiveRoom) -> Identity:
    """Who sent ``request``. Only an account without a pass and a token of another room take a query to know.

    Raises Unidentified for a token that is not valid.
    """
    person = Person.of_cookies(request.cookies)
    if header := request.headers.get("authorization"):
        scheme, _, token = header.partition(" ")
        token_hash = hash_token(token.strip())
        if scheme.lower() == "bearer" and (known := live.head.latest.rights.tokens.get(token_hash)):
            return Identity(*known, token_hash=token_hash)
    elif settings.SESSION_COOKIE_NAME not in request.cookies:
        return Identity(person.id, person.name) if person else Identity()
    elif known_person := passes.person_of(request, live.room_id):
        return Identity(*known_person)
    return await hub.in_thread(_identify_in_database, request, live.room_id, person)


def _identify_in_database(request: Request, room_id: int, person: Person | None) -> Identity:
    room = Room.objects.open().filter(pk=room_id).first()
    if room is None:
        raise Unknown("That room was closed.")
    header = request.headers.get("authorization")
    by_account = Caller(person=person, user=_user_of(request))
    caller = Caller(token_member=member_of_token(header)) if header else by_account
    member = caller.member_of(room)
    owns_by_account = caller.role_in(room) == Role.OWNER and (member is None or member.role < Role.OWNER)
    return Identity(
        member.person if member else caller.person_id,
        caller.name_in(room),
        is_operator=owns_by_account,
        wants_pass=not header and not owns_by_account,
    )


def _user_of(request: Request) -> AbstractBaseUser | AnonymousUser:
    """The account of the session that the cookies name."""
    engine = import_string(f"{settings.SESSION_ENGINE}.SessionStore")
    django_request = HttpRequest()
    django_request.session = engine(request.cookies.get(settings.SESSION_COOKIE_NAME))
    return get_user(django_request)
