"""The sessions of people with an account, in the database."""

from __future__ import annotations

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError

from rooms.core.database_errors import is_away


class SessionStore(db.SessionStore):
    """Django's, except that a database that is away is not taken for a session that was deleted."""

    def save(self, must_create: bool = False) -> None:
        try:
            super().save(must_create=must_create)
        except UpdateError as error:
            if error.__context__ is not None and is_away(error.__context__):
                raise error.__context__ from None
            raise
