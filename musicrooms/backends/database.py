"""Django's database settings from ``DATABASE_URL``: a file of SQLite, or PostgreSQL with a connection pool."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

SCHEMES = ("postgres", "postgresql")

# IMMEDIATE takes the write lock at BEGIN. A deferred transaction that upgrades from reading to writing fails at once
# with "database is locked", whatever the busy timeout (in seconds here).
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 10,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
}

POOL = {
    "min_size": 1,
    "max_size": 10,
    # Seconds that a call waits for a connection; then it answers 503.
    "timeout": 3,
    # Seconds of reconnection attempts with back-off. After them the next call reconnects, without waiting for one.
    "reconnect_timeout": 2,
    # Seconds until an unused connection is closed.
    "max_idle": 60,
}
CONNECT_TIMEOUT_S = 3

# Prepared statements from the third execution on: planning a host's call takes as long as executing it.
PREPARED = {"server_side_binding": True, "prepare_threshold": 3}

# TCP keepalive of libpq, so that the kernel notices a host that vanished: seconds, but the last in milliseconds.
KEEPALIVE = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 15_000}

# A hung process must not hold a lock for longer.
SESSION = "-c lock_timeout=10s -c idle_in_transaction_session_timeout=30s"


def database(url: str, data_dir: Path) -> dict[str, Any]:
    """The entry of Django's DATABASES for ``url``; for the file db.sqlite3 in ``data_dir`` if ``url`` is empty.

    Raises ImproperlyConfigured with a sentence that does not contain the password.
    """
    if not url:
        return _sqlite(data_dir)
    if not url.isprintable():
        raise ImproperlyConfigured("DATABASE_URL holds a character that cannot be seen; write it as %20, for a space.")
    scheme, separator, _ = url.partition("://")
    if not separator or scheme.lower() not in SCHEMES:
        raise ImproperlyConfigured(
            f"DATABASE_URL {f'begins with “{scheme[:20]}”' if separator else 'is no URL'}; a database is named as "
            "postgres://user:password@host:5432/name, and with no DATABASE_URL it is a file of SQLite in DATA_DIR."
        )
    return _postgresql(url)


def _sqlite(data_dir: Path) -> dict[str, Any]:
    return {
        "ENGINE": "musicrooms.backends.sqlite",
        "NAME": data_dir / "db.sqlite3",
        # Persistent: opening the file costs as much as a call's queries, and closing the last connection checkpoints
        # the whole write-ahead log. The threads with a connection are few and live long.
        "CONN_MAX_AGE": None,
        "OPTIONS": SQLITE_OPTIONS,
        "TEST": {"NAME": data_dir / "test.sqlite3"},
    }


def _postgresql(url: str) -> dict[str, Any]:
    parameters = _parameters(url)
    if not parameters.get("dbname"):
        raise ImproperlyConfigured("DATABASE_URL names no database; it ends with /name, as in postgres://host/name.")
    return {
        "ENGINE": "musicrooms.backends.postgresql",
        "NAME": parameters.pop("dbname"),
        "USER": parameters.pop("user", ""),
        "PASSWORD": parameters.pop("password", ""),
        "HOST": parameters.pop("host", ""),
        "PORT": parameters.pop("port", ""),
        # The pool keeps connections open; Django's own persistence must be off with it.
        "CONN_MAX_AGE": 0,
        "OPTIONS": {
            "connect_timeout": CONNECT_TIMEOUT_S,
            "options": SESSION,
            **KEEPALIVE,
            **parameters,
            "pool": POOL,
            **PREPARED,
        },
    }


def _parameters(url: str) -> dict[str, Any]:
    """The URL's connection parameters, parsed by libpq: percent-encoding, sockets, several hosts, ``?sslmode=``."""
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    try:
        parameters = conninfo_to_dict(url)
    except (ProgrammingError, UnicodeError) as error:
        reason = " ".join(str(error).split())
        raise ImproperlyConfigured(f"DATABASE_URL is not understood: {_without_secrets(reason, url)}") from None
    ports = str(parameters.get("port", "")).split(",")
    if any(port and not (port.isascii() and port.isdigit() and 0 < int(port) < 65_536) for port in ports):
        raise ImproperlyConfigured(
            f"DATABASE_URL names the port “{parameters['port']}”; a port is a number from 1 to 65535."
        )
    return parameters


def _without_secrets(reason: str, url: str) -> str:
    """libpq's message without the part that quotes the URL, which contains the password."""
    return reason.replace(url, "…").partition(': "')[0].rstrip(".") + "."
