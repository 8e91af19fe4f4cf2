"""What the backup commands refuse: PostgreSQL, damaged files, and to write over the data."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from musicrooms.backends.backup import BackupError, back_up, restore


@pytest.mark.parametrize(("command", "tool"), [("backup", "pg_dump"), ("restore", "pg_restore")])
def test_for_postgresql_its_own_tools_are_named(command: str, tool: str, monkeypatch: Any, tmp_path: Path) -> None:
    monkeypatch.setattr(connection, "vendor", "postgresql")
    with pytest.raises(CommandError, match=tool):
        call_command(command, str(tmp_path / "file"))
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder of data whose database is larger than what is read of an archive at a time."""
    folder = tmp_path / "data"
    folder.mkdir()
    with closing(sqlite3.connect(folder / "db.sqlite3")) as database:
        database.execute("CREATE TABLE rooms_room (noise)")
        database.execute("INSERT INTO rooms_room VALUES (randomblob(500000))")
        database.commit()
    return folder


def test_a_backup_that_was_damaged_anywhere_changes_nothing(data: Path, tmp_path: Path) -> None:
    file, before = tmp_path / "backup.tar.gz", (data / "db.sqlite3").read_bytes()
    back_up(data, file)
    whole = file.read_bytes()
    for at in range(0, len(whole) - 100, len(whole) // 20):
        file.write_bytes(whole[:at] + b"\xff" * 100 + whole[at + 100 :])
        with pytest.raises(BackupError):
            restore(data, file)
    assert (data / "db.sqlite3").read_bytes() == before
    assert [path.name for path in data.iterdir()] == ["db.sqlite3"]


def test_a_backup_is_not_written_over_the_data(data: Path) -> None:
    before = (data / "db.sqlite3").read_bytes()
    for name in ("db.sqlite3", "db.sqlite3-wal", "secret.key"):
        with pytest.raises(BackupError, match="is the data itself"):
            back_up(data, data / name)
    assert (data / "db.sqlite3").read_bytes() == before
