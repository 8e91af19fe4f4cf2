"""The backend's DatabaseWrapper; Django imports it from a module of this name."""

from __future__ import annotations

import os
from contextlib import suppress
from functools import lru_cache
from typing import Any

from django.db.backends.sqlite3 import base


class DatabaseWrapper(base.DatabaseWrapper):
    """A persistent connection (CONN_MAX_AGE) that is reopened between requests if the path has another inode.

    After a restore it would otherwise go on writing to the deleted file.
    """

    _file: tuple[int, int] | None = None

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        self._make_private()
        connection = super().get_new_connection(conn_params)
        self._file = self._file_now()
        return connection

    def create_cursor(self, name: str | None = None) -> Cursor:
        cursor: Cursor = self.connection.cursor(factory=Cursor)
        return cursor

    def _make_private(self) -> None:
        """Create a missing file with mode 0600, which SQLite copies to the write-ahead log and its index.

        An existing file is not opened: closing any descriptor of a file releases all POSIX locks of the process on it
        (https://sqlite.org/howtocorrupt.html, 2.2), and another process would delete the write-ahead log as its last
        user.
        """
        with suppress(OSError):  # it exists, or SQLite reports what is wrong with the path
            os.close(os.open(self.settings_dict["NAME"], os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))

    def is_usable(self) -> bool:
        """Always False: Django asks after an error only, and reopening the file is cheap and may mend it."""
        return False

    def close_if_unusable_or_obsolete(self) -> None:
        if self.connection is not None and self._file != self._file_now():
            self.close()
        super().close_if_unusable_or_obsolete()

    def _file_now(self) -> tuple[int, int] | None:
        """Device and inode at the path; None if there is no file."""
        with suppress(OSError):
            status = os.stat(self.settings_dict["NAME"])
            return status.st_dev, status.st_ino
        return None


class Cursor(base.SQLiteCursorWrapper):
    """Translates the placeholders of a statement, ``%s`` to ``?``, at its first run: Django does so at each."""

    def convert_query(self, query: str, *, param_names: list[str] | None = None) -> str:
        if param_names is not None:
            return super().convert_query(query, param_names=param_names)
        return _with_question_marks(query)


@lru_cache(maxsize=256)
def _with_question_marks(query: str) -> str:
    return base.FORMAT_QMARK_REGEX.sub("?", query).replace("%%", "%")
