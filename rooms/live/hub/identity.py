"""Authentication of a stream: a request's credentials, and the identity that they resolve to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.http import HttpRequest
from django.utils.module_loading import import_string

from rooms.clock import now_ms
from rooms.core.caller import Caller
from rooms.core.person import Person
from rooms.models import Room, Scope, hash_token
from rooms.models.roles import Role


class KnownToken(NamedTuple):
    """An API token of a live room: as whom it acts, whether it may read, and its end (Unix ms; None for no end)."""

    person_id: UUID
    name: str
    may_read: bool = True
    expires_at_ms: int | None = None

    @property
    def is_over(self) -> bool:
        return self.expires_at_ms is not None and self.expires_at_ms <= now_ms()


@dataclass(frozen=True, slots=True)
class Identity:
    """The person behind a stream, for access control and presence. An operator has access by account alone."""

    person_id: UUID | None = None
    name: str = ""
    is_operator: bool = False
    token_hash: str = ""
    """Hash of the API token of this room that was sent, if any: the stream ends when that ends or is withdrawn."""
    address: str = ""
    """Counted address (IPv6 by its /64) for bans of guests; empty if it is not counted."""
    has_account: bool = False
    is_from_elsewhere: bool = False
    """Whether this person was identified by a token of another room, which gives no rights here."""
    named_at_ms: int = 0
    """When the name was chosen, or was begun to be read, in Unix milliseconds: of two names the later one holds."""
    also: tuple[UUID, ...] = ()
    """Further ids of the same person in the room, as of a cookie beside an account: a ban of one holds for all."""


ANONYMOUS = Identity()
"""A request without cookie and token."""


class Credentials(NamedTuple):
    """Credentials of a request: ``Authorization``, the cookie's person, the session key, the counted address."""

    authorization: str = ""
    person: Person | None = None
    session_key: str | None = None
    address: str = ""

    @classmethod
    def of(cls, authorization: str, cookies: Mapping[str, str], address: str = "") -> Credentials:
        if not cookies:
            return cls(authorization, address=address)
        session_key = cookies.get(settings.SESSION_COOKIE_NAME)
        return cls(authorization, Person.of_cookies(cookies), session_key, address)

    def identity(self, tokens: Mapping[str, KnownToken]) -> Identity | None:
        """The identity without a query, by the room's ``tokens``; None if an account or another token needs one."""
        if self.authorization:
            scheme, _, token = self.authorization.partition(" ")
            token_hash = hash_token(token.strip())
            known = tokens.get(token_hash) if scheme.lower() == "bearer" else None
            if known is None or not known.may_read:  # the query gives the refusal
                return None
            return Identity(known.person_id, known.name, token_hash=token_hash, address=self.address)
        if self.session_key is not None:
            return None
        if self.person is None:
            return Identity(address=self.address) if self.address else ANONYMOUS
        return Identity(self.person.id, self.person.name, address=self.address, named_at_ms=self.person.named_at_ms)

    def caller(self) -> Caller:
        """The API's caller with these credentials; uses the database.

        Raises Unidentified for an invalid token, and Forbidden for one that may not read.
        """
        if self.authorization:
            caller = Caller.by_token(self.authorization)
            caller.check_scope(Scope.READ)
            return caller
        return Caller.by_browser(self.person, _user_of(self.session_key))

    def identity_in_database(self, room: Room) -> Identity:
        """The identity in ``room``; uses the database, and raises what ``caller`` does."""
        began_at_ms = now_ms()
        caller = self.caller()
        place = caller.place_in(room)
        owns_by_account = place.role == Role.OWNER and (place.member is None or place.member.role < Role.OWNER)
        return Identity(
            place.person_id,
            place.name,
            is_operator=owns_by_account,
            token_hash=caller.token.hash if caller.token and not place.is_from_elsewhere else "",
            is_from_elsewhere=place.is_from_elsewhere,
            also=tuple(member.person for member in place.members[1:]),
            address=self.address,
            has_account=caller.has_account,
            named_at_ms=began_at_ms,
        )


def _user_of(session_key: str | None) -> AbstractBaseUser | AnonymousUser:
    """The user of that session, as Django's authentication middleware finds it."""
    request = HttpRequest()
    request.session = import_string(f"{settings.SESSION_ENGINE}.SessionStore")(session_key)
    return get_user(request)
