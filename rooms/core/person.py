"""Identity of a person: of a browser by its signed cookie, without a query, or of an account by its session."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.contrib.auth.models import AbstractBaseUser
from django.core import signing
from django.http import HttpRequest, HttpResponse

from rooms.clock import now_ms
from rooms.models.names import MAX_NICKNAME_LENGTH

COOKIE = "person"
COOKIE_AGE_S = 365 * 24 * 3600
_SALT = "rooms.person"
_ACCOUNTS = uuid.UUID("b0f8a3a1-6a3c-4d0e-9a53-8a1b0c7f1d52")
"""The namespace of the ids of accounts. They can be guessed, and are worth nothing: no cookie is signed for one."""


def guest_name(person_id: uuid.UUID) -> str:
    """The name of somebody who chose none."""
    return f"Guest {person_id.int % 9_000 + 1_000}"


@dataclass(frozen=True, slots=True)
class Person:
    """A person, who is one browser or one account: an id, and the nickname that was chosen last.

    An account is the same person in every browser, for as long as its session lasts; the cookie beside it is for after.
    """

    id: uuid.UUID
    name: str
    is_account: bool = False
    named_at_ms: int = 0
    """When the name was chosen, in Unix milliseconds; 0 if that is not known. Of two names the later one holds."""

    @classmethod
    def new(cls) -> Person:
        person_id = uuid.uuid4()
        return cls(person_id, guest_name(person_id))

    @classmethod
    def of_account(cls, user: AbstractBaseUser, cookie: Person | None = None) -> Person:
        """The person that an account is, named as it chose, else as the cookie says.

        Of operators the username is shown; that of others may be made of their mail address.
        """
        person_id = uuid.uuid5(_ACCOUNTS, str(user.pk))
        name = getattr(user, "first_name", "") or (cookie.name if cookie else "")
        if not name:
            name = user.get_username() if getattr(user, "is_staff", False) else guest_name(person_id)
        return cls(person_id, name[:MAX_NICKNAME_LENGTH], is_account=True)

    @classmethod
    def of_cookies(cls, cookies: Mapping[str, str]) -> Person | None:
        """The person whom the cookies name; None if there is none or the signature is wrong."""
        if COOKIE not in cookies:
            return None
        try:
            person_id, name, *rest = signing.loads(cookies[COOKIE], salt=_SALT)
            return cls(uuid.UUID(person_id), name, named_at_ms=rest[0] if rest else 0)  # older ones do not say it
        except (signing.BadSignature, ValueError, TypeError):
            return None

    @property
    def has_own_name(self) -> bool:
        """Whether the name was chosen, not given."""
        return self.name != guest_name(self.id)

    def renamed(self, name: str) -> Person:
        return replace(self, name=name, named_at_ms=now_ms())

    def keep(self, request: HttpRequest, response: HttpResponse) -> None:
        """Set the signed cookie on ``response``, unless this is an account: it is known by its session alone."""
        if self.is_account:
            return
        response.set_cookie(
            COOKIE,
            signing.dumps([str(self.id), self.name, self.named_at_ms], salt=_SALT),
            max_age=COOKIE_AGE_S,
            httponly=True,
            samesite="Lax",
            secure=request.is_secure(),
        )
