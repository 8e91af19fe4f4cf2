"""The file of SQLite stays open from one request of a thread to the next, while it is the same file."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import OperationalError
from django.db.utils import ConnectionHandler

from musicrooms.backends.database import database
from musicrooms.backends.sqlite.base import DatabaseWrapper

pytestmark = pytest.mark.django_db  # for its own databases alone; what is used here is a file of its own

NAME = "db.sqlite3"


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[DatabaseWrapper]:
    """A connection to a file with one table, ``names``."""
    connection = ConnectionHandler({"default": database("", tmp_path)})["default"]
    assert isinstance(connection, DatabaseWrapper)
    write(connection, "CREATE TABLE names (name)")
    yield connection
    connection.close()


def write(connection: DatabaseWrapper, sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def names(connection: DatabaseWrapper) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM names")
        return [name for (name,) in cursor.fetchall()]


def test_it_stays_open_after_a_request(connection: DatabaseWrapper) -> None:
    opened = connection.connection
    connection.close_if_unusable_or_obsolete()
    assert connection.connection is opened is not None
    assert names(connection) == []


def test_a_file_that_took_its_place_is_what_the_next_request_sees(connection: DatabaseWrapper, tmp_path: Path) -> None:
    write(connection, "INSERT INTO names VALUES ('Alice')")
    connection.close()
    shutil.copy(tmp_path / NAME, tmp_path / "backup")
    write(connection, "INSERT INTO names VALUES ('Bob')")
    assert names(connection) == ["Alice", "Bob"]
    for of_the_log in ("-wal", "-shm"):
        (tmp_path / (NAME + of_the_log)).unlink(missing_ok=True)
    (tmp_path / "backup").rename(tmp_path / NAME)
    connection.close_if_unusable_or_obsolete()
    assert names(connection) == ["Alice"]


def test_after_an_error_it_is_opened_anew(connection: DatabaseWrapper) -> None:
    opened = connection.connection
    with pytest.raises(OperationalError, match="no such table"):
        write(connection, "INSERT INTO nowhere VALUES (1)")
    connection.close_if_unusable_or_obsolete()
    assert connection.connection is None
    assert names(connection) == []
    assert connection.connection is not opened


def test_a_transaction_that_was_left_open_ends_with_the_request(connection: DatabaseWrapper) -> None:
    connection.set_autocommit(False)
    write(connection, "INSERT INTO names VALUES ('Charlie')")
    connection.close_if_unusable_or_obsolete()
    connection.set_autocommit(True)
    assert names(connection) == []


def test_another_process_that_ends_leaves_the_log_to_those_who_still_use_it(
    connection: DatabaseWrapper, tmp_path: Path
) -> None:
    write(connection, "INSERT INTO names VALUES ('Alice')")
    second = connection.copy()
    second.ensure_connection()
    code = f"import sqlite3; c = sqlite3.connect({str(tmp_path / NAME)!r}); c.execute('SELECT * FROM names'); c.close()"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
    second.close()
    assert (tmp_path / f"{NAME}-wal").exists()
    third = connection.copy()
    assert names(third) == ["Alice"]
    third.close()
