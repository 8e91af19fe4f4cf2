"""Mutual exclusion of start-up: one process at a time migrates, collects static files and makes the demo room."""

from __future__ import annotations

import fcntl
import logging
import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

logger = logging.getLogger(__name__)

ADVISORY_KEY = 0x6D757369
"""Key of PostgreSQL's advisory lock, among those of other programs in the same database: “musi” in ASCII."""

RETRY_S = 0.2
LOG_AFTER_S = 2.0


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Hold the lock of the data directory and, with PostgreSQL, that of the database; wait for both."""
    with ExitStack() as stack:
        stack.enter_context(data_lock())
        if connection.vendor == "postgresql":
            stack.enter_context(_database_lock())
        yield


@contextmanager
def data_lock() -> Iterator[None]:
    """Hold the ``flock`` of the data directory; wait for it."""
    descriptor = os.open(Path(settings.DATA_DIR) / "start.lock", os.O_CREAT | os.O_RDWR, 0o600)

    def try_lock() -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            pass  # a network file system without locks
        return True

    try:
        _wait(try_lock)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def _database_lock() -> Iterator[None]:
    """Hold an advisory lock of PostgreSQL, on a connection of its own.

    Bound to a transaction: behind PgBouncer a session-level lock would stay with the pooled connection. Polled, since
    a blocking wait would end with ``lock_timeout``.
    """
    own = connection.copy()

    def try_lock() -> bool:
        with own.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [ADVISORY_KEY])
            (is_ours,) = cursor.fetchone()
            if not is_ours:
                cursor.execute("ROLLBACK")
        return bool(is_ours)

    try:
        _wait(try_lock)
        yield
    finally:
        with suppress(transaction.TransactionManagementError), own.cursor() as cursor:
            cursor.execute("ROLLBACK")
        own.close()


def _wait(try_lock: Callable[[], bool]) -> None:
    waited_s = 0.0
    while not try_lock():
        time.sleep(RETRY_S)
        waited_s += RETRY_S
        if waited_s - RETRY_S < LOG_AFTER_S <= waited_s:
            logger.warning("Another process prepares the database; waiting for its end.")
