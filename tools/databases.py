"""The databases of the servers under test: a file in their data folder, or one each in a cluster of PostgreSQL.

``TEST_DATABASE_URL`` names the cluster, by any of its databases. There too the database goes with the folder: a copy
of a folder has a copy of its database.
"""

from __future__ import annotations

import atexit
import os
import secrets
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

CLUSTER_URL = os.environ.get("TEST_DATABASE_URL", "")

_created: list[str] = []


def url_of(folder: Path) -> str:
    """The URL of the database of the data folder ``folder``, made when it is new; empty for a file."""
    if not CLUSTER_URL:
        return ""
    card = folder / "database"
    named, _, home = card.read_text().partition(" ") if card.exists() else ("", "", str(folder))
    if home == str(folder) and named:
        return _with_name(CLUSTER_URL, named)
    name = f"musicrooms_{secrets.token_hex(6)}"
    url = create(CLUSTER_URL, name, template=named or None)
    _created.append(name)
    folder.mkdir(parents=True, exist_ok=True)
    card.write_text(f"{name} {folder}")
    return url


def create(cluster_url: str, name: str, template: str | None = None) -> str:
    """Make the database ``name``, as a copy of ``template`` if one is given, and return its URL."""
    with psycopg.connect(cluster_url, autocommit=True) as connection:
        query = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        connection.execute(query.format(sql.Identifier(name), sql.Identifier(template or "template1")))
    return _with_name(cluster_url, name)


def mark() -> int:
    """Where databases stand now, for ``drop_since``."""
    return len(_created)


def drop_since(mark: int) -> None:
    """Drop the databases that were made since then; nobody uses them any more."""
    names = [_created.pop() for _ in range(len(_created) - mark)]
    if names:
        with psycopg.connect(CLUSTER_URL, autocommit=True) as connection:
            for name in names:
                connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def keep(folder: Path) -> None:
    """Leave the folder's database to other processes, the last of which calls ``forget``."""
    if CLUSTER_URL:
        _created.remove((folder / "database").read_text().split(" ")[0])


def forget(folder: Path) -> None:
    """Drop the folder's database, if there is one."""
    if CLUSTER_URL and (card := folder / "database").exists():
        _created.append(card.read_text().split(" ")[0])
        drop_since(len(_created) - 1)


def run(url: str, folder: Path, query: str, params: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Run one query, committed at once, and return its rows. Its parameters are written ``%s`` on either database."""
    if url:
        with psycopg.connect(url, autocommit=True) as connection:
            cursor = connection.execute(query, params)
            return cursor.fetchall() if cursor.description else []
    with closing(sqlite3.connect(folder / "db.sqlite3", timeout=10, isolation_level=None)) as file:
        return file.execute(query.replace("%s", "?"), params).fetchall()


def stored(url: str, folder: Path) -> bytes:
    """All that the database holds, as bytes to be searched."""
    if not url:
        return b"".join(path.read_bytes() for path in folder.glob("db.sqlite3*"))
    with psycopg.connect(url) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        return b"".join(_rows(connection, table) for (table,) in tables)


def _rows(connection: psycopg.Connection[Any], table: str) -> bytes:
    with connection.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))) as rows:
        return b"".join(bytes(row) for row in rows)


def _with_name(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


atexit.register(drop_since, 0)
