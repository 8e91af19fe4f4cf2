"""Who opens a stream."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.http import HttpRequest
from django.utils.module_loading import import_string

from rooms.callers import Caller, Person, member_of_token
from rooms.errors import Unknown
from rooms.hub import hub
from rooms.models import Room
from rooms.roles import Role
from rooms.stream.request import Request


@dataclass(frozen=True, slots=True)
class Identity:
    """A person as the room's rights and its people know them. An operator may enter by account alone."""

    person_id: UUID | None = None
    name: str = ""
    is_operator: bool = False


async def identify(request: Request, room_id: int) -> Identity:
    """Who sent ``request``. A browser's signed cookie says so by itself; a token or an account takes the database.

    Raises Unidentified for a token that is not valid.
    """
    person = Person.of_cookies(request.cookies)
    if "authorization" in request.headers or settings.SESSION_COOKIE_NAME in request.cookies:
        return await hub.in_thread(_identify_in_database, request, room_id, person)
    return Identity(person.id, person.name) if person else Identity()


def _identify_in_database(request: Request, room_id: int, person: Person | None) -> Identity:
    room = Room.objects.open().filter(pk=room_id).first()
    if room is None:
        raise Unknown("That room was closed.")
    if header := request.headers.get("authorization"):
        caller = Caller(token_member=member_of_token(header))
    else:
        caller = Caller(person=person, user=_user_of(request))
    member = caller.member_of(room)
    owns_by_account = caller.role_in(room) == Role.OWNER and (member is None or member.role < Role.OWNER)
    return Identity(member.person if member else caller.person_id, caller.name_in(room), is_operator=owns_by_account)


def _user_of(request: Request) -> AbstractBaseUser | AnonymousUser:
    """The account of the session that the cookies name."""
    engine = import_string(f"{settings.SESSION_ENGINE}.SessionStore")
    django_request = HttpRequest()
    django_request.session = engine(request.cookies.get(settings.SESSION_COOKIE_NAME))
    return get_user(django_request)
