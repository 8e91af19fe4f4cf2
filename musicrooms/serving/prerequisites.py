"""Start-up checks: migrations, collected static files, secret key, and an intact SQLite file."""

from __future__ import annotations

import errno
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandError
from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError, OperationalError, connections
from django.db.migrations.executor import MigrationExecutor

from musicrooms.backends.key_check import check_key
from rooms.core.database_errors import is_away

logger = logging.getLogger(__name__)

NOT_WRITABLE = {
    errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO, errno.EISDIR,
    errno.ENOTDIR,
}  # fmt: skip
"""What the system says of data that cannot be kept: on a full or a read-only disk, or under another user's name."""

DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
NO_SUCH_TABLE = "42P01"
"""PostgreSQL's word for a table that is not there."""


@contextmanager
def writable_data() -> Iterator[None]:
    """Raise CommandError with a sentence where preparing the data fails because they cannot be written."""
    try:
        yield
    except OSError as error:
        if error.errno not in NOT_WRITABLE:
            raise
        raise _cannot_be_written(error.strerror or "") from None
    except OperationalError as error:
        if connections[DEFAULT_DB_ALIAS].vendor != "sqlite" or not is_away(error):
            raise
        raise _cannot_be_written(str(error)) from None


def _cannot_be_written(reason: str) -> CommandError:
    return CommandError(
        f"The data in {settings.DATA_DIR} cannot be written ({reason}): free some space there, or make it writable for "
        "this user, and start again."
    )


def sentence_for(error: DatabaseError) -> str | None:
    """The sentence for an error of the database that ended a command; None if it was the command's own fault."""
    cause = error.__cause__
    if getattr(cause, "sqlite_errorcode", 0) & 0xFF in DAMAGED:
        name = connections[DEFAULT_DB_ALIAS].settings_dict["NAME"]
        return (
            f"{name} is damaged, or no database of SQLite ({error}). Put a backup in its place: bin/manage restore FILE"
        )
    if "no such table" in str(error) or getattr(cause, "sqlstate", "") == NO_SUCH_TABLE:
        return f"The database has no tables yet ({settings.DATA_DIR}); start the server once with bin/run."
    return f"The database cannot be used now: {' '.join(str(error).split())}." if is_away(error) else None


def check_prerequisites() -> None:
    """Raise CommandError if a check fails, with a sentence for each, which names the command that mends it.

    A database that is unreachable is only logged.
    """
    check_file()
    missing = _missing_files()
    try:
        missing = [*_missing_tables(), *missing]
        if not missing:
            check_key()
    except (DatabaseError, InterfaceError) as error:
        if not is_away(error):
            raise
        # Start all the same: calls are answered 503 until it is back.
        logger.warning("Whether the database has its tables is not known, since it does not answer yet.")
    if missing:
        raise CommandError("\n".join(missing))


def check_file() -> None:
    """Raise CommandError with a sentence if SQLite's file is corrupt or not a database."""
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.vendor != "sqlite":
        return
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM sqlite_master")
    except OperationalError as error:
        if Path(connection.settings_dict["NAME"]).is_dir():
            raise _cannot_be_written(str(error)) from None
        return  # locked, or a full disk; the first query reports it
    except DatabaseError as error:
        raise CommandError(sentence_for(error) or str(error)) from None


def _missing_tables() -> list[str]:
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    count = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    return [f"The database lacks {count} migrations; apply them with: bin/manage migrate"] if count else []


def _missing_files() -> list[str]:
    if settings.DEBUG or (Path(settings.STATIC_ROOT) / "staticfiles.json").exists():
        return []
    return [
        f"The static files are not in {settings.STATIC_ROOT}; collect them with: bin/manage collectstatic --no-input"
    ]
