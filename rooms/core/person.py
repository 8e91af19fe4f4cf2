"""The browser as a person, known by a signed cookie without any look into the database."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from django.core import signing
from django.http import HttpRequest, HttpResponse

COOKIE = "person"
COOKIE_AGE_S = 365 * 24 * 3600
_SALT = "rooms.person"


@dataclass(frozen=True, slots=True)
class Person:
    """A browser, by its signed cookie: no database is needed to know it."""

    id: uuid.UUID
    name: str

    @classmethod
    def new(cls) -> Person:
        person_id = uuid.uuid4()
        return cls(person_id, f"Guest {person_id.int % 9_000 + 1_000}")

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
        """Set the cookie that makes the browser known again."""
        response.set_cookie(
            COOKIE,
            signing.dumps([str(self.id), self.name], salt=_SALT),
            max_age=COOKIE_AGE_S,
            httponly=True,
            samesite="Lax",
            secure=request.is_secure(),
        )
