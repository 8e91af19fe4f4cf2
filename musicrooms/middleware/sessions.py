"""Database-backed sessions of people with an account."""

from __future__ import annotations

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError

from rooms.core.database_errors import is_away


class SessionStore(db.SessionStore):
    """Django's, but an unreachable database raises its own error; Django's reports it as a deleted session."""

    def save(self, must_create: bool = False) -> None:
        try:
            super().save(must_create=must_create)
        except UpdateError as error:
            if error.__context__ is not None and is_away(error.__context__):
                raise error.__context__ from None
            raise
