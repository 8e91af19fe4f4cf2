"""Locks of SQLite's file last for as long as the connection that has them."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from musicrooms.backends.sqlite.base import DatabaseWrapper

TRY = "import sqlite3, sys; sqlite3.connect(sys.argv[1], timeout=0, isolation_level=None).execute('BEGIN IMMEDIATE')"


def test_a_new_connection_leaves_the_locks_of_the_others_of_its_process(tmp_path: Path) -> None:
    """POSIX takes all locks of a process from a file as soon as the process closes any descriptor of it."""
    file = tmp_path / "db.sqlite3"
    with closing(sqlite3.connect(file, isolation_level=None)) as first:
        first.execute("CREATE TABLE one (x)")
        first.execute("BEGIN IMMEDIATE")
        DatabaseWrapper({"NAME": file})._make_private()
        other = subprocess.run([sys.executable, "-c", TRY, file], capture_output=True, text=True, check=False)
    assert "database is locked" in other.stderr


def test_a_new_file_is_its_owners_alone(tmp_path: Path) -> None:
    file = tmp_path / "db.sqlite3"
    DatabaseWrapper({"NAME": file})._make_private()
    assert file.stat().st_mode & 0o777 == 0o600
