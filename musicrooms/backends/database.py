"""The database that ``DATABASE_URL`` names: a file of SQLite, or PostgreSQL with a pool of connections."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

SCHEMES = ("postgres", "postgresql")

# IMMEDIATE takes the write lock when a transaction begins: deferred ones that write later meet "database is locked",
# which no busy timeout mends.
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 10,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
}

POOL = {
    "min_size": 1,
    "max_size": 10,
    # Seconds. A call waits that long for a connection, then answers 503.
    "timeout": 3,
    # Seconds until the pool gives up to reconnect by itself; the next call asks again, so that it is back at once.
    "reconnect_timeout": 2,
    "max_idle": 60,
}
CONNECT_TIMEOUT_S = 3

# To plan the queries of a host's call each time anew takes the database as long as to run them.
PREPARED = {"server_side_binding": True, "prepare_threshold": 3}

# Seconds: a machine that vanished without a word is noticed by the kernel.
KEEPALIVE = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 15_000}


# What a process holds that hangs, or that lost its way, holds up the others no longer than this.
SESSION = "-c lock_timeout=10s -c idle_in_transaction_session_timeout=30s"


def database(url: str, data_dir: Path) -> dict[str, Any]:
    """Django's settings of the database at ``url``; of the file in ``data_dir`` if that is empty.

    Raises ImproperlyConfigured with a sentence that does not repeat the password.
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
        # Opening the file costs as much as a call's queries, and whoever closes it last has to fold the whole
        # write-ahead log into it. The threads that have it open are few, and stay.
        "CONN_MAX_AGE": None,
        "OPTIONS": SQLITE_OPTIONS,
        "TEST": {"NAME": data_dir / "test.sqlite3"},
    }


def _postgresql(url: str) -> dict[str, Any]:
    told = _parts(url)
    if not told.get("dbname"):
        raise ImproperlyConfigured("DATABASE_URL names no database; it ends with /name, as in postgres://host/name.")
    return {
        "ENGINE": "musicrooms.backends.postgresql",
        "NAME": told.pop("dbname"),
        "USER": told.pop("user", ""),
        "PASSWORD": told.pop("password", ""),
        "HOST": told.pop("host", ""),
        "PORT": told.pop("port", ""),
        # The pool keeps them, and its connections are checked as they are lent.
        "CONN_MAX_AGE": 0,
        "OPTIONS": {
            "connect_timeout": CONNECT_TIMEOUT_S,
            "options": SESSION,
            **KEEPALIVE,
            **told,
            "pool": POOL,
            **PREPARED,
        },
    }


def _parts(url: str) -> dict[str, Any]:
    """What the URL says, by libpq's own rules: percent-encoding, sockets, several hosts, ``?sslmode=require``."""
    from psycopg import ProgrammingError
    from psycopg.conninfo import conninfo_to_dict

    try:
        told = conninfo_to_dict(url)
    except (ProgrammingError, UnicodeError) as error:
        reason = " ".join(str(error).split())
        raise ImproperlyConfigured(f"DATABASE_URL is not understood: {_without_secrets(reason, url)}") from None
    ports = str(told.get("port", "")).split(",")
    if any(port and not (port.isascii() and port.isdigit() and 0 < int(port) < 65_536) for port in ports):
        raise ImproperlyConfigured(f"DATABASE_URL names the port “{told['port']}”; a port is a number from 1 to 65535.")
    return told


def _without_secrets(reason: str, url: str) -> str:
    """``reason`` without what stands before the host, where the password is."""
    return reason.replace(url, "…").partition(': "')[0].rstrip(".") + "."
