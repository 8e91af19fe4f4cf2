"""Recognition of a database that is unreachable, and the 503 that calls are answered then."""

from __future__ import annotations

import logging
import sqlite3
import threading

from django.db import InterfaceError, InternalError, OperationalError

from rooms.clock import monotonic_s
from rooms.errors import Unavailable

logger = logging.getLogger(__name__)

RETRY_AFTER_S = 3
LOGGED_EVERY_S = 10.0

SQLITE_AWAY = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PROTOCOL,
}
"""What SQLite says when its file cannot be had now. A missing table, also an OperationalError, is none of them."""

READ_ONLY = "25006"
"""PostgreSQL's word for a change that is asked of a replica, as happens while another machine takes over."""

LIMIT_EXCEEDED = "54"
"""PostgreSQL's class of what no repetition mends: a statement, or a value in an index, that is too large for it."""


FOREIGN_KEY_VIOLATION = "23503"
"""PostgreSQL's word, at the end of a transaction, for a row that names what another one deleted meanwhile."""


def names_what_is_gone(error: BaseException) -> bool:
    """Whether ``error`` says that something was deleted while a transaction made something that names it."""
    return getattr(error.__cause__, "sqlstate", None) == FOREIGN_KEY_VIOLATION


def is_away(error: BaseException | None) -> bool:
    """Whether ``error`` says that the database cannot answer now, and not that something is wrong with a question."""
    if not isinstance(error, OperationalError | InterfaceError | InternalError):
        return False
    cause = error.__cause__
    if isinstance(cause, sqlite3.Error):
        # The lowest byte is the kind; the rest says more of it.
        return getattr(cause, "sqlite_errorcode", 0) & 0xFF in SQLITE_AWAY
    state = getattr(cause, "sqlstate", None) or ""
    return state == READ_ONLY if isinstance(error, InternalError) else not state.startswith(LIMIT_EXCEEDED)


def refusal_of(error: BaseException) -> Unavailable:
    """What a call is answered that met ``error``; the log is told."""
    _log(error)
    return Unavailable(
        "The database does not answer at the moment; try again in a few seconds.",
        retry_after_s=RETRY_AFTER_S,
    )


_lock = threading.Lock()
_logged_at_s = -LOGGED_EVERY_S


def _log(error: BaseException) -> None:
    global _logged_at_s
    now_s = monotonic_s()
    with _lock:
        if now_s - _logged_at_s < LOGGED_EVERY_S:
            return
        _logged_at_s = now_s
    logger.error("The database does not answer, so that calls are answered 503: %s", " ".join(str(error).split()))
