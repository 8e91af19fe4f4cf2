"""Identity of a browser, kept in a signed cookie, so that no query is needed to know it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from django.core import signing
from django.http import HttpRequest, HttpResponse

COOKIE = "person"
COOKIE_AGE_S = 365 * 24 * 3600
_SALT = "rooms.person"


def guest_name(person_id: uuid.UUID) -> str:
    """The name of somebody who chose none."""
    return f"Guest {person_id.int % 9_000 + 1_000}"


@dataclass(frozen=True, slots=True)
class Person:
    """A person, who is one browser: an id, and the nickname that was chosen last."""

    id: uuid.UUID
    name: str

    @classmethod
    def new(cls) -> Person:
        person_id = uuid.uuid4()
        return cls(person_id, guest_name(person_id))

    @classmethod
    def of_cookies(cls, cookies: Mapping[str, str]) -> Person | None:
        """The person whom the cookies name; None if there is none or the signature is wrong."""
        if COOKIE not in cookies:
            return None
        try:
            person_id, name = signing.loads(cookies[COOKIE], salt=_SALT)
            return cls(uuid.UUID(person_id), name)
        except (signing.BadSignature, ValueError, TypeError):
            return None

    def renamed(self, name: str) -> Person:
        return Person(self.id, name)

    def keep(self, request: HttpRequest, response: HttpResponse) -> None:
        """Set the signed cookie on ``response``."""
        response.set_cookie(
            COOKIE,
            signing.dumps([str(self.id), self.name], salt=_SALT),
            max_age=COOKIE_AGE_S,
            httponly=True,
            samesite="Lax",
            secure=request.is_secure(),
        )
