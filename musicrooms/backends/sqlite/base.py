"""The database wrapper; Django looks for it in a module of this name."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import Any

from django.db.backends.sqlite3 import base


class DatabaseWrapper(base.DatabaseWrapper):
    """Stays open from one request of a thread to the next, as CONN_MAX_AGE says, but for the same file only.

    A backup that was put in the file's place would otherwise be written past, into a file without a name.
    """

    _file: tuple[int, int] | None = None

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        self._make_private()
        connection = super().get_new_connection(conn_params)
        self._file = self._file_now()
        return connection

    def _make_private(self) -> None:
        """Make a new file readable by its owner alone, as are then the write-ahead log and the index beside it."""
        # Only a new one is opened: closing any descriptor of a file ends all locks that this process has on it, and
        # the next process to close its connection would delete the write-ahead log that this one goes on to use.
        with suppress(OSError):  # SQLite says what is wrong with the path
            os.close(os.open(self.settings_dict["NAME"], os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))

    def is_usable(self) -> bool:
        """Asked after an error only: whatever it was, opening the file anew is cheap and may mend it."""
        return False

    def close_if_unusable_or_obsolete(self) -> None:
        if self.connection is not None and self._file != self._file_now():
            self.close()
        super().close_if_unusable_or_obsolete()

    def _file_now(self) -> tuple[int, int] | None:
        with suppress(OSError):
            status = os.stat(self.settings_dict["NAME"])
            return status.st_dev, status.st_ino
        return None
